"""Where the nets run: one protocol; onnxruntime in CPython, onnxruntime-web in a browser."""

import sys
from typing import Protocol

import numpy as np

from ..cards import Card


class Session(Protocol):
    """One loaded model."""

    async def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all outputs (float32), by name, from arrays of bytes (uint8) by name."""

    async def close(self) -> None:
        """Give its memory back."""


class Runtime(Protocol):
    """Opens models."""

    async def open(self, card: Card) -> Session:
        """Load and check the model of a card.

        Raises:
            FacesideError: ``model-missing``, ``model-damaged``.
        """


def default_runtime() -> Runtime:
    """The runtime of this interpreter: native in CPython, the browser's in Pyodide."""
    if sys.platform == "emscripten":
        from .web import WebRuntime

        return WebRuntime()
    from .native import NativeRuntime

    return NativeRuntime()

"""onnxruntime-web in Pyodide; the only file that touches it."""

import asyncio

import js
import numpy as np
from pyodide.ffi import JsException, to_js
from pyodide.http import pyfetch

from ..cards import Card, check_model, missing_model
from ..errors import FacesideError

# Creating and running sessions must not overlap: onnxruntime-web answers "Session already started".
_one_at_a_time = asyncio.Lock()

MAX_THREADS = 4  # more gain nothing with nets this small and take memory on phones


class WebRuntime:
    """Opens models by address.

    Args:
        base: address of the folder that holds the models, absolute (a worker has no base of its
            own); ``models/`` beside the page's configuration when None.
        ort: the onnxruntime-web module; that of PyScript's configuration when None.
    """

    def __init__(self, base: str | None = None, ort=None):
        if ort is None:
            from pyscript.js_modules import onnxruntime as ort
        self.base = base or str(js.facesideBase) + "models/"
        self.ort = ort
        self.threads = _threads()
        ort.env.wasm.numThreads = self.threads

    def use_threads(self, number: int) -> None:
        """Run on so many threads, at most as many as there are cores, and on one where the page is
        not cross-origin isolated; before the first model is opened."""
        self.threads = max(1, min(number, _most_threads()))
        self.ort.env.wasm.numThreads = self.threads

    async def open(self, card: Card) -> "WebSession":
        """Fetch, check and load the model of a card."""
        data = await self._fetch(card)
        check_model(card, data)
        options = to_js({"executionProviders": ["wasm"]}, dict_converter=js.Object.fromEntries)
        async with _one_at_a_time:
            try:
                session = await self.ort.InferenceSession.create(to_js(data), options)
            except JsException as error:
                raise FacesideError(
                    "runtime-failed",
                    f"This browser could not load the model {card.name}; reload the page or use "
                    f"another browser ({error.message}).",
                ) from None
        return WebSession(session, self.ort.Tensor)

    async def _fetch(self, card: Card) -> bytes:
        address = self.base + card.file
        try:
            response = await pyfetch(address)
            if not response.ok:
                raise missing_model(card, address)
            return await response.bytes()
        except (OSError, JsException):
            raise FacesideError(
                "model-missing",
                f"The model file {card.file} could not be fetched from {address}; "
                "check the connection and try again.",
            ) from None


def _threads() -> int:
    """As many as are of use."""
    return min(MAX_THREADS, _most_threads())


def _most_threads() -> int:
    """One a core where the page is cross-origin isolated, else one."""
    if not getattr(js, "crossOriginIsolated", False):
        return 1
    return int(js.navigator.hardwareConcurrency or 1)


class WebSession:
    """One model in onnxruntime-web."""

    def __init__(self, session, tensor_class):
        self._session = session
        self._tensor = tensor_class
        self._outputs = list(session.outputNames)
        self._feeds = js.Object.new()
        self._buffers = {}  # by input: the shape, and the bytes of its tensor

    async def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all outputs, by name, from arrays by name.

        Raises:
            FacesideError: ``runtime-failed``, out of memory for example.
        """
        async with _one_at_a_time:
            for name, array in inputs.items():
                self._feed(name, array)
            try:
                results = await self._session.run(self._feeds)
            except JsException as error:
                raise FacesideError(
                    "runtime-failed",
                    f"This browser could not run a net ({error.message}); close other tabs or "
                    "use a smaller picture, and try again.",
                ) from None
        return {name: _array_of(getattr(results, name)) for name in self._outputs}

    def _feed(self, name: str, array: np.ndarray) -> None:
        """Copy an array into the tensor of an input, which is kept while the shape is the same."""
        shape, buffer = self._buffers.get(name, (None, None))
        if shape != array.shape:
            buffer = js.Uint8Array.new(array.size)
            self._buffers[name] = array.shape, buffer
            setattr(self._feeds, name, self._tensor.new("uint8", buffer, to_js(array.shape)))
        buffer.assign(np.ascontiguousarray(array).reshape(-1))

    async def close(self) -> None:
        """Give its memory back."""
        async with _one_at_a_time:
            await self._session.release()


def _array_of(tensor) -> np.ndarray:
    values = np.empty(list(tensor.dims), np.float32)
    tensor.data.assign_to(values.reshape(-1))
    tensor.dispose()
    return values

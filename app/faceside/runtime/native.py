"""onnxruntime in CPython; the only file that touches it."""

from pathlib import Path

import numpy as np
import onnxruntime

from ..cards import Card, check_model, missing_model, models_folder


class NativeRuntime:
    """Opens models from a folder.

    Args:
        folder: where the built models lie; the project's ``models`` when None.
        threads: threads a net may use; 0 lets onnxruntime choose.
    """

    def __init__(self, folder: str | Path | None = None, threads: int = 0):
        self.folder = Path(folder) if folder else models_folder()
        self.threads = threads

    async def open(self, card: Card) -> "NativeSession":
        """Load and check the model of a card."""
        try:
            data = (self.folder / card.file).read_bytes()
        except OSError:
            raise missing_model(card, str(self.folder)) from None
        check_model(card, data)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        return NativeSession(
            onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        )


class NativeSession:
    """One model in onnxruntime."""

    def __init__(self, session: onnxruntime.InferenceSession):
        self._session = session
        self._outputs = [output.name for output in session.get_outputs()]

    async def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all outputs, by name, from arrays by name."""
        return dict(zip(self._outputs, self._session.run(None, inputs), strict=True))

    async def close(self) -> None:
        """Give its memory back."""
        self._session = None

"""onnxruntime in CPython; the only file that touches it."""

from pathlib import Path

import numpy as np
import onnxruntime

from ..cards import Card, check_model, missing_model, models_folder
from ..errors import FacesideError

CUDA = "CUDAExecutionProvider"


class NativeRuntime:
    """Opens models from a folder.

    Args:
        folder: where the built models lie; the project's ``models`` when None.
        threads: threads a net may use; 0 lets onnxruntime choose.
        gpu: the number of the NVIDIA GPU to run on, by onnxruntime's CUDA provider; None for the
            processor.

    Raises:
        FacesideError: ``gpu-missing``.
    """

    def __init__(self, folder: str | Path | None = None, threads: int = 0, gpu: int | None = None):
        self.folder = Path(folder) if folder else models_folder()
        self.threads = threads
        self.providers = ["CPUExecutionProvider"]
        if gpu is not None:
            _require_cuda(onnxruntime.get_available_providers())
            self.providers.insert(0, (CUDA, {"device_id": gpu}))

    async def open(self, card: Card) -> "NativeSession":
        """Load and check the model of a card."""
        try:
            data = (self.folder / card.file).read_bytes()
        except OSError:
            raise missing_model(card, str(self.folder)) from None
        check_model(card, data)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        # Each net has threads of its own, which would keep the cores busy while the next one runs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(data, options, providers=self.providers)
        if len(self.providers) > 1:
            _require_cuda(session.get_providers())  # without a GPU it would use the processor
        return NativeSession(session)


def _require_cuda(providers: list[str]) -> None:
    if CUDA not in providers:
        raise FacesideError(
            "gpu-missing",
            "onnxruntime finds no NVIDIA GPU here; install onnxruntime-gpu in place of onnxruntime "
            "and see that the driver works, or go on without a GPU.",
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

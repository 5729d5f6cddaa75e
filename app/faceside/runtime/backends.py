"""What the nets can run on in a browser, and which of it suits a net: arithmetic alone."""

from collections.abc import Mapping, Sequence

import numpy as np

WASM = "wasm"  # what every browser has, and what takes the place of any other that fails
BACKENDS = (WASM, "webgpu", "webgl", "webnn")
AUTO = "auto"

GAIN = 0.9  # another backend must need less than this part of WASM's time: less is within the noise
TOLERANCE = 0.01  # of the largest number of an output; float32 in another order differs by 1e-5

SOFTWARE = ("swiftshader", "llvmpipe", "softpipe", "lavapipe", "basic render", "software")


def quickest(milliseconds: Mapping[str, float]) -> str:
    """The backend to run a net on.

    Args:
        milliseconds: of one run, by backend; that of WASM must be there.
    """
    best = min(milliseconds, key=milliseconds.get)
    return best if milliseconds[best] < GAIN * milliseconds[WASM] else WASM


def agree(theirs: Mapping[str, np.ndarray], ours: Mapping[str, np.ndarray]) -> bool:
    """Whether a backend has computed the same outputs as WASM, ``ours``."""
    return all(_same(theirs.get(name), values) for name, values in ours.items())


def _same(theirs: np.ndarray | None, ours: np.ndarray) -> bool:
    if theirs is None or theirs.shape != ours.shape:
        return False
    if not ours.size:
        return True
    return bool(np.abs(theirs - ours).max() <= TOLERANCE * np.abs(ours).max())  # false with NaN


def shares(count: int, threads: int) -> list[slice]:
    """How to run a batch of so many pictures: what fills all threads together, the rest one by one.

    In a batch onnxruntime gives each thread whole pictures of a 1x1 convolution, so that three on
    two threads take as long as four; of a single picture every thread gets a part.
    """
    even = count - count % threads
    return [slice(0, even)] * bool(even) + [slice(i, i + 1) for i in range(even, count)]


def joined(parts: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The outputs of a batch that was run in parts."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def is_software(gpu: str) -> bool:
    """Whether the name of a GPU is that of a program that does its work."""
    return any(name in gpu.lower() for name in SOFTWARE)

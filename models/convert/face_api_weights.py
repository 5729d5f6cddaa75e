"""Reader of face-api weight files: a JSON manifest and one binary of uint8 or float32 numbers.

The value of a quantised number is ``q * scale + min`` in float64, rounded to float32, as
TensorFlow.js decodes it (``io_utils.decodeWeights``).
"""

import json
from dataclasses import dataclass

import numpy as np
from errors import ConversionError
from graph import DOUBLE, FLOAT, Graph


@dataclass(frozen=True)
class Weight:
    """One tensor as stored: uint8 with ``scale`` and ``minimum``, or float32 without."""

    name: str
    stored: np.ndarray
    scale: float = 1.0
    minimum: float = 0.0

    @property
    def values(self) -> np.ndarray:
        """The tensor's numbers, float32, in TensorFlow's axis order."""
        if self.stored.dtype == np.float32:
            return self.stored
        return (self.stored.astype(np.float64) * self.scale + self.minimum).astype(np.float32)

    def add_to(self, graph: Graph, axes: tuple[int, ...], factor=None) -> str:
        """Adds the tensor with its axes in the order ``axes``, times ``factor`` if given.

        The stored bytes stay as they are. The nodes repeat the arithmetic above, so the values are
        TensorFlow.js's to the last bit; onnxruntime computes them once, at load.
        """
        stored = self.stored.transpose(axes)
        if stored.dtype == np.float32:
            values = graph.constant(self.name, stored)
        else:
            steps = graph.node("Cast", graph.constant(f"{self.name}.q", stored), to=DOUBLE)
            scale = graph.constant(f"{self.name}.scale", np.float64(self.scale))
            minimum = graph.constant(f"{self.name}.min", np.float64(self.minimum))
            steps = graph.node("Add", graph.node("Mul", steps, scale), minimum)
            values = graph.node("Cast", steps, to=FLOAT, name=self.name)
        if factor is None:
            return values
        return graph.node("Mul", values, graph.constant(f"{self.name}.factor", np.float32(factor)))


def read(manifest: bytes, binary: bytes) -> dict[str, Weight]:
    """The weights by name.

    Raises:
        ConversionError: ``weights-unreadable`` if the two files do not fit together.
    """
    weights, offset = {}, 0
    for entry in (entry for group in json.loads(manifest) for entry in group["weights"]):
        quantization = entry.get("quantization")
        dtype = np.dtype(quantization["dtype"] if quantization else entry["dtype"])
        if dtype not in (np.uint8, np.float32):
            raise ConversionError("weights-unreadable", f"{entry['name']} is stored as {dtype}.")
        count = int(np.prod(entry["shape"]))
        if offset + count * dtype.itemsize > len(binary):
            raise ConversionError("weights-unreadable", f"The file ends before {entry['name']}.")
        stored = np.frombuffer(binary, dtype.newbyteorder("<"), count, offset)
        offset += count * dtype.itemsize
        weights[entry["name"]] = Weight(
            entry["name"],
            stored.astype(dtype).reshape(entry["shape"]),
            *((quantization["scale"], quantization["min"]) if quantization else ()),
        )
    if offset != len(binary):
        raise ConversionError("weights-unreadable", "The file is longer than its manifest says.")
    return weights

"""Reader of face-api weight files: a JSON manifest and one binary of uint8 or float32 numbers.

The value of a quantised number is ``q * scale + min`` in float64, rounded to float32, as
TensorFlow.js decodes it (``io_utils.decodeWeights``).
"""

import json
from dataclasses import dataclass

import numpy as np
from errors import ConversionError
from graph import FLOAT, Graph

UPPER_BITS = np.uint32(0xFFFFFF00)  # sign, exponent and the upper 15 of 23 stored bits


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

        The stored bytes stay as they are. Nodes that onnxruntime computes once, at load, make the
        values of them, in float32 but equal to TensorFlow.js's to the last bit: the scale is split
        into its upper 16 bits, whose product with a byte is exact, and the rest. (Float64 needs no
        such care, but the WebGPU build of onnxruntime-web has no kernels for it.)
        """
        stored = self.stored.transpose(axes)
        if stored.dtype == np.float32:
            values = graph.constant(self.name, stored)
        else:
            # TensorFlow.js chooses ``min`` as a whole number of steps when 0 is within the range.
            steps = graph.node("Cast", graph.constant(f"{self.name}.q", stored), to=FLOAT)
            zero = graph.constant(f"{self.name}.zero", np.float32(-self.minimum / self.scale))
            steps = graph.node("Sub", steps, zero)
            upper = (np.float32(self.scale).view(np.uint32) & UPPER_BITS).view(np.float32)
            lower = np.float32(self.scale - float(upper))
            parts = (
                graph.node("Mul", steps, graph.constant(f"{self.name}.{part}", scale))
                for part, scale in (("upper", upper), ("lower", lower))
            )
            values = graph.node("Add", *parts, name=self.name)
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

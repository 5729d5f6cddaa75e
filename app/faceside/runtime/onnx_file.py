"""ONNX files taken apart and put together again, as far as a net has to be rewritten on the device.

Protocol buffers are lists of numbered fields, so no library is needed for them; the numbers are
those of https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # the wire types of protocol buffers
FLOAT = 1
DTYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 7: np.int64}  # TensorProto.DataType
GRAPH, NODE, INITIALIZER, INPUT = 7, 1, 5, 11  # of ModelProto, then of GraphProto
AS_FLOAT, AS_INT, AS_INTS = 1, 2, 7  # AttributeProto.AttributeType

Fields = list[tuple[int, int, int | bytes]]  # number, wire type, value


@dataclass
class Node:
    """One step of a net; ``attributes`` by name, each as its encoded message; ``domain`` names
    the set of operators, the standard's if empty."""

    kind: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, bytes] = field(default_factory=dict)
    domain: str = ""

    def integer(self, name: str) -> int:
        """The attribute of this name, a whole number."""
        return _signed(_one(decode(self.attributes[name]), 3))


@dataclass
class Net:
    """A net: its steps in order, its constants, and its inputs with their type and dimensions.

    Attributes:
        nodes: the steps, each after those it needs.
        constants: arrays by name.
        inputs: by name ``(TensorProto.DataType, dimensions)``, a free dimension by its name.
    """

    nodes: list[Node]
    constants: dict[str, np.ndarray]
    inputs: dict[str, tuple[int, list[int | str]]]
    _model: Fields
    _graph: Fields

    @classmethod
    def read(cls, data: bytes) -> "Net":
        """The net of a file's bytes."""
        model = decode(data)
        graph = decode(_one(model, GRAPH))
        constants = dict(_read_tensor(value) for value in _all(graph, INITIALIZER))
        inputs = dict(_read_input(value) for value in _all(graph, INPUT))
        nodes = [_read_node(value) for value in _all(graph, NODE)]
        return cls(nodes, constants, inputs, model, graph)

    def write(self) -> bytes:
        """The bytes of a file with this net."""
        graph = [entry for entry in self._graph if entry[0] not in (NODE, INITIALIZER, INPUT)]
        graph += [(NODE, BYTES, _write_node(node)) for node in self.nodes]
        graph += [
            (INITIALIZER, BYTES, _write_tensor(name, array))
            for name, array in self.constants.items()
        ]
        graph += [(INPUT, BYTES, _write_input(name, *of)) for name, of in self.inputs.items()]
        model = [entry for entry in self._model if entry[0] != GRAPH]
        return encode([*model, (GRAPH, BYTES, encode(graph))])


def decode(data: bytes) -> Fields:
    """The fields of a message."""
    return list(_decoded(memoryview(data)))


def encode(fields: Fields) -> bytes:
    """The bytes of a message."""
    parts = []
    for number, wire, value in fields:
        parts.append(_varint(number << 3 | wire))
        if wire == VARINT:
            parts.append(_varint(value))
        elif wire == BYTES:
            parts += [_varint(len(value)), value]
        else:
            parts.append(value)
    return b"".join(parts)


def attribute(name: str, value: int | float | list[int]) -> bytes:
    """An attribute, encoded."""
    if isinstance(value, list):
        content, kind = [(8, VARINT, number) for number in value], AS_INTS
    elif isinstance(value, int):
        content, kind = [(3, VARINT, value)], AS_INT
    else:
        content, kind = [(2, FIXED32, np.float32(value).tobytes())], AS_FLOAT
    return encode([(1, BYTES, name.encode()), *content, (20, VARINT, kind)])


def _decoded(data: memoryview) -> Iterator[tuple[int, int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _read_varint(data, at)
        else:
            size = {FIXED64: 8, FIXED32: 4}.get(wire)
            if size is None:
                size, at = _read_varint(data, at)
            value, at = bytes(data[at : at + size]), at + size
        yield number, wire, value


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative numbers as two's complement
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _all(fields: Fields, number: int) -> list:
    return [value for found, _, value in fields if found == number]


def _one(fields: Fields, number: int, default=None):
    return next(iter(_all(fields, number)), default)


def _integers(fields: Fields, number: int) -> list[int]:
    """A repeated whole number, one by one or packed."""
    found = []
    for value in _all(fields, number):
        if isinstance(value, int):
            found.append(_signed(value))
            continue
        at, packed = 0, memoryview(value)
        while at < len(packed):
            part, at = _read_varint(packed, at)
            found.append(_signed(part))
    return found


def _read_tensor(data: bytes) -> tuple[str, np.ndarray]:
    fields = decode(data)
    dtype = DTYPES[_one(fields, 2)]
    array = np.frombuffer(_one(fields, 9), np.dtype(dtype).newbyteorder("<"))
    return _one(fields, 8).decode(), array.astype(dtype).reshape(_integers(fields, 1))


def _write_tensor(name: str, array: np.ndarray) -> bytes:
    kind = next(kind for kind, dtype in DTYPES.items() if dtype == array.dtype)
    raw = array.astype(array.dtype.newbyteorder("<")).tobytes()
    dims = [(1, VARINT, side) for side in array.shape]
    return encode([*dims, (2, VARINT, kind), (8, BYTES, name.encode()), (9, BYTES, raw)])


def _read_input(data: bytes) -> tuple[str, tuple[int, list[int | str]]]:
    fields = decode(data)
    tensor = decode(_one(decode(_one(fields, 2)), 1))
    dims = [decode(dim) for dim in _all(decode(_one(tensor, 2)), 1)]
    sides = [_one(dim, 1) or _one(dim, 2, b"").decode() for dim in dims]
    return _one(fields, 1).decode(), (_one(tensor, 1), sides)


def _write_input(name: str, kind: int, sides: list[int | str]) -> bytes:
    dims = [
        encode([(1, VARINT, side) if isinstance(side, int) else (2, BYTES, side.encode())])
        for side in sides
    ]
    shape = encode([(1, BYTES, dim) for dim in dims])
    tensor = encode([(1, VARINT, kind), (2, BYTES, shape)])
    return encode([(1, BYTES, name.encode()), (2, BYTES, encode([(1, BYTES, tensor)]))])


def _read_node(data: bytes) -> Node:
    fields = decode(data)
    return Node(
        _one(fields, 4).decode(),
        [name.decode() for name in _all(fields, 1)],
        [name.decode() for name in _all(fields, 2)],
        {_one(decode(value), 1).decode(): value for value in _all(fields, 5)},
        _one(fields, 7, b"").decode(),
    )


def _write_node(node: Node) -> bytes:
    return encode(
        [
            *((1, BYTES, name.encode()) for name in node.inputs),
            *((2, BYTES, name.encode()) for name in node.outputs),
            (4, BYTES, node.kind.encode()),
            *((5, BYTES, value) for value in node.attributes.values()),
            (7, BYTES, node.domain.encode()),
        ]
    )

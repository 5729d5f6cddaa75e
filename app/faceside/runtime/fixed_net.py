"""Nets rewritten for onnxruntime-web's WebGL, which takes no free dimension, no bytes and not every
operator, and computes again in each run what depends on constants alone."""

import numpy as np

from .float_net import replace_integers
from .onnx_file import DTYPES, FLOAT, Net, Node, attribute

# What the nets' stored bytes become their weights by (models/convert).
FOLDED = {
    "Add": lambda node, a, b: a + b,
    "Cast": lambda node, a: a.astype(DTYPES[node.integer("to")]),
    "Mul": lambda node, a, b: a * b,
    "Reshape": lambda node, a, shape: a.reshape(shape),
    "Sub": lambda node, a, b: a - b,
}


def fixed(data: bytes, shape: tuple[int, ...]) -> bytes:
    """The net of an ONNX file for inputs of one shape.

    Args:
        data: the file, with one input of bytes.
        shape: the whole shape of that input.

    Returns:
        A file whose input has these dimensions and takes float32 of the same values; its outputs
        are the same.
    """
    net = Net.read(data)
    net.inputs = {name: (FLOAT, list(shape)) for name in net.inputs}
    replace_integers(net)
    fold(net)
    net.nodes = [part for node in net.nodes for part in _rewritten(net, node)]
    return net.write()


def fold(net: Net) -> None:
    """Compute once what depends on constants alone."""
    kept = []
    for node in net.nodes:
        if node.kind in FOLDED and all(name in net.constants for name in node.inputs):
            values = [net.constants[name] for name in node.inputs]
            net.constants[node.outputs[0]] = FOLDED[node.kind](node, *values)
        else:
            kept.append(node)
    used = {name for node in kept for name in node.inputs}
    net.nodes = kept
    net.constants = {name: array for name, array in net.constants.items() if name in used}


def _rewritten(net: Net, node: Node) -> list[Node]:
    """The steps that take the place of one."""
    if node.kind == "Cast":  # of the input, which is float32 by now
        return [Node("Identity", node.inputs, node.outputs)]
    if node.kind == "Relu":  # as a step of its own: WebGL confuses convolutions with and without
        return [Node("LeakyRelu", node.inputs, node.outputs, {"alpha": attribute("alpha", 0.0)})]
    if node.kind == "Split":
        return _slices(net, node)
    if node.kind == "Resize":
        return _doubled(net, node)
    return [node]


def _doubled(net: Net, node: Node) -> list[Node]:
    """Each pixel four times, which is a Resize to twice the size, nearest."""
    source, _, scales = node.inputs
    (name,) = node.outputs
    if net.constants[scales].tolist() != [1, 1, 2, 2]:
        raise ValueError(f"{name} is resized by {net.constants[scales]}, not to twice the size")
    four, pixels = f"{name}.four", f"{name}.pixels"
    return [
        Node("Concat", [source] * 4, [four], {"axis": attribute("axis", 1)}),
        Node("DepthToSpace", [four], [pixels], {"blocksize": attribute("blocksize", 2)}),
        # Brings them into the usual place on the GPU, where alone WebGL's sums look for them.
        Node("Transpose", [pixels], [name], {"perm": attribute("perm", [0, 1, 2, 3])}),
    ]


def _slices(net: Net, node: Node) -> list[Node]:
    """A Slice for each part of a Split."""
    source, sizes = node.inputs
    ends = np.cumsum(net.constants[sizes])
    axes = _constant(net, f"{sizes}.axis", [node.integer("axis")])
    slices = []
    for name, end, size in zip(node.outputs, ends, net.constants[sizes], strict=True):
        low = _constant(net, f"{name}.from", [end - size])
        high = _constant(net, f"{name}.to", [end])
        slices.append(Node("Slice", [source, low, high, axes], [name]))
    return slices


def _constant(net: Net, name: str, numbers: list[int]) -> str:
    net.constants[name] = np.array(numbers, np.int64)
    return name

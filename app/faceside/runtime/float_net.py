"""Nets rewritten for GPUs, whose backends in onnxruntime-web multiply floats alone: what a net
computes in bytes and whole numbers is computed in float32, which holds the same numbers."""

import numpy as np

from .onnx_file import FLOAT, Net, Node, attribute

WHOLE = 1.5 * 2**23  # with this added, a float32 below 2^22 has no bits left for fractions


def in_floats(data: bytes) -> bytes:
    """The net of an ONNX file without arithmetic of bytes: the same inputs and outputs."""
    net = Net.read(data)
    replace_integers(net)
    return net.write()


def replace_integers(net: Net) -> None:
    """Put floats in the place of a net's bytes and whole numbers, as `models/convert` makes them.

    Raises:
        ValueError: bytes in steps other than 1, or a product of other bytes.
    """
    net.nodes = [part for node in net.nodes for part in _rewritten(net, node)]
    used = {name for node in net.nodes for name in node.inputs}
    net.constants = {name: array for name, array in net.constants.items() if name in used}


def _rewritten(net: Net, node: Node) -> list[Node]:
    """The steps that take the place of one."""
    if node.kind == "Round":
        return _rounded(net, *node.inputs, *node.outputs)
    if node.kind == "QuantizeLinear":
        return _bytes(net, node)
    if node.kind == "MatMulIntegerToFloat":
        return _product(net, node)
    return [node]


def _rounded(net: Net, source: str, name: str) -> list[Node]:
    """The next whole number, of halves the even one; not every GPU backend has Round."""
    shift, shifted = f"{name}.shift", f"{name}.shifted"
    net.constants[shift] = np.float32(WHOLE)
    return [Node("Add", [source, shift], [shifted]), Node("Sub", [shifted, shift], [name])]


def _bytes(net: Net, node: Node) -> list[Node]:
    """The numbers of bytes, of what is turned into bytes channel by channel."""
    source, steps, zeros = node.inputs
    (name,) = node.outputs
    if node.integer("axis") != 1 or np.any(net.constants[steps] != 1):
        raise ValueError(f"{name} is made of other steps than 1 in each channel")
    whole, moved, low, high = (f"{name}.{part}" for part in ("whole", "moved", "low", "high"))
    net.constants[zeros] = net.constants[zeros].astype(np.float32)[:, None, None]
    net.constants |= {low: np.float32(0), high: np.float32(255)}
    return [
        *_rounded(net, source, whole),
        Node("Add", [whole, zeros], [moved]),
        Node("Clip", [moved, low, high], [name]),
    ]


def _product(net: Net, node: Node) -> list[Node]:
    """A matrix product of floats; the bytes of the weights are worked out once, at load."""
    *factors, one, scale, a_zero, b_zero = node.inputs
    (name,) = node.outputs
    place = 0 if factors[0] in net.constants else 1
    zero, other = (a_zero, b_zero) if place == 0 else (b_zero, a_zero)
    if net.constants[one] != 1 or net.constants[other] != 0:
        raise ValueError(f"{name} multiplies other bytes than 0 to 255 in steps of 1")
    nodes = _weights(net, factors[place], zero)
    if place == 0:
        # One number would become part of the product, and multiply parts of the sums.
        rows = len(net.constants[factors[0]])
        net.constants[scale] = np.full((rows, 1), net.constants[scale])
    factors[place] = nodes[-1].outputs[0]
    product = f"{name}.product"
    return [*nodes, Node("MatMul", factors, [product]), Node("Mul", [product, scale], [name])]


def _weights(net: Net, name: str, zero: str) -> list[Node]:
    """What constant bytes stand for."""
    floats, zeros, centred = (f"{name}.{part}" for part in ("floats", "zeros", "centred"))
    net.constants[zeros] = net.constants[zero].astype(np.float32)
    return [
        Node("Cast", [name], [floats], {"to": attribute("to", FLOAT)}),
        Node("Sub", [floats, zeros], [centred]),
    ]

"""SFace 2021dec of the OpenCV zoo, from its block-quantised file, for integer arithmetic.

Most 1x1 convolutions and the last layer multiply bytes, which takes half as long as floats. How far
the activations reach is known from their batch norms, so that no pictures are needed to quantise
them (Nagel et al., "Data-free quantization through weight equalization and bias correction", ICCV
2019). Each channel has a step and a zero of its own: as a parametric relu keeps positive factors,
they go into the numbers around it and cost nothing.

The other convolutions add up products of whole numbers, which float32 holds exactly below 2^24, and
whatever lies between is one operation on one number. So a face has the same descriptor to the last
bit wherever the net runs, in whatever order it adds up. Otherwise a last bit would now and then be
rounded to the next byte, and in the end a descriptor would differ by up to 0.03.
"""

import numpy as np
import onnx
from graph import Graph
from onnx import numpy_helper

SIZE = 112
LAYERS = 14
STRIDE_2 = (3, 5, 7, 13)
EPSILON = np.float64(np.float32(0.001))  # of the batch norms after convolutions
EPSILON_LAST = np.float64(np.float32(2e-5))  # of the two around the last layer
REACH = 11  # standard deviations to both sides that a byte spans (docs/accuracy.md)
WHOLE = 2**11  # as far reach the whole numbers: 9 of them times 9 bits stay below 2^24
FINE = (2, 3)  # layers where bytes would lose most, of no more than 64 inputs
FINE_WHOLE = 2**10  # 64 of them times 8 bits stay below 2^24


def build(source: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``descriptor`` (N, 128), not normalised."""
    values = {
        item.name: numpy_helper.to_array(item)
        for item in onnx.load_model_from_string(source).graph.initializer
    }
    graph = Graph("sface")
    # The first layer pads with zeros after the mean is taken off, so that stays a node.
    x = graph.node("Sub", graph.image(SIZE, SIZE), graph.constant("mean", values["scalar_op1"]))
    x, unit = conv(graph, x, values, "conv_1", np.float64(values["scalar_op2"]))
    x, unit, side = *whole(graph, x, values, "conv_1", unit, WHOLE), SIZE
    for layer in range(2, LAYERS + 1):
        stride = 2 if layer in STRIDE_2 else 1
        side //= stride
        x, unit = conv(graph, x, values, f"conv_{layer}_dw", unit, stride)
        multiply = fine_pointwise if layer in FINE else pointwise
        x, unit = multiply(graph, x, values, f"conv_{layer}", unit, side)
    last(graph, x, values, unit)
    graph.output("descriptor", ["N", 128])
    return graph.build()


def conv(
    graph: Graph, x: str, values: dict, name: str, unit: np.ndarray, stride: int = 1
) -> tuple[str, np.ndarray]:
    """Convolution of whole numbers, its batch norm and parametric relu.

    Args:
        unit: what 1 stands for in ``x``, by channel where there are several units.

    Returns:
        The output, and what 1 stands for in each of its channels.
    """
    gain, shift = batch_norm(values, f"{name}_batchnorm", EPSILON)
    weight = f"{name}_conv2d_weight"
    channels, _, side, _ = values[f"{weight}_shape"].tolist()
    gain = gain * unit * values[f"{weight}_scales"].astype(np.float64).reshape(-1)
    x = graph.node(
        "Conv",
        x,
        graph.blocks(
            weight,
            values[f"{weight}_quantized"],
            values[f"{weight}_zero_point"],
            np.float32(np.sign(gain))[:, None],
            values[f"{weight}_shape"],
        ),
        graph.constant(f"{name}_bias", np.float32(np.rint(shift / np.abs(gain)))),
        kernel_shape=[side, side],
        strides=[stride, stride],
        pads=[side // 2] * 4,
        group=channels if name.endswith("_dw") else 1,
    )
    return relu(graph, x, values, name), np.abs(gain)


def whole(
    graph: Graph, x: str, values: dict, name: str, unit: np.ndarray, most: int
) -> tuple[str, np.ndarray]:
    """A layer's output in whole numbers, its reach being ``most``, and what 1 then stands for."""
    step = size(*reach_after_relu(values, name)) / most
    return graph.node("Round", times(graph, x, unit / step)), step


def fine_pointwise(
    graph: Graph, x: str, values: dict, name: str, unit: np.ndarray, side: int
) -> tuple[str, np.ndarray]:
    """1x1 convolution of whole numbers; the same arguments and results as of `pointwise`."""
    x, step = whole(graph, x, values, f"{name}_dw", unit, FINE_WHOLE)
    weights, unit, shift = byte_rows(values, name, step)
    weights = np.float32(weights)[:, :, None, None] - 128
    x = graph.node(
        "Conv",
        x,
        graph.constant(f"{name}_weight", weights),
        graph.constant(f"{name}_bias", np.float32(np.rint(shift / unit))),
        kernel_shape=[1, 1],
    )
    return whole(graph, relu(graph, x, values, name), values, name, unit, WHOLE)


def pointwise(
    graph: Graph, x: str, values: dict, name: str, unit: np.ndarray, side: int
) -> tuple[str, np.ndarray]:
    """1x1 convolution of bytes, its batch norm and parametric relu.

    Args:
        unit: what 1 stands for in each channel of ``x``, which is ``side`` x ``side``.

    Returns:
        The output in whole numbers, and what 1 stands for in each of its channels.
    """
    step, zeros = byte_steps(*reach_after_relu(values, f"{name}_dw"))
    x = graph.bytes(times(graph, x, unit / step), zeros)
    weights, unit, shift = byte_rows(values, name, step)
    shift = shift - unit * zero_sums(weights, zeros)
    scale = np.float32(WHOLE / np.max(size(*reach_after_relu(values, name)) / unit))
    unit = unit / np.float64(scale)
    outputs, inputs = weights.shape
    x = graph.node("Reshape", x, graph.constant(f"{name}_flat", np.int64([0, inputs, side**2])))
    x = graph.product(graph.constant(f"{name}_weight", weights), x, 128, 0, scale)
    x = graph.node("Reshape", x, graph.constant(f"{name}_map", np.int64([0, outputs, side, side])))
    x = graph.node("Add", x, graph.constant(f"{name}_bias", column(shift / unit)))
    return graph.node("Round", relu(graph, x, values, name)), unit


def last(graph: Graph, x: str, values: dict, unit: np.ndarray) -> None:
    """The batch norm before the last layer, and that layer, of bytes."""
    gain, shift = batch_norm(values, "bn1", EPSILON_LAST)
    step, zeros = byte_steps(*reach(values, "bn1"))
    x = times(graph, x, gain * unit / step)
    x = graph.node("Add", x, graph.constant("bn1_shift", column(shift / step)))
    x = graph.node("Flatten", graph.bytes(x, zeros))
    gain, shift = batch_norm(values, "fc1", EPSILON_LAST)
    weights = dequantize(values, "pre_fc1_weight") * gain[:, None]
    places = weights.shape[1] // len(step)
    weights, unit = quantize(weights * np.repeat(step, places))
    x = graph.product(x, graph.constant("fc1_weight", weights.T), 0, 128, np.float32(1))
    x = graph.node("Mul", x, graph.constant("fc1_unit", np.float32(unit)))
    shift = dequantize(values, "pre_fc1_bias") * gain + shift
    shift = shift - unit * zero_sums(weights, np.repeat(zeros, places))
    graph.node("Add", x, graph.constant("fc1_bias", np.float32(shift)), name="descriptor")


def zero_sums(weights: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """What the products of all inputs that are 0 add up to, in each row of weights."""
    return (weights.astype(np.int64) - 128) @ zeros.astype(np.int64)


def relu(graph: Graph, x: str, values: dict, name: str) -> str:
    return graph.node("PRelu", x, graph.constant(f"{name}_slope", values[f"{name}_relu_gamma"]))


def times(graph: Graph, x: str, factor: np.ndarray) -> str:
    """Each channel times its factor."""
    return graph.node("Mul", x, graph.constant(f"{x}.factor", column(factor)))


def column(numbers: np.ndarray) -> np.ndarray:
    """One number a channel, float32 (C, 1, 1)."""
    return np.float32(numbers)[:, None, None]


def batch_norm(values: dict, name: str, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """The batch norm as a gain and a shift per channel, float64."""
    gamma, beta, mean, variance = (
        values[f"{name}_{part}"].astype(np.float64)
        for part in ("gamma", "beta", "moving_mean", "moving_var")
    )
    gain = gamma / np.sqrt(variance + epsilon)
    return gain, beta - mean * gain


def reach(values: dict, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest value after a batch norm, by channel."""
    gamma, beta = (values[f"{name}_{part}"].astype(np.float64) for part in ("gamma", "beta"))
    return beta - REACH * np.abs(gamma), beta + REACH * np.abs(gamma)


def reach_after_relu(values: dict, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest value after a layer's batch norm and parametric relu."""
    slope = values[f"{name}_relu_gamma"].astype(np.float64).reshape(-1)
    ends = [np.where(end > 0, end, slope * end) for end in reach(values, f"{name}_batchnorm")]
    return np.minimum(0, np.minimum(*ends)), np.maximum(0, np.maximum(*ends))


def size(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.maximum(high, -low)


def byte_steps(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What one step of a byte stands for in each channel, and the bytes that stand for 0."""
    step = (high - low) / 255
    return step, np.uint8(np.rint(-low / step))


def byte_rows(
    values: dict, name: str, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The weights of a 1x1 convolution by the batch norm after it, of inputs in steps of ``step``.

    Returns:
        Bytes (R, C), 128 standing for 0; what 1 stands for in each row; what is added to it.
    """
    gain, shift = batch_norm(values, f"{name}_batchnorm", EPSILON)
    weights = dequantize(values, f"{name}_conv2d_weight")[:, :, 0, 0]
    return *quantize(weights * gain[:, None] * step), shift


def quantize(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (R, C) as bytes, 128 standing for 0, and what 1 stands for in each row."""
    unit = np.max(np.abs(weights), axis=1) / 127
    return np.uint8(np.rint(weights / unit[:, None]) + 128), unit


def dequantize(values: dict, name: str) -> np.ndarray:
    """Quantised numbers as float64, each block of them by its zero point and scale."""
    scale, zero, rows = (
        values[f"{name}_{part}"].astype(np.float64)
        for part in ("scales", "zero_point", "quantized")
    )
    rows = (rows.reshape(scale.size, -1) - zero.reshape(-1, 1)) * scale.reshape(-1, 1)
    return rows.reshape(values[f"{name}_shape"])

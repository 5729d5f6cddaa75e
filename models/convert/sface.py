"""SFace 2021dec of the OpenCV zoo, from its block-quantised file: the same int8 numbers in a graph
that onnxruntime takes, batch norms put into the scales of the blocks."""

import numpy as np
import onnx
from graph import Graph
from onnx import numpy_helper

SIZE = 112
LAYERS = 14
STRIDE_2 = (3, 5, 7, 13)
EPSILON = np.float64(np.float32(0.001))  # of the batch norms after convolutions
EPSILON_LAST = np.float64(np.float32(2e-5))  # of the two around the last layer


def build(source: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``descriptor`` (N, 128), not normalised."""
    values = {
        item.name: numpy_helper.to_array(item)
        for item in onnx.load_model_from_string(source).graph.initializer
    }
    graph = Graph("sface")
    # The first layer pads with zeros after the mean is taken off, so that stays a node; the divisor
    # goes into the scales.
    x = graph.node("Sub", graph.image(SIZE, SIZE), graph.constant("mean", values["scalar_op1"]))
    x = conv(graph, x, values, "conv_1", factor=values["scalar_op2"])
    for layer in range(2, LAYERS + 1):
        x = conv(graph, x, values, f"conv_{layer}_dw", stride=2 if layer in STRIDE_2 else 1)
        x = conv(graph, x, values, f"conv_{layer}")
    names = [f"bn1_{part}" for part in ("gamma", "beta", "moving_mean", "moving_var")]
    norm = [graph.constant(name, values[name]) for name in names]
    x = graph.node("Flatten", graph.node("BatchNormalization", x, *norm, epsilon=EPSILON_LAST))
    gain, shift = batch_norm(values, "fc1", EPSILON_LAST)
    bias = dequantize(values, "pre_fc1_bias", block=64) * gain + shift
    matrix = blocks(graph, values, "pre_fc1_weight", gain)
    bias = graph.constant("fc1_bias", np.float32(bias))
    graph.node("Gemm", x, matrix, bias, transB=1, name="descriptor")
    graph.output("descriptor", ["N", 128])
    return graph.build()


def conv(graph: Graph, x: str, values: dict, name: str, stride: int = 1, factor=1.0) -> str:
    """Convolution, batch norm and parametric relu; ``factor`` scales the filters."""
    gain, shift = batch_norm(values, f"{name}_batchnorm", EPSILON)
    channels, _, side, _ = values[f"{name}_conv2d_weight_shape"].tolist()
    x = graph.node(
        "Conv",
        x,
        blocks(graph, values, f"{name}_conv2d_weight", gain * factor),
        graph.constant(f"{name}_bias", np.float32(shift)),
        kernel_shape=[side, side],
        strides=[stride, stride],
        pads=[side // 2] * 4,
        group=channels if name.endswith("_dw") else 1,
    )
    return graph.node("PRelu", x, graph.constant(f"{name}_slope", values[f"{name}_relu_gamma"]))


def batch_norm(values: dict, name: str, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """The batch norm as a gain and a shift per channel, float64."""
    gamma, beta, mean, variance = (
        values[f"{name}_{part}"].astype(np.float64)
        for part in ("gamma", "beta", "moving_mean", "moving_var")
    )
    gain = gamma / np.sqrt(variance + epsilon)
    return gain, beta - mean * gain


def blocks(graph: Graph, values: dict, name: str, gain: np.ndarray) -> str:
    """The quantised weights ``name``, each output channel times its ``gain``, one row a block."""
    scales = values[f"{name}_scales"]
    count = scales.size
    return graph.blocks(
        name,
        values[f"{name}_quantized"].reshape(count, -1),
        values[f"{name}_zero_point"].reshape(count, 1),
        np.float32(scales * gain.reshape(-1, 1)).reshape(count, 1),
        values[f"{name}_shape"],
    )


def dequantize(values: dict, name: str, block: int) -> np.ndarray:
    """A quantised vector as float64."""
    scale, zero = (np.repeat(values[f"{name}_{part}"], block) for part in ("scales", "zero_point"))
    return (values[f"{name}_quantized"].astype(np.float64) - zero) * scale

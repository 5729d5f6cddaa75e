"""FaceRecognitionNet of face-api.js, dlib's 29-layer residual net (faceRecognitionNet/)."""

import face_api_weights
import numpy as np
from face_api_layers import FACE_MEAN, OIHW, bias_after_mean
from graph import Graph

SIZE = 150
DIVISOR = 256

# Name, spatial size after the layer; a name with "down" halves it.
LAYERS = (
    *(("conv32_1", 35), ("conv32_2", 35), ("conv32_3", 35)),
    *(("conv64_down", 17), ("conv64_1", 17), ("conv64_2", 17), ("conv64_3", 17)),
    *(("conv128_down", 8), ("conv128_1", 8), ("conv128_2", 8)),
    *(("conv256_down", 4), ("conv256_1", 4), ("conv256_2", 4)),
    ("conv256_down_out", 2),
)


def build(manifest: bytes, binary: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``descriptor`` (N, 128), not normalised."""
    weights = face_api_weights.read(manifest, binary)
    graph = Graph("dlib_resnet")
    image = graph.image(SIZE, SIZE)
    x = conv(graph, image, weights, "conv32_down", stride=2, divisor=DIVISOR)
    x = graph.node("MaxPool", graph.node("Relu", x), kernel_shape=[3, 3], strides=[2, 2])
    size = 35
    for name, after in LAYERS:
        down = residual_down if "down" in name else residual
        x, size = down(graph, x, weights, name, size), after
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x))
    graph.node("MatMul", x, weights["fc"].add_to(graph, (0, 1)), name="descriptor")
    graph.output("descriptor", ["N", 128])
    return graph.build()


def conv(graph, x, weights, name, stride=1, divisor=None) -> str:
    """Convolution with bias, then the layer's own scale and shift, put into filters and bias.

    At stride 1 the padding is "same", at stride 2 none. With ``divisor`` the mean and divisor of
    the pixels are put in as well.
    """
    filters, scale = weights[f"{name}/conv/filters"], weights[f"{name}/scale/weights"].values
    shift = weights[f"{name}/conv/bias"].values.astype(np.float64)
    if divisor:
        shift = bias_after_mean(filters, shift, FACE_MEAN, divisor)
    shift = shift * scale + weights[f"{name}/scale/biases"].values
    side = filters.stored.shape[0]
    return graph.node(
        "Conv",
        x,
        filters.add_to(graph, OIHW, factor=scale.reshape(-1, 1, 1, 1) / np.float32(divisor or 1)),
        graph.constant(f"{name}/bias", np.float32(shift)),
        kernel_shape=[side, side],
        strides=[stride, stride],
        pads=[0 if stride == 2 else side // 2] * 4,
    )


def residual(graph, x, weights, name, size) -> str:
    """relu(x + conv2(relu(conv1(x))))."""
    y = graph.node("Relu", conv(graph, x, weights, f"{name}/conv1"))
    y = conv(graph, y, weights, f"{name}/conv2")
    return graph.node("Relu", graph.node("Add", y, x))


def residual_down(graph, x, weights, name, size) -> str:
    """The same at half the size: the shortcut is averaged 2x2 and given zero channels; where the
    convolutions come out one smaller, one zero row and column are added right and bottom."""
    y = graph.node("Relu", conv(graph, x, weights, f"{name}/conv1", stride=2))
    y = conv(graph, y, weights, f"{name}/conv2")
    shortcut = graph.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    channels_in, channels_out = weights[f"{name}/conv1/conv/filters"].stored.shape[2:]
    if channels_out > channels_in:
        shortcut = pad(graph, shortcut, f"{name}/channels", channels_out - channels_in, 0)
    if size // 2 > (size - 3) // 2 + 1:
        y = pad(graph, y, f"{name}/size", 0, 1)
    return graph.node("Relu", graph.node("Add", shortcut, y))


def pad(graph, x, name, channels: int, size: int) -> str:
    """Appends zero channels, and zero rows and columns right and bottom."""
    pads = graph.constant(name, np.int64([0, 0, 0, 0, 0, channels, size, size]))
    return graph.node("Pad", x, pads)

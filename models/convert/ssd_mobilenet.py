"""SSD MobileNetV1 of face-api.js (ssdMobilenetv1/), its boxes decoded in the graph."""

import face_api_weights
import numpy as np
from face_api_layers import DEPTHWISE, OIHW, PADS
from graph import Graph

SIZE = 512
SCALE = 0.007843137718737125  # SsdMobilenetv1.ts
EPSILON = 0.0010000000474974513  # mobileNetV1.ts
PAIRS = 13
STRIDE_2 = (2, 4, 6, 12)
EXTRA_LAYERS = 8
# outputLayer.ts: how much smaller than the prior's size a step of centre and log size is.
CENTRE_STEPS, SIZE_STEPS = 10, 5


def build(manifest: bytes, binary: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``boxes`` (N, 5118, 4) and ``scores`` (N, 5118).

    A box is top, left, bottom, right in 0..1 of the square; a score is 0..1.
    """
    weights = face_api_weights.read(manifest, binary)
    graph = Graph("ssd_mobilenet")
    maps = feature_maps(graph, weights)
    priors = weights["Output/extra_dim"].values
    boxes = predictions(graph, weights, maps, "BoxEncodingPredictor", numbers=4)
    decode(graph, boxes, priors)
    graph.output("boxes", ["N", priors.shape[1], 4])
    classes = predictions(graph, weights, maps, "ClassPredictor", numbers=3)
    face = graph.node("Gather", classes, graph.constant("face", np.int64([1])), axis=2)
    flat = graph.constant("flat", np.int64([0, -1]))
    graph.node("Sigmoid", graph.node("Reshape", face, flat), name="scores")
    graph.output("scores", ["N", priors.shape[1]])
    return graph.build()


def feature_maps(graph: Graph, weights: dict) -> list[str]:
    """The six maps that boxes are predicted from, the finest first."""
    x = graph.node("Mul", graph.image(SIZE, SIZE), graph.constant("scale", np.float32(SCALE)))
    x = graph.node("Sub", x, graph.constant("one", np.float32(1)))
    x = conv(graph, x, weights, "MobilenetV1/Conv2d_0_pointwise", stride=2)
    maps = []
    for pair in range(1, PAIRS + 1):
        name = f"MobilenetV1/Conv2d_{pair}"
        x = depthwise_conv(graph, x, weights, f"{name}_depthwise", 2 if pair in STRIDE_2 else 1)
        x = conv(graph, x, weights, f"{name}_pointwise")
        if pair in (11, PAIRS):
            maps.append(x)
    for layer in range(EXTRA_LAYERS):
        stride = 1 + layer % 2
        x = conv(graph, x, weights, f"Prediction/Conv2d_{layer}_pointwise", stride)
        if stride == 2:
            maps.append(x)
    return maps


def conv(graph: Graph, x: str, weights: dict, name: str, stride: int = 1) -> str:
    """Convolution, shift and relu6, padding "same"."""
    filters = weights[f"{name}/weights"]
    side = filters.stored.shape[0]
    shift = graph.constant(f"{name}/shift", weights[f"{name}/convolution_bn_offset"].values)
    x = graph.node(
        "Conv",
        x,
        filters.add_to(graph, OIHW),
        shift,
        kernel_shape=[side, side],
        strides=[stride, stride],
        pads=PADS["same", stride] if side > 1 else [0, 0, 0, 0],
    )
    return relu6(graph, x, name)


def depthwise_conv(graph: Graph, x: str, weights: dict, name: str, stride: int) -> str:
    """Depthwise convolution, batch norm put into filters and bias, and relu6."""
    filters = weights[f"{name}/depthwise_weights"]
    gamma, beta, mean, variance = (
        weights[f"{name}/BatchNorm/{part}"].values.astype(np.float64)
        for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    gain = gamma / np.sqrt(variance + EPSILON)
    x = graph.node(
        "Conv",
        x,
        filters.add_to(graph, DEPTHWISE, factor=gain.reshape(-1, 1, 1, 1)),
        graph.constant(f"{name}/shift", np.float32(beta - mean * gain)),
        group=filters.stored.shape[2],
        kernel_shape=[3, 3],
        strides=[stride, stride],
        pads=PADS["same", stride],
    )
    return relu6(graph, x, name)


def relu6(graph: Graph, x: str, name: str) -> str:
    """The least of 6 and the greatest of 0."""
    limits = (graph.constant(f"{name}/{limit}", np.float32(limit)) for limit in (0, 6))
    return graph.node("Clip", x, *limits)


def predictions(graph: Graph, weights: dict, maps: list, kind: str, numbers: int) -> str:
    """What the predictors say of every prior, (N, 5118, ``numbers``)."""
    shape = graph.constant(f"{kind}/shape", np.int64([0, -1, numbers]))
    rows = []
    for level, x in enumerate(maps):
        name = f"Prediction/BoxPredictor_{level}/{kind}"
        filters = weights[f"{name}/weights"].add_to(graph, OIHW)
        shift = graph.constant(f"{name}/shift", weights[f"{name}/biases"].values)
        x = graph.node("Conv", x, filters, shift, kernel_shape=[1, 1])
        x = graph.node("Transpose", x, perm=[0, 2, 3, 1])
        rows.append(graph.node("Reshape", x, shape))
    return graph.node("Concat", *rows, axis=1)


def decode(graph: Graph, boxes: str, priors: np.ndarray) -> None:
    """From steps beside the priors (1, 5118, 4) to corners, the output ``boxes``."""
    size = priors[..., 2:] - priors[..., :2]
    centre = graph.constant("prior_centres", priors[..., :2] + size / 2)
    size = graph.constant("prior_sizes", size)
    halves = graph.constant("halves", np.int64([2, 2]))
    step, log_size = graph.node("Split", boxes, halves, axis=2, outputs=2)
    step = graph.node("Div", step, graph.constant("centre_steps", np.float32(CENTRE_STEPS)))
    log_size = graph.node("Div", log_size, graph.constant("size_steps", np.float32(SIZE_STEPS)))
    centre = graph.node("Add", graph.node("Mul", step, size), centre)
    half = graph.node("Mul", graph.node("Exp", log_size), size)
    half = graph.node("Div", half, graph.constant("two", np.float32(2)))
    corners = graph.node("Sub", centre, half), graph.node("Add", centre, half)
    graph.node("Concat", *corners, axis=2, name="boxes")

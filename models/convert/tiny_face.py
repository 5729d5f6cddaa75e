"""TinyFaceDetector of face-api.js (tinyYolov2/TinyYolov2Base.ts, tinyFaceDetector/const.ts)."""

import face_api_weights
import numpy as np
from face_api_layers import OIHW, bias, bias_after_mean, separable_conv
from graph import Graph

MEAN = (117.001, 114.697, 97.404)
DIVISOR = 256
SLOPE = 0.10000000149011612  # leaky.ts
LAYERS = 5


def build(manifest: bytes, binary: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``output`` (N, H/32, W/32, 25), raw numbers per cell."""
    weights = face_api_weights.read(manifest, binary)
    graph = Graph("tiny_face")
    filters = weights["conv0/filters"]
    first_bias = bias_after_mean(filters, weights["conv0/bias"].values, MEAN, DIVISOR)
    x = graph.node(
        "Conv",
        graph.image("H", "W"),
        filters.add_to(graph, OIHW, factor=1 / DIVISOR),
        graph.constant("conv0/bias", np.float32(first_bias)),
        kernel_shape=[3, 3],
    )
    x = graph.node("LeakyRelu", x, alpha=SLOPE)
    x = pool(graph, x, stride=2)
    for layer in range(1, LAYERS + 1):
        x = separable_conv(graph, x, weights, f"conv{layer}")
        x = graph.node("LeakyRelu", x, alpha=SLOPE)
        # conv0 does not pad, so the second pooling meets an odd size; the last has stride 1.
        x = pool(graph, x, stride=1 if layer == LAYERS else 2, odd=layer in (1, LAYERS))
    last = weights["conv8/filters"].add_to(graph, OIHW)
    x = graph.node("Conv", x, last, bias(graph, weights, "conv8"), kernel_shape=[1, 1])
    graph.node("Transpose", x, perm=[0, 2, 3, 1], name="output")
    graph.output("output", ["N", "H/32", "W/32", 25])
    return graph.build()


def pool(graph: Graph, x: str, stride: int, odd: bool = False) -> str:
    """2x2 maximum, padding "same": one row and column, right and bottom, where one is missing."""
    pads = [0, 0, 1, 1] if odd else [0, 0, 0, 0]
    return graph.node("MaxPool", x, kernel_shape=[2, 2], strides=[stride, stride], pads=pads)

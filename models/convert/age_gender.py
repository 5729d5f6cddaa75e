"""AgeGenderNet of face-api.js (ageGenderNet/, xception/TinyXception.ts)."""

import face_api_weights
from face_api_layers import (
    FACE_MEAN,
    FACE_SIZE,
    conv,
    fully_connected,
    normalize,
    separable_conv,
)
from graph import Graph

DIVISOR = 256
MIDDLE_BLOCKS = 2


def build(manifest: bytes, binary: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``age`` (N, 1) in years, ``gender`` (N, 2), male first."""
    weights = face_api_weights.read(manifest, binary)
    graph = Graph("age_gender")
    x = normalize(graph, graph.image(FACE_SIZE, FACE_SIZE), FACE_MEAN, DIVISOR)
    x = graph.node("Relu", conv(graph, x, weights, "entry_flow/conv_in", stride=2))
    x = reduction_block(graph, x, weights, "entry_flow/reduction_block_0", activate=False)
    x = reduction_block(graph, x, weights, "entry_flow/reduction_block_1")
    for block in range(MIDDLE_BLOCKS):
        x = main_block(graph, x, weights, f"middle_flow/main_block_{block}")
    x = reduction_block(graph, x, weights, "exit_flow/reduction_block")
    x = graph.node("Relu", separable_conv(graph, x, weights, "exit_flow/separable_conv"))
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x))
    fully_connected(graph, x, weights, "fc/age", output="age")
    graph.output("age", ["N", 1])
    gender = fully_connected(graph, x, weights, "fc/gender")
    graph.node("Softmax", gender, axis=1, name="gender")
    graph.output("gender", ["N", 2])
    return graph.build()


def reduction_block(graph: Graph, x: str, weights: dict, name: str, activate: bool = True) -> str:
    """Two separable convolutions and a pooling, beside a 1x1 convolution; halves the picture."""
    y = graph.node("Relu", x) if activate else x
    y = separable_conv(graph, y, weights, f"{name}/separable_conv0")
    y = separable_conv(graph, graph.node("Relu", y), weights, f"{name}/separable_conv1")
    y = graph.node("MaxPool", y, kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])
    return graph.node("Add", y, conv(graph, x, weights, f"{name}/expansion_conv", stride=2))


def main_block(graph: Graph, x: str, weights: dict, name: str) -> str:
    """Three separable convolutions, added to what came in."""
    y = x
    for layer in range(3):
        y = separable_conv(graph, graph.node("Relu", y), weights, f"{name}/separable_conv{layer}")
    return graph.node("Add", y, x)

"""FaceLandmark68Net of face-api.js (faceFeatureExtractor/denseBlock.ts, faceProcessor)."""

import face_api_weights
from face_api_layers import FACE_MEAN, OIHW, PADS, bias, normalize, separable_conv
from graph import Graph

SIZE = 112
DIVISOR = 255
BLOCKS = 4


def build(manifest: bytes, binary: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``landmarks`` (N, 136), x and y in turn, 0..1 of the square."""
    weights = face_api_weights.read(manifest, binary)
    graph = Graph("landmarks68")
    x = normalize(graph, graph.image(SIZE, SIZE), FACE_MEAN, DIVISOR)
    for block in range(BLOCKS):
        x = dense_block(graph, x, weights, f"dense{block}", first=block == 0)
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x))
    matrix = weights["fc/weights"].add_to(graph, (0, 1))
    graph.node("Gemm", x, matrix, bias(graph, weights, "fc"), name="landmarks")
    graph.output("landmarks", ["N", 136])
    return graph.build()


def dense_block(graph: Graph, x: str, weights: dict, name: str, first: bool) -> str:
    """Four convolutions, each fed with the sum of those before it; halves height and width."""
    if first:
        filters = weights[f"{name}/conv0/filters"].add_to(graph, OIHW)
        x = graph.node(
            "Conv",
            x,
            filters,
            bias(graph, weights, f"{name}/conv0"),
            kernel_shape=[3, 3],
            strides=[2, 2],
            pads=PADS["same", 2],
        )
    else:
        x = separable_conv(graph, x, weights, f"{name}/conv0", stride=2)
    x = graph.node("Relu", x)
    total = x
    for layer in (1, 2, 3):
        x = separable_conv(graph, x, weights, f"{name}/conv{layer}")
        total = graph.node("Add", total, x)
        x = graph.node("Relu", total)
    return x

"""FaceExpressionNet of face-api.js (faceExpressionNet/)."""

import face_api_weights
from face_api_layers import dense_features, fully_connected
from graph import Graph


def build(manifest: bytes, binary: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``expressions`` (N, 7), probabilities."""
    weights = face_api_weights.read(manifest, binary)
    graph = Graph("expression")
    x = fully_connected(graph, dense_features(graph, weights, blocks=4, layers=4), weights, "fc")
    graph.node("Softmax", x, axis=1, name="expressions")
    graph.output("expressions", ["N", 7])
    return graph.build()

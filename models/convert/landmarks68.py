"""FaceLandmark68Net of face-api.js (faceLandmarkNet/FaceLandmark68Net.ts)."""

import face_api_weights
from face_api_layers import dense_features, fully_connected
from graph import Graph


def build(manifest: bytes, binary: bytes) -> bytes:
    """The net as ONNX: ``image`` -> ``landmarks`` (N, 136), x and y in turn, 0..1 of the square."""
    return build_net("landmarks68", manifest, binary, blocks=4, layers=4)


def build_net(name: str, manifest: bytes, binary: bytes, blocks: int, layers: int) -> bytes:
    weights = face_api_weights.read(manifest, binary)
    graph = Graph(name)
    features = dense_features(graph, weights, blocks, layers)
    fully_connected(graph, features, weights, "fc", output="landmarks")
    graph.output("landmarks", ["N", 136])
    return graph.build()

"""The layers that face-api's nets share, added to a graph."""

from math import fsum

import numpy as np
from face_api_weights import Weight
from graph import Graph

OIHW = (3, 2, 0, 1)  # TensorFlow keeps filters as height, width, in, out
DEPTHWISE = (2, 3, 0, 1)  # height, width, channels, 1

# TensorFlow's "same" at stride 2 on an even size pads right and bottom only.
PADS = {("same", 1): [1, 1, 1, 1], ("same", 2): [0, 0, 1, 1]}

# ops/normalize.ts is called with this mean by every net but the detectors.
FACE_MEAN = (122.782, 117.001, 104.298)

# Side and divisor of the landmark and expression nets (faceFeatureExtractor/).
FACE_SIZE = 112
FACE_DIVISOR = 255


def normalize(graph: Graph, image: str, mean, divisor: float) -> str:
    """(image - mean) / divisor as nodes, for nets whose first layer pads with zeros."""
    mean = graph.constant("mean", np.float32(mean).reshape(1, 3, 1, 1))
    centred = graph.node("Sub", image, mean)
    return graph.node("Div", centred, graph.constant("divisor", np.float32(divisor)))


def bias_after_mean(filters: Weight, bias: np.ndarray, mean, divisor: float) -> np.ndarray:
    """The bias that makes ``filters / divisor`` on the bare image equal to the normalised one.

    Exact only where the layer does not pad. Sums are rounded once (fsum), so that every machine
    gets the same bits.
    """
    products = filters.values.astype(np.float64) * np.float64(mean).reshape(1, 1, 3, 1)
    columns = products.reshape(-1, products.shape[-1]).T
    shift = np.array([fsum(column) for column in columns.tolist()])
    return bias.astype(np.float64) - shift / divisor


def separable_conv(graph: Graph, x: str, weights: dict, name: str, stride: int = 1) -> str:
    """3x3 depthwise then 1x1 convolution and bias, padding "same"."""
    depthwise = weights[f"{name}/depthwise_filter"]
    x = graph.node(
        "Conv",
        x,
        depthwise.add_to(graph, DEPTHWISE),
        group=depthwise.stored.shape[2],
        kernel_shape=[3, 3],
        strides=[stride, stride],
        pads=PADS["same", stride],
    )
    pointwise = weights[f"{name}/pointwise_filter"].add_to(graph, OIHW)
    return graph.node("Conv", x, pointwise, bias(graph, weights, name), kernel_shape=[1, 1])


def dense_features(graph: Graph, weights: dict, blocks: int, layers: int) -> str:
    """From ``image`` to the features (N, C) that the landmark and expression nets classify.

    faceFeatureExtractor/: ``blocks`` dense blocks of ``layers`` convolutions each, then the mean
    over what is left of the picture.
    """
    x = normalize(graph, graph.image(FACE_SIZE, FACE_SIZE), FACE_MEAN, FACE_DIVISOR)
    for block in range(blocks):
        x = dense_block(graph, x, weights, f"dense{block}", layers, first=block == 0)
    return graph.node("Flatten", graph.node("GlobalAveragePool", x))


def dense_block(graph: Graph, x: str, weights: dict, name: str, layers: int, first: bool) -> str:
    """Convolutions that are each fed with the sum of those before; halves height and width."""
    if first:
        x = conv(graph, x, weights, f"{name}/conv0", stride=2)
    else:
        x = separable_conv(graph, x, weights, f"{name}/conv0", stride=2)
    x = graph.node("Relu", x)
    total = x
    for layer in range(1, layers):
        x = separable_conv(graph, x, weights, f"{name}/conv{layer}")
        total = graph.node("Add", total, x)
        x = graph.node("Relu", total)
    return x


def conv(graph: Graph, x: str, weights: dict, name: str, stride: int = 1) -> str:
    """Convolution of odd side and bias, padding "same"."""
    filters = weights[f"{name}/filters"]
    side = filters.stored.shape[0]
    return graph.node(
        "Conv",
        x,
        filters.add_to(graph, OIHW),
        bias(graph, weights, name),
        kernel_shape=[side, side],
        strides=[stride, stride],
        pads=PADS["same", stride] if side > 1 else [0, 0, 0, 0],
    )


def fully_connected(graph: Graph, x: str, weights: dict, name: str, output: str = "") -> str:
    """Matrix and bias; its node is called ``output`` if that is given."""
    matrix = weights[f"{name}/weights"].add_to(graph, (0, 1))
    return graph.node("Gemm", x, matrix, bias(graph, weights, name), name=output)


def bias(graph: Graph, weights: dict, name: str) -> str:
    """The bias of layer ``name``, float32: smaller than the nodes that would decode its bytes."""
    return graph.constant(f"{name}/bias", weights[f"{name}/bias"].values)

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


def bias(graph: Graph, weights: dict, name: str) -> str:
    """The bias of layer ``name``, float32: smaller than the nodes that would decode its bytes."""
    return graph.constant(f"{name}/bias", weights[f"{name}/bias"].values)

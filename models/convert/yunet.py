"""YuNet 2023mar of the OpenCV zoo, made to take RGB bytes of any size that 32 divides."""

import numpy as np
import onnx
from graph import Graph
from onnx import numpy_helper

KINDS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}  # numbers per cell
LEVELS = (0, 1, 2)  # strides 8, 16, 32
HEAD = "bbox_head.multi_level_"


def build(source: bytes) -> bytes:
    """As ONNX: ``image`` -> ``cls``, ``obj`` (N, A), ``bbox`` (N, A, 4) and ``kps`` (N, A, 10).

    The original's twelve outputs joined: A counts the cells of strides 8, 16 and 32 in this order,
    each row by row. ``cls`` and ``obj`` have passed the sigmoid, ``bbox`` and ``kps`` are raw.
    """
    original = onnx.load_model_from_string(source).graph
    values = {item.name: numpy_helper.to_array(item) for item in original.initializer}
    graph = Graph("yunet")
    renamed = {original.input[0].name: graph.image("H", "W")}
    levels = trunk(graph, original, values, renamed)
    rows = [head(graph, levels[level], values, level) for level in LEVELS]
    rows = graph.node("Concat", *rows, axis=1)
    sizes = graph.constant("kinds", np.int64(list(KINDS.values())))
    cls, obj, bbox, kps = graph.node("Split", rows, sizes, axis=2, outputs=len(KINDS))
    flat = graph.constant("flat", np.int64([0, -1]))
    for name, numbers in (("cls", cls), ("obj", obj)):
        graph.node("Sigmoid", graph.node("Reshape", numbers, flat), name=name)
        graph.output(name, ["N", "A"])
    for name, numbers in (("bbox", bbox), ("kps", kps)):
        graph.node("Identity", numbers, name=name)
        graph.output(name, ["N", "A", KINDS[name]])
    return graph.build()


def trunk(graph: Graph, original, values: dict, renamed: dict) -> dict[int, str]:
    """Copies everything before the heads; gives the feature map of each level."""
    levels = {}
    for node in original.node:
        weight = node.input[1] if node.op_type == "Conv" else ""
        if weight.startswith(HEAD):
            level = int(weight.removeprefix(HEAD).split(".")[1])
            levels.setdefault(level, renamed.get(node.input[0]))
        elif not levels:
            inputs = [renamed.get(name) or constant(graph, values, name) for name in node.input]
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            renamed[node.output[0]] = graph.node(node.op_type, *inputs, **attributes)
    return levels


def constant(graph: Graph, values: dict, name: str) -> str:
    """A constant of the original; the first filters, made for BGR, are turned to RGB."""
    value = values[name]
    if value.ndim == 4 and value.shape[1] == 3:
        value = value[:, ::-1]
    if value.size == 0:
        return ""  # Resize's unused region
    return graph.constant(name, value)


def head(graph: Graph, x: str, values: dict, level: int) -> str:
    """The level's 1x1 and 3x3 depthwise convolutions of all kinds as one pair; (N, cells, 16)."""
    for step, shape in (("conv1", {}), ("conv2", {"pads": [1] * 4, "group": sum(KINDS.values())})):
        parts = [f"{HEAD}{kind}.{level}.{step}" for kind in KINDS]
        weight = np.concatenate([values[f"{part}.weight"] for part in parts])
        bias = np.concatenate([values[f"{part}.bias"] for part in parts])
        x = graph.node(
            "Conv",
            x,
            graph.constant(f"head{level}.{step}.weight", weight),
            graph.constant(f"head{level}.{step}.bias", bias),
            kernel_shape=list(weight.shape[2:]),
            **shape,
        )
    x = graph.node("Transpose", x, perm=[0, 2, 3, 1])
    shape = graph.constant(f"head{level}.shape", np.int64([0, -1, sum(KINDS.values())]))
    return graph.node("Reshape", x, shape)

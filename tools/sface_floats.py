"""How far SFace's descriptors are from those that floats give: `python -m tools.sface_floats DATA`.

DATA is the folder of the labelled sets; the figures are those of docs/accuracy.md.
"""

import argparse
import asyncio
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from rich.progress import track

from tools.problem import guarded
from tools.venv import ROOT

sys.path[:0] = [str(ROOT / "app"), str(ROOT / "models" / "convert")]
import cards  # noqa: E402
import packages  # noqa: E402

from faceside import Nets, detect_all_faces  # noqa: E402
from faceside.evaluate.portraits import portrait_face  # noqa: E402
from faceside.image import read_image  # noqa: E402

SETS = {"lfw": "*/*.jpg", "utkface": "*.jpg"}  # photos by folder


def float_form(source: bytes) -> bytes:
    """The file that SFace is made from, its blocks of bytes replaced by the floats they stand for:
    ``data``, (1, 3, 112, 112) float32 RGB -> the descriptor, not normalised."""
    graph = onnx.load_model_from_string(source).graph
    values = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    nodes = []
    for node in graph.node:
        settings = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        if node.op_type == "DequantizeLinear":
            q, scale, zero = (values[name] for name in node.input)
            scale, zero = (
                np.repeat(part, settings["block_size"], settings["axis"]) for part in (scale, zero)
            )
            values[node.output[0]] = (q.astype(np.float32) - zero) * scale
        elif node.op_type == "Reshape":
            tensor, shape = (values[name] for name in node.input)
            values[node.output[0]] = tensor.reshape(shape)
        elif node.op_type == "Dropout":
            nodes.append(helper.make_node("Identity", node.input[:1], node.output))
        elif node.op_type != "Constant":
            nodes.append(node)
    used = {name for node in nodes for name in node.input if name in values}
    constants = [numpy_helper.from_array(values[name], name) for name in sorted(used)]
    inputs = [item for item in graph.input if item.name == "data"]
    plain = helper.make_graph(nodes, "float", inputs, graph.output, constants)
    opset = [helper.make_opsetid("", 13)]
    return helper.make_model(plain, ir_version=7, opset_imports=opset).SerializeToString()


class NotedSession:
    """A session that keeps what it is given and what it answers."""

    def __init__(self, session):
        self.session = session
        self.images, self.descriptors = [], []

    async def run(self, inputs: dict) -> dict:
        outputs = await self.session.run(inputs)
        self.images.append(inputs["image"].copy())
        self.descriptors.append(outputs["descriptor"])
        return outputs


async def distances(photos: list[Path], floats: onnxruntime.InferenceSession) -> np.ndarray:
    """Between both descriptors of the face that each photo is about, ``(n,)``."""
    nets = Nets()
    net = await nets.get("sface")
    net.session = noted = NotedSession(net.session)
    plan = detect_all_faces(None, nets=nets).with_landmarks().with_descriptors()
    for photo in track(photos, "Describing"):
        await portrait_face(read_image(photo), plan)
    planes = np.concatenate(noted.images).transpose(0, 3, 1, 2).astype(np.float32)
    expected = np.concatenate([floats.run(None, {"data": plane[None]})[0] for plane in planes])
    found = np.concatenate(noted.descriptors)
    found, expected = (
        rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (found, expected)
    )
    return np.linalg.norm(found - expected, axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    (card,) = cards.read(["sface"])
    ((path, digest),) = card.sources
    wheels, node_modules = ROOT / "build" / "packages", ROOT / "node_modules"
    source = packages.read(card.package, path, digest, wheels, node_modules)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    floats = onnxruntime.InferenceSession(float_form(source), options)
    for name, pattern in SETS.items():
        photos = sorted((data / name).glob(pattern))
        far = asyncio.run(distances(photos, floats))
        print(
            f"{name}: {len(far)} faces, distance {np.median(far):.3f} in the median, "
            f"{far.max():.3f} at most"
        )


if __name__ == "__main__":
    guarded(main)

"""The built models: what their cards say, and the same numbers as the nets they were made from."""

import hashlib
import sys
import tomllib
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper, numpy_helper

from faceside.runtime.float_net import in_floats
from tests.golden.inputs import NETS, pixels
from tools.sface_floats import float_form

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
FACE_API = ROOT / "node_modules/@vladmandic/face-api"
CARDS = tomllib.loads((MODELS / "models.toml").read_text("utf-8"))

sys.path.insert(0, str(MODELS / "convert"))
import face_api_weights  # noqa: E402


def open_session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@cache
def session(name: str) -> onnxruntime.InferenceSession:
    return open_session((MODELS / CARDS[name]["file"]).read_bytes())


def run(name: str, image: np.ndarray) -> dict[str, np.ndarray]:
    net = session(name)
    names = [output.name for output in net.get_outputs()]
    return dict(zip(names, net.run(None, {"image": image}), strict=True))


def source(name: str, index: int = 0) -> bytes:
    """A source file of a model, out of the package that the set-up brought."""
    registry, _, package = CARDS[name]["package"].partition(":")
    path = CARDS[name]["sources"][index]["path"]
    if registry == "npm":
        return (FACE_API / path).read_bytes()
    wheel = next((ROOT / "build/packages").glob(f"{package.replace('==', '-')}-*.whl"))
    return zipfile.ZipFile(wheel).read(path)


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("name", CARDS)
def test_file_is_what_the_card_pins(name):
    data = (MODELS / CARDS[name]["file"]).read_bytes()
    assert len(data) == CARDS[name]["bytes"]
    assert hashlib.sha256(data).hexdigest() == CARDS[name]["sha256"]


@pytest.mark.parametrize("name", CARDS)
def test_input_and_outputs_are_those_of_the_card(name):
    card, net = CARDS[name], session(name)
    (image,) = net.get_inputs()
    height, width = card["input"].get("height", "H"), card["input"].get("width", "W")
    assert (image.name, image.type) == ("image", "tensor(uint8)")
    assert image.shape == ["N", height, width, 3]
    outputs = [(output.name, output.shape) for output in net.get_outputs()]
    assert outputs == [(output["name"], output["shape"]) for output in card["outputs"]]


@pytest.mark.parametrize("name", CARDS)
def test_a_batch_gives_what_each_picture_gives_alone(name):
    wanted = CARDS[name]["input"]
    images = noise(3, wanted.get("height", 96), wanted.get("width", 64), 3)
    together = run(name, images)
    for index in range(3):
        for output, values in run(name, images[index : index + 1]).items():
            np.testing.assert_allclose(together[output][index], values[0], rtol=0, atol=2e-5)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (320, 256), (96, 640), (736, 416)])
def test_detectors_take_any_multiple_of_32(height, width):
    image = noise(1, height, width, 3)
    cells = sum((height // stride) * (width // stride) for stride in (8, 16, 32))
    shapes = {output: values.shape for output, values in run("yunet", image).items()}
    assert shapes == {
        "cls": (1, cells),
        "obj": (1, cells),
        "bbox": (1, cells, 4),
        "kps": (1, cells, 10),
    }
    (output,) = run("tiny_face", image).values()
    assert output.shape == (1, height // 32, width // 32, 25)


@pytest.mark.parametrize("net", NETS)
def test_weights_are_face_apis_to_the_last_bit(net):
    """Stored as the package's bytes, and ``q * scale + min`` (float64, then float32) when used."""
    weights = face_api_weights.read(source(net, 0), source(net, 1))
    model = onnx.load(MODELS / CARDS[net]["file"])
    stored = {item.name: numpy_helper.to_array(item) for item in model.graph.initializer}
    weights = {name: weight for name, weight in weights.items() if f"{name}.q" in stored}
    assert CARDS[net]["bytes"] < 1.05 * len(source(net, 1)) + 13_000
    del model.graph.output[:]
    model.graph.output.extend(
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in weights
    )
    side = CARDS[net]["input"].get("height", 32)
    values = open_session(model.SerializeToString()).run(
        list(weights), {"image": noise(1, side, side, 3)}
    )
    for (name, weight), value in zip(weights.items(), values, strict=True):
        axes = (0, 1)
        if weight.stored.ndim == 4:
            axes = (2, 3, 0, 1) if "depthwise" in name else (3, 2, 0, 1)
        q = weight.stored.transpose(axes)
        np.testing.assert_array_equal(stored[f"{name}.q"], q)
        decoded = q.astype(np.float64) * weight.scale + weight.minimum
        np.testing.assert_array_equal(value, decoded.astype(np.float32))


@pytest.mark.parametrize("name", CARDS)
def test_weights_are_decoded_at_load_and_not_in_every_run(name, tmp_path):
    """What onnxruntime runs has no node left whose inputs are all constants."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    path = MODELS / CARDS[name]["file"]
    onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    graph = onnx.load(tmp_path / "optimized.onnx").graph
    constants = {item.name for item in graph.initializer} | {""}
    assert [node.name for node in graph.node if set(node.input) <= constants] == []
    assert [node.op_type for node in graph.node].count("Cast") == 1  # of the picture


@pytest.mark.parametrize("picture", ["photo", "noise"])
def test_yunet_gives_what_the_original_gives(picture):
    image = noise(1, 640, 640, 3)
    if picture == "photo":
        image = np.kron(pixels("tiny_face")[1:], np.ones((1, 4, 4, 1), np.uint8))
    original = open_session(source("yunet"))
    planes = image[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32)
    names = [output.name for output in original.get_outputs()]
    expected = dict(zip(names, original.run(None, {"input": planes}), strict=True))
    for kind, values in run("yunet", image).items():
        joined = np.concatenate([expected[f"{kind}_{stride}"] for stride in (8, 16, 32)], axis=1)
        np.testing.assert_allclose(values, joined.reshape(values.shape), rtol=0, atol=1e-5)


def test_sface_gives_nearly_what_its_float_form_gives():
    images = pixels("landmarks68")
    plain = open_session(float_form(source("sface")))
    planes = images.transpose(0, 3, 1, 2).astype(np.float32)
    expected = np.concatenate([plain.run(None, {"data": plane[None]})[0] for plane in planes])
    (descriptors,) = run("sface", images).values()
    expected, descriptors = (
        rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (expected, descriptors)
    )
    # 0.09 at most between aligned faces of LFW (docs/accuracy.md); these are not aligned.
    assert np.linalg.norm(descriptors - expected, axis=1).max() < 0.2
    assert np.linalg.norm(expected[0] - expected[1]) > 1


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("rewritten", [bytes, in_floats])
def test_sface_gives_the_same_bits_in_every_order_of_sums(threads, rewritten):
    """On however many threads, alone and in a batch, in whole numbers and in floats."""
    images = pixels("landmarks68")
    model = (MODELS / CARDS["sface"]["file"]).read_bytes()
    (expected,) = open_session(model).run(None, {"image": images})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(rewritten(model), options)
    parts = [session.run(None, {"image": image[None]})[0] for image in images]
    np.testing.assert_array_equal(np.concatenate(parts), expected)

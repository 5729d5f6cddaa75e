"""Nets rewritten for WebGL: every model computes the same with fixed dimensions, of float32, from
weights that are worked out, without what WebGL lacks."""

import numpy as np
import onnx
import onnxruntime
import pytest

from faceside.cards import all_cards, models_folder
from faceside.runtime.fixed_net import fixed
from faceside.runtime.float_net import in_floats
from faceside.runtime.onnx_file import Net, decode, encode

INTEGERS = {"Round", "QuantizeLinear", "MatMulIntegerToFloat"}
LACKING = INTEGERS | {
    "Cast",
    "Resize",
    "Split",
    "Relu",
}  # or, of Relu, computed wrongly (fixed_net)
SIDE = 96  # where the net takes any
TOLERANCE = 1e-4  # of float32 in another order


def read(name: str) -> bytes:
    return (models_folder() / all_cards()[name].file).read_bytes()


def session_of(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("name", sorted(all_cards()))
def test_a_model_computes_the_same_with_fixed_dimensions(name):
    original = session_of(read(name))
    sides = original.get_inputs()[0].shape[1:]
    shape = (1, *(side if isinstance(side, int) else SIDE for side in sides))
    model = fixed(read(name), shape)
    onnx.checker.check_model(model)
    rewritten = session_of(model)
    (entry,) = rewritten.get_inputs()
    assert (entry.type, tuple(entry.shape)) == ("tensor(float)", shape)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    expected = original.run(None, {"image": pixels})
    found = rewritten.run(None, {"image": pixels.astype(np.float32)})
    for theirs, ours in zip(found, expected, strict=True):
        assert theirs.shape == ours.shape
        assert np.allclose(theirs, ours, atol=TOLERANCE * np.abs(ours).max())


@pytest.mark.parametrize("name", sorted(all_cards()))
def test_a_fixed_model_has_only_what_webgl_computes(name):
    shape = (1, *(SIDE if not isinstance(s, int) else s for s in sides_of(name)))
    graph = onnx.load_model_from_string(fixed(read(name), shape)).graph
    assert not LACKING & {node.op_type for node in graph.node}
    kinds = {constant.data_type for constant in graph.initializer}
    assert kinds <= {onnx.TensorProto.FLOAT, onnx.TensorProto.INT64}
    constants = {constant.name for constant in graph.initializer}
    for node in graph.node:
        assert not all(name in constants for name in node.input), f"{node.name} is constant"


def sides_of(name: str) -> list:
    return session_of(read(name)).get_inputs()[0].shape[1:]


@pytest.mark.parametrize("name", ["yunet", "sface"])
def test_a_file_is_the_same_net_after_reading_and_writing(name):
    model = read(name)
    again = onnx.load_model_from_string(Net.read(model).write())
    before = onnx.load_model_from_string(model)
    for found, node in zip(again.graph.node, before.graph.node, strict=True):
        assert (found.domain, found.op_type) == (node.domain, node.op_type)
    assert again.graph.input == before.graph.input
    assert again.graph.output == before.graph.output
    assert again.opset_import == before.opset_import
    constants = {item.name: onnx.numpy_helper.to_array(item) for item in again.graph.initializer}
    for item in before.graph.initializer:
        assert np.array_equal(constants[item.name], onnx.numpy_helper.to_array(item))


def test_messages_are_read_and_written_as_protocol_buffers_are():
    # The example of https://protobuf.dev/programming-guides/encoding: field 1 is 150.
    assert decode(b"\x08\x96\x01") == [(1, 0, 150)]
    assert encode([(1, 0, 150)]) == b"\x08\x96\x01"
    assert encode([(2, 2, b"testing")]) == b"\x12\x07testing"
    assert decode(encode([(1, 0, -1)])) == [(1, 0, (1 << 64) - 1)]


def test_an_unknown_resize_is_refused():
    graph = onnx.load_model_from_string(read("yunet"))
    resize = next(node for node in graph.graph.node if node.op_type == "Resize")
    for item in graph.graph.initializer:
        if item.name == resize.input[2]:
            item.CopyFrom(onnx.numpy_helper.from_array(np.float32([1, 1, 3, 3]), item.name))
    with pytest.raises(ValueError, match="not to twice the size"):
        fixed(graph.SerializeToString(), (1, SIDE, SIDE, 3))


@pytest.mark.parametrize(
    ("kind", "place", "number", "problem"),
    [
        ("QuantizeLinear", 1, 2, "other steps than 1"),
        ("MatMulIntegerToFloat", 2, 2, "other bytes"),  # steps of what is multiplied
        ("MatMulIntegerToFloat", 5, 7, "other bytes"),  # its zero
    ],
)
def test_other_bytes_are_refused(kind, place, number, problem):
    net = Net.read(read("sface"))
    node = next(node for node in net.nodes if node.kind == kind)
    net.constants[node.inputs[place]] = np.full_like(net.constants[node.inputs[place]], number)
    with pytest.raises(ValueError, match=problem):
        in_floats(net.write())

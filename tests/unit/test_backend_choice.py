"""Which backend suits a net: choosing from times, whether two have computed the same, and how a
batch is shared out among threads."""

import numpy as np
import pytest

from faceside.runtime.backends import agree, is_software, joined, quickest, shares


@pytest.mark.parametrize(
    "times, best",
    [
        ({"wasm": 10.0}, "wasm"),
        ({"wasm": 10.0, "webgpu": 4.0, "webgl": 6.0}, "webgpu"),
        ({"wasm": 10.0, "webgl": 6.0}, "webgl"),
        ({"wasm": 10.0, "webgpu": 9.5}, "wasm"),  # too near to be sure
        ({"wasm": 10.0, "webgpu": 2000.0, "webgl": 150.0}, "wasm"),
    ],
)
def test_the_quickest_is_chosen_when_it_is_clearly_quicker(times, best):
    assert quickest(times) == best


def outputs(*values):
    return {"score": np.array(values, np.float32)}


def test_outputs_in_another_order_of_adding_agree():
    assert agree(outputs(1.00001, -40.0004, 1e-9), outputs(1, -40, 0))
    assert agree(outputs(), outputs())


@pytest.mark.parametrize(
    "theirs",
    [outputs(1, -40.5), outputs(0, 0), outputs(1, np.nan), outputs(1), {}],
    ids=["off", "zeros", "not a number", "another shape", "no output"],
)
def test_other_outputs_do_not(theirs):
    assert not agree(theirs, outputs(1, -40))


def test_programs_that_stand_in_for_a_gpu_are_known():
    assert is_software("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)))")
    assert is_software("google swiftshader")
    assert is_software("llvmpipe (LLVM 15.0.6, 256 bits)")
    assert is_software("ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11)")
    assert not is_software("ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0)")
    assert not is_software("apple metal-3")
    assert not is_software("Adreno (TM) 740")


@pytest.mark.parametrize(
    "count, threads, sizes",
    [
        (1, 2, [1]),
        (2, 2, [2]),
        (3, 2, [2, 1]),
        (10, 2, [10]),
        (3, 1, [3]),
        (3, 4, [1, 1, 1]),
        (10, 4, [8, 1, 1]),
    ],
)
def test_a_batch_fills_all_threads(count, threads, sizes):
    batch = np.arange(count, dtype=np.float32)
    parts = [{"output": batch[part]} for part in shares(count, threads)]
    assert [len(part["output"]) for part in parts] == sizes
    assert np.array_equal(joined(parts)["output"], batch)

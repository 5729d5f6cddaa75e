"""The compatibility mode beside face-api.js 0.22.2 itself, on real photos, stage by stage.

In Chromium the same chain is held to the same goldens by tests/browser/test_golden_chromium.py.
"""

import asyncio
import hashlib

import numpy as np
import pytest

from faceside import DetectorOptions, detect_all_faces
from faceside.canvas import letterboxes
from faceside.cards import all_cards
from faceside.runtime.native import NativeRuntime
from tests.golden import inputs
from tests.golden.chain import CHAIN, PICTURES, TIGHT, check, differences, pixels


def find(picture: str, stages) -> list[dict]:
    """The records of a photo, by a task that ``stages`` completes."""
    options = DetectorOptions(picture.split()[0], compat="face-api")

    async def wait():
        return await stages(detect_all_faces(pixels(picture), options))

    return asyncio.run(wait()).to_records()


def everything(task):
    task = task.with_landmarks().with_expressions().with_age_and_gender()
    return task.with_descriptors("dlib_resnet")


def digest(squares: np.ndarray) -> str:
    return hashlib.sha256(squares.tobytes()).hexdigest()


def test_the_goldens_hold_enough_faces():
    assert all(CHAIN[picture]["faces"] for picture in PICTURES)
    assert sum(len(CHAIN[picture]["faces"]) for picture in PICTURES) >= 12


@pytest.mark.parametrize("picture", PICTURES)
def test_the_pixels_given_to_the_nets_are_chromiums_to_the_bit(picture):
    image, inputs = pixels(picture), CHAIN[picture]["inputs"]
    whole = [(0, 0, image.shape[1], image.shape[0])]
    assert digest(letterboxes(image, whole, inputs["size"], centred=False)) == inputs["whole"]
    for stage, size in (("landmark", 112), ("descriptor", 150)):
        squares = letterboxes(image, inputs[f"{stage}_crops"], size)
        assert digest(squares) == inputs[f"{stage}s"]


@pytest.mark.parametrize("picture", PICTURES)
def test_the_whole_chain_finds_what_face_api_finds(picture):
    found = differences(find(picture, everything), CHAIN[picture]["faces"])
    assert set(found[0]) > {"box", "score", "landmarks", "descriptor", "expressions", "age"}
    check(found, TIGHT)


@pytest.mark.parametrize("picture", PICTURES)
def test_the_tiny_landmarks_are_face_apis(picture):
    golden = [{**face, "landmarks": face["landmarks_tiny"]} for face in CHAIN[picture]["faces"]]
    records = find(picture, lambda task: task.with_landmarks("landmarks68_tiny"))
    check(differences(records, golden), TIGHT)


@pytest.mark.parametrize("picture", PICTURES)
def test_attributes_without_landmarks_are_those_of_the_box(picture):
    golden = [{**face, **face["without_landmarks"]} for face in CHAIN[picture]["faces"]]
    records = find(picture, lambda task: task.with_expressions().with_age_and_gender())
    assert "landmarks" not in records[0]
    check(differences(records, golden), TIGHT)


@pytest.mark.parametrize("net", inputs.NETS)
def test_the_raw_outputs_of_a_net_are_face_apis(net):
    async def run():
        session = await NativeRuntime().open(all_cards()[net])
        return await session.run({"image": inputs.pixels(net)})

    inputs.check_raw(net, asyncio.run(run()))

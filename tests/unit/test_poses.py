"""The steps of a guided enrolment, on real faces and their mirror images."""

import asyncio
from functools import cache

import numpy as np
import pytest
from PIL import ImageOps

from engine.poses import STEPS, pose_problem
from faceside import detect_all_faces
from faceside.quality import QualityOptions, measure_quality
from tests.pictures import open_sample

# Photo and face (in the detector's order) of people who look like this.
STRAIGHT, RIGHT, LEFT, UP = (5, 1), (3, 1), (3, 2), (5, 0)
TURNED_TOO_FAR = (2, 2)


@cache
def judged(number: int, index: int, mirrored: bool = False):
    """Quality and probability of a smile of one face of a sample photo."""
    image = open_sample(number)

    async def look(image):
        pixels = np.asarray(image)
        faces = await detect_all_faces(pixels).with_landmarks().with_expressions()
        return faces, measure_quality(pixels, faces)

    faces, qualities = asyncio.run(look(image))
    box = list(faces)[index].box
    if mirrored:
        middle = image.width - (box.x + box.width / 2)
        faces, qualities = asyncio.run(look(ImageOps.mirror(image)))
        middles = faces.boxes[:, 0] + faces.boxes[:, 2] / 2
        index = int(abs(middles - middle).argmin())
    return qualities[index], list(faces)[index].expressions["happy"]


def met(face: tuple, mirrored: bool = False) -> set[str]:
    """The steps that a face meets."""
    return {step for step in STEPS if pose_problem(step, *judged(*face, mirrored)) is None}


@pytest.mark.parametrize(
    ("face", "step"), [(STRAIGHT, "straight"), (RIGHT, "right"), (LEFT, "left"), (UP, "up")]
)
def test_a_face_meets_the_step_it_looks_like(face, step):
    directions = met(face) - {"smile"}
    assert step in directions
    assert not directions & ({"left", "right"} - {step})


def test_a_mirrored_face_looks_the_other_way():
    assert "right" in met(LEFT, mirrored=True) and "left" not in met(LEFT, mirrored=True)
    assert "left" in met(RIGHT, mirrored=True) and "right" not in met(RIGHT, mirrored=True)
    assert "straight" in met(STRAIGHT, mirrored=True)


def test_a_smile_counts_only_where_it_is_seen():
    quality, happy = judged(*STRAIGHT)
    assert pose_problem("smile", quality, 0.9) is None
    assert pose_problem("smile", quality, 0.1).code == "pose-smile"
    assert ("smile" in met(STRAIGHT)) == (happy >= 0.6)


def test_what_is_missing_is_told_in_words():
    quality, _ = judged(*STRAIGHT)
    for step in ("left", "right", "up"):
        problem = pose_problem(step, quality)
        assert problem.code == f"pose-{step}"
        assert "little more" in str(problem)


def test_the_quality_gate_comes_first():
    quality, _ = judged(*TURNED_TOO_FAR)
    assert pose_problem("right", quality).code == "face-turned"
    quality, _ = judged(*STRAIGHT)
    strict = QualityOptions(min_size=1000)
    assert pose_problem("straight", quality, 0, strict).code == "face-too-small"

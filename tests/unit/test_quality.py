"""The quality of a face: size, sharpness and pose, on real photos made worse on purpose."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from faceside import FacesideError, Picture, detect_all_faces
from faceside.enrolment import sample_of
from faceside.quality import (
    GOOD_ENOUGH,
    HEAD,
    HEAD_LANDMARKS,
    STRAIGHT_PITCH,
    QualityOptions,
    head_poses,
    measure_quality,
    quality_problems,
)
from tests.pictures import open_sample


def judged(image: Image.Image):
    """The qualities of the faces of an image, from left to right."""
    pixels = np.asarray(image)

    async def find():
        return await detect_all_faces(pixels).with_landmarks()

    faces = asyncio.run(find())
    order = np.argsort(faces.boxes[:, 0])
    return measure_quality(pixels, faces[order])


def codes(quality, options=GOOD_ENOUGH):
    return [problem.code for problem in quality_problems(quality, options)]


@pytest.fixture(scope="module")
def group():
    return judged(open_sample(6))


def test_large_sharp_faces_pass(group):
    assert len(group) == 4
    assert [codes(quality) for quality in group] == [[]] * 4


def test_a_blurred_face_is_less_sharp_and_refused(group):
    blurred = judged(open_sample(6).filter(ImageFilter.GaussianBlur(8)))
    assert all(b.sharpness < g.sharpness / 2 for b, g in zip(blurred, group, strict=True))
    assert all(codes(quality) == ["face-blurred"] for quality in blurred)


def test_a_small_face_is_refused_and_told_its_size():
    small = judged(open_sample(6, 300))
    assert small and all("face-too-small" in codes(quality) for quality in small)
    (problem, *_) = quality_problems(small[0])
    assert f"{small[0].size:.0f} pixels" in str(problem)


def test_size_counts_in_pixels_of_the_original():
    pixels = np.asarray(open_sample(6, 300))
    faces = asyncio.run(detect_all_faces(pixels).with_landmarks().run())
    whole, quarter = (measure_quality(pixels, faces, reduction) for reduction in (1, 4))
    assert [q.size for q in quarter] == pytest.approx([4 * q.size for q in whole])


def test_the_mirror_image_looks_to_the_other_side(group):
    mirrored = judged(ImageOps.mirror(open_sample(6)))[::-1]
    for face, twin in zip(group, mirrored, strict=True):
        assert twin.yaw == pytest.approx(-face.yaw, abs=6)
        assert twin.roll == pytest.approx(-face.roll, abs=4)
        assert twin.pitch == pytest.approx(face.pitch, abs=6)


def test_a_turned_picture_is_a_tilted_head(group):
    tilted = judged(open_sample(6).rotate(-20, fillcolor=(128, 128, 128)))
    assert [q.roll for q in tilted] == pytest.approx([q.roll + 20 for q in group], abs=8)


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0, 0, 0), (30, 0, 0), (-20, 15, 10)])
def test_poses_of_the_model_itself_are_recovered(yaw, pitch, roll):
    y, p, r = np.radians([-yaw, pitch + STRAIGHT_PITCH, roll])
    turn = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    nod = [[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]]
    tilt = [[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]]
    points = HEAD @ (np.array(tilt) @ np.array(turn) @ np.array(nod)).T
    landmarks = np.zeros((1, 68, 2))
    landmarks[0, HEAD_LANDMARKS] = points[:, :2] * 0.3 + [200, 100]
    assert head_poses(landmarks)[0] == pytest.approx([yaw, pitch, roll], abs=6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"yaw": -60.0}, "aside"), ({"pitch": 50.0}, "up or down"), ({"roll": 70.0}, "over")],
)
def test_a_turned_face_is_told_how(group, changes, words):
    (problem,) = quality_problems(replace(group[0], **changes))
    assert problem.code == "face-turned" and words in str(problem)


def test_a_grey_chip_without_any_change_counts_as_blurred():
    pixels = np.full((200, 200, 3), 90, np.uint8)
    faces = asyncio.run(detect_all_faces(np.asarray(open_sample(6))).with_landmarks().run())[:1]
    assert measure_quality(pixels, faces)[0].sharpness == 0
    assert measure_quality(pixels, faces[:0]) == []


def test_enrolment_refuses_a_bad_face_unless_told_otherwise():
    picture = Picture(np.asarray(open_sample(6, 300)))
    faces = asyncio.run(detect_all_faces(picture).with_descriptors().run())[:1]
    with pytest.raises(FacesideError) as caught:
        sample_of("Ada", picture, faces)
    assert caught.value.code == "face-too-small"
    assert sample_of("Ada", picture, faces, quality=None).label == "Ada"
    assert sample_of("Ada", picture, faces, quality=QualityOptions(min_size=0)).label == "Ada"


@pytest.mark.parametrize("option", ["min_size", "min_sharpness", "max_yaw", "max_pitch"])
@pytest.mark.parametrize("value", [-1, float("nan"), "large", None])
def test_bad_options_are_refused_by_name(option, value):
    with pytest.raises(FacesideError, match=option) as caught:
        QualityOptions(**{option: value})
    assert caught.value.code == "option-invalid"

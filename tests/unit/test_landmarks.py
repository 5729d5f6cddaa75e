"""The 68 points and their mirror images."""

import asyncio

import numpy as np
import pytest

from faceside import Faces, detect_all_faces, read_image
from faceside.landmarks import CONTOURS, MIRRORED
from tests.pictures import SAMPLES

LEFT_AND_RIGHT = [("left_brow", "right_brow"), ("left_eye", "right_eye")]


def test_mirrored_points_change_sides_within_their_parts():
    assert MIRRORED[MIRRORED].tolist() == list(range(68))
    for part in ("jaw", "nose", "outer_lips", "inner_lips"):
        points = range(68)[CONTOURS[part]]
        assert sorted(MIRRORED[points]) == list(points)
    for left, right in LEFT_AND_RIGHT:
        assert sorted(MIRRORED[CONTOURS[left]]) == list(range(68)[CONTOURS[right]])
    assert MIRRORED[[36, 39, 48, 30, 8]].tolist() == [45, 42, 54, 30, 8]


@pytest.mark.parametrize("net", ["landmarks68", "landmarks68_tiny"])
def test_a_mirrored_face_has_mirrored_landmarks(net):
    """Both ways round the net sees the same two squares, so nothing but rounding differs."""
    picture = read_image(SAMPLES / "sample6.jpg")
    pixels = picture.pixels
    mirrored = read_image(np.ascontiguousarray(pixels[:, ::-1]))
    task = detect_all_faces(picture).with_landmarks(net)

    async def find() -> tuple[np.ndarray, np.ndarray]:
        boxes = np.round((await task.detect(picture)).boxes)
        there = boxes * [-1, 1, 1, 1] + [pixels.shape[1], 0, 0, 0] - boxes[:, 2:3] * [1, 0, 0, 0]
        scores = np.ones(len(boxes))
        first = await task.complete(picture, Faces(boxes, scores))
        second = await task.complete(mirrored, Faces(there, scores))
        return first.landmarks, second.landmarks

    here, there = asyncio.run(find())
    expected = here[:, MIRRORED] * [-1, 1] + [pixels.shape[1], 0]
    assert np.abs(there - expected).max() < 0.02 * np.ptp(here[..., 0], axis=1).max()

"""The same picture gives the same numbers in Chromium and in this Python."""

import numpy as np
import pytest
from pictures import FACES, find_faces, sample

from faceside import DetectorOptions


def compare(app, number: int, detector: str) -> tuple:
    """Boxes, landmarks and descriptors found here and there, face by face, as pairs of arrays."""
    here = find_faces(sample(number), DetectorOptions(detector))
    there = app.call("describe", app.blob(sample(number)), {"detector": detector})
    assert len(there) == len(here) > 0
    boxes = np.array([[*face["box"].values()] for face in there])
    # Equal scores may come in another order.
    order = [int(np.abs(boxes - box).max(axis=1).argmin()) for box in here.boxes]
    assert sorted(order) == list(range(len(there)))
    scores = [there[face]["score"] for face in order]
    assert scores == pytest.approx(here.scores.tolist(), abs=0.01)
    landmarks, descriptors = (
        np.array([there[face][name] for face in order]) for name in ("landmarks", "descriptor")
    )
    assert landmarks.shape == (len(here), 68, 2) and descriptors.shape == (len(here), 128)
    return (
        (here.boxes, boxes[order]),
        (here.landmarks, landmarks),
        (here.descriptors, descriptors),
    )


@pytest.mark.parametrize("number", FACES)
def test_the_default_nets_give_the_same_here_and_there(app, number):
    boxes, landmarks, descriptors = compare(app, number, "yunet")
    assert len(boxes[0]) == FACES[number]
    assert np.abs(boxes[0] - boxes[1]).max() < 1
    assert np.abs(landmarks[0] - landmarks[1]).max() < 1
    assert np.linalg.norm(descriptors[0] - descriptors[1], axis=1).max() < 0.02


@pytest.mark.parametrize("number", (3, 6))
def test_tiny_face_gives_the_same_here_and_there(app, number):
    boxes, landmarks, _ = compare(app, number, "tiny_face")
    assert np.abs(boxes[0] - boxes[1]).max() < 1
    assert np.abs(landmarks[0] - landmarks[1]).max() < 1

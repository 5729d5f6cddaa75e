"""The result type."""

import json

import numpy as np
import pytest

from faceside import Box, Faces


def some_faces(count=3):
    random = np.random.default_rng(0)
    return Faces(
        random.uniform(0, 100, (count, 4)),
        np.linspace(0.9, 0.5, count),
        keypoints=random.uniform(0, 100, (count, 5, 2)),
        descriptors=random.normal(size=(count, 128)),
        recognizer="sface",
    )


def test_columns_are_float32_and_iterate_as_faces():
    faces = some_faces()
    assert len(faces) == 3
    assert faces.boxes.dtype == faces.descriptors.dtype == np.float32
    first = next(iter(faces))
    assert isinstance(first.box, Box) and first.box.width == pytest.approx(faces.boxes[0, 2])
    assert first.landmarks is None and first.recognizer == "sface"


def test_boolean_slice_and_number_indexes_keep_rows_together():
    faces = some_faces()
    assert len(faces[faces.scores > 0.6]) == 2
    assert (faces[1].descriptors == faces.descriptors[1:2]).all()
    assert (faces[::-1].keypoints[0] == faces.keypoints[2]).all()
    assert faces[1:].landmarks is None


@pytest.mark.parametrize(
    "columns",
    [
        {"scores": np.zeros(2)},
        {"boxes": np.zeros((3, 5))},
        {"keypoints": np.zeros((2, 5, 2))},
        {"landmarks": np.zeros((3, 5, 2))},
        {"descriptors": np.zeros((3, 64))},
    ],
)
def test_columns_of_other_lengths_or_shapes_are_refused(columns):
    with pytest.raises(ValueError, match=next(iter(columns)) + "|scores"):
        Faces(**{"boxes": np.zeros((3, 4)), "scores": np.zeros(3)} | columns)


def test_scaling_moves_what_has_a_place_and_nothing_else():
    faces = some_faces()
    double = faces.scaled(2)
    assert double.boxes == pytest.approx(faces.boxes * 2)
    assert double.keypoints == pytest.approx(faces.keypoints * 2)
    assert (double.scores == faces.scores).all()
    assert (double.descriptors == faces.descriptors).all()


def test_records_are_plain_and_leave_out_what_did_not_run():
    records = json.loads(json.dumps(some_faces().to_records()))
    assert set(records[0]) == {"box", "score", "keypoints", "descriptor"}
    assert set(records[0]["box"]) == {"x", "y", "width", "height"}
    assert len(records[0]["descriptor"]) == 128
    assert Faces.empty().to_records() == []

"""Average precision and what counts as a hit."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest

from faceside import DetectorOptions, FacesideError, detect_all_faces
from faceside.evaluate.detection import (
    FALSE_POSITIVE,
    HIT,
    IGNORED,
    LabelledPicture,
    average_precision,
    evaluate_detection,
    judge,
    precision_recall,
    read_boxes,
)
from tests.pictures import SAMPLES


def labelled(*boxes, invalid=()) -> LabelledPicture:
    marks = [i in invalid for i in range(len(boxes))]
    return LabelledPicture(Path("-"), np.array(boxes, float).reshape(-1, 4), np.array(marks, bool))


def test_the_best_detection_of_a_face_is_a_hit_and_the_next_a_false_positive():
    picture = labelled((0, 0, 40, 40), (100, 0, 40, 40))
    found = np.array([(0, 0, 40, 30), (0, 0, 40, 40), (200, 200, 40, 40), (100, 0, 40, 20.0)])
    assert judge(found, picture, 16).tolist() == [HIT, FALSE_POSITIVE, FALSE_POSITIVE, HIT]


def test_an_overlap_just_below_a_half_is_none():
    picture = labelled((0, 0, 40, 40))
    assert judge(np.array([(0, 0, 40, 19.9)]), picture, 16).tolist() == [FALSE_POSITIVE]


def test_low_and_invalid_faces_are_neither_hits_nor_misses():
    picture = labelled((0, 0, 20, 15), (50, 0, 40, 40), (100, 0, 40, 40), invalid=[1])
    found = np.array([(0, 0, 20, 18), (50, 0, 40, 40), (50, 0, 40, 39), (100, 0, 40, 40.0)])
    assert judge(found, picture, 16).tolist() == [IGNORED, IGNORED, IGNORED, HIT]


def test_a_low_detection_of_no_face_does_not_count_but_of_a_face_it_does():
    picture = labelled((0, 0, 16, 16))
    found = np.array([(0, 0, 16, 15), (80, 0, 15, 15), (80, 0, 15, 16.0)])
    assert judge(found, picture, 16).tolist() == [HIT, IGNORED, FALSE_POSITIVE]


def test_pictures_without_faces_or_detections():
    assert judge(np.array([(0, 0, 40, 40.0)]), labelled(), 16).tolist() == [FALSE_POSITIVE]
    assert judge(np.zeros((0, 4)), labelled((0, 0, 40, 40)), 16).tolist() == []


def test_average_precision_by_hand():
    """Hit, miss, hit of 4 faces: precision 1 up to recall 1/4, 2/3 up to 1/2, nothing beyond."""
    recalls, precisions = precision_recall([0.9, 0.8, 0.7], [True, False, True], 4)
    assert recalls == pytest.approx([1 / 4, 1 / 4, 1 / 2])
    assert precisions == pytest.approx([1, 1 / 2, 2 / 3])
    assert average_precision(recalls, precisions) == pytest.approx(1 / 4 * 1 + 1 / 4 * 2 / 3)


def test_equal_scores_count_together_in_any_order():
    """A hit at 0.9; a hit and a miss at 0.5: precision 1 up to 1/2, then 2/3."""
    for hits in ([True, True, False], [True, False, True]):
        curve = precision_recall([0.9, 0.5, 0.5], hits, 2)
        assert average_precision(*curve) == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)


def test_scores_need_not_come_in_order():
    curve = precision_recall([0.1, 0.9], [True, True], 2)
    assert average_precision(*curve) == 1
    assert average_precision(*precision_recall([], [], 2)) == 0


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    """Samples 1 and 2 with their faces as found, of which one a picture was moved away."""
    folder = tmp_path_factory.mktemp("detection")
    entries = []
    for number in (1, 2):
        name = f"sample{number}.jpg"
        (folder / name).symlink_to(SAMPLES / name)
        faces = asyncio.run(detect_all_faces(SAMPLES / name).run())
        boxes = faces.boxes.tolist()
        boxes[-1][0] += 2 * boxes[-1][2]
        small = {"box": [5, 5, 8, 8]}
        entries.append({"file": name, "faces": [{"box": box} for box in boxes] + [small]})
    path = folder / "index.json"
    path.write_text(json.dumps(entries))
    return path


def test_a_set_of_real_pictures(index):
    """Of 6 faces 4 are found, and two detections, the faintest of their pictures, are of none."""
    result = asyncio.run(evaluate_detection(read_boxes(index), DetectorOptions())).numbers
    assert (result["pictures"], result["faces"], result["hits"]) == (2, 6, 4)
    assert result["recall"] == pytest.approx(4 / 6)
    assert result["false_positives_per_picture"] == 1
    assert result["precision"] == pytest.approx(4 / 6)
    assert 4 / 6 * 4 / 6 <= result["average_precision"] <= 4 / 6


def test_the_operating_point_heeds_the_options_and_the_curve_goes_on(index):
    options = DetectorOptions(max_faces=1)
    result = asyncio.run(evaluate_detection(read_boxes(index), options)).numbers
    assert (result["hits"], result["false_positives"]) == (2, 0)
    assert result["average_precision"] > 2 / 6
    everything = asyncio.run(evaluate_detection(read_boxes(index), DetectorOptions(), 5)).numbers
    assert everything["faces"] == 8 and everything["hits"] == 4


def test_faces_must_be_there_to_be_found(index):
    with pytest.raises(FacesideError, match="no face of at least 5000 pixels") as caught:
        asyncio.run(evaluate_detection(read_boxes(index), DetectorOptions(), 5000))
    assert caught.value.code == "index-unreadable"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1]", '[{"file": "a.jpg"}]', '[{"file": "a", "faces": [{"box": 1}]}]']
)
def test_bad_lists_are_refused(tmp_path, text):
    path = tmp_path / "index.json"
    path.write_text(text)
    with pytest.raises(FacesideError, match="JSON list") as caught:
        read_boxes(path)
    assert caught.value.code == "index-unreadable"


def test_a_missing_list_is_told_of(tmp_path):
    with pytest.raises(FacesideError) as caught:
        read_boxes(tmp_path / "none.json")
    assert caught.value.code == "index-missing"

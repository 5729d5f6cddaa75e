"""Confusion, and the accuracy that every expression has an equal share in."""

import asyncio

import numpy as np
import pytest

from faceside import FacesideError, detect_all_faces
from faceside.enrolment import portrait
from faceside.evaluate.age_gender import evaluate_age_gender, read_people
from faceside.evaluate.expressions import (
    balanced_accuracy,
    confusion,
    evaluate_expressions,
    read_expressions,
)
from faceside.faces import EXPRESSIONS
from faceside.image import read_image
from tests.pictures import SAMPLES

PLAN = detect_all_faces(None).with_expressions().with_age_and_gender()


def test_confusion_and_balanced_accuracy_by_hand():
    """Three of four happy faces told right, the only sad one wrong: (3/4 + 0) / 2."""
    matrix = confusion([0, 0, 0, 0, 1], [0, 0, 0, 2, 0], 3)
    assert matrix.tolist() == [[3, 0, 1], [1, 0, 0], [0, 0, 0]]
    assert balanced_accuracy(matrix) == pytest.approx(3 / 8)


def test_expressions_are_read(tmp_path):
    path = tmp_path / "index.csv"
    path.write_text("file,label\na.jpg,happy\n")
    (one,) = read_expressions(path)
    assert (one.path, EXPRESSIONS[one.expression]) == (tmp_path / "a.jpg", "happy")


@pytest.mark.parametrize("text", ["", "file,label\n", "file,label\na.jpg,bored\n", "file\na.jpg\n"])
def test_bad_lists_are_refused(tmp_path, text):
    path = tmp_path / "index.csv"
    path.write_text(text)
    with pytest.raises(FacesideError, match="neutral") as caught:
        read_expressions(path)
    assert caught.value.code == "index-unreadable"


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    """The four faces of sample 6 cut out, with what is told of them by the whole pictures."""
    folder = tmp_path_factory.mktemp("chips")
    picture = read_image(SAMPLES / "sample6.jpg")
    boxes = asyncio.run(detect_all_faces(picture).run()).boxes
    for i, box in enumerate(boxes):
        (folder / f"{i}.jpg").write_bytes(portrait(picture, box))
    return folder


async def told(folder, number):
    return await detect_all_faces(folder / f"{number}.jpg").with_expressions().with_age_and_gender()


def test_expressions_of_real_faces(faces):
    """Labelled with what the detector's faces show, but for the last, which is given another."""
    labels = [int(asyncio.run(told(faces, i)).expressions[0].argmax()) for i in range(4)]
    labels[3] = (labels[3] + 1) % len(EXPRESSIONS)
    rows = [f"{i}.jpg,{EXPRESSIONS[label]}" for i, label in enumerate(labels)]
    (faces / "expressions.csv").write_text("\n".join(["file,label", *rows]))
    read = read_expressions(faces / "expressions.csv")
    result = asyncio.run(evaluate_expressions(read, PLAN, detect=True)).numbers
    assert (result["faces"], result["undetected"], result["accuracy"]) == (4, 0, 0.75)
    assert np.sum(result["confusion"]) == 4
    assert result["confusion"][labels[3]][labels[3] - 1] == 1
    whole = asyncio.run(evaluate_expressions(read, PLAN)).numbers
    assert whole["undetected"] is None and not whole["detect"]


def test_ages_and_genders_of_real_faces(faces):
    """Labelled with what is told, but for one who is ten years older and of the other gender."""
    rows = []
    for i in range(4):
        found = asyncio.run(told(faces, i))
        male = (found.male_probabilities[0] > 0.5) != (i == 3)
        rows.append(f"{i}.jpg,{float(found.ages[0]) + 10 * (i == 3)},{'FM'[int(male)]}")
    (faces / "people.csv").write_text("\n".join(["file,age,gender", *rows]))
    read = read_people(faces / "people.csv")
    result = asyncio.run(evaluate_age_gender(read, PLAN, detect=True)).numbers
    assert result["age_error"] == pytest.approx(2.5, abs=1e-3)
    assert result["gender_accuracy"] == 0.75 and result["undetected"] == 0
    assert sum(group["faces"] for group in result["by_decade"].values()) == 4

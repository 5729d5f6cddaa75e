"""Errors of age and gender by decade."""

import numpy as np
import pytest

from faceside import FacesideError
from faceside.evaluate.age_gender import by_decade, read_people


def test_decades_of_life():
    groups = by_decade(
        np.array([9, 10, 19, 101.0]), np.array([1, 2, 4, 8.0]), np.array([True, True, False, False])
    )
    assert groups == {
        "0-9": {"faces": 1, "age_error": 1, "gender_accuracy": 1},
        "10-19": {"faces": 2, "age_error": 3, "gender_accuracy": 0.5},
        "100-109": {"faces": 1, "age_error": 8, "gender_accuracy": 0},
    }


def test_people_are_read(tmp_path):
    path = tmp_path / "index.csv"
    path.write_text("file,age,gender\na.jpg,38,M\nb.jpg,2.5,F\n")
    people = read_people(path)
    assert [(one.path, one.age, one.male) for one in people] == [
        (tmp_path / "a.jpg", 38, True),
        (tmp_path / "b.jpg", 2.5, False),
    ]


@pytest.mark.parametrize("row", ["a.jpg,38,x", "a.jpg,old,M", "a.jpg,-1,M", "a.jpg,38", ""])
def test_bad_lists_are_refused(tmp_path, row):
    path = tmp_path / "index.csv"
    path.write_text(f"file,age,gender\n{row}\n")
    with pytest.raises(FacesideError, match="file, age in years and gender") as caught:
        read_people(path)
    assert caught.value.code == "index-unreadable"

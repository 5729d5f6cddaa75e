"""CSV that spreadsheets read as data, and spans of time."""

import csv
import io

import pytest

from faceside.errors import FacesideError
from faceside.tables import to_csv
from faceside.timeline import appearances


def read(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    "name", ["=1+1.jpg", "+1.jpg", "-1.jpg", "@A1.jpg", "\tx", "\r=1", "  =cmd|' /C calc'!A0"]
)
def test_text_that_could_be_a_formula_is_written_as_text(name):
    (row,) = read(to_csv([{"file": name}], ["file"]))
    assert row["file"] == "'" + name


def test_other_text_and_numbers_stay_what_they_are():
    rows = [{"file": 'a "b", c\nd=1.jpg', "x": -3.25, "n": 2, "gone": 1}, {"file": "é"}]
    assert read(to_csv(rows, ["file", "x", "n"])) == [
        {"file": 'a "b", c\nd=1.jpg', "x": "-3.25", "n": "2"},
        {"file": "é", "x": "", "n": ""},
    ]
    assert to_csv([{"x": 1 / 3}], ["x"]) == "x\r\n0.333333\r\n"


def test_moments_are_joined_to_spans_over_one_that_is_missing():
    assert appearances([3, 0, 1, 7], step=1, duration=7.5) == [(0, 4), (7, 7.5)]
    assert appearances([0, 0.5, 1.5, 3], step=0.5, duration=9) == [(0, 2), (3, 3.5)]
    assert appearances([], step=1, duration=5) == []
    with pytest.raises(FacesideError, match="step"):
        appearances([1], step=0, duration=5)

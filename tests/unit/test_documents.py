"""JSON read piece by piece."""

import json

import numpy as np
import pytest

from faceside.documents import DocumentReader, parse_json
from faceside.errors import FacesideError

ROW = [0.25, -1, 3e-5]
DOCUMENTS = [
    {"format": "x", "people": [{"label": 'A "[{\\', "samples": [{"descriptor": ROW}]}, {}, "é🦊"]},
    [
        {
            "user": "a",
            "descriptors": [{"path": "", "descriptor": dict(zip("012", ROW, strict=True))}],
        }
    ],
    [[1, 2], [], None, 7, "]"],
    {"a": {"b": [[1], [2]]}, "c": [[ROW, ROW], {"d": {"0": "x"}}], "e": []},
    [],
    "text",
    0,
]


def plain(value):
    """The same with arrays as lists of float32 values."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_wherever_a_text_is_cut_it_holds_the_same(document, indent):
    data = json.dumps(document, ensure_ascii=False, indent=indent).encode()
    whole = plain(parse_json(data))
    for cut in range(len(data) + 1):
        reader = DocumentReader()
        for piece in (data[:cut], data[cut : cut + 3], data[cut + 3 :]):
            reader.feed(piece)
        assert plain(reader.end()) == whole


def test_entries_are_packed_and_everything_else_stays():
    document = parse_json(json.dumps(DOCUMENTS[0]))
    (sample,) = document["people"][0]["samples"]
    assert sample["descriptor"].dtype == np.float32
    assert sample["descriptor"].tolist() == np.float32(ROW).tolist()
    assert document["people"][1:] == [{}, "é🦊"]
    assert plain(parse_json(json.dumps(DOCUMENTS[1])))[0]["descriptors"][0]["descriptor"][1] == -1
    for row in ([1e39], [float("nan")], ["1"], [True], [10**400], [None]):
        text = json.dumps({"people": [{"descriptor": row}]})
        assert type(parse_json(text)["people"][0]["descriptor"]) is list


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"people": [\n {"a": 1},\n {"b" 2}]}', "line 3, column 7"),
        ('[{"a": 1}, {"b": 1 2}]', "line 1, column 20"),
        ('{"people": [{"a":\n1}\n{"b": 2}]}', "line 3"),
        ('{"people": [{"a": 1}, {"b": "', "line 1"),
        ('{"people": [{"a": 1]}', "line 1"),
        ('[{"a": 1}]]', "line 1"),
    ],
)
def test_damage_is_named_by_its_place(text, place):
    reader = DocumentReader()
    with pytest.raises(FacesideError) as caught:
        for character in text:
            reader.feed(character)
        reader.end()
    assert caught.value.code == "gallery-unreadable" and place in str(caught.value)


def test_text_cut_within_a_character_is_none():
    reader = DocumentReader()
    reader.feed('["é'.encode()[:-1])
    with pytest.raises(FacesideError, match="not text"):
        reader.end()

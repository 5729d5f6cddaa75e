"""Hostile files and names: each is read or answered by one coded error, never by anything else.

In the suite some hundred of each kind are tried, the same at every run; `make soak` tries 10,000.
"""

import json
from contextlib import suppress

import numpy as np
import pytest
from hostile import (
    CALM,
    VALUES,
    bombs,
    check_compact,
    check_gallery,
    check_label_of,
    check_picture,
    compact_galleries,
    damaged,
    damaged_gallery,
    galleries,
    picture_files,
    polyglots,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from faceside import FacesideError
from faceside.documents import DocumentReader
from faceside.gallery_json import read_gallery

FEW, MANY = 300, 10_000


def check_pieces(text: str, cuts: list[int]) -> None:
    """A document read in pieces is what it is as a whole."""
    expected = None
    with suppress(ValueError, RecursionError):
        expected = json.loads(text)
    bounds = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    reader = DocumentReader()
    try:
        for start, end in zip(bounds, bounds[1:], strict=False):
            reader.feed(text[start:end])
        found = reader.end()
    except FacesideError as error:
        assert error.code == "gallery-unreadable"
        assert expected is None or "nested too deeply" in str(error)
        return
    assert json.dumps(plain(found)) == json.dumps(plain(expected))


def plain(value):
    """Lists of numbers, also those packed or written as objects, as rounded lists."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        if "0" in value and list(value) == [str(i) for i in range(len(value))]:
            return plain(list(value.values()))
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        if value and set(map(type, value)) <= {int, float}:
            with np.errstate(all="ignore"), suppress(OverflowError):
                return np.asarray(value, np.float32).tolist()
        return [plain(item) for item in value]
    return value


WAYS = {
    "gallery": (check_gallery, damaged_gallery() | st.binary(max_size=200) | st.text(max_size=200)),
    "gallery bytes": (
        check_gallery,
        damaged(lambda: tuple(text.encode() for text in galleries())),
    ),
    "compact gallery": (check_compact, damaged(compact_galleries)),
    "document": (check_gallery, VALUES.map(json.dumps)),
    "picture": (check_picture, damaged(picture_files) | st.binary(max_size=400)),
    "label": (check_label_of, st.text(max_size=300) | VALUES),
}


def try_hostile(way: str, count: int) -> None:
    check, inputs = WAYS[way]
    settings(max_examples=count, derandomize=True, database=None, **CALM)(given(inputs)(check))()


def try_pieces(count: int) -> None:
    texts = VALUES.map(json.dumps) | damaged_gallery() | st.text('[]{}",:0\\ \n', max_size=40)
    cuts = st.lists(st.integers(0, 10_000), max_size=6)
    hold = given(texts, cuts)(check_pieces)
    settings(max_examples=count, derandomize=True, database=None, **CALM)(hold)()


@pytest.mark.parametrize("way", WAYS)
def test_hostile_inputs_are_read_or_answered_by_a_code(way):
    try_hostile(way, FEW)


def test_hostile_pieces_of_a_document_are_what_they_are_as_a_whole():
    try_pieces(FEW)


@pytest.mark.soak
@pytest.mark.parametrize("way", WAYS)
def test_hostile_soak(way):
    try_hostile(way, MANY)


@pytest.mark.soak
def test_hostile_pieces_soak():
    try_pieces(MANY)


def test_hostile_pictures_bring_no_warnings(recwarn):
    for content in (*bombs(), *polyglots()):
        check_picture(content)
    assert recwarn.list == []


@pytest.mark.parametrize("depth", [100, 100_000])
@pytest.mark.parametrize("bracket", ["[", '{"a":', '[{"a":'])
def test_hostile_nesting_is_refused(bracket, depth):
    with pytest.raises(FacesideError) as caught:
        read_gallery(bracket * depth)
    assert caught.value.code == "gallery-unreadable"

"""Hostile files and names: each is read or answered by one coded error, never by anything else.

In the suite some hundred of each kind are tried, the same at every run; `make soak` tries 10,000.
"""

import json
from contextlib import suppress
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import encode, open_sample

from faceside import FacesideError, Picture, read_image
from faceside.documents import DocumentReader
from faceside.gallery_binary import write_binary
from faceside.gallery_files import joined, reader_of
from faceside.gallery_json import read_gallery, write_gallery
from faceside.labels import check_label, check_notes
from faceside.samples import Contents, Sample

# What Pillow thinks of a damaged file.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
CALM = {"deadline": None, "suppress_health_check": list(HealthCheck)}
FEW, MANY = 300, 10_000
IMAGE_CODES = {"image-unreadable", "image-truncated", "image-too-small", "image-too-large"}
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "ICO")

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: (
        st.lists(inside, max_size=6)
        | st.dictionaries(
            st.sampled_from(["__proto__", "constructor", "label", "0", "user", "version"])
            | st.text(max_size=8),
            inside,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@cache
def galleries() -> tuple[str, ...]:
    """A gallery in each of the three formats."""
    row = np.linspace(-1, 1, 8, dtype=np.float32)
    own = write_gallery([Sample("Ada", row, "sface", b"\xff\xd8", 1.5)], {"Ada": "notes"})
    face_api = {"labeledDescriptors": [{"label": "Ada", "descriptors": [row.tolist()]}]}
    numbers = {str(i): value for i, value in enumerate(row.tolist())}
    facer = [{"user": "Ada", "descriptors": [{"path": "a", "descriptor": numbers}]}]
    return own, json.dumps(face_api), json.dumps(facer)


@cache
def compact_galleries() -> tuple[bytes, ...]:
    """The same gallery in a compact file, as float32 and as float16."""
    contents = read_gallery(galleries()[0])
    return tuple(
        write_binary(contents.samples, contents.notes, numbers)
        for numbers in ("float32", "float16")
    )


@cache
def picture_files() -> tuple[bytes, ...]:
    """A small picture in every kind of file, one with EXIF data."""
    image = open_sample(6, 48)
    exif = image.getexif()
    exif[0x0112] = 6
    return tuple(encode(image, kind) for kind in KINDS) + (encode(image, "JPEG", exif=exif),)


@st.composite
def damaged(draw, originals):
    """One of the originals (bytes) with pieces altered, repeated, taken out, or cut short."""
    data = bytearray(draw(st.sampled_from(originals())))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        size = draw(st.integers(0, 16))
        piece = draw(
            st.binary(min_size=size, max_size=size)
            | st.sampled_from([b"\xff" * 8, b"\x00" * 8, b"\x7f\xff\xff\xff", bytes(data[:32])])
        )
        data[at : at + draw(st.integers(0, size))] = piece
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@st.composite
def damaged_gallery(draw):
    """The JSON of a gallery with one of its values replaced by another."""
    document = json.loads(draw(st.sampled_from(galleries())))
    place, path = document, []
    while isinstance(place, dict | list) and place and (not path or draw(st.booleans())):
        keys = list(place) if isinstance(place, dict) else range(len(place))
        path.append((place, draw(st.sampled_from(list(keys)))))
        place = path[-1][0][path[-1][1]]
    holder, key = path[-1]
    holder[key] = draw(VALUES)
    return json.dumps(document)


def check_gallery(text: str | bytes) -> None:
    try:
        contents = read_gallery(text)
    except FacesideError as error:
        assert error.code == "gallery-unreadable"
        return
    assert isinstance(contents, Contents)
    for sample in contents.samples:
        assert sample.descriptor.dtype == np.float32
        assert np.isfinite(sample.descriptor).all()
    written = write_gallery(contents.samples, contents.notes)
    assert write_gallery(*vars(read_gallery(written)).values()) == written


def check_compact(data: bytes) -> None:
    """A damaged compact file is refused; one that is whole is read."""
    reader = reader_of(data)
    try:
        reader.feed(data)
        contents = joined(reader.parts())
    except FacesideError as error:
        assert error.code == "gallery-unreadable"
        assert data not in compact_galleries()
    else:
        assert data in compact_galleries() and len(contents.samples) == 1


def check_picture(data: bytes) -> None:
    try:
        picture = read_image(data)
    except FacesideError as error:
        assert error.code in IMAGE_CODES
        return
    assert isinstance(picture, Picture)
    assert picture.pixels.dtype == np.uint8 and picture.pixels.shape[2] == 3


def check_label_of(text) -> None:
    for check, kind in ((check_label, "label-"), (check_notes, "notes-")):
        try:
            kept = check(text)
        except FacesideError as error:
            assert error.code.startswith(kind)
        else:
            assert kept == kept.strip() and check(kept) == kept


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


@pytest.mark.parametrize("depth", [100, 100_000])
@pytest.mark.parametrize("bracket", ["[", '{"a":', '[{"a":'])
def test_hostile_nesting_is_refused(bracket, depth):
    with pytest.raises(FacesideError) as caught:
        read_gallery(bracket * depth)
    assert caught.value.code == "gallery-unreadable"

"""Hostile pictures, galleries, names and models, for the library and for the page, and what the
library may make of them: each check fails where it is neither taken nor answered by its code."""

import json
import struct
import zlib
from functools import cache

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import ROOT, encode, open_sample

from faceside import FacesideError, Picture, read_image
from faceside.blocks import is_blocks
from faceside.gallery_binary import write_binary
from faceside.gallery_files import joined, reader_of
from faceside.gallery_json import read_gallery, write_gallery
from faceside.labels import check_label, check_notes
from faceside.samples import Contents, Sample

CALM = {"deadline": None, "suppress_health_check": list(HealthCheck)}
IMAGE_CODES = {"image-unreadable", "image-truncated", "image-too-small", "image-too-large"}
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "ICO")
LENGTH = 128  # of the descriptors that the page takes
HUGE = 60_000  # pixels a side that a small file may declare
CUT_EXIF = b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01"  # five entries told, none there
# What a script would do that came to run.
DEED = "(self.hostile ||= []).push(1)"
MARKUP = (
    f"<script>{DEED}</script>",
    f"<img src=x onerror='{DEED}'>",
    f"<svg onload='{DEED}'></svg>",
    f"<svg><script>{DEED}</script></svg>",
    f'<iframe srcdoc="<script>parent.{DEED}</script>"></iframe>',
    f"<a href='javascript:{DEED}'>a</a>",
    f"javascript:{DEED}",
    f"\"><details open ontoggle='{DEED}'>",
    f"' autofocus onfocus='{DEED}' x='",
    f"</title></textarea></style><img src=x onerror='{DEED}'>",
    f"${{{DEED}}}",
    f"{{{{constructor.constructor('{DEED}')()}}}}",
    f"';{DEED};//",
    f'"+({DEED})+"',
    f"]]><!--<img src=x onerror='{DEED}'>-->",
    "__proto__",
    "constructor",
    "toString",
    "[object Object]",
    "\u202egnp.live\u202c",
    "\u2028\u2029\ufeff\u0000\u001b[31m",
    "%3Cscript%3E&lt;script&gt;&#60;script&#62;",
    "../../../etc/passwd",
    "=1+1",
)

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
def galleries(length: int = 8) -> tuple[str, ...]:
    """A gallery in each of the three formats, of descriptors of a length."""
    row = np.linspace(-1, 1, length, dtype=np.float32)
    own = write_gallery([Sample("Ada", row, "sface", b"\xff\xd8", 1.5)], {"Ada": "notes"})
    face_api = {"labeledDescriptors": [{"label": "Ada", "descriptors": [row.tolist()]}]}
    numbers = {str(i): value for i, value in enumerate(row.tolist())}
    facer = [{"user": "Ada", "descriptors": [{"path": "a", "descriptor": numbers}]}]
    return own, json.dumps(face_api), json.dumps(facer)


@cache
def compact_galleries(length: int = 8) -> tuple[bytes, ...]:
    """The same gallery in a compact file, as float32 and as float16."""
    contents = read_gallery(galleries(length)[0])
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
def damaged_gallery(draw, length: int = 8):
    """The JSON of a gallery with one of its values replaced by another."""
    document = json.loads(draw(st.sampled_from(galleries(length))))
    place, path = document, []
    while isinstance(place, dict | list) and place and (not path or draw(st.booleans())):
        keys = list(place) if isinstance(place, dict) else range(len(place))
        path.append((place, draw(st.sampled_from(list(keys)))))
        place = path[-1][0][path[-1][1]]
    holder, key = path[-1]
    holder[key] = draw(VALUES)
    return json.dumps(document)


def drawn(strategy, count: int) -> list:
    """So many examples of a strategy, the same at every run."""
    found = []

    def keep(example) -> None:
        found.append(example)

    settings(max_examples=count, derandomize=True, database=None, **CALM)(given(strategy)(keep))()
    return found[:count]  # a few more are drawn where some were too large to be finished


def hostile_names():
    """Names and notes, with markup and without."""
    marked = st.tuples(st.text(max_size=8), st.sampled_from(MARKUP), st.text(max_size=8))
    return marked.map("".join) | st.sampled_from(MARKUP) | st.text(max_size=150)


def named_galleries():
    """Galleries as JSON of one person with a hostile name and hostile notes."""

    def gallery(words) -> bytes:
        document = json.loads(galleries(LENGTH)[0])
        person = document["people"][0]
        person["label"], person["notes"] = words
        return json.dumps(document).encode()

    return st.tuples(hostile_names(), hostile_names()).map(gallery)


def hostile_galleries():
    """Galleries as JSON: damaged, deep, huge, full of numbers that are none."""
    return (
        damaged_gallery(LENGTH).map(str.encode)
        | damaged(lambda: tuple(text.encode() for text in galleries(LENGTH)))
        | st.sampled_from(monstrous_galleries())
        | st.binary(max_size=200)
    )


@cache
def monstrous_galleries() -> tuple[bytes, ...]:
    """Galleries that are too deep, too large, or of numbers that are none."""
    own = json.loads(galleries(LENGTH)[0])
    texts = [bracket * 100_000 for bracket in ("[", '{"a":')]
    for descriptor in (
        [float("nan")] * LENGTH,
        [float("inf")] * LENGTH,
        [1e300] * LENGTH,
        [],
        [0.5] * 100_000,
    ):
        person = own["people"][0]
        sample = person["samples"][0] | {"descriptor": descriptor}
        texts.append(json.dumps(own | {"people": [person | {"samples": [sample]}]}))
    texts.append(json.dumps(own).replace('"people"', '"__proto__":{"polluted":1},"people"', 1))
    texts.append(json.dumps(own | {"people": [{"label": "a" * 3_000_000, "samples": []}]}))
    texts.append('{"people":' + "9" * 100_000 + "}")
    return tuple(text.encode() for text in texts)


def hostile_pictures():
    """Pictures: damaged, cut short, that declare HUGE sides, that are something else as well."""
    return (
        damaged(picture_files)
        | st.sampled_from(bombs() + polyglots())
        | damaged(bombs)
        | damaged(polyglots)
        | st.binary(max_size=400)
    )


@cache
def bombs() -> tuple[bytes, ...]:
    """Small files that declare HUGE pictures."""
    image = open_sample(6, 48)
    size = struct.pack(">II", HUGE, HUGE)
    header = b"IHDR" + size + b"\x08\x02\0\0\0"
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in (header, b"IDAT" + zlib.compress(b"\0" * 100_000), b"IEND")
    )
    jpeg = encode(image)
    at = jpeg.index(b"\xff\xc0") + 5
    gif, bmp = encode(image, "GIF"), encode(image, "BMP")
    return (
        png,
        jpeg[:at] + struct.pack(">HH", HUGE, HUGE) + jpeg[at + 4 :],
        gif[:6] + struct.pack("<HH", HUGE, HUGE) + gif[10:],
        bmp[:18] + struct.pack("<ii", HUGE, HUGE) + bmp[26:],
        f"P6 {HUGE} {HUGE} 255 ".encode(),
        b"II*\0\xff\xff\xff\xfe",  # a TIFF that begins where no number of 32 bits reaches
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{HUGE}" height="{HUGE}"/>'.encode(),
    )


@cache
def polyglots() -> tuple[bytes, ...]:
    """Pictures that are pages, scripts, archives as well."""
    image = open_sample(6, 48)
    page, archive = MARKUP[0].encode(), b"PK\x05\x06" + bytes(18)
    exif = image.getexif()
    exif[0x010E] = exif[0x9286] = MARKUP[0]  # ImageDescription, UserComment
    exif[0x0112] = 60_000
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">{MARKUP[0]}</svg>'
    return (
        encode(image) + page + archive,
        encode(image, "PNG") + page,
        encode(image, "JPEG", exif=exif),
        encode(image, "JPEG", comment=page),
        encode(image, "JPEG", exif=CUT_EXIF),
        b"GIF89a/*" + encode(image, "GIF")[8:] + f"*/={DEED}".encode(),
        svg.encode(),
        b"%PDF-1.4\n" + encode(image),
        page + encode(image),
    )


def altered_models(file: str):
    """A model file with one of its bytes altered."""
    whole = (ROOT / "models" / file).read_bytes()

    def alter(place) -> bytes:
        at, turn = place
        return whole[:at] + bytes([whole[at] ^ turn]) + whole[at + 1 :]

    return st.tuples(st.integers(0, len(whole) - 1), st.integers(1, 255)).map(alter)


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
    """A damaged compact file is refused; one that is whole is read, as is what is another file."""
    reader = reader_of(data)
    try:
        reader.feed(data)
        contents = joined(reader.parts())
    except FacesideError as error:
        assert error.code == "gallery-unreadable"
        assert data not in compact_galleries()
    else:
        assert data in compact_galleries() or not is_blocks(data)
        assert len(contents.samples) <= 1


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

"""The compact gallery file: what comes back, what float16 loses, and that damage is refused."""

import hashlib
import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import unit_rows

from faceside import FacesideError
from faceside.blocks import HEADER, LARGEST_BLOCK, MAGIC, BlockWriter
from faceside.cards import all_cards
from faceside.gallery_binary import ROWS, BinaryReader, BinaryWriter, write_binary
from faceside.gallery_files import joined, read_file, reader_of, write_file
from faceside.gallery_json import read_gallery, write_gallery
from faceside.samples import Contents, Sample


def varied() -> Contents:
    """Samples of two recognizers, with and without photos, others and notes, in several blocks."""
    samples = []
    for i, row in enumerate(unit_rows(ROWS + 300)):
        photo = bytes([i % 256]) * (i % 5 * 300) or None
        name, other = ("sface", "dlib_resnet") if i % 3 else ("dlib_resnet", "openface")
        others = {other: row[::-1], "mine": -row} if i % 4 == 0 else {}
        label = f"Zoë 🦊 {i % 900}"
        samples.append(Sample(label, row, name, photo, 1.5e9 + i / 7, others=others))
    return Contents(tuple(samples), {"Zoë 🦊 3": "first line\nsecond", "Zoë 🦊 5": "é"})


def read(data: bytes, piece: int = 1 << 20) -> Contents:
    reader = reader_of(data[:piece])
    for start in range(0, len(data), piece):
        reader.feed(data[start : start + piece])
    return joined(reader.parts())


def plain(contents: Contents):
    return json.loads(write_gallery(contents.samples, contents.notes))


def refused(data: bytes, length: int | None = None) -> str:
    reader = BinaryReader(length)
    with pytest.raises(FacesideError) as caught:
        reader.feed(data)
        list(reader.parts())
    assert caught.value.code == "gallery-unreadable"
    return str(caught.value)


def blocks(*parts: tuple[bytes, bytes]) -> bytes:
    """A file of blocks with right checksums, whatever is in them."""
    written = []
    writer = BlockWriter(written.append)
    for kind, payload in parts:
        writer.add(kind, payload)
    return b"".join(written)


def head(**fields) -> tuple[bytes, bytes]:
    return b"HEAD", json.dumps({"version": 1, "numbers": "float32", "length": 4} | fields).encode()


RECO = b"RECO", b'{"name": "sface"}'
ADA = struct.pack("<IId4fI", 1, 0, 1.5, 1, 2, 3, 4, 3) + b"Ada"
DONE = b"DONE", struct.pack("<II", 1, 1)


@pytest.mark.parametrize("piece", [1 << 20, 997])
def test_fleet_json_to_binary_to_json_is_exact(piece):
    before = varied()
    data = write_binary(before.samples, before.notes)
    assert plain(read(data, piece)) == plain(before)
    assert data == write_binary(*vars(read_gallery(write_gallery(*vars(before).values()))).values())


def test_fleet_float16_is_half_the_size_and_moves_distances_by_less_than_a_thousandth():
    rows, probes = unit_rows(2000), unit_rows(200, 1)
    probes = rows[:200] + 0.05 * probes  # the same people again
    samples = [Sample(f"Person {i}", row, "sface", created=1.5) for i, row in enumerate(rows)]
    whole, half = write_binary(samples), write_binary(samples, numbers="float16")
    assert len(half) < 0.55 * len(whole)
    rounded = np.array([sample.descriptor for sample in read(half).samples])
    order = [int(sample.label.split()[1]) for sample in read(half).samples]

    def distances(known):
        return np.linalg.norm(probes[:, np.newaxis] - known[np.newaxis], axis=2)

    exact, moved = distances(rows[order]), distances(rounded)
    assert 0 < np.abs(exact - moved).max() < 1e-3
    assert (exact.argmin(axis=1) == moved.argmin(axis=1)).all()
    again = read(write_binary(read(half).samples, numbers="float16"))
    assert plain(again) == plain(read(half))


def test_fleet_a_file_says_what_it_holds():
    samples = [Sample("Ada", row, "sface") for row in unit_rows(3)]
    samples.append(Sample("Bea", unit_rows(1)[0], "mine"))
    reader = BinaryReader(128)
    data = write_binary(samples, numbers="float16")
    reader.feed(data)
    summary = reader.summary()
    sha256 = all_cards()["sface"].sha256
    assert (summary.samples, summary.people, summary.numbers) == (4, 2, "float16")
    assert summary.recognizers == {"sface": sha256, "mine": None}
    assert summary.checksum == data[-32:].hex()


def test_fleet_the_first_checksums_are_as_documented():
    data = write_binary([])
    assert data[:8] == MAGIC
    kind, length = HEADER.unpack_from(data, 8)
    end = 8 + HEADER.size + length
    assert kind == b"HEAD"
    assert json.loads(data[16:end]) == {"version": 1, "numbers": "float32", "length": 128}
    first = hashlib.sha256(hashlib.sha256(MAGIC).digest() + data[8:end]).digest()
    assert data[end : end + 32] == first
    rest = data[end + 32 :]
    assert rest[:-32] == b"DONE" + struct.pack("<III", 8, 0, 0)
    assert rest[-32:] == hashlib.sha256(first + rest[:-32]).digest()


def test_fleet_every_damaged_bit_and_every_cut_is_refused():
    data = write_binary([Sample("Ada", unit_rows(1)[0], "sface", b"photo")], {"Ada": "n"})
    for place in range(len(data)):
        altered = bytearray(data)
        altered[place] ^= 1 << place % 8
        refused(bytes(altered))
        refused(data[:place])
    refused(data + b"\0")
    refused(data + data[8:])


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [DONE],
        [head(), head(), DONE],
        [head(version=2), (b"DONE", bytes(8))],
        [head(numbers=["float32"]), (b"DONE", bytes(8))],
        [head(numbers="float64"), (b"DONE", bytes(8))],
        [head(length=0), (b"DONE", bytes(8))],
        [head(length=1 << 40), (b"DONE", bytes(8))],
        [head(length=True), (b"DONE", bytes(8))],
        [head(), (b"DONE", bytes(9))],
        [head(), (b"MORE", b""), (b"DONE", bytes(8))],
        [head(), (b"\xff\xfe\xfd\xfc", b""), (b"DONE", bytes(8))],
        [(b"HEAD", b"[" * 100_000), (b"DONE", bytes(8))],
        [(b"HEAD", b'{"a":' * 100_000), (b"DONE", bytes(8))],
        [(b"HEAD", b"\xff"), (b"DONE", bytes(8))],
        [(b"HEAD", b"[]"), (b"DONE", bytes(8))],
        [head(), (b"RECO", b'{"name": 7}'), (b"DONE", bytes(8))],
        [head(), RECO, RECO, (b"DONE", bytes(8))],
        [head(), (b"SAMP", ADA), DONE],
        [head(), RECO, (b"SAMP", ADA[:-1]), DONE],
        [head(), RECO, (b"SAMP", ADA + b"!"), DONE],
        [head(), RECO, (b"SAMP", ADA)],
        [head(), RECO, (b"SAMP", ADA), (b"DONE", struct.pack("<II", 2, 1))],
        [head(), RECO, (b"SAMP", ADA), (b"DONE", struct.pack("<II", 1, 2))],
        [head(), RECO, (b"SAMP", ADA), DONE, RECO],
        [head(), RECO, (b"SAMP", ADA[:-3] + b"\xff\xff\xff"), DONE],
        [head(), RECO, (b"SAMP", ADA[:-3] + b"\x1b[m"), DONE],
        [head(), RECO, (b"SAMP", b"\xff\xff\xff\xff" + ADA[4:]), DONE],
        [head(), RECO, (b"SAMP", ADA[:4] + b"\xff" * 4 + ADA[8:]), DONE],
        [head(), RECO, (b"SAMP", ADA[:8] + b"\xff" * 8 + ADA[16:]), DONE],
        [head(), RECO, (b"SAMP", ADA[:16] + b"\xff" * 4 + ADA[20:]), DONE],
        [head(), RECO, (b"SAMP", ADA[:32] + b"\xff" * 4 + ADA[36:]), DONE],
        [head(), (b"RECO", b'{"name": " "}'), (b"SAMP", ADA), DONE],
        [head(), RECO, (b"PHOT", struct.pack("<III", 1, 0, 0)), (b"SAMP", ADA), DONE],
        [head(), RECO, (b"SAMP", ADA), (b"PHOT", struct.pack("<III", 1, 1, 0)), DONE],
        [head(), RECO, (b"SAMP", ADA), (b"PHOT", struct.pack("<IIIII", 2, 0, 0, 0, 0)), DONE],
        [head(), RECO, (b"SAMP", ADA), (b"OTHR", struct.pack("<III4f", 1, 1, 0, *range(4))), DONE],
        [head(), RECO, (b"SAMP", ADA), (b"NOTE", struct.pack("<III", 1, 1, 1) + b"x"), DONE],
        [head(), RECO, (b"SAMP", ADA), (b"NOTE", struct.pack("<IIcIc", 1, 1, b"B", 1, b"n")), DONE],
    ],
)
def test_fleet_blocks_that_say_nonsense_under_a_right_checksum_are_refused(parts):
    refused(blocks(*parts))


def test_fleet_the_blocks_those_are_made_of_are_read():
    parts = [head(), RECO, (b"SAMP", ADA), (b"NOTE", struct.pack("<II3sIc", 1, 3, b"Ada", 1, b"n"))]
    contents = read(blocks(*parts, DONE))
    (ada,) = contents.samples
    assert (ada.label, ada.recognizer, ada.created) == ("Ada", "sface", 1.5)
    assert ada.descriptor.tolist() == [1, 2, 3, 4] and contents.notes == {"Ada": "n"}
    assert "128" in refused(blocks(*parts, DONE), length=128)


def test_fleet_an_absurd_length_is_refused_before_anything_is_read():
    for length in (LARGEST_BLOCK + 1, 0xFFFFFFFF):
        assert "says that it has" in refused(MAGIC + HEADER.pack(b"HEAD", length))


@given(st.binary(max_size=300))
@settings(max_examples=300, derandomize=True, database=None, deadline=None)
def test_fleet_hostile_payloads_are_read_or_refused(payload):
    for kind in (b"RECO", b"SAMP", b"OTHR", b"PHOT", b"NOTE"):
        data = blocks(head(length=1), RECO, (kind, payload), DONE)
        reader = BinaryReader()
        try:
            reader.feed(data)
            contents = joined(reader.parts())
        except FacesideError as error:
            assert error.code == "gallery-unreadable"
        else:
            assert len(contents.samples) == 1


def test_fleet_what_the_file_cannot_hold_is_refused_when_it_is_written():
    def code_of(samples, **options):
        with pytest.raises(FacesideError) as caught:
            write_binary(samples, **options)
        return caught.value.code

    large = Sample("Ada", np.full(4, 1e6), "sface")
    assert write_binary([large])
    assert code_of([large], numbers="float16") == "gallery-unwritable"
    assert code_of([large], numbers="int8") == "option-invalid"
    assert code_of([large, Sample("Bea", np.ones(5), "sface")]) == "descriptor-mismatch"
    huge = Sample("Ada", np.ones(4), "sface", bytes(LARGEST_BLOCK + 1))
    assert code_of([huge]) == "gallery-unwritable"


def test_fleet_files_are_read_by_content_and_written_by_name(tmp_path):
    before = varied()
    for name in ("people.fsg", "people.json", "PEOPLE.FSG"):
        write_file(tmp_path / name, before)
        assert plain(read_file(tmp_path / name, 128)) == plain(before)
    assert (tmp_path / "PEOPLE.FSG").read_bytes()[:8] == MAGIC
    assert (tmp_path / "people.json").read_text("utf-8").startswith("{")
    (tmp_path / "people.fsg").rename(tmp_path / "other.json")
    assert plain(read_file(tmp_path / "other.json")) == plain(before)


def test_fleet_a_writer_needs_no_more_than_a_block():
    written = []
    writer = BinaryWriter(lambda data: written.append(len(data)), 128)
    for row in unit_rows(ROWS + 1):
        writer.add([Sample("Ada", row, "sface")])
    assert ROWS * 512 < sum(written) < ROWS * 600
    writer.close()

"""Galleries in a compact binary file: a fifth of the size of JSON, or a tenth, and read faster.

    with open("people.fsg", "wb") as file:
        writer = BinaryWriter(file.write, length=128)
        writer.add(samples)
        writer.note({"Ada": "Plays chess"})
        writer.close()

    reader = BinaryReader()
    for piece in pieces:
        reader.feed(piece)
    for part in reader.parts():
        print(part.samples, part.notes)

A file of blocks (see blocks), written and read in a stream; byte by byte in docs/gallery.md.
Descriptors are kept as float32, bit for bit, or as float16, which halves the file and rounds them.
Nothing is given out before the whole file has been read and every checksum was right.
"""

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from .blocks import LARGEST_BLOCK, BlockReader, BlockWriter
from .cards import all_cards
from .descriptors import check_descriptors, mismatch
from .documents import damaged, parse_json, read_object, read_text
from .errors import FacesideError
from .labels import TERMS, Notes, check_label, check_notes, terms_of
from .options import require_one_of
from .samples import NOTHING, Contents, Sample, group_people, samples_of_rows

VERSION = 1
ENDING = ".fsg"  # of the names of such files
NUMBERS = {"float32": np.dtype("<f4"), "float16": np.dtype("<f2")}
ROWS = 1024  # samples of a block; half a megabyte
PHOTO_BYTES = 1 << 22  # photos of a block, unless a single one is larger
LONGEST = 4096  # numbers of a descriptor; the longest of a recognizer known to us is 512
U32, F64 = np.dtype("<u4"), np.dtype("<f8")
DONE = struct.Struct("<II")


@dataclass
class Rows:
    """The samples of a block and what belongs to them, as columns.

    Attributes:
        recognizers: (n,) places in the list of the file.
        created: (n,) float64 seconds since 1970-01-01 UTC.
        descriptors: (n, d) float32.
        others: descriptors by other recognizers, by row and name.
        photos: by row.
    """

    labels: list[str]
    recognizers: np.ndarray
    created: np.ndarray
    descriptors: np.ndarray
    others: dict[int, dict[str, np.ndarray]] = field(default_factory=dict)
    photos: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """What a file says of itself: how its numbers are kept and how many a descriptor has; its
    recognizers, each with the SHA-256 of its model or None; the SHA-256 of it all."""

    numbers: str
    length: int
    recognizers: dict[str, str | None]
    samples: int
    people: int
    checksum: str


class BinaryWriter:
    """Writes a gallery, some samples at a time.

    Args:
        write: takes the bytes, such as the method of a file.
        length: how many numbers a descriptor has.
        numbers: float32, or float16 for half the size.

    Raises:
        FacesideError: option-invalid; from `add` descriptor-mismatch, and gallery-unwritable for
            what the file cannot hold.
    """

    def __init__(
        self, write: Callable[[bytes], object], length: int = 128, numbers: str = "float32"
    ):
        require_one_of("numbers", numbers, NUMBERS)
        self._numbers, self._length = NUMBERS[numbers], length
        self._blocks = BlockWriter(write)
        self._waiting: list[Sample] = []
        self._recognizers: dict[str, int] = {}
        self._labels: set[str] = set()
        self._samples = 0
        self._block(b"HEAD", _json(version=VERSION, numbers=numbers, length=length))

    def add(self, samples: Iterable[Sample]) -> None:
        """Write more samples; those of a person may come in several calls."""
        for sample in samples:
            self._waiting.append(sample)
            if len(self._waiting) == ROWS:
                self._flush()

    def note(self, notes: Mapping[str, str]) -> None:
        """Write notes by label, and the terms that they come with."""
        items = list(notes.items())
        for start in range(0, len(items), ROWS):
            labels, texts = zip(*items[start : start + ROWS], strict=True)
            self._block(b"NOTE", _u32([len(labels)]), *_texts(labels), *_texts(texts))
        items = [(label, terms_of(text)) for label, text in items if terms_of(text)]
        for start in range(0, len(items), ROWS):
            labels, terms = zip(*items[start : start + ROWS], strict=True)
            texts = [_json(**some).decode() for some in terms]
            self._block(b"TERM", _u32([len(labels)]), *_texts(labels), *_texts(texts))

    def close(self) -> None:
        """Write what is left, and the end."""
        self._flush()
        self._block(b"DONE", DONE.pack(self._samples, len(self._labels)))

    def _flush(self) -> None:
        samples, self._waiting = self._waiting, []
        if not samples:
            return
        self._name_recognizers(samples)
        labels = [sample.label for sample in samples]
        self._block(
            b"SAMP",
            _u32([len(samples)]),
            _u32([self._recognizers[sample.recognizer] for sample in samples]),
            np.array([sample.created for sample in samples], F64).tobytes(),
            self._packed([sample.descriptor for sample in samples]),
            *_texts(labels),
        )
        self._write_others(samples)
        self._write_photos(samples)
        self._labels.update(labels)
        self._samples += len(samples)

    def _name_recognizers(self, samples: list[Sample]) -> None:
        for name in dict.fromkeys(name for sample in samples for name in sample.recognizers):
            if name not in self._recognizers:
                self._recognizers[name] = len(self._recognizers)
                self._block(b"RECO", _json(name=name, sha256=model_sha256(name)))

    def _write_others(self, samples: list[Sample]) -> None:
        others: dict[str, list[int]] = {}
        for row, sample in enumerate(samples):
            for name in sample.others:
                others.setdefault(name, []).append(row)
        for name, rows in others.items():
            descriptors = [samples[row].others[name] for row in rows]
            head = _u32([self._recognizers[name], len(rows)])
            self._block(b"OTHR", head, _u32(rows), self._packed(descriptors))

    def _write_photos(self, samples: list[Sample]) -> None:
        rows, photos = [], []
        for row, sample in enumerate(samples):
            if sample.photo:
                if sum(map(len, photos)) + len(sample.photo) > PHOTO_BYTES:
                    self._write_photo_block(rows, photos)
                    rows, photos = [], []
                rows.append(row)
                photos.append(sample.photo)
        self._write_photo_block(rows, photos)

    def _write_photo_block(self, rows: list[int], photos: list[bytes]) -> None:
        if rows:
            self._block(b"PHOT", _u32([len(rows)]), _u32(rows), *_blobs(photos))

    def _packed(self, descriptors: list[np.ndarray]) -> bytes:
        for row in descriptors:
            if len(row) != self._length:
                raise mismatch(self._length, len(row))
        rows = np.array(descriptors)
        if np.abs(rows).max() > np.finfo(self._numbers).max:
            raise _unwritable("has descriptors too large for float16: write it as float32")
        return rows.astype(self._numbers).tobytes()

    def _block(self, kind: bytes, *parts: bytes) -> None:
        if sum(map(len, parts)) > LARGEST_BLOCK:
            raise _unwritable("has a photo or names too large for this file: write it as JSON")
        self._blocks.add(kind, *parts)


class BinaryReader:
    """Reads a gallery given piece by piece.

    Args:
        length: how many numbers each descriptor must have.

    Every method raises FacesideError gallery-unreadable, with the place of the damage.

    Attributes:
        shares: the part of the time of bringing a gallery in after which it has been read, and
            after which its samples have been made; the rest is keeping them.
    """

    shares = (0.1, 0.3)

    def __init__(self, length: int | None = None):
        self._wanted = length
        self._blocks = BlockReader()
        self._length = 0
        self._numbers = ""
        self._recognizers: dict[str, str | None] = {}
        self._rows: list[Rows] = []
        self._notes: dict[str, str] = {}
        self._number = 0
        self._done: tuple[int, int] | None = None

    @property
    def entries(self) -> int:
        """How many samples have been read."""
        return self._number

    def feed(self, data: bytes) -> None:
        """Read on."""
        for kind, payload in self._blocks.feed(data):
            self._take(kind, payload)

    def parts(self) -> Iterator[Contents]:
        """Yield what the whole file holds, in the order of the file, a block's samples at a time,
        the notes first."""
        self.summary()
        if self._notes:
            yield Contents((), self._notes)
        names = list(self._recognizers)
        for rows in self._rows:
            yield Contents(tuple(_samples_of(rows, names)))

    def summary(self) -> Summary:
        """Return what the whole file says of itself."""
        self._blocks.end()
        if self._done is None:
            raise damaged("the file", "is cut short")
        samples, people = self._done
        checksum = self._blocks.checksum.hex()
        return Summary(
            self._numbers, self._length, dict(self._recognizers), samples, people, checksum
        )

    def _take(self, kind: bytes, payload: bytes) -> None:
        where = f"block {kind.decode('ascii', 'replace')}"
        if self._done is not None:
            raise damaged(where, "comes after the end")
        if not self._numbers and kind != b"HEAD":
            raise damaged(where, "comes before HEAD")
        take = {
            b"HEAD": self._take_head,
            b"RECO": self._take_recognizer,
            b"SAMP": self._take_samples,
            b"OTHR": self._take_others,
            b"PHOT": self._take_photos,
            b"NOTE": self._take_notes,
            b"TERM": self._take_terms,
            b"DONE": self._take_end,
        }.get(kind)
        if take is None:
            raise damaged(where, "is not known: another release of Faceside wrote this file")
        fields = Fields(payload, where)
        take(fields)
        fields.end()

    def _take_head(self, fields: "Fields") -> None:
        head = fields.json()
        if head.get("version") != VERSION:
            raise damaged(
                "version", f"is not {VERSION}: another release of Faceside wrote this file"
            )
        numbers, length = head.get("numbers"), head.get("length")
        if self._numbers or not isinstance(numbers, str) or numbers not in NUMBERS:
            raise damaged(fields.where, "tells of no numbers that are known here, or comes again")
        if type(length) is not int or not 0 < length <= LONGEST:
            raise damaged(fields.where, "tells of no length that a descriptor can have")
        if self._wanted is not None and length != self._wanted:
            raise damaged("the file", f"has descriptors of {length} numbers, not {self._wanted}")
        self._numbers, self._length = numbers, length

    def _take_recognizer(self, fields: "Fields") -> None:
        record = fields.json()
        name, sha256 = read_text(record.get("name"), f"{fields.where}.name"), record.get("sha256")
        if name in self._recognizers:
            raise damaged(fields.where, "names a recognizer again")
        self._recognizers[name] = sha256 if isinstance(sha256, str) else None

    def _take_samples(self, fields: "Fields") -> None:
        count = fields.number()
        recognizers = fields.array(U32, count)
        if count and recognizers.max() >= len(self._recognizers):
            raise damaged(fields.where, "is by a recognizer that the file does not name")
        created = fields.array(F64, count)
        descriptors = self._descriptors(fields, count)
        self._rows.append(Rows(fields.texts(count), recognizers, created, descriptors))
        self._number += count

    def _take_others(self, fields: "Fields") -> None:
        place = fields.number()
        if place >= len(self._recognizers):
            raise damaged(fields.where, "is by a recognizer that the file does not name")
        name = list(self._recognizers)[place]
        rows = self._rows_of(fields)
        for row, descriptor in zip(rows, self._descriptors(fields, len(rows)), strict=True):
            self._rows[-1].others.setdefault(row, {})[name] = descriptor

    def _take_photos(self, fields: "Fields") -> None:
        rows = self._rows_of(fields)
        self._rows[-1].photos.update(zip(rows, fields.blobs(len(rows)), strict=True))

    def _take_notes(self, fields: "Fields") -> None:
        count = fields.number()
        for label, text in zip(fields.texts(count), fields.texts(count), strict=True):
            try:
                label = check_label(label)
                terms = terms_of(self._notes.get(label, ""))
                self._notes[label] = Notes(check_notes(text), **terms)
            except FacesideError as error:
                raise damaged(fields.where, f"is wrong ({error})") from None

    def _take_terms(self, fields: "Fields") -> None:
        count = fields.number()
        for label, text in zip(fields.texts(count), fields.texts(count), strict=True):
            terms = read_object(parse_json(text), fields.where)
            known = {name: read_text(terms[name], fields.where) for name in TERMS if name in terms}
            try:
                label = check_label(label)
                self._notes[label] = Notes(self._notes.get(label, ""), **known)
            except FacesideError as error:
                raise damaged(fields.where, f"is wrong ({error})") from None

    def _take_end(self, fields: "Fields") -> None:
        samples, people = fields.number(), fields.number()
        labels = set().union(*(rows.labels for rows in self._rows))
        if (samples, people) != (self._number, len(labels)):
            raise damaged(fields.where, "tells of another number of samples or people")
        if not labels.issuperset(self._notes):
            raise damaged(fields.where, "has notes about nobody")
        self._done = samples, people

    def _rows_of(self, fields: "Fields") -> list[int]:
        """Which samples of the last block something belongs to."""
        rows = fields.array(U32, fields.number())
        number = len(self._rows[-1].labels) if self._rows else 0
        if len(rows) and (rows.max() >= number or (np.diff(rows.astype(np.int64)) <= 0).any()):
            raise damaged(fields.where, "belongs to samples that are not there")
        if not self._rows:
            raise damaged(fields.where, "comes before any sample")
        return rows.tolist()

    def _descriptors(self, fields: "Fields", count: int) -> np.ndarray:
        values = fields.array(NUMBERS[self._numbers], count * self._length)
        try:
            rows = check_descriptors(values.astype(np.float32).reshape(count, self._length))
        except FacesideError as error:
            raise damaged(fields.where, f"is wrong ({error})") from None
        return rows


class Fields:
    """The payload of a block, read field by field.

    Every method raises FacesideError gallery-unreadable where the payload is too short; nothing is
    made that is larger than the payload.
    """

    def __init__(self, payload: bytes, where: str):
        self.where = where
        self._payload = payload
        self._place = 0

    def json(self) -> dict:
        """The rest, as a JSON object."""
        return read_object(parse_json(self._bytes(len(self._payload) - self._place)), self.where)

    def number(self) -> int:
        """One u32."""
        return int(self.array(U32, 1)[0])

    def array(self, kind: np.dtype, count: int) -> np.ndarray:
        """Numbers (count,) of a kind."""
        return np.frombuffer(self._bytes(count * kind.itemsize), kind)

    def blobs(self, count: int) -> list[bytes]:
        """Some bytes each: the u32 lengths of all, then the bytes of all."""
        return [self._bytes(length) for length in self.array(U32, count).tolist()]

    def texts(self, count: int) -> list[str]:
        """Some texts, as blobs in UTF-8."""
        try:
            return [text.decode() for text in self.blobs(count)]
        except UnicodeDecodeError:
            raise damaged(self.where, "has something other than text") from None

    def end(self) -> None:
        """Tell that nothing comes after this."""
        if self._place != len(self._payload):
            raise damaged(self.where, "is longer than it should be")

    def _bytes(self, count: int) -> bytes:
        end = self._place + count
        if end > len(self._payload):
            raise damaged(self.where, "is shorter than it should be")
        piece, self._place = self._payload[self._place : end], end
        return piece


def write_binary(
    samples: Iterable[Sample], notes: Mapping[str, str] = NOTHING, numbers: str = "float32"
) -> bytes:
    """Return samples, and notes by label, as a file's bytes, those of a person together."""
    return b"".join(binary_pieces(samples, notes, numbers))


def binary_pieces(
    samples: Iterable[Sample], notes: Mapping[str, str] = NOTHING, numbers: str = "float32"
) -> Iterator[bytes]:
    """Yield the bytes of such a file in pieces, for whoever has other things to do in between."""
    people = group_people(samples, notes)
    length = len(people[0].samples[0].descriptor) if people else 128
    pieces: list[bytes] = []
    writer = BinaryWriter(pieces.append, length, numbers)
    written = 0
    for person in people:
        writer.add(person.samples)
        written += len(person.samples)
        if written >= ROWS:
            yield b"".join(pieces)
            pieces.clear()
            written = 0
    writer.note({person.label: person.notes for person in people if person.notes})
    writer.close()
    yield b"".join(pieces)


def model_sha256(recognizer: str) -> str | None:
    """The SHA-256 of a recognizer's model here, None for one that is not known."""
    card = all_cards().get(recognizer)
    return card.sha256 if card and card.task == "recognition" else None


def _samples_of(rows: Rows, names: list[str]) -> list[Sample]:
    numbers = range(len(rows.labels))
    try:
        return samples_of_rows(
            rows.labels,
            rows.descriptors,
            [names[place] for place in rows.recognizers.tolist()],
            rows.created.tolist(),
            [rows.photos.get(row) for row in numbers],
            [rows.others.get(row, NOTHING) for row in numbers],
        )
    except FacesideError as error:
        raise damaged(f"the samples from {rows.labels[0]!r} on", f"are wrong ({error})") from None


def _json(**fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def _u32(values: list[int]) -> bytes:
    return np.array(values, U32).tobytes()


def _blobs(blobs: list[bytes]) -> list[bytes]:
    return [_u32([len(blob) for blob in blobs]), b"".join(blobs)]


def _texts(texts: Iterable[str]) -> list[bytes]:
    return _blobs([text.encode() for text in texts])


def _unwritable(problem: str) -> FacesideError:
    return FacesideError("gallery-unwritable", f"The gallery {problem}.")

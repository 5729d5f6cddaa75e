"""Galleries as JSON text: Faceside's own format, and those of face-api.js and facer.

Faceside's own, version 1:

    {"format": "faceside-gallery", "version": 1, "people": [
        {"label": "Ada", "notes": "Plays chess", "forgetAfter": "2027-12-31",
         "agreed": "2026-01-01", "agreement": "By word of mouth", "samples": [
            {"recognizer": "sface", "created": 1767225600.0,
             "descriptor": [0.25, …], "photo": "…", "others": {"dlib_resnet": [0.5, …]}}]}]}

`created` counts seconds since 1970-01-01 UTC, descriptors read back bit for bit, and `photo` is a
JPEG file in base64, or null. `notes`, the terms on which a person is kept (the last day, the day of
the agreement and what was agreed) and `others`, the descriptors by other recognizers, are left out
where there are none. Samples keep their order within a person. Read as well:

- face-api.js's FaceMatcher, ``{"distanceThreshold", "labeledDescriptors": [{"label", "descriptors":
  [[…]]}]}``, and its bare list of LabeledFaceDescriptors;
- facer's faces.json, ``[{"user", "descriptors": [{"path", "descriptor": {"0": …}}]}]``.

The descriptors of both come from the "dlib_resnet" recognizer. Their empty descriptors are skipped.
"""

import base64
import binascii
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from .documents import (
    DocumentReader,
    damaged,
    parse_json,
    read_descriptor,
    read_labeled_descriptors,
    read_list,
    read_object,
    read_text,
)
from .errors import FacesideError
from .labels import Notes, check_notes, joined_notes, terms_of
from .samples import NOTHING, Contents, Person, Sample, group_people

FORMAT = "faceside-gallery"
VERSION = 1
SEEDS_RECOGNIZER = "dlib_resnet"
TERMS = {"forget_after": "forgetAfter", "agreed": "agreed", "agreement": "agreement"}
PEOPLE = 200  # made at once of a file read piece by piece


def write_gallery(samples: Iterable[Sample], notes: Mapping[str, str] = NOTHING) -> str:
    """Return samples, and notes by label, in Faceside's own format."""
    people = [_write_person(person) for person in group_people(samples, notes)]
    document = {"format": FORMAT, "version": VERSION, "people": people}
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def read_gallery(text: str | bytes, length: int | None = None) -> Contents:
    """Return what a gallery in any of the three formats holds.

    Args:
        length: how many numbers each descriptor must have.

    Raises:
        FacesideError: gallery-unreadable, with the place of the damage.
    """
    return read_document(parse_json(text), length)


def read_document(document, length: int | None = None) -> Contents:
    """Return what a gallery's parsed JSON holds; see read_gallery."""
    return contents_of(read_people(document, length))


def read_people(document, length: int | None = None) -> Iterator[Person]:
    """Yield the people of a gallery's parsed JSON, one after another; a label may come again."""
    if is_own(document):
        yield from _read_own(document, length)
    elif isinstance(document, dict) and "labeledDescriptors" in document:
        labeled = document["labeledDescriptors"]
        yield from _read_face_api(labeled, "labeledDescriptors", length)
    elif isinstance(document, list):
        if document and isinstance(document[0], dict) and "user" in document[0]:
            yield from _read_facer(document, length)
        else:
            yield from _read_face_api(document, "list", length)
    else:
        raise damaged("the file", "has none of the known formats")


class JsonReader:
    """Reads a gallery in any of the three formats, given piece by piece; see gallery_files.Reader.

    Args:
        length: how many numbers each descriptor must have.
    """

    shares = (0.6, 0.7)  # by the times that 100,000 people took

    def __init__(self, length: int | None = None):
        self._length = length
        self._document = DocumentReader()

    @property
    def entries(self) -> int:
        """How many people have been read."""
        return self._document.entries

    def feed(self, data: bytes | str) -> None:
        """Read on."""
        self._document.feed(data)

    def parts(self) -> Iterator[Contents]:
        """Yield what the whole file holds, some people at a time."""
        people = read_people(self._document.end(), self._length)
        while some := list(islice(people, PEOPLE)):
            yield contents_of(some)


def contents_of(people: Iterable[Person]) -> Contents:
    """Return the samples and notes of people; notes about the same one are joined."""
    samples, notes = [], {}
    for person in people:
        samples += person.samples
        if person.notes:
            notes[person.label] = joined_notes(notes.get(person.label, ""), person.notes)
    return Contents(tuple(samples), notes)


def is_own(document) -> bool:
    """Whether a parsed document is in Faceside's own format."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def _write_person(person: Person) -> dict:
    notes = {"notes": str(person.notes)} if str(person.notes) else {}
    notes |= {TERMS[name]: value for name, value in terms_of(person.notes).items()}
    samples = [_write_sample(sample) for sample in person.samples]
    return {"label": person.label, **notes, "samples": samples}


def _write_sample(sample: Sample) -> dict:
    others = {name: descriptor.tolist() for name, descriptor in sample.others.items()}
    return {
        "recognizer": sample.recognizer,
        "created": sample.created,
        "descriptor": sample.descriptor.tolist(),
        "photo": sample.photo and base64.b64encode(sample.photo).decode("ascii"),
        **({"others": others} if others else {}),
    }


def _read_own(document, length) -> Iterator[Person]:
    if document.get("version") != VERSION:
        raise damaged("version", f"is not {VERSION}: another release of Faceside wrote this file")
    for i, person in enumerate(read_list(document.get("people"), "people")):
        where = f"people[{i}]"
        label = read_object(person, where).get("label")
        items = read_list(person.get("samples"), f"{where}.samples")
        samples = [
            _read_sample(item, label, f"{where}.samples[{j}]", length)
            for j, item in enumerate(items)
        ]
        yield from _person(samples, _read_notes(person, where) if items else "")


def _read_sample(item, label, where, length) -> Sample:
    read_object(item, where)
    descriptor = read_descriptor(item.get("descriptor"), f"{where}.descriptor", length)
    photo = _read_photo(item.get("photo"), f"{where}.photo")
    others = item.get("others")
    others = {
        name: read_descriptor(value, f"{where}.others.{name}", length)
        for name, value in read_object({} if others is None else others, f"{where}.others").items()
    }
    rest = (item.get("recognizer"), photo, item.get("created"), others)
    return _sample(where, label, descriptor, *rest)


def _read_notes(person: dict, where) -> Notes:
    here = f"{where}.notes"
    try:
        text = person.get("notes")
        notes = check_notes("" if text is None else text)
        terms = {}
        for name, key in TERMS.items():
            here = f"{where}.{key}"
            if person.get(key) is not None:
                terms[name] = read_text(person[key], here)
                Notes(**terms)  # checks the last one
        return Notes(notes, **terms)
    except FacesideError as error:
        if error.code == "gallery-unreadable":
            raise
        raise damaged(here, f"is wrong ({error})") from None


def _read_face_api(value, where, length) -> Iterator[Person]:
    now = time.time()
    for i, (label, rows) in enumerate(read_labeled_descriptors(value, where, length)):
        here = f"{where}[{i}]"
        yield from _person([_sample(here, label, row, SEEDS_RECOGNIZER, None, now) for row in rows])


def _read_facer(document, length) -> Iterator[Person]:
    now = time.time()
    for i, person in enumerate(document):
        where = f"list[{i}]"
        label = read_text(read_object(person, where).get("user"), f"{where}.user")
        items = read_list(person.get("descriptors"), f"{where}.descriptors")
        samples = []
        for j, item in enumerate(items):
            here = f"{where}.descriptors[{j}]"
            value = read_object(item, here).get("descriptor")
            descriptor = read_descriptor(value, f"{here}.descriptor", length)
            if len(descriptor):
                samples.append(_sample(here, label, descriptor, SEEDS_RECOGNIZER, None, now))
        yield from _person(samples)


def _person(samples: list[Sample], notes: str = "") -> Iterator[Person]:
    """The person whose samples these are, if there are any."""
    if samples:
        yield Person(samples[0].label, tuple(samples), notes)


def _read_photo(value, where) -> bytes | None:
    if value is None:
        return None
    try:
        return base64.b64decode(read_text(value, where), validate=True) or None
    except (binascii.Error, ValueError):
        raise damaged(where, "is not base64") from None


def _sample(where, label, descriptor, recognizer, photo, created, others=NOTHING) -> Sample:
    try:
        return Sample(label, descriptor, recognizer, photo, created, others=others)
    except FacesideError as error:
        raise damaged(where, f"is wrong ({error})") from None

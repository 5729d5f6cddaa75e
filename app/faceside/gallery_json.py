"""Galleries as JSON text: Faceside's own format, and those of face-api.js and facer.

Faceside's own, version 1:

    {"format": "faceside-gallery", "version": 1, "people": [
        {"label": "Ada", "samples": [
            {"recognizer": "sface", "created": 1767225600.0,
             "descriptor": [0.25, …], "photo": "…"}]}]}

`created` counts seconds since 1970-01-01 UTC, `descriptor` reads back bit for bit, and `photo` is a
JPEG file in base64, or null. Samples keep their order within a person. Read as well:

- face-api.js's FaceMatcher, ``{"distanceThreshold", "labeledDescriptors": [{"label", "descriptors":
  [[…]]}]}``, and its bare list of LabeledFaceDescriptors;
- facer's faces.json, ``[{"user", "descriptors": [{"path", "descriptor": {"0": …}}]}]``.

The descriptors of both come from the "dlib_resnet" recognizer. Their empty descriptors are skipped.
"""

import base64
import binascii
import json
import time
from collections.abc import Iterable

from .documents import (
    damaged,
    parse_json,
    read_descriptor,
    read_labeled_descriptors,
    read_list,
    read_object,
    read_text,
)
from .errors import FacesideError
from .samples import Person, Sample

FORMAT = "faceside-gallery"
VERSION = 1
SEEDS_RECOGNIZER = "dlib_resnet"


def group_people(samples: Iterable[Sample]) -> list[Person]:
    """Return the people the samples belong to, sorted by label."""
    people: dict[str, list[Sample]] = {}
    for sample in samples:
        people.setdefault(sample.label, []).append(sample)
    labels = sorted(people, key=lambda label: (label.casefold(), label))
    return [Person(label, tuple(people[label])) for label in labels]


def write_gallery(samples: Iterable[Sample]) -> str:
    """Return samples in Faceside's own format."""
    people = [
        {"label": person.label, "samples": [_write_sample(sample) for sample in person.samples]}
        for person in group_people(samples)
    ]
    document = {"format": FORMAT, "version": VERSION, "people": people}
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def read_gallery(text: str | bytes, length: int | None = None) -> list[Sample]:
    """Return the samples of a gallery in any of the three formats.

    Args:
        length: how many numbers each descriptor must have.

    Raises:
        FacesideError: gallery-unreadable, with the place of the damage.
    """
    return read_document(parse_json(text), length)


def read_document(document, length: int | None = None) -> list[Sample]:
    """Return the samples of a gallery's parsed JSON; see read_gallery."""
    if is_own(document):
        return _read_own(document, length)
    if isinstance(document, dict) and "labeledDescriptors" in document:
        return _read_face_api(document["labeledDescriptors"], "labeledDescriptors", length)
    if isinstance(document, list):
        if document and isinstance(document[0], dict) and "user" in document[0]:
            return _read_facer(document, length)
        return _read_face_api(document, "list", length)
    raise damaged("the file", "has none of the known formats")


def is_own(document) -> bool:
    """Whether a parsed document is in Faceside's own format."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def _write_sample(sample: Sample) -> dict:
    return {
        "recognizer": sample.recognizer,
        "created": sample.created,
        "descriptor": sample.descriptor.tolist(),
        "photo": sample.photo and base64.b64encode(sample.photo).decode("ascii"),
    }


def _read_own(document, length) -> list[Sample]:
    if document.get("version") != VERSION:
        raise damaged("version", f"is not {VERSION}: another release of Faceside wrote this file")
    samples = []
    for i, person in enumerate(read_list(document.get("people"), "people")):
        label = read_object(person, f"people[{i}]").get("label")
        where = f"people[{i}].samples"
        for j, item in enumerate(read_list(person.get("samples"), where)):
            here = f"{where}[{j}]"
            read_object(item, here)
            descriptor = read_descriptor(item.get("descriptor"), f"{here}.descriptor", length)
            photo = _read_photo(item.get("photo"), f"{here}.photo")
            rest = (item.get("recognizer"), photo, item.get("created"))
            samples.append(_sample(here, label, descriptor, *rest))
    return samples


def _read_face_api(value, where, length) -> list[Sample]:
    now = time.time()
    return [
        _sample(f"{where}[{i}]", label, descriptor, SEEDS_RECOGNIZER, None, now)
        for i, (label, rows) in enumerate(read_labeled_descriptors(value, where, length))
        for descriptor in rows
    ]


def _read_facer(document, length) -> list[Sample]:
    samples, now = [], time.time()
    for i, person in enumerate(document):
        where = f"list[{i}]"
        label = read_text(read_object(person, where).get("user"), f"{where}.user")
        items = read_list(person.get("descriptors"), f"{where}.descriptors")
        for j, item in enumerate(items):
            here = f"{where}.descriptors[{j}]"
            value = read_object(item, here).get("descriptor")
            descriptor = read_descriptor(value, f"{here}.descriptor", length)
            if len(descriptor):
                samples.append(_sample(here, label, descriptor, SEEDS_RECOGNIZER, None, now))
    return samples


def _read_photo(value, where) -> bytes | None:
    if value is None:
        return None
    try:
        return base64.b64decode(read_text(value, where), validate=True) or None
    except (binascii.Error, ValueError):
        raise damaged(where, "is not base64") from None


def _sample(where, label, descriptor, recognizer, photo, created) -> Sample:
    try:
        return Sample(label, descriptor, recognizer, photo, created)
    except FacesideError as error:
        raise damaged(where, f"is wrong ({error})") from None

"""Samples as the records that IndexedDB keeps, many at a time, as JavaScript is asked seldom."""

from contextlib import suppress

import js
import numpy as np
from pyodide.ffi import to_js

from ..descriptors import check_descriptor
from ..errors import FacesideError
from ..labels import TERMS, Notes, check_label
from ..samples import Sample


def to_records(samples, with_id: bool = False):
    """Return a JavaScript array of the records of samples; without an id the database gives one."""
    rows = [
        {
            "label": sample.label,
            "recognizer": sample.recognizer,
            "created": sample.created,
            "descriptor": sample.descriptor,
            "photo": sample.photo,
            "others": dict(sample.others),
            **({"id": sample.id} if with_id else {}),
        }
        for sample in samples
    ]
    return to_js(rows, dict_converter=js.Object.fromEntries)


def others_of(sample: Sample):
    """Return the descriptors by other recognizers as a record has them."""
    return to_js(dict(sample.others), dict_converter=js.Object.fromEntries)


def from_records(records, length: int) -> list[Sample | None]:
    """Return the samples of a JavaScript array of records, None for one that is damaged."""
    return [_sample(record, length) for record in records.to_py()]


def notes_of(records) -> dict[str, str]:
    """Return the notes by label of a JavaScript array of records, without those damaged."""
    found = {}
    for record in records.to_py():
        with suppress(FacesideError, KeyError, TypeError):
            found[check_label(record["label"])] = _notes(record)
    return found


def _notes(record: dict) -> str:
    terms = {name: record[name] for name in TERMS if record.get(name)}
    text = record["text"]
    if not isinstance(text, str):
        raise TypeError("notes must be text")
    return Notes(text, **terms) if terms else text


def _sample(record: dict, length: int) -> Sample | None:
    try:
        photo, others = record.get("photo"), record.get("others") or {}
        return Sample(
            record["label"],
            _descriptor(record["descriptor"], length),
            record["recognizer"],
            bytes(memoryview(photo)) if photo else None,
            record["created"],
            record["id"],
            {name: _descriptor(values, length) for name, values in others.items()},
        )
    except (FacesideError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _descriptor(values, length: int) -> np.ndarray:
    row = np.asarray(values)
    row.setflags(write=False)
    return check_descriptor(row, length)

"""Samples and notes as bytes, one record each, for encrypted stores.

A sample: the letter S, the length of a header in 4 bytes (the least significant first), the header
(JSON: label, recognizer, created, names of the other recognizers), then all descriptors as float32
of the same length, and the photo if there is one. Notes: the letter N, and JSON (label, text, and
terms by name where there are any).
"""

import json
import struct

import numpy as np

from ..descriptors import check_descriptor
from ..errors import FacesideError
from ..labels import Notes, terms_of
from ..samples import Sample

SAMPLE, NOTE = b"S", b"N"
LENGTH = struct.Struct("<I")


def pack_sample(sample: Sample) -> bytes:
    """Return a sample without its id as bytes."""
    others = list(sample.others)
    fields = [sample.label, sample.recognizer, sample.created, others]
    header = json.dumps(fields, ensure_ascii=False).encode()
    rows = np.stack([sample.descriptor, *sample.others.values()]).astype("<f4")
    return b"".join((SAMPLE, LENGTH.pack(len(header)), header, rows.tobytes(), sample.photo or b""))


def pack_note(label: str, text: str) -> bytes:
    """Return the notes about somebody as bytes."""
    terms = terms_of(text)
    fields = [label, text, terms] if terms else [label, text]
    return NOTE + json.dumps(fields, ensure_ascii=False).encode()


def unpack(data, id: int, length: int) -> Sample | tuple[str, str] | None:
    """Return the sample, or the label and text of notes; None for what is damaged.

    Args:
        data: bytes of pack_sample or pack_note, or a memoryview of them.
        id: the id that the sample gets.
        length: how many numbers a descriptor has.
    """
    try:
        if data[:1] == NOTE:
            label, text, *terms = json.loads(bytes(data[1:]))
            return label, Notes(text, **terms[0]) if terms else text
        return _sample(data, id, length) if data[:1] == SAMPLE else None
    except (FacesideError, ValueError, TypeError, struct.error):
        return None


def _sample(data, id: int, length: int) -> Sample:
    start = 1 + LENGTH.size
    end = start + LENGTH.unpack(data[1:start])[0]
    label, recognizer, created, others = json.loads(bytes(data[start:end]))
    photo = end + 4 * length * (1 + len(others))
    rows = np.frombuffer(data[end:photo], "<f4").reshape(-1, length).astype(np.float32)
    rows.setflags(write=False)
    first, *rest = (check_descriptor(row, length) for row in rows)
    return Sample(
        label,
        first,
        recognizer,
        bytes(data[photo:]) or None,
        created,
        id,
        dict(zip(others, rest, strict=True)),
    )

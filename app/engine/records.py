"""Plain records for the page and for JavaScript: objects, arrays and typed arrays."""

from dataclasses import replace
from os.path import commonprefix

import js
from pyodide.ffi import to_js

from faceside import Face, FacesideError
from faceside.cards import cards_of
from faceside.faces import attribute_record
from faceside.matching import FaceMatch


def to_record(value):
    """A plain JavaScript value: dicts become objects, arrays and bytes typed arrays."""
    return to_js(value, dict_converter=js.Object.fromEntries)


def error_record(error: FacesideError) -> dict:
    """An error a person can act on."""
    return {"code": error.code, "message": str(error)}


def net_record(name: str) -> dict:
    """What the page tells of a net; of one with several models all the files, and their notes."""
    cards = cards_of(name)
    first = cards[0]
    return {
        "name": name,
        "title": commonprefix([card.title for card in cards]).rstrip(", "),
        "task": first.task,
        "files": [card.file for card in cards],
        "bytes": sum(card.bytes for card in cards),
        "licence": first.licence,
        "attribution": first.attribution,
        "trainingData": first.training_data,
    }


def face_record(face: Face, match: FaceMatch | None = None) -> dict:
    """One face in the words of the JavaScript contract; stages that did not run leave no field."""
    record = {"box": face.box._asdict(), "score": face.score}
    if face.keypoints is not None:
        record["keypoints"] = face.keypoints.tolist()
    if face.landmarks is not None:
        record["landmarks"] = face.landmarks.tolist()
    if face.descriptor is not None:
        record["descriptor"] = face.descriptor
    record |= attribute_record(face)
    if match is not None:
        record["match"] = match.to_record()
    return record


def shown_record(face: Face, match: FaceMatch | None, landmarks: bool) -> dict:
    """What the live view and the photo view draw: no descriptor, landmarks only if wanted."""
    points = face.landmarks if landmarks else None
    return face_record(replace(face, landmarks=points, descriptor=None), match)

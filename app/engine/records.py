"""Plain records for the page and for JavaScript: objects, arrays and typed arrays."""

from dataclasses import replace

import js
from pyodide.ffi import to_js

from faceside import Face
from faceside.matching import FaceMatch


def to_record(value):
    """A plain JavaScript value: dicts become objects, arrays and bytes typed arrays."""
    return to_js(value, dict_converter=js.Object.fromEntries)


def face_record(face: Face, match: FaceMatch | None = None) -> dict:
    """One face in the words of the JavaScript contract; stages that did not run leave no field."""
    record = {"box": face.box._asdict(), "score": face.score}
    if face.keypoints is not None:
        record["keypoints"] = face.keypoints.tolist()
    if face.landmarks is not None:
        record["landmarks"] = face.landmarks.tolist()
    if face.descriptor is not None:
        record["descriptor"] = face.descriptor
    if match is not None:
        record["match"] = match.to_record()
    return record


def live_record(face: Face, match: FaceMatch) -> dict:
    """What the live view and the photo view draw: no descriptor, no landmarks."""
    return face_record(replace(face, landmarks=None, descriptor=None), match)

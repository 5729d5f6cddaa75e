"""JSON from elsewhere, which may be damaged or hostile: read it, or say where it is wrong."""

import json
import re

import numpy as np

from .descriptors import check_descriptor
from .errors import FacesideError

LARGEST_TEXT = 1 << 29  # characters; 100,000 descriptors written in full are 0.28e9
DEEPEST = 20  # the formats read here nest seven deep
TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)  # strings hide brackets
STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


def parse_json(text: str | bytes):
    """Return what a JSON text holds.

    Raises:
        FacesideError: gallery-unreadable (no JSON, cut short, nested too deeply, too large).
    """
    if isinstance(text, bytes | bytearray):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise damaged("the file", "is not text") from None
    if not isinstance(text, str):
        raise damaged("the file", "is not text")
    if len(text) > LARGEST_TEXT:
        raise damaged("the file", f"is larger than {LARGEST_TEXT >> 20} MiB")
    _check_depth(text)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise damaged(f"line {error.lineno}, column {error.colno}", "is not JSON") from None
    except (ValueError, RecursionError):
        raise damaged("the file", "is not JSON that can be read") from None


def read_list(value, where: str) -> list:
    """Return a list, or raise gallery-unreadable."""
    if not isinstance(value, list):
        raise damaged(where, "is not a list")
    return value


def read_object(value, where: str) -> dict:
    """Return an object's dict, or raise gallery-unreadable."""
    if not isinstance(value, dict):
        raise damaged(where, "is not an object")
    return value


def read_text(value, where: str) -> str:
    """Return text, or raise gallery-unreadable."""
    if not isinstance(value, str):
        raise damaged(where, "is not text")
    return value


def read_descriptor(value, where: str, length: int | None = None) -> np.ndarray:
    """Return a descriptor (d,) float32 from [0.1, …] or, as JavaScript writes it, {"0": 0.1, …}.

    An empty one is given back as shape (0,). Raises gallery-unreadable.
    """
    if isinstance(value, dict):
        if list(value) != [str(i) for i in range(len(value))]:
            raise damaged(where, "is not a descriptor")
        value = list(value.values())
    if not set(map(type, read_list(value, where))) <= {int, float}:
        raise damaged(where, "has something other than numbers")
    if not value:
        return np.empty(0, np.float32)
    try:
        return check_descriptor(value, length)
    except FacesideError as error:
        raise damaged(where, f"is no descriptor ({error})") from None


def read_labeled_descriptors(value, where: str = "labeledDescriptors", length: int | None = None):
    """Return [(label, [descriptor, …])] from face-api.js's LabeledFaceDescriptors in JSON.

    Empty descriptors are left out. Raises gallery-unreadable.
    """
    people = []
    for i, person in enumerate(read_list(value, where)):
        here = f"{where}[{i}]"
        label = read_text(read_object(person, here).get("label"), f"{here}.label")
        here = f"{here}.descriptors"
        items = read_list(person.get("descriptors"), here)
        read = [read_descriptor(item, f"{here}[{j}]", length) for j, item in enumerate(items)]
        people.append((label, [descriptor for descriptor in read if len(descriptor)]))
    return people


def damaged(where: str, problem: str) -> FacesideError:
    """Return the error for a damaged gallery, naming the place."""
    return FacesideError(
        "gallery-unreadable",
        f"This is not a gallery that can be read: {where} {problem}. Nothing was changed; "
        "choose a file that Faceside, face-api.js or facer has written.",
    )


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses; in WebAssembly the stack is small."""
    depth = 0
    for token in TOKENS.finditer(text):
        depth += STEP.get(token[0], 0)
        if depth > DEEPEST:
            raise damaged("the file", "is nested too deeply")

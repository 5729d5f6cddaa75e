"""JSON from elsewhere, which may be damaged or hostile: read it, or say where it is wrong.

    reader = DocumentReader()
    for piece in pieces:
        reader.feed(piece)
    document = reader.end()

What is listed in a document is read entry by entry, and its numbers are kept packed: the whole text
of a large gallery is never in memory, nor millions of numbers one by one.
"""

import codecs
import json
import re

import numpy as np

from .descriptors import check_descriptor
from .errors import FacesideError

LARGEST_TEXT = 1 << 29  # characters; 100,000 descriptors written in full are 0.28e9
DEEPEST = 20  # the formats read here nest seven deep
# What stands before the next bracket or string: brackets within strings are none. A quotation mark
# alone opens a string that does not end here.
MARKS = re.compile(r'[^"\[\]{}]*+("[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}])', re.DOTALL)
LISTS = ("[", "{[")  # the brackets open where a list of entries is: the document, or a part of it


def parse_json(text: str | bytes):
    """Return what a JSON text holds.

    Raises:
        FacesideError: gallery-unreadable (no JSON, cut short, nested too deeply, too large).
    """
    reader = DocumentReader()
    reader.feed(text)
    return reader.end()


class DocumentReader:
    """Reads a JSON text given piece by piece; lists of numbers come out as descriptors (d,).

    Every method raises FacesideError gallery-unreadable (no text, no JSON, nested too deeply, too
    large).
    """

    def __init__(self):
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._length = 0
        self._rest = ""  # the entry that is not complete yet, or what no mark stands before
        self._seen = 0  # how much of the rest has been looked at
        self._open = ""  # the brackets that are open
        self._entries = []
        self._frame = []  # the text around the entries, [number] in the place of each
        self._line, self._column = 1, 0

    @property
    def entries(self) -> int:
        """How many entries have been read."""
        return len(self._entries)

    def feed(self, text: str | bytes) -> None:
        """Read on; a character may end in the next piece."""
        if isinstance(text, bytes | bytearray):
            text = self._decoded(text)
        if not isinstance(text, str):
            raise damaged("the file", "is not text")
        self._length += len(text)
        if self._length > LARGEST_TEXT:
            raise damaged("the file", f"is larger than {LARGEST_TEXT >> 20} MiB")
        text = self._rest + text
        start, seen = 0, self._seen
        for found in MARKS.finditer(text, seen):
            mark = found[1]
            if mark == '"':
                break
            seen = found.end()
            if mark in ("[", "{"):
                if self._open in LISTS:
                    self._take_frame(text[start : seen - 1])
                    start = seen - 1
                self._open += mark
                if len(self._open) > DEEPEST:
                    raise damaged("the file", "is nested too deeply")
            elif mark in ("]", "}"):
                self._open = self._open[:-1]
                if self._open in LISTS:
                    self._take_entry(text[start:seen])
                    start = seen
        if not self._open.startswith(LISTS) or self._open in LISTS:  # in no entry
            self._take_frame(text[start:seen])
            start = seen
        self._rest, self._seen = text[start:], seen - start

    def end(self):
        """Return what the whole text holds."""
        self._decoded(b"", True)
        document = self._parsed("".join(self._frame) + self._rest, 1)
        if isinstance(document, list):
            return self._filled(document)
        if isinstance(document, dict):
            lists = {name: self._filled(v) for name, v in document.items() if isinstance(v, list)}
            return document | lists
        return document

    def _decoded(self, data: bytes, final: bool = False) -> str:
        try:
            return self._decoder.decode(data, final)
        except UnicodeDecodeError:
            raise damaged("the file", "is not text") from None

    def _filled(self, items: list) -> list:
        return [self._entries[item[0]] if isinstance(item, list) else item for item in items]

    def _take_frame(self, text: str) -> None:
        self._frame.append(text)
        self._pass(text)

    def _take_entry(self, text: str) -> None:
        self._entries.append(_packed(self._parsed(text, self._line, self._column)))
        self._frame.append(f"[{len(self._entries) - 1}]" + "\n" * text.count("\n"))
        self._pass(text)

    def _pass(self, text: str) -> None:
        lines = text.count("\n")
        self._line += lines
        self._column = len(text) - text.rfind("\n") - 1 if lines else self._column + len(text)

    def _parsed(self, text: str, line: int, column: int | None = None):
        """What a text holds; ``column`` is where its line began, None where that is not known."""
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            where = f"line {line + error.lineno - 1}"
            if column is not None:
                where += f", column {error.colno + (column if error.lineno == 1 else 0)}"
            raise damaged(where, "is not JSON") from None
        except (ValueError, RecursionError):
            raise damaged("the file", "is not JSON that can be read") from None


def _packed(value):
    """The same, lists of numbers (also those JavaScript writes as objects) as arrays (d,) float32;
    what is no good descriptor stays as it is."""
    if isinstance(value, dict):
        if "0" in value and list(value) == [str(i) for i in range(len(value))]:
            return _packed(list(value.values()))
        return {name: _packed(item) for name, item in value.items()}
    if not isinstance(value, list):
        return value
    if not value or not set(map(type, value)) <= {int, float}:
        return [_packed(item) for item in value]
    try:
        return check_descriptor(value)
    except FacesideError:
        return value


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
    if isinstance(value, np.ndarray) and len(value) == (length or len(value)):
        return value
    if isinstance(value, np.ndarray):
        value = value.tolist()
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
    """Yield (label, [descriptor, …]) from face-api.js's LabeledFaceDescriptors in JSON.

    Empty descriptors are left out. Raises gallery-unreadable.
    """
    for i, person in enumerate(read_list(value, where)):
        here = f"{where}[{i}]"
        label = read_text(read_object(person, here).get("label"), f"{here}.label")
        here = f"{here}.descriptors"
        items = read_list(person.get("descriptors"), here)
        read = [read_descriptor(item, f"{here}[{j}]", length) for j, item in enumerate(items)]
        yield label, [descriptor for descriptor in read if len(descriptor)]


def damaged(where: str, problem: str) -> FacesideError:
    """Return the error for a damaged gallery, naming the place."""
    return FacesideError(
        "gallery-unreadable",
        f"This is not a gallery that can be read: {where} {problem}. Nothing was changed; "
        "choose a file that Faceside, face-api.js or facer has written.",
    )

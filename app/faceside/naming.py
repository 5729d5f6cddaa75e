"""Who the faces of pictures are, by a table of names: CSV with file, label and perhaps face.

    names = read_names("names.csv")
    names.meet(faces)  # of all faces, for all files
    names.label_of("/photos/ada.jpg", 0)

A file is meant by its whole path or address, or by the end of it (`ada.jpg`, `2024/ada.jpg`) where
no other ends so. Without a number of the face the picture must have a single one. Nobody is named
by a guess.
"""

from collections.abc import Iterable

from .errors import FacesideError
from .evaluate.index import read_csv
from .face_tables import FaceRows
from .labels import check_label
from .tables import unquoted


class Names:
    """Labels of faces, found once the faces of all files have been met.

    Args:
        entries: (file, face or None for the only one, label).

    Raises:
        FacesideError: names-ambiguous where the same face is named twice.
    """

    def __init__(self, entries: Iterable[tuple[str, int | None, str]]):
        self._labels: dict[str, dict[int | None, str]] = {}
        for file, face, label in entries:
            ours = self._labels.setdefault(file, {})
            if face in ours or (ours and None in (face, *ours)):
                raise _ambiguous(f"the table names a face of {file} twice")
            ours[face] = label
        self._entries: dict[str, str] = {}  # by file of a picture: the file of the table
        self._pictures: dict[str, str] = {}  # the other way round
        self._found: dict[str, set[int]] = {}  # by file of the table: the faces met

    def meet(self, faces: FaceRows, min_score: float = 0.0) -> None:
        """Take notice of faces, those of a lower score left out.

        Raises:
            FacesideError: names-ambiguous where a file of the table can be two pictures.
        """
        for file, face, score in zip(
            faces.files, faces.faces.tolist(), faces.scores.tolist(), strict=True
        ):
            entry = self._entries.get(file) or self._meet_file(file)
            if entry is not None and score >= min_score:
                self._found.setdefault(entry, set()).add(face)

    def label_of(self, file: str, face: int) -> str | None:
        """The label of a face, None where it has none."""
        entry = self._entries.get(file)
        if entry is None:
            return None
        labels = self._labels[entry]
        if None in labels:
            return labels[None] if self._found.get(entry) == {face} else None
        return labels.get(face)

    def several(self) -> list[str]:
        """The files of the table that do not say which of several faces is meant."""
        return [
            file
            for file, labels in self._labels.items()
            if None in labels and len(self._found.get(file, ())) > 1
        ]

    def missing(self) -> list[str]:
        """The files of the table without the face that is named."""
        return [
            file
            for file, labels in self._labels.items()
            if not self._found.get(file) or set(labels) - {None} - self._found[file]
        ]

    def _meet_file(self, file: str) -> str | None:
        entry = next((end for end in _ends(file) if end in self._labels), None)
        if entry is not None:
            if entry in self._pictures:
                raise _ambiguous(f"{entry} can be {self._pictures[entry]} or {file}")
            self._entries[file], self._pictures[entry] = entry, file
        return entry


def read_names(path: str) -> Names:
    """Read a table of names; rows without a label name nobody.

    Raises:
        FacesideError: index-missing, index-unreadable, names-ambiguous, and those of check_label.
    """

    def entry(number: int, row: dict) -> tuple[str, int | None, str]:
        face, label = (row.get("face") or "").strip(), unquoted(row["label"].strip())
        return unquoted(row["file"]), int(face) if face else None, label

    rows = read_csv(path, "file, label and perhaps face", entry)
    return Names((file, face, check_label(label)) for file, face, label in rows if label)


def _ends(file: str) -> Iterable[str]:
    """A path or address, then without its first folder, and so on."""
    parts = file.replace("\\", "/").split("/")
    return [file, *("/".join(parts[start:]) for start in range(1, len(parts)))]


def _ambiguous(problem: str) -> FacesideError:
    return FacesideError("names-ambiguous", f"It is not clear who is meant: {problem}.")

"""Gallery files of every format: which one it is shows in its first bytes.

reader = reader_of(first_piece)
for piece in pieces:
    reader.feed(piece)
contents = joined(reader.parts())

contents = read_file("people.fsg")
write_file("people.json", contents)
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from .blocks import is_blocks
from .errors import FacesideError
from .gallery_binary import ENDING, BinaryReader, binary_pieces
from .gallery_json import JsonReader, write_gallery
from .labels import joined_notes
from .locking.container import is_locked
from .locking.files import FileLock
from .replacing import explained, replacing
from .samples import Contents

PIECE = 1 << 20  # bytes read in one go


class Reader(Protocol):
    """Reads a gallery given piece by piece. Every method raises FacesideError gallery-unreadable.

    Attributes:
        shares: the part of the time of bringing a gallery in after which it has been read, and
            after which its samples have been made; the rest is keeping them.
        entries: how many people or samples have been read.
    """

    shares: tuple[float, float]
    entries: int

    def feed(self, data: bytes | str) -> None:
        """Read on."""

    def parts(self) -> Iterator[Contents]:
        """Yield what the whole file holds, some of it at a time."""


def reader_of(start: bytes | str, length: int | None = None) -> Reader:
    """Return the reader for a file that begins like this; it has yet to be fed.

    Args:
        length: how many numbers each descriptor must have.
    """
    return BinaryReader(length) if is_blocks(start) else JsonReader(length)


def joined(parts: Iterable[Contents]) -> Contents:
    """Return parts as one; notes about the same one are joined."""
    samples, notes = [], {}
    for part in parts:
        samples += part.samples
        for label, text in part.notes.items():
            notes[label] = joined_notes(notes.get(label, ""), text)
    return Contents(tuple(samples), notes)


def read_file(path: str | os.PathLike, length: int | None = None) -> Contents:
    """Return what a gallery file holds.

    Raises:
        FacesideError: gallery-missing, gallery-unreadable, storage-blocked; passphrase-…,
            container-damaged.
    """
    return joined(open_reader(path, length).parts())


def open_reader(path: str | os.PathLike, length: int | None = None) -> Reader:
    """Return the reader that has been fed a whole file; see read_file."""
    reader = None
    with explained(path):
        try:
            with open(path, "rb") as file:
                while (piece := file.read(PIECE)) or reader is None:
                    if reader is None and is_locked(piece):
                        piece = FileLock(path).open(piece + file.read())
                    reader = reader or reader_of(piece, length)
                    reader.feed(piece)
        except FileNotFoundError:
            raise FacesideError(
                "gallery-missing", f"There is no gallery {path}: check the name of the file."
            ) from None
    return reader


def write_file(path: str | os.PathLike, contents: Contents, numbers: str = "float32") -> None:
    """Write a gallery in place of what the file held, compact where its name ends in `.fsg`, else
    as JSON.

    Args:
        numbers: how a compact file keeps descriptors, float32 or float16.

    Raises:
        FacesideError: storage-full, storage-blocked, gallery-unwritable, option-invalid.
    """
    with replacing(path) as write:
        if is_compact(path):
            for piece in binary_pieces(contents.samples, contents.notes, numbers):
                write(piece)
        else:
            write(write_gallery(contents.samples, contents.notes).encode())


def is_compact(path: str | os.PathLike) -> bool:
    """Whether a new file of this name is to be a compact one."""
    return Path(path).suffix.lower() == ENDING

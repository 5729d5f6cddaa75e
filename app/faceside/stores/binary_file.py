"""Samples in a compact gallery file, in the format of gallery_binary."""

import os

from ..blocks import MAGIC, is_blocks
from ..gallery_binary import BinaryReader, write_binary
from ..gallery_files import is_compact, joined
from ..locking.container import is_locked
from ..locking.files import FileLock
from ..replacing import explained
from .json_file import JsonFileStore


class BinaryFileStore(JsonFileStore):
    """The same in a compact file; one that keeps its descriptors as float16 goes on doing so."""

    def __init__(
        self,
        path: str | os.PathLike,
        descriptor_length: int = 128,
        lock: FileLock | None = None,
    ):
        super().__init__(path, descriptor_length, lock)
        self._numbers = "float32"

    def _decoded(self, content):
        reader = BinaryReader(self.descriptor_length)
        reader.feed(content)
        self._numbers = reader.summary().numbers
        return joined(reader.parts()), True

    def _encoded(self, samples, notes):
        return write_binary(samples, notes, self._numbers)


def file_store(path: str | os.PathLike, descriptor_length: int = 128) -> JsonFileStore:
    """Return the store in a gallery file: by its first bytes where there is one, else by its name,
    compact for `.fsg` and JSON for any other.

    Raises:
        FacesideError: storage-blocked.
    """
    lock = FileLock(path)
    if os.path.exists(path):
        with explained(path), open(path, "rb") as file:
            start = file.read(len(MAGIC))
            if is_locked(start):
                start = lock.open(start + file.read())
        compact = is_blocks(start)
    else:
        compact = is_compact(path)
    return (BinaryFileStore if compact else JsonFileStore)(path, descriptor_length, lock)

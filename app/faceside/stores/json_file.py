"""Samples in a JSON file, in the format of gallery_json; for scripts and the command line.

The file is replaced whole: a new one is written beside it, flushed to the disk and put in its
place, so a crash leaves the old file or the new one. Programs that write at the same time wait for
each other (by a lock on the folder; not on Windows, where the last one wins). A file that
face-api.js or facer wrote is read but never written. One that is locked by a passphrase stays so.
"""

import asyncio
import os
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ..documents import parse_json
from ..errors import FacesideError
from ..gallery_json import is_own, read_document, write_gallery
from ..locking.files import FileLock
from ..replacing import explained, replacing
from ..samples import NOTHING, Contents, Sample, group_people
from .memory import noted, renamed

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

PATIENCE = 10.0  # seconds to wait for another program that is writing


class JsonFileStore:
    """A Store in one JSON file. Ids are places in the file and hold until the next change.

    Args:
        path: the file; the first change makes it, readable by its owner alone. Its folder must
            exist.
        descriptor_length: how many numbers a descriptor has.
        lock: the lock of the file, where it has been asked about already.

    Every method raises FacesideError gallery-unreadable where the file is damaged, and leaves a
    damaged file as it is; gallery-foreign for a change to a file that another program wrote.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        descriptor_length: int = 128,
        lock: FileLock | None = None,
    ):
        self.path = Path(os.path.realpath(path))
        self.descriptor_length = descriptor_length
        self._lock = lock or FileLock(self.path)

    async def all(self):
        return self._read().samples

    async def notes(self):
        return self._read().notes

    async def add(self, samples, replace=False, notes=NOTHING, progress=None):
        async with self._change() as kept:
            if replace:
                kept.samples, kept.notes = [], {}
            added = list(samples)
            kept.samples += added
            kept.notes = noted(kept.notes, notes)
        written = [sample for person in group_people(kept.samples) for sample in person.samples]
        places = {id(sample): place for place, sample in enumerate(written, 1)}
        return [places[id(sample)] for sample in added]

    async def restore(self, samples, notes=NOTHING):
        async with self._change() as kept:
            for sample in sorted(samples, key=lambda sample: sample.id):
                kept.samples.insert(sample.id - 1, sample)
            kept.notes = noted(kept.notes, notes)

    async def change(self, samples, notes=NOTHING):
        async with self._change() as kept:
            for sample in samples:
                place = _place(kept.samples, sample)
                if place is not None:
                    kept.samples[place] = kept.samples[place].altered(label=sample.label)
            kept.notes = noted(kept.notes, notes)

    async def describe(self, samples):
        async with self._change() as kept:
            for sample in samples:
                place = _place(kept.samples, sample)
                if place is not None:
                    kept.samples[place] = kept.samples[place].with_others(sample.others)

    async def rename(self, label, to, notes=""):
        async with self._change() as kept:
            kept.samples, number = renamed(kept.samples, label, to)
            kept.notes = noted(kept.notes, {label: "", to: notes})
        return number

    async def discard(self, samples, notes=NOTHING):
        async with self._change() as kept:
            for sample in samples:
                place = _place(kept.samples, sample)
                if place is not None:
                    del kept.samples[place]
            kept.notes = noted(kept.notes, notes)

    async def remove(self, label):
        async with self._change() as kept:
            before = len(kept.samples)
            kept.samples = [sample for sample in kept.samples if sample.label != label]
            kept.notes = noted(kept.notes, {label: ""})
        return before - len(kept.samples)

    async def clear(self):
        async with self._change() as kept:
            kept.samples, kept.notes = [], {}

    def _read(self, to_change: bool = False) -> "_Kept":
        with explained(self.path):
            try:
                content = self.path.read_bytes()
            except FileNotFoundError:
                return _Kept([], {})
        contents, is_ours = self._decoded(self._lock.open(content))
        if to_change and not is_ours:
            raise FacesideError(
                "gallery-foreign",
                f"{self.path.name} was not written by Faceside and is only read: "
                "add people to a new gallery file.",
            )
        samples = [sample.altered(id=place) for place, sample in enumerate(contents.samples, 1)]
        return _Kept(samples, dict(contents.notes))

    def _decoded(self, content: bytes) -> tuple[Contents, bool]:
        """What a file holds, and whether it is in Faceside's own format."""
        document = parse_json(content)
        return read_document(document, self.descriptor_length), is_own(document)

    def _encoded(self, samples: list[Sample], notes: dict[str, str]) -> bytes:
        """The file that holds these, those of a person together."""
        return write_gallery(samples, notes).encode()

    @asynccontextmanager
    async def _change(self):
        """Give what is kept to alter, and write it afterwards; others wait meanwhile."""
        with explained(self.path):
            folder = await _locked(self.path.parent)
        try:
            kept = self._read(to_change=True)
            yield kept
            content = self._lock.close(self._encoded(kept.samples, kept.notes))
            with replacing(self.path) as write:
                write(content)
        finally:
            if folder is not None:
                os.close(folder)


@dataclass
class _Kept:
    """What a file holds, to be altered."""

    samples: list[Sample]
    notes: dict[str, str]


def _place(samples: list[Sample], wanted: Sample) -> int | None:
    """The index of a sample by what never changes of it; ids change with the file."""
    face = _face(wanted)
    return next((place for place, sample in enumerate(samples) if _face(sample) == face), None)


def _face(sample: Sample) -> tuple:
    return sample.recognizer, sample.created, sample.descriptor.tobytes()


async def _locked(folder: Path) -> int | None:
    """Lock a folder and return its handle; closing that releases it."""
    if fcntl is None:
        return None
    handle = os.open(folder, os.O_RDONLY)
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return handle
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.02)
    except BaseException:
        os.close(handle)
        raise

"""The folder of a batch: what is asked for, which pictures there are, what is done.

    _manifest.json       sources, recipe and models, written once
    _files.jsonl         every picture, in order; each run of ``shard_size`` lines is a shard
    00000012.parquet     the faces of shard 12; there only when the shard is done, and then whole
    _failed.jsonl        the pictures that failed, written anew at the end of each run

Every file is written under another name, brought to the disk and renamed, so that it is whole or
not there; a shard's failures are told in its Parquet file, so that one renaming settles all of it.
Readers of Parquet folders pass over names that begin with ``_`` or ``.``.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from itertools import islice
from pathlib import Path

from ..errors import FacesideError
from .recipe import Recipe
from .sources import Item, Sources
from .table import Note, read_note
from .worker import Result, Shard

FORMAT, VERSION = "faceside-batch", 1
MANIFEST, FILES, FAILED = "_manifest.json", "_files.jsonl", "_failed.jsonl"
LOCK = "_lock"
NEW = ".new"  # after a dot and the name, while a file is being written


@dataclass(frozen=True)
class Totals:
    """How far a batch is: shards, pictures looked at, faces, pictures that failed."""

    shards: int = 0
    pictures: int = 0
    faces: int = 0
    failed: int = 0

    def plus(self, note: Note) -> "Totals":
        """With one more shard."""
        return Totals(
            self.shards + 1,
            self.pictures + note.pictures,
            self.faces + note.faces,
            self.failed + len(note.failed),
        )


class Folder:
    """One batch on the disk.

    Args:
        path: the folder; made when it does not exist.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of the folder; a run that is killed leaves no lock behind.

        Raises:
            FacesideError: ``batch-busy``, ``folder-unwritable``.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / LOCK).open("w")
        except OSError as error:
            raise FacesideError(
                "folder-unwritable", f"{self.path} cannot be written ({error}); choose another."
            ) from None
        with lock:
            if not _lock(lock):
                raise FacesideError(
                    "batch-busy",
                    f"Another run is at work in {self.path}; wait for its end, or choose another "
                    "folder.",
                )
            yield

    def begin(self, sources: Sources, recipe: Recipe, shard_size: int) -> dict:
        """The manifest: that of the run that began, or a new one after listing all pictures.

        Raises:
            FacesideError: ``batch-other-options`` when the folder was begun with other sources,
                options or models; ``folder-foreign`` when it holds something else; ``source-…``.
        """
        asked = {
            "format": FORMAT,
            "version": VERSION,
            "sources": asdict(sources),
            "recipe": recipe.to_record(),
            "models": recipe.models(),
            "shard_size": shard_size,
        }
        asked = json.loads(json.dumps(asked))  # tuples become lists, as in the file
        if not (self.path / MANIFEST).exists():
            self._check_free()
            pictures = self._list(sources)
            with self._writing(MANIFEST) as file:
                file.write(json.dumps(asked | {"pictures": pictures}, indent=1).encode())
        manifest = self._manifest()
        for name, value in asked.items():
            if manifest.get(name) != value:
                raise FacesideError("batch-other-options", self._other(name, manifest, asked))
        return manifest

    def _check_free(self) -> None:
        if any(self.path.glob("*.parquet")):
            raise FacesideError(
                "folder-foreign",
                f"{self.path} holds Parquet files that are not of a batch; choose another folder.",
            )

    def _manifest(self) -> dict:
        try:
            manifest = json.loads((self.path / MANIFEST).read_bytes())
        except (OSError, ValueError):
            manifest = None
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise FacesideError(
                "folder-foreign",
                f"{self.path / MANIFEST} is not that of a batch; choose another folder.",
            )
        return manifest

    def _other(self, name: str, manifest: dict, asked: dict) -> str:
        was, now = manifest.get(name), asked[name]
        if isinstance(was, dict) and isinstance(now, dict):
            differing = [key for key in {**was, **now} if was.get(key) != now.get(key)]
            name, was, now = differing[0], was.get(differing[0]), now.get(differing[0])
        return (
            f"The batch in {self.path} was begun with {name} {json.dumps(was)}, not "
            f"{json.dumps(now)}; ask for the same to go on with it, or choose another folder."
        )

    def _list(self, sources: Sources) -> int:
        pictures = 0
        with self._writing(FILES) as file:
            for item in sources.items():
                fields = list(astuple(item))
                while fields[-1] is None:
                    fields.pop()
                file.write(json.dumps(fields).encode() + b"\n")
                pictures += 1
        if not pictures:
            raise FacesideError("source-empty", "No source is named; name a folder of pictures.")
        return pictures

    def missing(self, shard_size: int) -> Iterator[Shard]:
        """The shards that are not done, in order, read from the list as one goes on."""
        with open(self.path / FILES, "rb") as lines:
            number = 0
            while run := list(islice(lines, shard_size)):
                if not self._shard(number).exists():
                    yield Shard(number, tuple(Item(*json.loads(line)) for line in run))
                number += 1

    def keep(self, result: Result) -> None:
        """Write the file of a shard that is done."""
        with self._writing(self._shard(result.number).name) as file:
            file.write(result.parquet)

    def notes(self) -> Iterator[Note]:
        """What the file of every shard that is done says of itself, in order."""
        return map(read_note, sorted(self.path.glob("*.parquet")))

    def totals(self) -> Totals:
        """How far the batch is."""
        totals = Totals()
        for note in self.notes():
            totals = totals.plus(note)
        return totals

    def write_failed(self) -> None:
        """Write the list of the pictures that failed so far."""
        with self._writing(FAILED) as file:
            for note in self.notes():
                for failure in note.failed:
                    file.write(json.dumps(failure).encode() + b"\n")

    def _shard(self, number: int) -> Path:
        return self.path / f"{number:08}.parquet"

    @contextmanager
    def _writing(self, name: str):
        """A file that takes this name once it is whole and on the disk."""
        new = self.path / f".{name}{NEW}"
        with open(new, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.path / name)
        _sync(self.path)


def _sync(folder: Path) -> None:
    """Bring a renaming to the disk, where the system knows of that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(file) -> bool:
    """Lock a file until it is closed, whoever closes it; False when another has it."""
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True

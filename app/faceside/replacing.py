"""A file replaced whole: whoever reads it, even after a crash, finds the old or the new one.

with replacing("people.json") as write:
    write(data)
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import FacesideError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Callable[[bytes], object]]:
    """Give what writes a new file beside the old one; at the end it is flushed to the disk and put
    in its place, unless something failed. A file that is new can be read by its owner alone.

    Raises:
        FacesideError: storage-full, storage-blocked.
    """
    with explained(path):
        path = Path(os.path.realpath(path))
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "wb") as file:
                yield file.write
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                shutil.copymode(path, name)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
        _flush_folder(path.parent)


@contextmanager
def explained(path: str | os.PathLike) -> Iterator[None]:
    """Turn what the system says about a gallery file into sentences.

    Raises:
        FacesideError: storage-full, storage-blocked.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise FacesideError(
                "storage-full",
                f"There is no room for {path}: free some space. The gallery is unchanged.",
            ) from error
        busy = isinstance(error, BlockingIOError)
        reason = "another program is writing it" if busy else error.strerror
        raise FacesideError(
            "storage-blocked",
            f"The gallery {path} cannot be used ({reason}): "
            "choose a file in a folder you may write to, or try again.",
        ) from error


def _flush_folder(folder: Path) -> None:
    """Make the new name last; the content is safe already, so where this is impossible, go on."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Gallery files locked by a passphrase, for programs: the passphrase is asked for once a file.

It is taken from the environment variable FACESIDE_PASSPHRASE, or from the first line of the file
that FACESIDE_PASSPHRASE_FILE names, or else asked for at the terminal.
"""

import asyncio
import getpass
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..errors import FacesideError
from .container import is_locked, lock_bytes, unlock_bytes

VARIABLE, FILE_VARIABLE = "FACESIDE_PASSPHRASE", "FACESIDE_PASSPHRASE_FILE"


class FileLock:
    """The lock of one gallery file, if it has one. What it has opened it also closes again.

    Args:
        path: the file, for the question.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = path
        self._passphrase: str | None = None

    def open(self, content: bytes) -> bytes:
        """Return what a file holds, its content itself where it is not locked.

        Raises:
            FacesideError: passphrase-missing, passphrase-wrong, container-damaged,
                lock-unavailable.
        """
        if not is_locked(content):
            self._passphrase = None
            return content
        if self._passphrase is None:
            self._passphrase = passphrase_for(self.path)
        return _now(unlock_bytes(content, self._passphrase))

    def close(self, content: bytes) -> bytes:
        """Return the file that holds this, locked where it was when it was opened."""
        return content if self._passphrase is None else _now(lock_bytes(content, self._passphrase))


def passphrase_for(path: str | os.PathLike, again: bool = False) -> str:
    """Return the passphrase of a file; ``again``: a new one, typed twice at the terminal.

    Raises:
        FacesideError: passphrase-missing, passphrases-differ.
    """
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    if FILE_VARIABLE in os.environ:
        return _first_line(os.environ[FILE_VARIABLE])
    if not sys.stdin.isatty():
        raise FacesideError(
            "passphrase-missing",
            f"{path} needs a passphrase: set {VARIABLE} or {FILE_VARIABLE}, or run this at a "
            "terminal.",
        )
    words = getpass.getpass(f"Passphrase of {path}: ")
    if again and getpass.getpass("The same again: ") != words:
        raise FacesideError("passphrases-differ", "The two are not the same: begin again.")
    return words


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise FacesideError(
            "passphrase-missing", f"The file {path} with the passphrase cannot be read: {error}."
        ) from error


def _now(work):
    """Wait for work; also where this Python is waiting for other work already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()

"""Folders and files that are there complete or not at all.

Standard library only: the first step runs before anything is installed.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """Yields an empty folder beside `target`; it takes the place of `target` only on success."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new, old = beside(target, "new"), beside(target, "old.new")
    clear(new)
    new.mkdir()
    try:
        yield new
        clear(old)
        if target.exists():
            target.replace(old)
        new.replace(target)
    finally:
        clear(new)
        clear(old)


def beside(target: Path, ending: str) -> Path:
    """The hidden neighbour of `target` that a step writes to, on the same disk."""
    return target.with_name(f".{target.name}.{ending}")


def clear(folder: Path) -> None:
    """Removes a folder if it is there."""
    if folder.exists():
        shutil.rmtree(folder)

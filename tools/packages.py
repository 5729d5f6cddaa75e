"""Fetches pinned packages without installing them: `python -m tools.packages LIST FOLDER`."""

import sys
from pathlib import Path

from tools.command import run
from tools.fresh import fresh_folder
from tools.problem import guarded

DOWNLOAD = ["-m", "pip", "download", "--disable-pip-version-check", "--no-input"]


def fetch(requirements: Path, folder: Path) -> None:
    """Downloads every package of a hash-pinned list; `folder` then holds exactly these files."""
    with fresh_folder(folder) as new:
        pinned = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(requirements)]
        command = [sys.executable, *DOWNLOAD, *pinned, "-d", str(new)]
        run(command, f"Fetching {requirements.name}")


def main() -> None:
    requirements, folder = map(Path, sys.argv[1:])
    fetch(requirements, folder)


if __name__ == "__main__":
    guarded(main)

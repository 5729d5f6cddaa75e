"""Packs the files of the site that get smaller by it: `python -m tools.packed`.

Beside FILE come FILE.br and FILE.gz, for hosts that send those to browsers that take them
(docs/deploy.md). What is packed once is kept in build/packed, as packing well takes a minute.
"""

import gzip
import hashlib
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import brotli

from tools.fresh import beside
from tools.problem import guarded
from tools.progress import progress
from tools.venv import ROOT

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".br": lambda data: brotli.compress(data, quality=11, lgwin=24),
    ".gz": lambda data: gzip.compress(data, mtime=0),
}
PACKED_ALREADY = (*PACKERS, ".jpg", ".png", ".webp", ".whl", ".zip")
LEAST = 1024  # bytes; smaller files come in one packet however they are sent
WORTH = 0.95  # of a file's size; what is hardly smaller is not worth the unpacking


def pack(site: Path, kept: Path) -> None:
    """Writes the packed files into a site, from `kept` where they are there."""
    kept.mkdir(parents=True, exist_ok=True)
    files = [file for file in sorted(site.rglob("*")) if is_to_be_packed(file)]
    jobs = [(file, ending) for file in files for ending in PACKERS]
    with ProcessPoolExecutor() as pool, progress("Packed", len(jobs), "files") as told:
        for done, _ in enumerate(pool.map(partial(pack_one, kept), jobs), 1):
            told(done)


def is_to_be_packed(file: Path) -> bool:
    """Whether a file is worth a try."""
    return (
        file.is_file() and not file.name.endswith(PACKED_ALREADY) and file.stat().st_size >= LEAST
    )


def is_packed(file: Path) -> bool:
    """Whether a file is what has been packed of the one beside it."""
    return file.suffix in PACKERS and file.with_suffix("").is_file()


def pack_one(kept: Path, job: tuple[Path, str]) -> None:
    """Writes one packed file, unless it would be hardly smaller."""
    file, ending = job
    data = file.read_bytes()
    known = kept / (hashlib.sha256(data).hexdigest() + ending)
    if not known.exists():
        new = beside(known, "new")
        new.write_bytes(PACKERS[ending](data))
        new.replace(known)
    packed = known.read_bytes()
    if len(packed) <= WORTH * len(data):
        target = file.with_name(file.name + ending)
        target.write_bytes(packed)
        shutil.copystat(file, target)  # serve.py sends no packed file of another time


def main() -> None:
    pack(ROOT / "site", ROOT / "build" / "packed")


if __name__ == "__main__":
    guarded(main)

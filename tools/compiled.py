"""Compiles the Python that pages import, which a browser else does at every visit:
`python -m tools.compiled wheels build/wheels` (Pyodide's numpy and Pillow, and the lock file that
names them), `python -m tools.compiled engine build/engine` (engine.zip).

Pyodide itself does it, as the Python that compiles must be the one that imports.
"""

import argparse
import hashlib
import json
import shutil
import zipfile
from pathlib import Path

from tools.command import run
from tools.fresh import fresh_folder
from tools.npm import bring_npm
from tools.problem import Problem, guarded
from tools.venv import ROOT

PYODIDE = ROOT / "node_modules" / "pyodide"
SCRIPT = ROOT / "tools" / "compiled.mjs"
WHEELS = ROOT / "build" / "pyodide"
LOCK = "pyodide-lock.json"
ENGINE = "engine.zip"
ROOMS = ("faceside", "engine")  # of app/, importable from engine.zip
CODE = (".py", ".js")  # of the rooms; the worker's own script is .mjs and lies beside
FLEET = "batch"  # of app/faceside: of no use to a page


def compile_files(function: str, files: list[Path], pyodide: Path = PYODIDE) -> None:
    """Compiles archives in place by a function of tools/compiled_archive.py."""
    node = shutil.which("node", path=bring_npm()[1])
    names = ", ".join(file.name.partition("-cp")[0] for file in files)
    run([node, str(SCRIPT), str(pyodide), function, *map(str, files)], f"Compiling {names}")


def write_wheels(folder: Path, wheels: Path = WHEELS, pyodide: Path = PYODIDE) -> None:
    """Writes the compiled wheels, and the lock file with their hashes."""
    lock = json.loads((pyodide / LOCK).read_text())
    with fresh_folder(folder) as new:
        files = [Path(shutil.copy2(wheel, new)) for wheel in sorted(wheels.glob("*.whl"))]
        compile_files("compiled_wheel", files, pyodide)
        hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
        for entry in lock["packages"].values():
            entry["sha256"] = hashes.get(entry["file_name"], entry["sha256"])
        (new / LOCK).write_text(json.dumps(lock, separators=(",", ":")))


def write_engine(folder: Path, root: Path = ROOT) -> None:
    """Writes engine.zip of the project at `root`, compiled."""
    with fresh_folder(folder) as new:
        zip_engine(root / "app", root / "models" / "models.toml", new / ENGINE)
        compile_files("compiled_archive", [new / ENGINE])


def zip_engine(app: Path, cards: Path, target: Path) -> None:
    """Zips app/faceside and app/engine with the model cards as faceside/models.toml."""
    content = {"faceside/models.toml": cards.read_bytes()}
    for room in ROOMS:
        if not (app / room).exists():
            raise Problem("input-missing", f"app/{room} is missing: restore it with git.")
        for file in (app / room).rglob("*"):
            if file.suffix in CODE and FLEET not in file.relative_to(app).parts:
                content[file.relative_to(app).as_posix()] = file.read_bytes()
    with zipfile.ZipFile(target, "w") as package:
        for name in sorted(content):
            package.writestr(name, content[name])


def main() -> None:
    parser = argparse.ArgumentParser(description="Compiles the Python that pages import.")
    parser.add_argument("what", choices=("wheels", "engine"))
    parser.add_argument("folder", type=Path)
    wanted = parser.parse_args()
    {"wheels": write_wheels, "engine": write_engine}[wanted.what](wanted.folder)


if __name__ == "__main__":
    guarded(main)

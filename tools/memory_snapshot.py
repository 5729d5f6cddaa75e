"""Makes the memory of a Pyodide that has just started: `python -m tools.memory_snapshot FOLDER`.

A visit that finds it on the device starts Python from it instead of anew (interpreter.mjs). The
file is named after the version of Pyodide, whose other files it belongs to.
"""

import gzip
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tools.command import run
from tools.fresh import fresh_folder
from tools.npm import bring_npm
from tools.problem import guarded
from tools.venv import ROOT

PYODIDE = ROOT / "node_modules" / "pyodide"
SCRIPT = ROOT / "tools" / "memory_snapshot.mjs"


def make_snapshot(folder: Path) -> None:
    """Writes the one file, packed, into a folder that is complete or left as it was."""
    version = json.loads((PYODIDE / "package.json").read_text())["version"]
    node = shutil.which("node", path=bring_npm()[1])
    with fresh_folder(folder) as new, tempfile.TemporaryDirectory() as temporary:
        memory = Path(temporary) / "memory"
        run([node, str(SCRIPT), str(PYODIDE), str(memory)], "Making the memory snapshot of Pyodide")
        packed = gzip.compress(memory.read_bytes(), mtime=0)
        (new / f"memory-{version}.gz").write_bytes(packed)


def main() -> None:
    make_snapshot(Path(sys.argv[1]))


if __name__ == "__main__":
    guarded(main)

"""Packs onnxruntime-web's builds for GPUs: `python -m tools.packed_runtimes FOLDER`.

One of them is larger than some static hosts allow (tools/site.py), and packed both come in a
quarter of their bytes from any host. The engine unpacks the one that it uses.
"""

import gzip
import sys
from pathlib import Path

from tools.fresh import fresh_folder
from tools.problem import guarded
from tools.venv import ROOT

DIST = ROOT / "node_modules" / "onnxruntime-web" / "dist"
BUILDS = ("ort-wasm-simd-threaded.jspi.wasm", "ort-wasm-simd-threaded.asyncify.wasm")


def pack(source: Path, folder: Path) -> None:
    """Writes NAME.gz of each build into a folder that is complete or left as it was."""
    with fresh_folder(folder) as new:
        for name in BUILDS:
            (new / f"{name}.gz").write_bytes(gzip.compress((source / name).read_bytes(), mtime=0))


def main() -> None:
    pack(DIST, Path(sys.argv[1]))


if __name__ == "__main__":
    guarded(main)

"""Writes the complete static site into site/: `python -m tools.site`.

Whatever the page loads lies in that one folder, so any static host can serve it.
"""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tools.altered import alter
from tools.bill import bill, write_licences
from tools.compiled import ENGINE, FLEET, LOCK
from tools.fresh import fresh_folder
from tools.icons import write_icons
from tools.packed import PACKERS, is_packed
from tools.problem import Problem, guarded
from tools.progress import progress
from tools.venv import ROOT

MEBIBYTE = 1 << 20
LARGEST = 25 * MEBIBYTE  # some static hosts refuse larger files
PAGES = ("index.html", "pyscript.toml", "faceside.webmanifest")
WORKER = "sw.js"  # the service worker, with the list of all other files
NO_FILES = "const FILES = {};"  # its line that is replaced
BILL, LICENCES = "bom.json", "licences"
EXTRAS = ("LICENSE*",)
GPU = "vendor/onnxruntime/gpu"  # kept on a device where it is used (sw.js)
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", "ruff.toml", FLEET)


@dataclass(frozen=True)
class Part:
    """Files of one folder of the build (patterns) that go to one folder of the site."""

    source: str
    target: str
    patterns: tuple[str, ...]


VENDOR = (
    # PyScript asks for every plugin at the start; what these load on demand (xterm, codemirror)
    # is left out.
    Part(
        "node_modules/@pyscript/core/dist",
        "vendor/pyscript",
        (
            "core.js",
            "core-*.js",
            "core.css",
            "deprecations-manager-*.js",
            "donkey-*.js",
            "error-*.js",
            "py-*-*.js",
            "toml-*.js",
            "zip-*.js",
        ),
    ),
    Part(
        "node_modules/@micropython/micropython-webassembly-pyscript",
        "vendor/micropython",
        ("micropython.mjs", "micropython.wasm"),
    ),
    Part(
        "node_modules/pyodide",
        "vendor/pyodide",
        (
            "pyodide.mjs",
            "pyodide.asm.js",
            "pyodide.asm.wasm",
            "python_stdlib.zip",
        ),
    ),
    Part("build/wheels", "vendor/pyodide", ("numpy-*.whl", "pillow-*.whl", LOCK)),
    Part("build/engine", "app", (ENGINE,)),
    Part("build/memory", "vendor/pyodide", ("memory-*.gz",)),
    # The .mjs is asked for only where wasmPaths is set; the bundle holds its own copy.
    Part(
        "node_modules/onnxruntime-web/dist",
        "vendor/onnxruntime",
        ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"),
    ),
    # The builds for GPUs, of which a browser fetches one at most (app/faceside/runtime).
    Part(
        "node_modules/onnxruntime-web/dist",
        GPU,
        ("ort.jspi.bundle.min.mjs", "ort.webgpu.bundle.min.mjs", "ort.webgl.min.mjs"),
    ),
    Part("build/onnxruntime", GPU, ("ort-wasm-simd-threaded.*.wasm.gz",)),
    Part("node_modules/uplot/dist", "vendor/uplot", ("uPlot.esm.js", "uPlot.min.css")),
)


def missing(what: Path) -> Problem:
    return Problem(
        "input-missing",
        f"{what} is missing: restore it with git if it belongs to the repository; otherwise "
        "`make clean site` brings and builds everything anew.",
    )


def copy_part(part: Part, root: Path, site: Path) -> None:
    """Copies the files of a part; raises Problem("input-missing") for a pattern without a file."""
    target = site / part.target
    target.mkdir(parents=True, exist_ok=True)
    for pattern in part.patterns:
        found = sorted((root / part.source).glob(pattern))
        if not found:
            raise missing(Path(part.source) / pattern)
        for file in found:
            shutil.copy2(file, target)


def copy_pages(root: Path, site: Path) -> None:
    """Copies the markup, its settings, the licence texts and app/ as it is."""
    for name in PAGES:
        if not (root / name).exists():
            raise missing(Path(name))
        shutil.copy2(root / name, site)
    for file in sorted(file for pattern in EXTRAS for file in root.glob(pattern)):
        shutil.copy2(file, site)
    if not (root / "app").exists():
        raise missing(Path("app"))
    shutil.copytree(root / "app", site / "app", ignore=NOT_SHIPPED)


def copy_models(root: Path, site: Path) -> None:
    """Copies models.toml, the licence texts and the model file of each entry."""
    cards = root / "models" / "models.toml"
    if not cards.exists():
        raise missing(Path("models/models.toml"))
    (site / "models").mkdir()
    shutil.copy2(cards, site / "models")
    for file in sorted((root / "models").glob("LICENSE*")):
        shutil.copy2(file, site / "models")
    for name in model_files(tomllib.loads(cards.read_text())):
        if not (root / "models" / name).exists():
            raise missing(Path("models") / name)
        shutil.copy2(root / "models" / name, site / "models")


def model_files(cards: dict) -> list[str]:
    """The .onnx files that models.toml names, one an entry."""
    return [card["file"] for card in cards.values() if isinstance(card, dict)]


def files(site: Path) -> dict[str, Path]:
    """Every file of the site by relative path, but what is packed of others (tools/packed.py)."""
    found = sorted(file for file in site.rglob("*") if file.is_file() and not is_packed(file))
    return {file.relative_to(site).as_posix(): file for file in found}


def sizes(site: Path) -> dict[str, int]:
    """Bytes of every file of the site, by relative path; raises when one is over LARGEST."""
    found = {name: file.stat().st_size for name, file in files(site).items()}
    for name, size in found.items():
        if size > LARGEST:
            raise Problem(
                "file-too-large",
                f"{name} has {size / MEBIBYTE:.1f} MiB, and some static hosts refuse more than "
                f"{LARGEST // MEBIBYTE}: make it smaller or split it.",
            )
    return found


def hashes(site: Path) -> dict[str, str]:
    """The sha256 of every file that the page may ask for, by relative path."""
    return {
        name: hashlib.sha256(file.read_bytes()).hexdigest()
        for name, file in files(site).items()
        if name not in (WORKER, BILL) and not name.startswith(f"{LICENCES}/")
    }


def write_lists(root: Path, site: Path) -> None:
    """Writes sizes.json, and the service worker with the hashes of all files as they are now."""
    for name, ending in product(("sizes.json", WORKER), ("", *PACKERS)):
        (site / f"{name}{ending}").unlink(missing_ok=True)
    if not (root / WORKER).exists():
        raise missing(Path(WORKER))
    (site / "sizes.json").write_text(json.dumps(sizes(site), indent=1) + "\n")
    code = (root / WORKER).read_text()
    if code.count(NO_FILES) != 1:
        raise Problem("input-changed", f"{WORKER} has no line `{NO_FILES}`: bring it back.")
    listed = json.dumps(hashes(site), indent=1)
    (site / WORKER).write_text(code.replace(NO_FILES, f"const FILES = {listed};"))


def npm_packages() -> list[str]:
    """The packages of npm that files of the site come from."""
    sources = [Path(part.source).parts for part in VENDOR]
    names = [parts[1:] for parts in sources if parts[0] == "node_modules"]
    return ["/".join(name[: 2 if name[0].startswith("@") else 1]) for name in names]


def write_bill(root: Path, site: Path) -> None:
    """Writes the bill of materials, and the licence texts of all packages."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    (site / BILL).write_text(bill(root, npm_packages(), version))
    write_licences(root, npm_packages(), site / LICENCES)


def steps(root: Path, site: Path) -> Iterable:
    """What is done, in order: one callable each."""
    yield lambda: copy_pages(root, site)
    for part in VENDOR:
        yield lambda part=part: copy_part(part, root, site)
    yield lambda: alter(site)
    yield lambda: copy_models(root, site)
    yield lambda: write_icons(site / "app" / "page" / "icon.svg", site / "icons")
    yield lambda: write_bill(root, site)
    yield lambda: write_lists(root, site)


def build(root: Path, target: Path) -> None:
    """Builds the site of the project at `root`; `target` is complete or left as it was."""
    with fresh_folder(target) as site:
        work = list(steps(root, site))
        with progress("Site", len(work), "steps") as update:
            for done, step in enumerate(work, 1):
                step()
                update(done)


def main() -> None:
    build(ROOT, ROOT / "site")


if __name__ == "__main__":
    guarded(main)

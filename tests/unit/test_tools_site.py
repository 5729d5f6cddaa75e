"""tools/site.py on a small project: what the site holds, and what stops it."""

import json
import zipfile

import pytest

from tools import site
from tools.problem import Problem

CARDS = '[yunet]\nfile = "yunet.onnx"\n\n[sface]\nfile = "sface.onnx"\n'
APP = {
    "app/page/main.py": "page",
    "app/page/style.css": "style",
    "app/page/ruff.toml": "lint",
    "app/page/__pycache__/main.pyc": "cache",
    "app/faceside.egg-info/PKG-INFO": "metadata",
    "app/engine/__init__.py": "",
    "app/engine/main.py": "engine",
    "app/engine/interpreter.mjs": "interpreter",
    "app/faceside/__init__.py": "library",
    "app/faceside/nets/yunet.py": "net",
    "index.html": "page",
    "pyscript.toml": "settings",
    "LICENSE": "licence",
    "models/models.toml": CARDS,
    "models/yunet.onnx": "yunet",
    "models/sface.onnx": "sface",
}


@pytest.fixture
def project(tmp_path):
    """A project with every input of the site, all of them small."""
    root = tmp_path / "project"
    parts = {
        f"{part.source}/{pattern.replace('*', 'x')}": pattern
        for part in site.VENDOR
        for pattern in part.patterns
    }
    more = {"node_modules/@pyscript/core/dist/core.js.map": "map"}
    for name, content in {**APP, **parts, **more}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return root


def listing(folder):
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_the_site_is_complete_and_holds_nothing_else(project):
    site.build(project, project / "site")
    found = listing(project / "site")
    vendor = {
        f"{part.target}/{pattern.replace('*', 'x')}"
        for part in site.VENDOR
        for pattern in part.patterns
    }
    ours_alone = ("__pycache__", "egg-info", "ruff.toml")
    shipped = {name for name in APP if not any(word in name for word in ours_alone)}
    assert found == shipped | vendor | {"app/engine.zip", "sizes.json"}


def test_sizes_lists_every_file_with_its_bytes(project):
    site.build(project, project / "site")
    sizes = json.loads((project / "site" / "sizes.json").read_text())
    assert set(sizes) == listing(project / "site") - {"sizes.json"}
    assert sizes["index.html"] == len("page")
    assert sizes["models/yunet.onnx"] == len("yunet")


def test_the_engine_package_holds_both_rooms_and_the_cards(project):
    site.build(project, project / "site")
    with zipfile.ZipFile(project / "site" / "app" / "engine.zip") as package:
        content = {name: package.read(name).decode() for name in package.namelist()}
    assert content == {
        "engine/__init__.py": "",
        "engine/main.py": "engine",
        "faceside/__init__.py": "library",
        "faceside/nets/yunet.py": "net",
        "faceside/models.toml": CARDS,
    }


def test_equal_input_gives_equal_bytes(project):
    site.build(project, project / "one")
    site.build(project, project / "two")
    for name in listing(project / "one"):
        assert (project / "one" / name).read_bytes() == (project / "two" / name).read_bytes()


INPUTS = [
    "index.html",
    "pyscript.toml",
    "app",
    "app/faceside",
    "app/engine",
    "models/models.toml",
    "models/sface.onnx",
    "build/pyodide/numpy-x.whl",
    "node_modules/pyodide/pyodide.asm.wasm",
    "node_modules/@pyscript/core/dist/core-x.js",
]


@pytest.mark.parametrize("name", INPUTS)
def test_a_missing_input_is_named_and_the_old_site_stays(project, name):
    site.build(project, project / "site")
    before = listing(project / "site")
    (project / name).rename(project / "elsewhere")
    with pytest.raises(Problem, match=r"is missing") as caught:
        site.build(project, project / "site")
    assert caught.value.code == "input-missing"
    assert name.split("/")[-1].split("-x")[0] in str(caught.value)
    assert listing(project / "site") == before
    assert not list(project.glob(".site*"))


def test_a_file_over_25_mib_is_refused(project):
    big = project / "models" / "sface.onnx"
    with big.open("wb") as file:
        file.truncate(site.LARGEST)
    site.build(project, project / "site")
    with big.open("wb") as file:
        file.truncate(site.LARGEST + 1)
    with pytest.raises(Problem, match=r"models/sface.onnx has 25\.0 MiB") as caught:
        site.build(project, project / "other")
    assert caught.value.code == "file-too-large"
    assert not (project / "other").exists()
    assert not list(project.glob(".other*"))

"""tools/site.py on a small project: what the site holds, and what stops it."""

import hashlib
import json
import re
import zipfile
from itertools import product

import pytest
from PIL import Image

from tools import site
from tools.altered import CHANGES
from tools.icons import ICONS, SAFE
from tools.packed import PACKERS
from tools.problem import Problem

CARDS = "".join(
    f"""[{name}]
title = "{name}"
task = "detection"
package = "pypi:weights==1.0"
licence = "MIT"
file = "{name}.onnx"
sha256 = "{"0" * 64}"
"""
    for name in ("yunet", "sface")
)
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nLicense: MIT\n"
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="15" fill="#0b6e69"/>
<g stroke="#fff" stroke-width="4"><path d="M10 10h44v44c-22 0-44-22-44-44"/></g></svg>"""
APP = {
    "app/page/icon.svg": ICON,
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
    "app/faceside/batch/local.py": "fleet",
    "index.html": "page",
    "sw.js": "before\nconst FILES = {}; // all\nafter",
    "faceside.webmanifest": "manifest",
    "pyscript.toml": "settings",
    "LICENSE": "licence",
    "pyproject.toml": '[project]\nversion = "1.0"\n',
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
    for change in CHANGES:
        source_of(root, change).write_bytes(b"before" + change.before + b"behind")
    write_pins(root)
    return root


def source_of(root, change):
    """Where the file of a change comes from."""
    target, name = change.file.rsplit("/", 1)
    (part,) = (p for p in site.VENDOR if p.target == target and name in p.patterns)
    return root / part.source / name


def write_pins(root):
    """The lock file of npm, and wheels that say what they are."""
    entry = {"version": "1.0", "license": "MIT", "integrity": "sha512-" + 86 * "A" + "=="}
    packages = {f"node_modules/{name}": entry for name in site.npm_packages()}
    (root / "package-lock.json").write_text(json.dumps({"packages": packages}))
    (root / "build" / "pyodide").mkdir()
    for name in ("numpy", "pillow"):
        with zipfile.ZipFile(root / "build" / "pyodide" / f"{name}-x.whl", "w") as wheel:
            wheel.writestr(f"{name}-1.0.dist-info/METADATA", METADATA.format(name=name))
            wheel.writestr(f"{name}-1.0.dist-info/LICENSE.txt", "licence")


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
    ours_alone = ("__pycache__", "egg-info", "ruff.toml", "faceside/batch", "pyproject.toml")
    shipped = {name for name in APP if not any(word in name for word in ours_alone)}
    bill = {"bom.json", "licences/numpy.txt", "licences/pillow.txt"}
    icons = {f"icons/{name}" for name in ICONS}
    assert found == shipped | vendor | icons | bill | {"sizes.json"}


def test_sizes_lists_every_file_with_its_bytes(project):
    site.build(project, project / "site")
    sizes = json.loads((project / "site" / "sizes.json").read_text())
    assert set(sizes) == listing(project / "site") - {"sizes.json", "sw.js"}
    assert sizes["index.html"] == len("page")
    assert sizes["models/yunet.onnx"] == len("yunet")


def listed(folder):
    """The hashes in the service worker of a site, by name."""
    code = (folder / "sw.js").read_text()
    return json.loads(re.fullmatch(r"before\nconst FILES = ({[^}]*}); // all\nafter", code)[1])


def test_the_service_worker_lists_every_file_the_page_asks_for_with_its_hash(project):
    folder = project / "site"
    site.build(project, folder)
    files = listed(folder)
    others = {"sw.js", "bom.json", "licences/numpy.txt", "licences/pillow.txt"}
    assert set(files) == listing(folder) - others
    for name, sha256 in files.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256


def test_the_lists_can_be_written_again_after_a_change(project):
    folder = project / "site"
    site.build(project, folder)
    for name, ending in product(("index.html", "sizes.json", "sw.js"), PACKERS):
        (folder / f"{name}{ending}").write_text("packed")
    before = listed(folder)
    (folder / "index.html").write_text("another page")
    site.write_lists(project, folder)
    after = listed(folder)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"index.html", "sizes.json"}
    assert json.loads((folder / "sizes.json").read_text())["index.html"] == len("another page")


def test_a_service_worker_without_its_line_is_refused(project):
    (project / "sw.js").write_text("const OTHER = {};")
    with pytest.raises(Problem, match=r"const FILES = \{\};") as caught:
        site.build(project, project / "site")
    assert caught.value.code == "input-changed"
    assert not (project / "site").exists()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.file)
def test_what_is_changed_in_files_of_others(project, change):
    site.build(project, project / "site")
    assert (project / "site" / change.file).read_bytes() == b"before" + change.after + b"behind"


@pytest.mark.parametrize("content", [b"", b"{0}{0}"], ids=["nowhere", "twice"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.file)
def test_a_file_that_is_not_as_it_was_when_it_was_changed_is_refused(project, change, content):
    source_of(project, change).write_bytes(content.replace(b"{0}", change.before))
    with pytest.raises(Problem, match=re.escape(f"{change.file} has changed")) as caught:
        site.build(project, project / "site")
    assert caught.value.code == "input-changed"


def test_the_changes_leave_webassembly_as_long_as_it_was():
    for change in CHANGES:
        if change.file.endswith(".wasm"):
            assert len(change.before) == len(change.after)


def test_the_icons_show_the_drawing(project):
    site.build(project, project / "site")
    for name, (pixels, full) in ICONS.items():
        image = Image.open(project / "site" / "icons" / name).convert("RGBA")
        assert image.size == (pixels, pixels)
        assert image.getpixel((0, 0)) == ((11, 110, 105, 255) if full else (0, 0, 0, 0))
        assert image.getpixel((pixels // 2, pixels // 3)) == (11, 110, 105, 255)
        line = pixels // 2 - round(22 / 64 * pixels * (SAFE if full else 1))
        assert image.getpixel((pixels // 2, line)) == (255, 255, 255, 255)


def test_an_icon_that_cannot_be_drawn_is_named(project):
    icon = project / "app" / "page" / "icon.svg"
    icon.write_text(ICON.replace("h44", "q1 1 2 2"))
    with pytest.raises(Problem, match="q1 1 2 2") as caught:
        site.build(project, project / "site")
    assert caught.value.code == "icon-unknown"


def test_equal_input_gives_equal_bytes(project):
    site.build(project, project / "one")
    site.build(project, project / "two")
    for name in listing(project / "one"):
        assert (project / "one" / name).read_bytes() == (project / "two" / name).read_bytes()


INPUTS = [
    "index.html",
    "pyscript.toml",
    "sw.js",
    "faceside.webmanifest",
    "app",
    "models/models.toml",
    "models/sface.onnx",
    "build/wheels/numpy-x.whl",
    "build/engine/engine.zip",
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

"""tools/compiled.py: what is compiled, that it can be imported, and that nothing else changes."""

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import compiled
from tools.compiled_archive import UNUSED, compiled_archive, compiled_wheel
from tools.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
CODE = b'"""What it says."""\nassert True\nANSWER = 42\n'
WHEEL = {
    "numpy/__init__.py": CODE,
    "numpy/fast.so": b"binary",
    "numpy/typed.pyi": b"types",
    "numpy/include/array.h": b"header",
    "numpy/f2py/__init__.py": CODE,
    "numpy-1.0.dist-info/METADATA": b"Name: numpy",
    "numpy-1.0.dist-info/RECORD": b"of before",
    "numpy-1.0.dist-info/LICENSE.txt": b"licence",
}


def archive(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return written.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def imported(folder: Path, expression: str) -> str:
    """What an expression over `module` is in a Python that finds modules in a folder."""
    code = f"import package as module; print(({expression}))"
    run = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()


def test_a_wheel_keeps_what_can_be_imported_and_what_tells_of_it():
    files = unpacked(compiled_wheel(archive(WHEEL)))
    told = "numpy-1.0.dist-info"
    assert set(files) == {
        "numpy/__init__.pyc",
        "numpy/fast.so",
        f"{told}/METADATA",
        f"{told}/LICENSE.txt",
        f"{told}/RECORD",
    }
    for name in ("numpy/fast.so", f"{told}/METADATA", f"{told}/LICENSE.txt"):
        assert files[name] == WHEEL[name]
    rows = [line.rsplit(",", 2) for line in files[f"{told}/RECORD"].decode().splitlines()]
    assert [f"{told}/RECORD", "", ""] in rows
    rows.remove([f"{told}/RECORD", "", ""])
    assert {name for name, *_ in rows} == set(files) - {f"{told}/RECORD"}
    for name, digest, size in rows:
        found = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=")
        assert (digest, size) == (f"sha256={found.decode()}", str(len(files[name])))


def test_what_is_compiled_can_be_imported_and_says_where_it_fails(tmp_path):
    code = CODE + b"def fail():\n    raise ValueError\n"
    data = archive({"package/__init__.py": code, "package/cards.toml": b"cards"})
    with zipfile.ZipFile(io.BytesIO(compiled_archive(data))) as package:
        package.extractall(tmp_path)
    assert not list(tmp_path.rglob("*.py"))
    assert (tmp_path / "package" / "cards.toml").read_bytes() == b"cards"
    assert imported(tmp_path, "module.ANSWER, module.__doc__") == "(42, 'What it says.')"
    where = "module.fail.__code__.co_filename, module.fail.__code__.co_firstlineno"
    assert imported(tmp_path, where) == "('package/__init__.py', 4)"


def test_equal_input_gives_equal_bytes():
    assert compiled_wheel(archive(WHEEL)) == compiled_wheel(archive(WHEEL))
    assert compiled_archive(archive(WHEEL)) == compiled_archive(archive(WHEEL))


def test_the_engine_package_holds_both_rooms_and_the_cards(tmp_path):
    content = {
        "app/engine/__init__.py": "",
        "app/engine/main.py": "engine",
        "app/engine/interpreter.mjs": "interpreter",
        "app/faceside/nets/yunet.py": "net",
        "app/faceside/batch/local.py": "fleet",
        "app/faceside/helper.js": "script",
        "models/models.toml": "cards",
    }
    for name, text in content.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    given = tmp_path / "app", tmp_path / "models" / "models.toml", tmp_path / "engine.zip"
    compiled.zip_engine(*given)
    assert unpacked((tmp_path / "engine.zip").read_bytes()) == {
        "engine/__init__.py": b"",
        "engine/main.py": b"engine",
        "faceside/nets/yunet.py": b"net",
        "faceside/helper.js": b"script",
        "faceside/models.toml": b"cards",
    }
    (tmp_path / "app" / "engine").rename(tmp_path / "elsewhere")
    with pytest.raises(Problem, match="app/engine is missing"):
        compiled.zip_engine(*given)


def test_no_page_asks_for_the_parts_of_numpy_that_are_left_out():
    parts = "|".join(Path(part).name for part in UNUSED)
    wanted = re.compile(rf"\b(?:np|numpy)\.(?:{parts})\b|from numpy import .*\b(?:{parts})\b")
    for room in compiled.ROOMS:
        for file in (ROOT / "app" / room).rglob("*.py"):
            if not {compiled.FLEET, "evaluate"} & set(file.parts):
                assert not wanted.search(file.read_text()), file


def test_the_site_has_compiled_wheels_that_its_lock_file_names():
    folder = ROOT / "site" / "vendor" / "pyodide"
    packages = json.loads((folder / compiled.LOCK).read_text())["packages"]
    for name in ("numpy", "pillow"):
        wheel = folder / packages[name]["file_name"]
        assert hashlib.sha256(wheel.read_bytes()).hexdigest() == packages[name]["sha256"]
        with zipfile.ZipFile(wheel) as files:
            endings = {Path(file).suffix for file in files.namelist()}
        assert ".pyc" in endings
        assert not endings & {".py", ".pyi", ".h"}

"""docs/names.md: no name of face-api.js is left out, and what it says of ours is so."""

import dataclasses
import importlib
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "names.md"
EXPORTED = json.loads((ROOT / "tests/golden/face_api_names.json").read_text("utf-8"))["names"]
CODE = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[str, str, str]]:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| `")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def carried() -> list[str]:
    """The Python names of the table."""
    cells = [python for _, python, _ in rows() if not python.startswith("not carried")]
    return sorted({name for cell in cells for name in CODE.findall(cell) if "faceside." in name})


@cache
def sources() -> str:
    files = [file for file in (ROOT / "tests").rglob("test_*.py") if file != Path(__file__)]
    return "\n".join(file.read_text("utf-8") for file in files)


def test_every_name_of_face_api_has_one_row():
    named = Counter(name for theirs, _, _ in rows() for name in CODE.findall(theirs))
    assert set(EXPORTED) - set(named) == set()
    assert set(named) - set(EXPORTED) == set()
    assert [name for name, count in named.items() if count > 1] == []


def test_every_row_says_what_became_of_the_names():
    for row in rows():
        assert len(row) == 3 and all(row), row
        theirs, python, _ = row
        if python.startswith("not carried"):
            assert re.match(r"not carried, because [\w`].{20,}", python), row
        else:
            assert any(name.startswith("faceside.") for name in CODE.findall(python)), row


@pytest.mark.parametrize("name", carried())
def test_a_carried_name_exists(name):
    assert name.startswith("faceside.") and find(name), name


@pytest.mark.parametrize("name", carried())
def test_a_carried_name_is_tested(name):
    used = re.search(rf"\b{name.rpartition('.')[2]}\b", sources())
    assert used is not None, f"no test uses {name}"


def find(path: str) -> bool:
    """Whether a dotted path leads to a module, a class, a function, a field or a constant."""
    names = path.split(".")
    for length in range(len(names), 0, -1):
        try:
            found = importlib.import_module(".".join(names[:length]))
            break
        except ModuleNotFoundError:
            continue
    for name in names[length:]:
        fields = dataclasses.fields(found) if dataclasses.is_dataclass(found) else ()
        if name in {field.name for field in fields} or name in init_arguments(found):
            return name == names[-1]
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True


def init_arguments(found) -> set[str]:
    """What a class keeps of its constructor's arguments, by their own names."""
    code = getattr(getattr(found, "__init__", None), "__code__", None)
    return set(code.co_varnames[: code.co_argcount]) if code and isinstance(found, type) else set()

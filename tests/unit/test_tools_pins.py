"""Every part is pinned by its hash, and no file that pins names a host."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "requirements").glob("*.txt"))
FOLDERS = [ROOT, ROOT / "bench"]
NPM = ("package.json", "package-lock.json", ".npmrc")
PINNING = [*LISTS, *(folder / name for folder in FOLDERS for name in NPM)]
of_each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@pytest.mark.parametrize("file", PINNING, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_no_host_is_named(file):
    text = file.read_text()
    assert not re.search(r'https?:|"resolved"|--(extra-)?index-url|--find-links', text)
    assert not re.search(r"\b[\w-]+\.(org|com|net|io|dev)\b", text)


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.name)
def test_every_requirement_is_exact_and_carries_hashes(file):
    entries = file.read_text().replace("\\\n", "").splitlines()
    entries = [entry for entry in entries if entry and not entry.startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==[\w.]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.name)
def test_every_list_has_its_reasons(file):
    wanted = file.with_suffix(".in").read_text().splitlines()
    packages = [line for line in wanted if line and not line.startswith("#")]
    pinned = set(re.findall(r"^([a-z0-9-]+)==", file.read_text(), re.MULTILINE))
    assert packages
    assert wanted[0].startswith("# ")
    assert {re.split(r"[=\[\s;]", line)[0] for line in packages} <= pinned


def test_lists_that_are_installed_together_agree():
    pins = [re.findall(r"^([a-z0-9-]+)==(\S+)", file.read_text(), re.M) for file in LISTS]
    everything = {pin for found in pins for pin in found}
    assert len(everything) == len({name for name, _ in everything})


@of_each_folder
def test_every_browser_part_is_exact_and_locked(folder):
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+(-release\.\d+)?", version), name
        assert locked[f"node_modules/{name}"]["version"] == version
    assert locked[""]["dependencies"] == wanted


@of_each_folder
def test_every_locked_package_carries_its_hash(folder):
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    packages = {name: entry for name, entry in locked.items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name

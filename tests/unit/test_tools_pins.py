"""Every part is pinned by its hash, and no file that pins names a host."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "requirements").glob("*.txt"))
LOCK = json.loads((ROOT / "package-lock.json").read_text())
PINNING = [*LISTS, *(ROOT / name for name in ("package.json", "package-lock.json", ".npmrc"))]


@pytest.mark.parametrize("file", PINNING, ids=lambda file: file.name)
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
    assert {re.split(r"[=\s]", line)[0] for line in packages} <= pinned


def test_lists_that_are_installed_together_agree():
    pins = [re.findall(r"^([a-z0-9-]+)==(\S+)", file.read_text(), re.M) for file in LISTS]
    everything = {pin for found in pins for pin in found}
    assert len(everything) == len({name for name, _ in everything})


def test_every_browser_part_is_exact_and_locked():
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version
    assert LOCK["packages"][""]["dependencies"] == wanted


def test_every_locked_package_carries_its_hash():
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name

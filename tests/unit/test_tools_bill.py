"""The bill of materials: whole, valid, in agreement with what the parts were checked against."""

import base64
import json
import tomllib

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.bill import bill, npm_parts, write_licences
from tools.site import npm_packages
from tools.venv import ROOT

LOCK = json.loads((ROOT / "package-lock.json").read_text())


@pytest.fixture(scope="module")
def written():
    return bill(ROOT, npm_packages(), "1.2.3")


@pytest.fixture(scope="module")
def components(written):
    return {component["bom-ref"]: component for component in json.loads(written)["components"]}


def digests(component: dict) -> dict[str, str]:
    return {each["alg"]: each["content"] for each in component["hashes"]}


def test_it_is_valid_and_the_same_each_time(written):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None
    assert bill(ROOT, npm_packages(), "1.2.3") == written


def test_every_package_is_in_it_with_the_hash_of_the_lock_file(components):
    for name in npm_packages():
        entry = LOCK["packages"][f"node_modules/{name}"]
        component = components[f"node_modules/{name}"]
        expected = base64.b64decode(entry["integrity"].partition("-")[2]).hex()
        assert digests(component) == {"SHA-512": expected}
        assert (component["version"], component["scope"]) == (entry["version"], "required")


def test_every_model_is_in_it_with_the_hash_and_licence_of_its_card(components):
    cards = tomllib.loads((ROOT / "models" / "models.toml").read_text())
    for name, card in cards.items():
        component = components[f"models/{card['file']}"]
        assert component["name"] == name
        assert digests(component) == {"SHA-256": card["sha256"]}
        (licence,) = component["licenses"]
        assert card["licence"] in (licence.get("expression"), licence.get("license", {}).get("id"))


def test_every_wheel_that_pyodide_loads_is_in_it(components):
    lock = json.loads((ROOT / "node_modules" / "pyodide" / "pyodide-lock.json").read_text())
    for name in ("numpy", "pillow"):
        wheel = lock["packages"][name]
        assert digests(components[wheel["file_name"]]) == {"SHA-256": wheel["sha256"]}


def test_every_licence_is_one_that_spdx_names(components):
    for component in components.values():
        (licence,) = component["licenses"]
        assert "name" not in licence.get("license", {}), component["name"]


def test_a_package_within_another_is_found_there():
    parts = npm_parts(LOCK, ["@pyscript/core"])
    assert "node_modules/coincident/node_modules/reflected-ffi" in parts
    assert "node_modules/axe-core" not in parts


def test_the_licence_texts_are_those_of_the_packages(tmp_path):
    write_licences(ROOT, npm_packages(), tmp_path / "licences")
    for name, package in (("pyscript-core", "@pyscript/core"), ("uplot", "uplot")):
        text = (ROOT / "node_modules" / package / "LICENSE").read_text()
        assert (tmp_path / "licences" / f"{name}.txt").read_text() == text
    assert "NumPy Developers" in (tmp_path / "licences" / "numpy.txt").read_text()
    assert "Pillow" in (tmp_path / "licences" / "pillow.txt").read_text()

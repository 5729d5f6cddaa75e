"""The model cards of models.toml, as far as the conversion needs them."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from errors import ConversionError

MODELS = Path(__file__).resolve().parent.parent
CARDS = MODELS / "models.toml"


@dataclass(frozen=True)
class Card:
    """One model: where its weights come from and what the built file must be."""

    name: str
    net: str  # whose module builds the file
    package: str
    sources: tuple[tuple[str, str], ...]  # path inside the package, sha256
    file: str
    bytes: int
    sha256: str

    def matches(self, data: bytes) -> bool:
        """Whether ``data`` is the file that this card pins."""
        return len(data) == self.bytes and sha256(data) == self.sha256


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read(names: list[str], path: Path = CARDS) -> list[Card]:
    """The cards of ``names``, or all of them.

    Raises:
        ConversionError: ``model-unknown`` if there is no such card.
    """
    tables = tomllib.loads(path.read_text("utf-8"))
    unknown = [name for name in names if name not in tables]
    if unknown:
        known = ", ".join(tables)
        raise ConversionError(
            "model-unknown", f"There is no model {unknown[0]}; choose of {known}."
        )
    return [
        Card(
            name,
            tables[name].get("net", name),
            tables[name]["package"],
            tuple((source["path"], source["sha256"]) for source in tables[name]["sources"]),
            *(tables[name][key] for key in ("file", "bytes", "sha256")),
        )
        for name in names or tables
    ]


def pin(card: Card, data: bytes, path: Path = CARDS) -> None:
    """Writes the size and hash of ``data`` into the card, leaving the rest of the file as it is."""
    text = path.read_text("utf-8")
    start = text.index(f"\n[{card.name}]\n")
    end = text.find("\n[", start + 1)
    table = text[start:] if end < 0 else text[start:end]
    pinned = re.sub(r"(?m)^bytes = .*$", f"bytes = {len(data)}", table)
    pinned = re.sub(r"(?m)^sha256 = .*$", f'sha256 = "{sha256(data)}"', pinned)
    path.write_text(text.replace(table, pinned), "utf-8")

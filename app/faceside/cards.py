"""The model cards: what ``models/models.toml`` says of each model."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .errors import FacesideError


@dataclass(frozen=True)
class Card:
    """What the library needs to know of one model.

    Attributes:
        name: short name, also that of its net.
        title: its name for people.
        task: ``detection``, ``landmarks`` or ``recognition``.
        file: file name of the built model.
        bytes: its size.
        sha256: its digest.
        licence: SPDX expression of the weights' licence.
        attribution: the line that the licence asks to keep.
        training_data: what the weights were trained on, as far as it is known.
        source: the package the weights come from.
        defaults: detectors only: ``input_size``, ``min_score`` and ``iou_threshold`` where no other
            is asked for, see :class:`~faceside.options.DetectorOptions`.
        distance_threshold: recognizers only: descriptors nearer than this (Euclidean) are taken for
            the same person.
    """

    name: str
    title: str
    task: str
    file: str
    bytes: int
    sha256: str
    licence: str
    attribution: str
    training_data: str
    source: str
    defaults: dict | None = None
    distance_threshold: float | None = None


def models_folder() -> Path:
    """The folder of the built models beside this library: ``models`` of the project."""
    return Path(__file__).resolve().parents[2] / "models"


@lru_cache(maxsize=1)
def all_cards() -> dict[str, Card]:
    """All cards by name, from the copy inside the library or from ``models/models.toml``."""
    inside = Path(__file__).with_name("models.toml")
    path = inside if inside.exists() else models_folder() / "models.toml"
    entries = tomllib.loads(path.read_text("utf-8"))
    return {name: _card(name, entry) for name, entry in entries.items()}


def _card(name: str, entry: dict) -> Card:
    defaults = None
    if entry["task"] == "detection":
        defaults = {key: entry[key] for key in ("min_score", "iou_threshold")}
        defaults["input_size"] = entry["input"]["input_size"]
    return Card(
        name=name,
        title=entry["title"],
        task=entry["task"],
        file=entry["file"],
        bytes=entry["bytes"],
        sha256=entry["sha256"],
        licence=entry["licence"],
        attribution=entry["attribution"],
        training_data=entry["training_data"],
        source=entry["package"],
        defaults=defaults,
        distance_threshold=entry.get("distance_threshold"),
    )


def check_model(card: Card, data: bytes) -> None:
    """Make sure that these bytes are the model of this card.

    Raises:
        FacesideError: ``model-damaged``: cut short, altered, or a web page in place of a model.
    """
    if len(data) == card.bytes and hashlib.sha256(data).hexdigest() == card.sha256:
        return
    if bytes(data[:256]).lstrip()[:1] == b"<":
        what = "is a web page, not a model: the server answers with a page where files are missing"
    elif len(data) != card.bytes:
        what = f"has {len(data)} bytes where {card.bytes} belong"
    else:
        what = "differs from the one this version was made for"
    raise FacesideError(
        "model-damaged", f"The model file {card.file} {what}; build or copy the models anew."
    )


def missing_model(card: Card, where: str) -> FacesideError:
    """The error for a model file that is not there."""
    return FacesideError(
        "model-missing",
        f"The model file {card.file} is missing at {where}; build it with `make models` "
        "or copy the folder models again.",
    )

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
        name: short name.
        title: its name for people.
        task: ``detection``, ``landmarks``, ``recognition``, ``expression`` or ``age and gender``.
        net: the net that it belongs to: the card's own name, unless a net has several models.
        file: file name of the built model.
        bytes: its size.
        sha256: its digest.
        licence: SPDX expression of the weights' licence.
        attribution: the line that the licence asks to keep.
        training_data: what the weights were trained on, as far as it is known.
        source: the package the weights come from.
        defaults: detectors only: ``input_size``, ``min_score`` and ``iou_threshold`` where no other
            is asked for, see :class:`~faceside.options.DetectorOptions`; with the first model of
            the net.
        fixed_size: detectors only: the only ``input_size`` there is, None where any will do.
        distance_threshold: recognizers only: descriptors nearer than this (Euclidean) are taken for
            the same person.
        false_accepts: recognizers only: distances, ascending, each with the share of the pairs of
            different people that are nearer.
    """

    name: str
    title: str
    task: str
    net: str
    file: str
    bytes: int
    sha256: str
    licence: str
    attribution: str
    training_data: str
    source: str
    defaults: dict | None = None
    fixed_size: int | None = None
    distance_threshold: float | None = None
    false_accepts: tuple[tuple[float, float], ...] | None = None


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


def cards_of(net: str) -> list[Card]:
    """The cards of a net's models, in the order in which the net takes them."""
    return [card for card in all_cards().values() if card.net == net]


def _card(name: str, entry: dict) -> Card:
    defaults, size = None, entry["input"].get("input_size")
    if size:
        defaults = {key: entry[key] for key in ("min_score", "iou_threshold")}
        defaults["input_size"] = size
    return Card(
        name=name,
        title=entry["title"],
        task=entry["task"],
        net=entry.get("net", name),
        file=entry["file"],
        bytes=entry["bytes"],
        sha256=entry["sha256"],
        licence=entry["licence"],
        attribution=entry["attribution"],
        training_data=entry["training_data"],
        source=entry["package"],
        defaults=defaults,
        fixed_size=entry["input"].get("height") if size else None,
        distance_threshold=entry.get("distance_threshold"),
        false_accepts=tuple(map(tuple, entry.get("false_accepts", ()))) or None,
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

"""What can be asked for, checked when it is made."""

import math
from dataclasses import dataclass

from .cards import all_cards
from .errors import FacesideError


@dataclass(frozen=True)
class DetectorOptions:
    """How faces are looked for.

    Attributes:
        detector: name of the detector, one of the cards whose task is detection.
        input_size: longest side of what the net sees, in pixels, a multiple of 32. Small is quick,
            large finds small faces. None: the detector's own.
        enlarge: also blow smaller pictures up to the input size, to find smaller faces in them; the
            others are then described a little worse. YuNet only.
        min_score: faces below it are left out, 0 to 1. None: the detector's own.
        iou_threshold: of two boxes that overlap by more, the one with the lesser score goes, 0
            to 1. None: the detector's own.
        max_faces: the most faces to return, best first.
        compat: ``"face-api"`` to repeat face-api.js 0.22.2 with its weaknesses, else None.

    Raises:
        FacesideError: ``option-invalid``, naming the option, its value and what is allowed.
    """

    detector: str = "yunet"
    input_size: int | None = None
    enlarge: bool = False
    min_score: float | None = None
    iou_threshold: float | None = None
    max_faces: int = 100
    compat: str | None = None

    def __post_init__(self):
        detectors = {name: card for name, card in all_cards().items() if card.defaults}
        require_one_of("detector", self.detector, detectors)
        for name, default in detectors[self.detector].defaults.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, default)
        require_integer("input_size", self.input_size, 32, 4096)
        if self.input_size % 32:
            raise _invalid("input_size", self.input_size, "a multiple of 32")
        require_between("min_score", self.min_score, 0, 1)
        require_between("iou_threshold", self.iou_threshold, 0, 1)
        require_integer("max_faces", self.max_faces, 1, 100_000)
        if self.compat is not None:
            require_one_of("compat", self.compat, ["face-api"])


def require_one_of(name: str, value, allowed) -> None:
    """Raise ``option-invalid`` unless the value is one of those allowed."""
    if not isinstance(value, str) or value not in allowed:
        raise _invalid(name, value, "one of " + ", ".join(sorted(allowed)))


def require_between(name: str, value, low: float, high: float) -> None:
    """Raise ``option-invalid`` unless the value is a number from low to high."""
    if not _is_number(value) or not low <= value <= high:
        raise _invalid(name, value, f"a number from {low} to {high}")


def require_integer(name: str, value, low: int, high: int) -> None:
    """Raise ``option-invalid`` unless the value is a whole number from low to high."""
    if not _is_number(value) or value != int(value) or not low <= value <= high:
        raise _invalid(name, value, f"a whole number from {low} to {high}")


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _invalid(name: str, value, allowed: str) -> FacesideError:
    return FacesideError("option-invalid", f"{name} is {value!r}; it must be {allowed}.")

"""What can be asked for, checked when it is made."""

import math
from dataclasses import dataclass, fields

from .cards import all_cards
from .errors import FacesideError


@dataclass(frozen=True)
class DetectorOptions:
    """How faces are looked for.

    Attributes:
        detector: name of the detector, one of the cards whose task is detection.
        input_size: longest side of what the net sees, in pixels, a multiple of 32. Small is quick,
            large finds small faces. None: the detector's own; SSD MobileNet takes no other.
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
        detectors = {card.net: card for card in all_cards().values() if card.defaults}
        require_one_of("detector", self.detector, detectors)
        card = detectors[self.detector]
        for name, default in card.defaults.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, default)
        if card.fixed_size and self.input_size != card.fixed_size:
            allowed = f"{card.fixed_size}, the only one that {self.detector} takes"
            raise _invalid("input_size", self.input_size, allowed)
        require_integer("input_size", self.input_size, 32, 4096)
        if self.input_size % 32:
            raise _invalid("input_size", self.input_size, "a multiple of 32")
        if not isinstance(self.enlarge, bool):
            raise _invalid("enlarge", self.enlarge, "True or False")
        require_between("min_score", self.min_score, 0, 1)
        require_between("iou_threshold", self.iou_threshold, 0, 1)
        require_integer("max_faces", self.max_faces, 1, 100_000)
        if self.compat is not None:
            require_one_of("compat", self.compat, ["face-api"])


@dataclass(frozen=True)
class MtcnnOptions(DetectorOptions):
    """How MTCNN looks for faces; sizes are pixels of the picture as the net sees it.

    Defaults: ``mtcnn/MtcnnOptions.ts`` of face-api.js 0.22.2.

    Attributes:
        min_face_size: side of the smallest face to look for, 12 or more. Large is quick.
        scale_factor: by how much the picture shrinks from one pass to the next, between 0 and 1.
        max_num_scales: the most passes.
        score_thresholds: the least scores of the three stages, 0 to 1; where ``min_score`` is given
            it takes the place of the last.
        scale_steps: how much the picture is shrunk for each pass, in place of what
            ``min_face_size`` and ``scale_factor`` lead to.

    Raises:
        FacesideError: ``option-invalid``, naming the option, its value and what is allowed.
    """

    detector: str = "mtcnn"
    min_face_size: float = 20
    scale_factor: float = 0.709
    max_num_scales: int = 10
    score_thresholds: tuple[float, float, float] = (0.6, 0.7, 0.7)
    scale_steps: tuple[float, ...] | None = None

    def __post_init__(self):
        require_one_of("detector", self.detector, ["mtcnn"])
        require_between("min_face_size", self.min_face_size, 12, 4096)
        require_between("scale_factor", self.scale_factor, 0.1, 0.95)
        require_integer("max_num_scales", self.max_num_scales, 1, 100)
        thresholds = require_numbers("score_thresholds", self.score_thresholds, 0, 1, count=3)
        if self.min_score is None:
            object.__setattr__(self, "min_score", thresholds[2])
        object.__setattr__(self, "score_thresholds", (*thresholds[:2], self.min_score))
        if self.scale_steps is not None:
            steps = require_numbers("scale_steps", self.scale_steps, 0.001, 4)
            object.__setattr__(self, "scale_steps", steps)
        super().__post_init__()

    @classmethod
    def of(cls, options: DetectorOptions) -> "MtcnnOptions":
        """These options, the ones that only MTCNN has at their defaults where they are missing."""
        if isinstance(options, cls):
            return options
        return cls(**{field.name: getattr(options, field.name) for field in fields(options)})


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


def require_numbers(name: str, values, low: float, high: float, count: int | None = None) -> tuple:
    """The numbers of a sequence; raise ``option-invalid`` unless there are ``count``, or one at
    least, each from low to high."""
    allowed = f"{count or 'one or more'} numbers from {low} to {high}"
    if not isinstance(values, (tuple, list)) or not values or count not in (None, len(values)):
        raise _invalid(name, values, allowed)
    if not all(_is_number(value) and low <= value <= high for value in values):
        raise _invalid(name, values, allowed)
    return tuple(values)


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _invalid(name: str, value, allowed: str) -> FacesideError:
    return FacesideError("option-invalid", f"{name} is {value!r}; it must be {allowed}.")

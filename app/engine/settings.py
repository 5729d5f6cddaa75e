"""What the page can change: checked when it is asked for, complete with what the nets themselves
recommend."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import partial

from faceside import DetectorOptions, FacesideError
from faceside.cards import all_cards, cards_of
from faceside.nets import DETECTORS, LANDMARKS, RECOGNIZERS
from faceside.options import require_between, require_integer, require_one_of

LIVE_INPUT_SIZE = 320  # of detectors that take any size: quick enough for a camera
LIVE_MAX_FACES = 20
INPUT_SIZES = (160, 224, 320, 416, 512, 640, 960, 1280)  # offered; any other multiple of 32 works
LIMITS = {"minScore": (0, 1), "distanceThreshold": (0, 10)}


@dataclass(frozen=True)
class Settings:
    """How the page works; None is the recommendation of the detector or the recognizer chosen.

    Attributes:
        detector, landmarks, recognizer: names of the nets.
        live_input_size, photo_input_size: longest side of what the detector sees of a camera frame
            and of a photo, in pixels, a multiple of 32.
        min_score: faces below it are left out, 0 to 1.
        distance_threshold: descriptors nearer than this are taken for the same person, 0 to 10.
        shown_landmarks: whether the 68 points are sent to be drawn.
        expressions, age_and_gender: whether they are computed.
    """

    detector: str = "yunet"
    live_input_size: int | None = None
    photo_input_size: int | None = None
    min_score: float | None = None
    landmarks: str = "landmarks68"
    recognizer: str = "sface"
    distance_threshold: float | None = None
    shown_landmarks: bool = False
    expressions: bool = False
    age_and_gender: bool = False

    @classmethod
    def from_stored(cls, options: dict) -> "Settings":
        """The settings a device has kept; what this version does not know or allow is left out."""
        settings = cls()
        for name in sorted(options, key=lambda name: name not in CHOICES):  # nets first
            try:
                settings = settings.changed({name: options[name]})
            except FacesideError:
                continue
        return settings

    def changed(self, options: dict) -> "Settings":
        """The settings with some options changed; None puts one back to its default.

        Another detector brings its own input sizes and score, another recognizer its own threshold,
        unless they are asked for as well.

        Raises:
            FacesideError: ``option-invalid``, naming the option, its value and what is allowed.
        """
        require_known("option", options, CHECKS)
        for name, value in options.items():
            if value is not None:
                CHECKS[name](name, value)
        changes = {FIELDS[name]: value for name, value in options.items()}
        for name, value in changes.items():
            changes[name] = DEFAULTS[name] if value is None else value
        settings = replace(self, **{**self._outdated(changes), **changes})
        settings._require_no_fixed_size(options)
        return settings

    def _require_no_fixed_size(self, options: dict) -> None:
        for name in ("liveInputSize", "photoInputSize"):
            if self._own_size and options.get(name) not in (None, self._own_size):
                raise FacesideError(
                    "option-invalid",
                    f"{name} is {options[name]!r}; it must be {self._own_size}, "
                    f"the only one that {self.detector} takes.",
                )

    def _outdated(self, changes: dict) -> dict:
        """What was chosen for a net that another one takes the place of."""
        outdated = {}
        if changes.get("detector", self.detector) != self.detector:
            outdated |= {"live_input_size": None, "photo_input_size": None, "min_score": None}
        if changes.get("recognizer", self.recognizer) != self.recognizer:
            outdated["distance_threshold"] = None
        return outdated

    @property
    def photo(self) -> DetectorOptions:
        """How faces are looked for in photos."""
        return DetectorOptions(
            self.detector, input_size=self.photo_input_size, min_score=self.min_score
        )

    @property
    def live(self) -> DetectorOptions:
        """How faces are looked for in camera frames."""
        return DetectorOptions(
            self.detector,
            input_size=self.live_input_size or self._own_size or LIVE_INPUT_SIZE,
            min_score=self.min_score,
            max_faces=LIVE_MAX_FACES,
        )

    @property
    def _own_size(self) -> int | None:
        """The only input size of a detector that takes no other."""
        return next((card.fixed_size for card in cards_of(self.detector) if card.fixed_size), None)

    @property
    def threshold(self) -> float:
        """The distance threshold in force."""
        if self.distance_threshold is not None:
            return self.distance_threshold
        return all_cards()[self.recognizer].distance_threshold

    @property
    def nets(self) -> tuple[str, ...]:
        """The names of the nets that these settings need."""
        shown = tuple(net for name, net in SWITCHED.items() if getattr(self, FIELDS[name]))
        return (self.detector, self.landmarks, self.recognizer, *shown)

    def in_force(self) -> dict:
        """Every option with the value in force; None for input sizes where there is no choice."""
        record = {name: getattr(self, field) for name, field in FIELDS.items()}
        any_size = self._own_size is None
        return record | {
            "liveInputSize": self.live.input_size if any_size else None,
            "photoInputSize": self.photo.input_size if any_size else None,
            "minScore": self.photo.min_score,
            "distanceThreshold": self.threshold,
        }

    def defaults(self) -> dict:
        """Every option with its default, of the detector and the recognizer in force."""
        ours = Settings(detector=self.detector, recognizer=self.recognizer).in_force()
        return ours | {name: DEFAULTS[name] for name in ("detector", "recognizer")}

    def chosen(self) -> dict:
        """The options that are not left at their defaults; what `from_stored` reads."""
        values = {name: getattr(self, field) for name, field in FIELDS.items()}
        return {name: value for name, value in values.items() if value != DEFAULTS[FIELDS[name]]}

    def to_record(self) -> dict:
        """All of it for the page."""
        return {
            **self.in_force(),
            "defaults": self.defaults(),
            "chosen": self.chosen(),
            "nets": list(self.nets),
            "choices": {**CHOICES, "liveInputSize": INPUT_SIZES, "photoInputSize": INPUT_SIZES},
            "limits": LIMITS,
        }


def require_known(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    """Raise ``option-invalid`` for the first name that is not known."""
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise FacesideError(
            "option-invalid",
            f"{unknown[0]} is no {what} here; there are {', '.join(sorted(known))}.",
        )


def _require_side(name: str, value) -> None:
    require_integer(name, value, 32, 4096)
    if value % 32:
        raise FacesideError("option-invalid", f"{name} is {value!r}; it must be a multiple of 32.")


def _require_switch(name: str, value) -> None:
    if not isinstance(value, bool):
        raise FacesideError("option-invalid", f"{name} is {value!r}; it must be true or false.")


def _within(name: str):
    low, high = LIMITS[name]
    return partial(require_between, low=low, high=high)


SWITCHED = {"expressions": "expression", "ageAndGender": "age_gender"}  # switches and their nets
DEFAULTS = {field.name: field.default for field in fields(Settings)}
CHOICES = {
    "detector": list(DETECTORS),
    "landmarks": list(LANDMARKS),
    "recognizer": list(RECOGNIZERS),
}
CHECKS = {
    **{name: partial(require_one_of, allowed=allowed) for name, allowed in CHOICES.items()},
    "liveInputSize": _require_side,
    "photoInputSize": _require_side,
    "minScore": _within("minScore"),
    "distanceThreshold": _within("distanceThreshold"),
    "shownLandmarks": _require_switch,
    "expressions": _require_switch,
    "ageAndGender": _require_switch,
}
FIELDS = {  # options of the page: attributes of Settings
    **{name: name for name in ("detector", "landmarks", "recognizer", "expressions")},
    "liveInputSize": "live_input_size",
    "photoInputSize": "photo_input_size",
    "minScore": "min_score",
    "distanceThreshold": "distance_threshold",
    "shownLandmarks": "shown_landmarks",
    "ageAndGender": "age_and_gender",
}

"""Which motions there are, in what order they are asked for, and when a head does one of them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..options import require_integer
from .looks import Look
from .options import LivenessOptions

TURNS = ("left", "right")  # the person's own
MOTIONS = ("blink", *TURNS, "closer")


def random_order(motions: int = 3) -> tuple[str, ...]:
    """Motions to ask for, in an order that cannot be foretold: always a blink and a turn, which no
    still picture does, and no motion twice.

    Args:
        motions: how many, 2 to 4.

    Raises:
        FacesideError: ``option-invalid``.
    """
    require_integer("motions", motions, 2, len(MOTIONS))
    chance = secrets.SystemRandom()
    needed = ["blink", chance.choice(TURNS)]
    others = [motion for motion in MOTIONS if motion not in needed]
    order = needed + chance.sample(others, motions - len(needed))
    chance.shuffle(order)
    return tuple(order)


@dataclass(frozen=True)
class Rest:
    """What a face is like that looks straight: what motions of the head are measured against.

    Attributes:
        nose, breadth, size, eye_gap: as in :class:`~faceside.liveness.Look`.
    """

    nose: float
    breadth: float
    size: float
    eye_gap: float

    @classmethod
    def of(cls, looks: Sequence[Look]) -> "Rest":
        """The medians of some looks."""
        names = ("nose", "breadth", "size", "eye_gap")
        return cls(*(float(np.median([getattr(look, name) for look in looks])) for name in names))

    def aside(self, look: Look) -> float:
        """How far the nose has moved against the eyes, in distances of the eyes; to the person's
        left is positive."""
        return look.nose - self.nose

    def does(self, motion: str, look: Look, options: LivenessOptions) -> bool:
        """Whether the head does a motion: ``left``, ``right`` or ``closer``."""
        aside = self.aside(look)
        if motion == "closer":
            grown = min(look.size / self.size, look.eye_gap / self.eye_gap)
            return grown >= options.closer and abs(aside) < options.turn
        if motion == "right":
            aside = -aside
        return aside >= max(options.turn, options.relief * self._foreshortening(look))

    def _foreshortening(self, look: Look) -> float:
        """The tangent of the angle by which a flat face that looks so narrow is turned."""
        narrowed = min(max(look.breadth / self.breadth, 0.05), 1.0)
        return float(np.sqrt(1 - narrowed**2) / narrowed)


@dataclass
class Held:
    """How long something has been so, without a break."""

    since: float | None = None

    def seconds(self, time: float, is_so: bool) -> float:
        if not is_so:
            self.since = None
            return -1.0
        if self.since is None:
            self.since = time
        return time - self.since

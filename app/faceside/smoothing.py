"""Boxes and landmarks of a film without their trembling, and without lagging behind.

    smoother = Smoother()
    shown = smoother.follow(numbers, faces, now)  # the same faces, steadier

The One Euro filter: a low-pass whose cutoff rises with the speed, so that a face at rest is steady
and one that moves is followed at once (Casiez, Roussel, Vogel, "1 € Filter: a simple speed-based
low-pass filter for noisy input in interactive systems", CHI 2012). Speeds are measured in face
sizes a second, so that near and far faces are treated alike.
"""

from dataclasses import dataclass, replace

import numpy as np

from .faces import Faces
from .options import require_between

SMOOTHED = ("boxes", "keypoints", "landmarks")
FORGET_AFTER = 0.5  # seconds unseen after which a face starts anew, where it is


@dataclass(frozen=True)
class SmoothingOptions:
    """How steady and how quick.

    The defaults were chosen on films, see docs/tracking.md.

    Attributes:
        min_cutoff: Hz, 0.01 to 100, at rest; lower is steadier.
        beta: 0 to 1000, Hz of cutoff gained per face size a second; higher lags less.
        speed_cutoff: Hz, 0.01 to 100, of the low-pass of the speed itself (1 in the paper).

    Raises:
        FacesideError: ``option-invalid``, naming the option, its value and what is allowed.
    """

    min_cutoff: float = 1.0
    beta: float = 5.0
    speed_cutoff: float = 1.0

    def __post_init__(self):
        require_between("min_cutoff", self.min_cutoff, 0.01, 100)
        require_between("beta", self.beta, 0, 1000)
        require_between("speed_cutoff", self.speed_cutoff, 0.01, 100)


@dataclass(frozen=True)
class _State:
    """Where the numbers ``(k,)`` of a face are, how fast they go, and when that was."""

    values: np.ndarray
    speeds: np.ndarray
    time: float


class Smoother:
    """Remembers the faces of a film by their track numbers."""

    def __init__(self, options: SmoothingOptions = SmoothingOptions()):
        self.options = options
        self._states: dict[int, _State] = {}

    def follow(self, numbers: np.ndarray, faces: Faces, now: float) -> Faces:
        """The faces of one frame with boxes, keypoints and landmarks smoothed.

        Args:
            numbers: ``(n,)`` track numbers, no two alike; see :class:`~faceside.tracking.Tracker`.
            faces: ``(n,)`` faces, in pixels of frames of one size.
            now: time of the frame in seconds, later than that of the frame before.
        """
        self._states = {
            number: state
            for number, state in self._states.items()
            if now - state.time <= FORGET_AFTER
        }
        if not len(faces):
            return faces
        columns = {name: getattr(faces, name) for name in SMOOTHED}
        columns = {name: column for name, column in columns.items() if column is not None}
        rows = [column.reshape(len(faces), -1) for column in columns.values()]
        values = np.concatenate(rows, axis=1, dtype=np.float64)
        values = self._smoothed(numbers.tolist(), values, _sizes(faces), now)
        ends = np.cumsum([row.shape[1] for row in rows])[:-1]
        parts = np.split(values.astype(np.float32), ends, axis=1)
        smoothed = {
            name: part.reshape(column.shape)
            for (name, column), part in zip(columns.items(), parts, strict=True)
        }
        return replace(faces, **smoothed)

    def _smoothed(self, numbers: list[int], values: np.ndarray, sizes, now: float) -> np.ndarray:
        """The values ``(n, k)`` of all faces, those that are known filtered."""
        states = [self._states.get(number) for number in numbers]
        known = [
            state is not None and state.values.shape == values.shape[1:] and now > state.time
            for state in states
        ]
        speeds = np.zeros_like(values)
        if any(known):
            before = [state for state, is_known in zip(states, known, strict=True) if is_known]
            values, known = values.copy(), np.array(known)
            values[known], speeds[known] = self._filter(before, values[known], sizes[known], now)
        for number, row, speed in zip(numbers, values, speeds, strict=True):
            self._states[number] = _State(row, speed, now)
        return values

    def _filter(self, before: list[_State], values, sizes, now) -> tuple[np.ndarray, np.ndarray]:
        options = self.options
        old = np.array([state.values for state in before])
        old_speeds = np.array([state.speeds for state in before])
        steps = np.array([now - state.time for state in before])[:, np.newaxis]
        speeds = (values - old) / steps / sizes[:, np.newaxis]
        speeds = old_speeds + _share(options.speed_cutoff, steps) * (speeds - old_speeds)
        cutoffs = options.min_cutoff + options.beta * abs(speeds)
        return old + _share(cutoffs, steps) * (values - old), speeds


def _sizes(faces: Faces) -> np.ndarray:
    """The geometric means of the sides of the boxes ``(n,)``, in pixels."""
    return np.sqrt(np.maximum(faces.boxes[:, 2] * faces.boxes[:, 3], 1e-6))


def _share(cutoff, step) -> np.ndarray:
    """How much of a new value counts after a step of seconds, at a cutoff in Hz."""
    turn = 2 * np.pi * cutoff * step
    return turn / (turn + 1)

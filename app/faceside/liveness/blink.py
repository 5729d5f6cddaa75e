"""Eyes that close while all around them stays the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .looks import AROUND, EYES, Look, correlation
from .options import LivenessOptions


@dataclass
class Blink:
    """Follows the eyes while a blink is asked for."""

    options: LivenessOptions
    closed_since: float | None = None
    was_open: bool = False

    @property
    def eyes_are_closed(self) -> bool:
        return self.closed_since is not None

    def seen(self, look: Look, before: Sequence[Look]) -> bool:
        """Whether a blink has ended: open, closed for as long as a blink takes, open again.

        Args:
            look: of the face.
            before: how it looked just before, with its eyes open; empty where it cannot be
                compared with that.
        """
        limits, time = self.options, look.time
        eyes, around = self._likeness(look, before)
        if around < limits.around:
            self.closed_since, self.was_open = None, False  # something passes, or the face moves
        elif eyes >= limits.opened:
            lasted = -1.0 if self.closed_since is None else time - self.closed_since
            self.closed_since, self.was_open = None, True
            shortest, longest = limits.blink_seconds
            return shortest <= lasted <= longest
        elif self.closed_since is not None:
            if time - self.closed_since > limits.blink_seconds[1]:
                self.closed_since, self.was_open = None, False
        elif eyes <= limits.closed and self.was_open:
            self.closed_since = time
        return False

    def _likeness(self, look: Look, before: Sequence[Look]) -> tuple[float, float]:
        """Of the eye that is more alike, and of all around the eyes, to before; 0 where the face
        is tilted."""
        if not before:
            return 0.0, 0.0
        breadth = np.median([earlier.breadth for earlier in before])
        if abs(look.breadth / breadth - 1) > self.options.tilt:
            return 0.0, 0.0
        usual = np.median([earlier.flat for earlier in before], axis=0)
        eyes = max(correlation(look.flat[eye], usual[eye]) for eye in EYES)
        return eyes, correlation(look.flat[AROUND], usual[AROUND])

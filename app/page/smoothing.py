"""Exponential smoothing of numbers that come at uneven times."""

import math

TIME_CONSTANT = 0.4  # s after which 63 % of a change is shown: quick to see, slow enough to read


class Smoothed:
    """Numbers that follow others; `values` are where they are now, None before the first."""

    def __init__(self, time_constant=TIME_CONSTANT):
        self.time_constant = time_constant
        self.values = None
        self._at = 0

    def follow(self, values, now):
        """Go towards values seen at a time in seconds; where they are then."""
        if self.values is None:
            self.values = list(values)
        else:
            share = 1 - math.exp(-max(0, now - self._at) / self.time_constant)
            self.values = [old + share * (new - old) for old, new in zip(self.values, values)]
        self._at = now
        return self.values

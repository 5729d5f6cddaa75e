"""What a measure gives: numbers for a table and the series of its plot."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

Progress = Callable[[Iterable], Iterable]  # wraps what is gone through, to show how far it is


@dataclass(frozen=True, eq=False)
class Measurement:
    """The outcome of one measure.

    Attributes:
        numbers: plain numbers, lists and dicts, ready for JSON.
        series: arrays by name for :mod:`~faceside.evaluate.plots`.
    """

    numbers: dict
    series: dict[str, np.ndarray]

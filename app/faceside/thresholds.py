"""Thresholds that mean something: how often strangers are taken for one another.

    threshold = distance_at("sface", false_accept_rate=1e-3)
    rate = false_accept_rate("sface", threshold)
    print(f"{false_match_probability(rate, people=40):.1%} of all strangers would be named")

The model cards hold, for each recognizer, the distance below which a given share of the pairs of
different people lies, measured by ``evaluate verification --all-pairs`` on Labeled Faces in the
Wild. People of one family, age and origin are more alike than that, so real rates can be higher.
"""

import math

import numpy as np

from .cards import all_cards
from .options import require_between, require_integer, require_one_of


def false_accept_rate(recognizer: str, distance: float) -> float:
    """The share of pairs of different people that are nearer than a distance, 0 to 0.5.

    Between the rates of the card, and below the least, its logarithm runs in straight lines over
    the distance; half of all pairs is the most that it tells.

    Args:
        recognizer: name of the recognizer.
        distance: Euclidean, 0 or more.

    Raises:
        FacesideError: ``option-invalid``.
    """
    require_between("distance", distance, 0, 1e9)
    distances, logarithms = _curve(recognizer)
    return float(10 ** _along(distance, distances, logarithms))


def distance_at(recognizer: str, false_accept_rate: float) -> float:
    """The distance threshold at which this share of pairs of different people is accepted.

    Args:
        recognizer: name of the recognizer.
        false_accept_rate: 1e-9 to 0.5.

    Raises:
        FacesideError: ``option-invalid``.
    """
    require_between("false_accept_rate", false_accept_rate, 1e-9, 0.5)
    distances, logarithms = _curve(recognizer)
    return max(0.0, float(_along(math.log10(false_accept_rate), logarithms, distances)))


def false_match_probability(rate: float, people: int) -> float:
    """How likely a stranger is taken for any of so many people, 0 to 1.

    Each comparison is taken to fail on its own, so this is 1 - (1 - rate) ** people.

    Args:
        rate: false accept rate of one comparison, 0 to 1.
        people: how many people the gallery holds, 0 or more.

    Raises:
        FacesideError: ``option-invalid``.
    """
    require_between("rate", rate, 0, 1)
    require_integer("people", people, 0, 1_000_000_000)
    return -math.expm1(people * math.log1p(-rate)) if rate < 1 else float(people > 0)


def _curve(recognizer: str) -> tuple[np.ndarray, np.ndarray]:
    """Distances of the card, ascending, and the logarithms of their false accept rates."""
    cards = {name: card for name, card in all_cards().items() if card.false_accepts}
    require_one_of("recognizer", recognizer, cards)
    distances, rates = np.array(cards[recognizer].false_accepts).T
    return distances, np.log10(rates)


def _along(x: float, xs: np.ndarray, ys: np.ndarray) -> float:
    """Straight lines through the points, the first going on below them, the last value above."""
    if x >= xs[0]:
        return float(np.interp(x, xs, ys))
    return ys[0] + (x - xs[0]) * (ys[1] - ys[0]) / (xs[1] - xs[0])

"""Thresholds and false accept rates: the card's curve, and what follows for a gallery."""

import math

import numpy as np
import pytest

from faceside import FacesideError
from faceside.cards import all_cards
from faceside.evaluate.verification import CARD_RATES, distances_of_strangers
from faceside.matching import euclidean_distance
from faceside.nets import RECOGNIZERS
from faceside.thresholds import distance_at, false_accept_rate, false_match_probability


@pytest.mark.parametrize("recognizer", RECOGNIZERS)
def test_each_card_holds_a_rising_curve_with_the_rates_that_matter(recognizer):
    distances, rates = np.array(all_cards()[recognizer].false_accepts).T
    assert tuple(rates) == CARD_RATES
    assert {1e-2, 1e-3, 1e-4} <= set(rates)
    assert np.all(np.diff(distances) > 0) and distances[0] > 0


@pytest.mark.parametrize(
    ("recognizer", "most"), [("sface", 0.002), ("dlib_resnet", 0.01), ("openface", 0.1)]
)
def test_the_products_threshold_accepts_few_strangers(recognizer, most):
    rate = false_accept_rate(recognizer, all_cards()[recognizer].distance_threshold)
    assert most / 10 < rate <= most


@pytest.mark.parametrize("recognizer", RECOGNIZERS)
def test_rates_and_distances_are_each_others_inverse(recognizer):
    for rate in (1e-6, 1e-4, 3e-4, 1e-3, 0.02, 0.5):
        assert false_accept_rate(recognizer, distance_at(recognizer, rate)) == pytest.approx(rate)
    for distance, rate in all_cards()[recognizer].false_accepts:
        assert distance_at(recognizer, rate) == pytest.approx(distance)


def test_far_beyond_the_curve_the_rate_stays_a_rate():
    assert false_accept_rate("sface", 5) == 0.5
    assert 0 < false_accept_rate("sface", 0) < 1e-6
    assert distance_at("openface", 1e-9) >= 0


@pytest.mark.parametrize(
    ("rate", "people", "expected"),
    [
        (0.001, 0, 0),
        (0.001, 1, 0.001),
        (0.01, 2, 0.0199),
        (1e-12, 1000, 1e-9),
        (1, 0, 0),
        (1, 3, 1),
        (0.5, 1000, 1),
    ],
)
def test_the_chance_of_a_false_match_grows_with_the_gallery(rate, people, expected):
    assert false_match_probability(rate, people) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("function", "arguments", "option"),
    [
        (false_accept_rate, ("sface", -0.1), "distance"),
        (false_accept_rate, ("sface", math.nan), "distance"),
        (false_accept_rate, ("yunet", 1), "recognizer"),
        (distance_at, ("sface", 0), "false_accept_rate"),
        (distance_at, ("sface", 0.6), "false_accept_rate"),
        (false_match_probability, (1.5, 10), "rate"),
        (false_match_probability, (0.1, -1), "people"),
        (false_match_probability, (0.1, 2.5), "people"),
    ],
)
def test_bad_values_are_refused_by_name(function, arguments, option):
    with pytest.raises(FacesideError, match=option) as caught:
        function(*arguments)
    assert caught.value.code == "option-invalid"


def test_distances_of_strangers_are_those_of_different_people_only():
    names = ["A/Ada_L_0001.jpg", "A/Ada_L_0002.jpg", "Ada_M_0001.jpg"]
    rows = np.random.default_rng(3).normal(size=(3, 128)).astype(np.float32)
    expected = [euclidean_distance(rows[0], rows[2]), euclidean_distance(rows[1], rows[2])]
    assert distances_of_strangers(names, rows).tolist() == pytest.approx(expected)
    with pytest.raises(FacesideError, match="one person"):
        distances_of_strangers(names[:2], rows[:2])

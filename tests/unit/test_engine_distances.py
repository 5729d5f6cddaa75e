"""The histogram of the gallery's own distances."""

import numpy as np

from engine.histogram import BINS, MOST, histogram


def test_pairs_of_one_person_and_of_two_are_told_apart():
    rows = np.array([[0, 0], [3, 4], [0, 1]], np.float32) / 10
    found = histogram(rows, np.array([0, 0, 1]), 0.2)
    assert found["same"]["pairs"] == 1 and found["same"]["nearer"] == 0  # 0.5 apart
    assert found["different"]["pairs"] == 2 and found["different"]["nearer"] == 1  # 0.1, 0.42
    assert found["top"] == 0.5
    assert [i for i, number in enumerate(found["same"]["bins"]) if number] == [BINS - 1]
    assert sum(found["different"]["bins"]) == 2
    assert found["different"]["bins"][round(0.1 / 0.5 * BINS)] == 1


def test_an_empty_gallery_has_no_pairs():
    for number in (0, 1):
        found = histogram(np.zeros((number, 128), np.float32), np.zeros(number, int), 1.1)
        assert found["same"]["pairs"] == found["different"]["pairs"] == 0
        assert found["top"] > 1.1


def test_a_large_gallery_is_sampled():
    rows = np.random.default_rng(1).random((MOST + 500, 8), np.float32)
    found = histogram(rows, np.arange(len(rows)), 1.0)
    assert found["different"]["pairs"] == MOST * (MOST - 1) // 2

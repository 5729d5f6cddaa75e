"""The arithmetic of the measures."""

import numpy as np
import pytest

from faceside import FacesideError
from faceside.evaluate.verification import (
    best_threshold,
    cross_validate,
    read_pairs,
    receiver_operating_characteristic,
    true_accept_rate,
)


def test_the_best_threshold_lies_between_what_it_parts():
    distances = np.array([0.2, 0.4, 0.6, 0.9])
    same = np.array([True, True, False, False])
    assert best_threshold(distances, same) == pytest.approx(0.5)
    assert best_threshold(distances, ~same) < 0.2 or best_threshold(distances, ~same) > 0.9


def test_equal_distances_are_not_parted():
    """Whatever the order, 0.5 is accepted three times right and once wrong."""
    same = np.array([True, True, True, False, False])
    for order in ([0, 1, 2, 3, 4], [3, 0, 1, 2, 4]):
        distances = np.array([0.5, 0.5, 0.5, 0.5, 0.7])
        assert best_threshold(distances, same[order]) == pytest.approx(0.6)


def test_the_rates_of_accepts_at_every_distance():
    distances = np.array([0.1, 0.3, 0.3, 0.5])
    same = np.array([True, True, False, False])
    false_accepts, true_accepts = receiver_operating_characteristic(distances, same)
    assert false_accepts.tolist() == [0, 0, 0.5, 1]
    assert true_accepts.tolist() == [0, 0.5, 1, 1]


def test_each_fold_is_judged_by_the_others():
    """Fold 1 has larger distances: judged by fold 0's threshold, its same pairs fail."""
    distances = np.array([0.1, 0.3, 1.1, 1.3])
    same = np.array([True, False, True, False])
    folds = np.array([0, 0, 1, 1])
    accuracies, thresholds = cross_validate(distances, same, folds)
    assert thresholds == pytest.approx([1.2, 0.2])
    assert accuracies == [0.5, 0.5]


def test_true_accepts_at_a_false_accept_rate():
    distances = np.concatenate([np.linspace(0.0, 0.99, 100), np.linspace(0.5, 1.49, 100)])
    same = np.arange(200) < 100
    assert true_accept_rate(distances, same, 0.1) == pytest.approx(0.6)  # below 0.6: 10 of 100
    assert true_accept_rate(distances, same, 0.001) == pytest.approx(0.5)  # below 0.5: none


def test_pairs_come_with_folds_or_are_dealt_out(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("a,b,same,fold\nx,y,1,3\nx,z,0,7\n")
    assert [(p.a, p.b, p.same, p.fold) for p in read_pairs(path)] == [
        ("x", "y", True, 3),
        ("x", "z", False, 7),
    ]
    path.write_text("a,b,same\n" + "x,y,1\nx,z,0\n" * 6)
    assert [pair.fold for pair in read_pairs(path)] == [*range(10), 0, 1]


ONE_FOLD = "a,b,same,fold\nx,y,1,1\nx,z,0,1\n"


@pytest.mark.parametrize(
    "text", ["", "a,b\nx,y\n", "a,b,same\nx,y,maybe\n", "a,b,same\nx,y,1\n", ONE_FOLD]
)
def test_bad_lists_are_refused(tmp_path, text):
    path = tmp_path / "pairs.csv"
    path.write_text(text)
    with pytest.raises(FacesideError) as caught:
        read_pairs(path)
    assert caught.value.code == "index-unreadable"

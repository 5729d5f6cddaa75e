"""Pictures drawn into squares, as a canvas does it; test_golden.py holds them to Chromium's."""

import numpy as np
import pytest

from faceside.canvas import drawn_size, letterboxes


def test_letterboxes_centre_the_crop_in_black():
    pixels = np.full((100, 100, 3), 200, np.uint8)
    square = letterboxes(pixels, [(10, 10, 20, 40)], 40)[0]
    assert (square[:, :10] == 0).all() and (square[:, 30:] == 0).all()
    assert (square[:, 10:30] == 200).all()


def test_letterboxes_in_the_corner_leave_the_rest_black():
    pixels = np.full((60, 100, 3), 200, np.uint8)
    square = letterboxes(pixels, [(0, 0, 100, 60)], 50, centred=False)[0]
    assert (square[:30] == 200).all() and (square[30:] == 0).all()


def test_a_square_of_its_own_size_is_left_as_it_is():
    pixels = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    assert (letterboxes(pixels, [(0, 0, 40, 40)], 40)[0] == pixels).all()


def test_enlarging_mixes_neighbours_and_repeats_the_edge():
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[:, 1] = 160
    row = letterboxes(pixels, [(0, 0, 2, 2)], 4)[0, 0, :, 0]
    assert row.tolist() == [0, 40, 120, 160]


@pytest.mark.parametrize("box", [(0, 0, 1, 90), (5, 5, 300, 1), (0, 0, 1, 1)])
def test_slivers_are_drawn(box):
    pixels = np.full((100, 400, 3), 9, np.uint8)
    square = letterboxes(pixels, [box], 112)[0]
    assert square.shape == (112, 112, 3) and set(np.unique(square)) <= {0, 9}


def test_the_size_drawn_is_rounded_as_javascript_rounds():
    assert drawn_size(1920, 1350, 416) == (416, 293)  # 292.5, which Python would round to 292
    assert drawn_size(100, 200, 64) == (32, 64)

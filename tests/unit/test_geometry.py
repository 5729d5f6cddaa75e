"""Boxes, suppression and transforms."""

import numpy as np
import pytest

from faceside.geometry import (
    bounding_boxes,
    box_iou,
    box_transforms,
    clip_boxes,
    invert_transforms,
    non_max_suppression,
    pad_boxes,
    scale_boxes,
    settled,
    similarity_transforms,
    square_boxes,
    transform_points,
)


def test_iou_of_known_boxes():
    a = [(0, 0, 10, 10)]
    b = [(0, 0, 10, 10), (5, 0, 10, 10), (20, 20, 5, 5), (0, 0, 0, 0), (2, 2, 5, 4)]
    assert box_iou(a, b)[0] == pytest.approx([1, 50 / 150, 0, 0, 20 / 100])


def test_boxes_without_area_overlap_nothing_not_even_themselves():
    assert box_iou([(3, 3, 0, 5)], [(3, 3, 0, 5)]).item() == 0


def test_suppression_keeps_the_best_of_a_heap_and_all_that_stand_alone():
    boxes = np.array([(0, 0, 10, 10), (1, 0, 10, 10), (50, 50, 10, 10), (0, 1, 10, 10)], float)
    kept = non_max_suppression(boxes, np.array([0.7, 0.9, 0.6, 0.8]), 0.4)
    assert kept.tolist() == [1, 2]


def test_suppression_drops_only_above_the_threshold():
    boxes = np.array([(0, 0, 10, 10), (5, 0, 10, 10)], float)  # IoU exactly 1/3
    scores = np.array([0.9, 0.8])
    assert len(non_max_suppression(boxes, scores, 1 / 3)) == 2
    assert len(non_max_suppression(boxes, scores, 0.33)) == 1


def test_suppression_orders_equal_scores_by_the_later_index_first():
    boxes = np.array([(0, 0, 1, 1), (10, 0, 1, 1), (20, 0, 1, 1)], float)
    assert non_max_suppression(boxes, np.array([0.5, 0.5, 0.5]), 0.4).tolist() == [2, 1, 0]


def test_suppression_stops_at_the_limit_and_takes_nothing_from_nothing():
    boxes = np.array([(10 * i, 0, 5, 5) for i in range(9)], float)
    assert non_max_suppression(boxes, np.arange(9.0), 0.4, limit=3).tolist() == [8, 7, 6]
    assert len(non_max_suppression(np.zeros((0, 4)), np.zeros(0), 0.4)) == 0


def test_suppression_equals_the_textbook_loop():
    random = np.random.default_rng(5)
    boxes = np.c_[random.uniform(0, 100, (300, 2)), random.uniform(5, 40, (300, 2))]
    scores = random.uniform(size=300)
    expected = []
    for i in np.argsort(-scores):
        if all(box_iou(boxes[[i]], boxes[[j]]).item() <= 0.3 for j in expected):
            expected.append(i)
    assert non_max_suppression(boxes, scores, 0.3).tolist() == expected


def test_clipping_and_scaling():
    boxes = [(-5, -5, 20, 10), (90, 40, 30, 30), (200, 200, 5, 5)]
    clipped = clip_boxes(boxes, 100, 50)
    assert clipped.tolist() == [[0, 0, 15, 5], [90, 40, 10, 10], [100, 50, 0, 0]]
    assert scale_boxes([(10, 10, 20, 40)], 1.5).tolist() == [[5, 0, 30, 60]]
    assert scale_boxes([(10, 10, 20, 40)], (2, 1)).tolist() == [[0, 10, 40, 40]]
    assert bounding_boxes(np.array([[(3, 4), (10, 2), (5, 9)]])).tolist() == [[3, 2, 7, 7]]


def test_padding_and_squaring_keep_the_centres():
    boxes = np.array([(10, 10, 20, 40), (0, 5, 9, 4)], float)
    centres = boxes[:, :2] + boxes[:, 2:] / 2
    padded, squares = pad_boxes(boxes, 4, 10), square_boxes(boxes)
    assert padded.tolist() == [[8, 5, 24, 50], [-2, 0, 13, 14]]
    assert squares[:, 2:].tolist() == [[40, 40], [9, 9]]
    for changed in (padded, squares):
        assert changed[:, :2] + changed[:, 2:] / 2 == pytest.approx(centres)


@pytest.mark.parametrize("angle", [0, 30, 90, 179, -135])
def test_similarity_recovers_rotation_scale_and_shift(angle):
    random = np.random.default_rng(angle % 7)
    source = random.uniform(0, 100, (3, 5, 2))
    turn = np.radians(angle)
    matrix = 1.7 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    target = source @ matrix.T + [12, -7]
    transforms = similarity_transforms(source, target)
    assert transforms[:, :, :2] == pytest.approx(np.stack([matrix] * 3))
    assert transform_points(source, transforms) == pytest.approx(target)
    assert transform_points(target, invert_transforms(transforms)) == pytest.approx(source)


def test_similarity_is_the_least_squares_fit():
    random = np.random.default_rng(2)
    source, target = random.uniform(0, 100, (1, 6, 2)), random.uniform(0, 100, (6, 2))
    x, y = source[0].T
    zeros, ones = np.zeros(6), np.ones(6)
    rows = np.concatenate([np.c_[x, -y, ones, zeros], np.c_[y, x, zeros, ones]])
    a, b, tx, ty = np.linalg.lstsq(rows, target.T.ravel(), rcond=None)[0]
    assert similarity_transforms(source, target)[0] == pytest.approx(
        np.array([[a, -b, tx], [b, a, ty]])
    )


def test_similarity_of_points_in_one_place_stays_finite():
    assert np.isfinite(similarity_transforms(np.ones((1, 5, 2)), np.zeros((5, 2)))).all()


def test_box_transforms_map_corners_to_corners():
    corners = np.array([[(10, 20), (40, 80)]], float)
    moved = transform_points(corners, box_transforms([(10, 20, 30, 60)], 112))
    assert moved.tolist() == [[[0, 0], [112, 112]]]


def test_settled_points_differ_no_more_in_the_last_digits():
    points = np.array([[[30.3, 41.7]], [[300.3, 417.1]]])
    sizes = np.array([90.0, 700.0])
    found = settled(points, sizes)
    np.testing.assert_array_equal(settled(points + 1e-5, sizes + 1e-5), found)
    assert np.all(np.abs(found - points) <= sizes[:, None, None] / 2048)
    assert np.any(found != points)

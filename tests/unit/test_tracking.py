"""Numbers that stay with their faces."""

import numpy as np
import pytest

from faceside.tracking import Tracker, TrackerOptions, best_pairs, head_turns


def box(x, y, side=100):
    return [x, y, side, side]


def unit(*values):
    return np.array(values, np.float32) / np.linalg.norm(values)


def test_two_people_walk_past_each_other_and_keep_their_numbers():
    tracker = Tracker()
    seen = []
    for step in range(20):
        boxes = np.array([box(10 * step, 50), box(500 - 10 * step, 200)], float)
        order = np.array([0, 1] if step % 2 else [1, 0])  # detectors give no order
        seen.append(tracker.follow(boxes[order], step * 0.1)[np.argsort(order)].tolist())
    assert seen == [[2, 1]] * 20  # in the first frame the second person comes first


def test_a_face_behind_a_hand_for_a_moment_is_the_same():
    tracker = Tracker()
    first = tracker.follow(np.array([box(0, 0)], float), 0.0)
    assert len(tracker.follow(np.zeros((0, 4)), 0.4)) == 0
    assert tracker.follow(np.array([box(10, 5)], float), 0.8).tolist() == first.tolist()
    tracker.follow(np.zeros((0, 4)), 2.0)
    assert tracker.follow(np.array([box(10, 5)], float), 2.1).tolist() != first.tolist()


def test_a_slow_device_keeps_its_numbers_and_a_pause_does_not():
    tracker = Tracker()
    place = np.array([box(0, 0)], float)
    numbers = [tracker.follow(place, now).item() for now in (0.0, 1.5, 3.0)]
    tracker.follow(np.zeros((0, 4)), 4.5)  # missed in one frame
    assert tracker.follow(place, 6.0).item() == numbers[0] == numbers[2]
    assert tracker.follow(place, 66.0).item() != numbers[0]


def test_a_face_elsewhere_is_new_and_numbers_are_never_used_again():
    tracker = Tracker()
    seen = set()
    for step in range(5):
        (number,) = tracker.follow(np.array([box(300 * step, 0)], float), step * 0.1).tolist()
        assert number not in seen
        seen.add(number)
    tracker.forget()
    assert tracker.follow(np.array([box(0, 0)], float), 1.0).item() not in seen


def test_new_faces_are_due_at_once_and_others_one_a_frame_when_their_time_has_come():
    tracker = Tracker(TrackerOptions(refresh=1.0))
    boxes = np.array([box(0, 0), box(300, 0), box(600, 0)], float)
    numbers = tracker.follow(boxes, 0.0)
    assert tracker.due(numbers, 0.0).all()
    for place, time in enumerate((0.0, 0.1, 0.2)):
        tracker.learn(numbers[[place]], unit(1, 0)[None], time)
    numbers = tracker.follow(boxes, 0.5)
    assert not tracker.due(numbers, 0.5).any()
    numbers = tracker.follow(boxes, 1.3)
    assert tracker.due(numbers, 1.3).tolist() == [True, False, False]
    newcomer = np.concatenate([boxes, [box(900, 0)]])
    numbers = tracker.follow(newcomer, 1.3)
    assert tracker.due(numbers, 1.3).tolist() == [False, False, False, True]
    assert not tracker.due(np.zeros(0, int), 1.3).any()


def test_descriptors_are_the_mean_of_the_last_votes():
    tracker = Tracker(TrackerOptions(votes=2))
    numbers = tracker.follow(np.array([box(0, 0)], float), 0.0)
    for vote in (unit(1, 0, 0), unit(1, 0.2, 0), unit(1, 0, 0.2)):
        tracker.learn(numbers, vote[None], 0.0)
    assert tracker.descriptors(numbers)[0] == pytest.approx(unit(2, 0.2, 0.2), abs=1e-3)


def test_another_person_in_the_same_place_is_not_averaged_with_the_first():
    tracker = Tracker()
    numbers = tracker.follow(np.array([box(0, 0)], float), 0.0)
    tracker.learn(numbers, unit(1, 0)[None], 0.0)
    tracker.learn(numbers, unit(0, 1)[None], 1.0)
    assert tracker.descriptors(numbers)[0] == pytest.approx(unit(0, 1))


def test_pairs_are_taken_best_first():
    overlaps = np.array([[0.6, 0.9], [0.5, 0.8], [0.1, 0.1]])
    assert best_pairs(overlaps, 0.25) == [(0, 1), (1, 0)]
    assert best_pairs(np.zeros((0, 3)), 0.25) == []


def keypoints(nose: float) -> list:
    """Those of a face of 100 pixels with its nose so many pixels to the side."""
    return [(30, 40), (70, 40), (50 + nose, 60), (35, 80), (65, 80)]


def test_a_face_that_has_turned_is_due_but_not_all_the_time():
    tracker = Tracker(TrackerOptions(refresh=10, rest=0.25))
    place = np.array([box(0, 0)], float)

    def follow(nose, now):
        numbers = tracker.follow(place, now, np.array([keypoints(nose)], float))
        due = tracker.due(numbers, now)
        tracker.learn(numbers[due], np.tile(unit(1, 0), (due.sum(), 1)), now)
        return due.item()

    assert follow(0, 0.0)
    assert not follow(2, 0.5)
    assert follow(12, 1.0)  # a good 20 degrees
    assert not follow(0, 1.1)  # back again, but at rest
    assert follow(0, 1.3)
    assert not follow(0, 2.0)


def test_turns_do_not_depend_on_size_place_or_tilt():
    straight, turned = np.array([keypoints(0), keypoints(10)], float)
    angle = np.radians(30)
    tilt = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turns = head_turns(np.stack([straight, turned, 3 * turned @ tilt + 200]))
    assert turns[0] == pytest.approx([0, 0.5])
    assert turns[1] == pytest.approx([0.25, 0.5])
    assert turns[2] == pytest.approx(turns[1])


def test_a_face_that_comes_back_beside_where_it_went_is_the_same_and_is_looked_at_again():
    tracker = Tracker()
    number = tracker.follow(np.array([box(0, 0)], float), 0.0)
    tracker.learn(number, unit(1, 0)[None], 0.0)
    for time in (0.1, 0.2, 0.3, 0.4, 0.5):
        tracker.follow(np.zeros((0, 4)), time)
    back = tracker.follow(np.array([box(90, 10)], float), 0.6)
    assert back.tolist() == number.tolist()
    assert tracker.due(back, 0.6).all()


def test_a_face_far_off_or_of_another_size_is_not_the_one_that_went():
    for other in (box(400, 0), box(60, 0, side=220)):
        tracker = Tracker()
        number = tracker.follow(np.array([box(0, 0)], float), 0.0)
        tracker.follow(np.zeros((0, 4)), 0.3)
        assert tracker.follow(np.array([other], float), 0.6).tolist() != number.tolist()


def test_one_in_sight_is_not_taken_for_one_that_went():
    tracker = Tracker()
    boxes = np.array([box(0, 0), box(300, 0)], float)
    numbers = tracker.follow(boxes, 0.0)
    tracker.follow(boxes[1:], 0.3)
    tracker.learn(numbers, np.array([unit(1, 0), unit(0, 1)]), 0.3)
    later = tracker.follow(boxes[1:] - [90, 0, 0, 0], 0.4)
    assert later.tolist() != [numbers[0]]


def test_a_face_that_jumps_is_described_again():
    tracker = Tracker()
    number = tracker.follow(np.array([box(0, 0)], float), 0.0)
    tracker.learn(number, unit(1, 0)[None], 0.0)
    for x, jumped in ((20, False), (80, True)):
        numbers = tracker.follow(np.array([box(x, 0)], float), x / 1000)
        assert numbers.tolist() == number.tolist()
        assert tracker.due(numbers, x / 1000).item() == jumped

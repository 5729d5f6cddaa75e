"""Boxes and landmarks that neither tremble nor lag."""

import numpy as np
import pytest

from faceside import Faces, FacesideError
from faceside.smoothing import Smoother, SmoothingOptions

RATE = 15  # frames a second
SIZE = 100  # pixels, of a face
TIMES = np.arange(10 * RATE) / RATE
ONE = np.array([1])


def face(x: float, y: float = 50.0) -> Faces:
    landmarks = np.linspace([x, y], [x + SIZE, y + SIZE], 68)[np.newaxis]
    return Faces([[x, y, SIZE, SIZE]], [1], landmarks=landmarks)


def followed(places: np.ndarray, smoother: Smoother | None = None) -> np.ndarray:
    """The smoothed left sides of a face that is at these places, one a frame."""
    smoother = smoother or Smoother()
    shown = [smoother.follow(ONE, face(x), t) for x, t in zip(places, TIMES, strict=False)]
    lefts = np.array([faces.boxes[0, 0] for faces in shown])
    firsts = np.array([faces.landmarks[0, 0, 0] for faces in shown])
    assert firsts == pytest.approx(lefts, abs=1e-3)  # landmarks as their box
    return lefts


def lag(places: np.ndarray, shown: np.ndarray) -> float:
    """Seconds by which what is shown is best explained as what was there before."""
    delays = np.arange(0, 0.5, 0.005)
    errors = [np.square(np.interp(TIMES - d, TIMES, places) - shown).mean() for d in delays]
    return float(delays[np.argmin(errors)])


def test_a_face_at_rest_trembles_a_third_as_much():
    noise = np.random.default_rng(1).normal(0, 1, len(TIMES))  # a hundredth of the face
    shown = followed(200 + noise)[RATE:]
    assert np.diff(shown).std() < np.diff(noise).std() / 3
    assert shown.mean() == pytest.approx(200, abs=0.5)


@pytest.mark.parametrize("speed", [0.5, 1, 3])  # face sizes a second
def test_a_moving_face_is_followed_within_a_frame(speed):
    places = 300 + SIZE * speed / np.pi * np.sin(np.pi * TIMES)  # to and fro, this fast at most
    assert lag(places, followed(places)) < 1 / RATE


def test_a_jump_is_followed_at_once():
    places = np.where(TIMES < 5, 200.0, 200.0 + SIZE)
    shown = followed(places)
    after = np.flatnonzero(TIMES >= 5)
    assert abs(shown[after[0]] - places[after[0]]) < 0.1 * SIZE
    assert abs(shown[after[2]] - places[after[2]]) < 0.03 * SIZE


def test_near_and_far_faces_are_treated_alike():
    rng = np.random.default_rng(2)
    path = 200 + np.cumsum(rng.normal(0, 3, 30))
    near, far = Smoother(), Smoother()
    for x, time in zip(path, TIMES, strict=False):
        a = near.follow(ONE, Faces([[x, 0, SIZE, SIZE]], [1]), time)
        b = far.follow(ONE, Faces([[x / 4, 0, SIZE / 4, SIZE / 4]], [1]), time)
    assert b.boxes * 4 == pytest.approx(a.boxes, abs=1e-2)


def test_faces_are_smoothed_each_by_itself_in_any_order():
    rng = np.random.default_rng(3)
    paths = rng.normal([[100], [400], [700]], 2, (3, 20))
    alone = [followed(path) for path in paths]
    together = Smoother()
    for frame, time in enumerate(TIMES[:20]):
        order = rng.permutation(3)
        boxes = [[paths[i, frame], 50, SIZE, SIZE] for i in order]
        shown = together.follow(order + 1, Faces(boxes, [1] * 3), time)
        expected = [alone[i][frame] for i in order]
        assert shown.boxes[:, 0] == pytest.approx(expected, abs=1e-3)


def test_a_face_that_is_new_or_was_away_starts_where_it_is():
    smoother = Smoother()
    assert smoother.follow(ONE, face(100), 0.0).boxes[0, 0] == 100
    assert smoother.follow(np.array([2]), face(180), 0.1).boxes[0, 0] == 180
    assert len(smoother.follow(np.zeros(0, int), Faces.empty(), 0.2)) == 0
    assert smoother.follow(ONE, face(140), 5.0).boxes[0, 0] == 140


def test_landmarks_may_come_and_go():
    smoother = Smoother()
    smoother.follow(ONE, Faces([[0, 0, SIZE, SIZE]], [1]), 0.0)
    shown = smoother.follow(ONE, face(20), 0.1)
    assert shown.landmarks[0, 0, 0] == 20


def test_everything_else_stays():
    faces = face(100).with_columns(descriptors=np.ones((1, 128)), recognizer="sface")
    shown = Smoother().follow(ONE, faces, 0.0)
    assert shown.descriptors is faces.descriptors and shown.recognizer == "sface"


@pytest.mark.parametrize("name", ["min_cutoff", "beta", "speed_cutoff"])
def test_options_are_checked(name):
    with pytest.raises(FacesideError, match=name):
        SmoothingOptions(**{name: -1})

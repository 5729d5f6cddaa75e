"""The challenge of motions: what passes, and every way in which it does not."""

import asyncio
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from faceside import Faces, FacesideError, detect_all_faces
from faceside.liveness import (
    MOTIONS,
    TURNS,
    Challenge,
    LivenessOptions,
    Look,
    random_order,
    take_look,
)
from faceside.liveness.looks import EYES, SIDE, correlation
from tests.pictures import open_sample
from tools.held_photo import Pose, film

STEP = 0.08  # seconds from look to look
PERSON, STRANGER = np.eye(2, 128, dtype=np.float32)
rng = np.random.default_rng(0)
FACE, LIDS = rng.normal(128, 30, (2, SIDE, SIDE))
CLOSED = FACE.copy()
for _eye in EYES:
    CLOSED[_eye] = LIDS[_eye]
AT_REST = Look(0, 1, 120, 50, 0, 0, 0.02, 1.1, FACE, 0.0, PERSON)

BLINK = [{}] * 6 + [{"flat": CLOSED}] * 3 + [{}] * 4
LEFT = [{"nose": 0.02 + way, "breadth": 1.05} for way in (0.06, 0.13, 0.15, 0.15, 0.06)] + [{}] * 4
RIGHT = [{"nose": 0.02 - way, "breadth": 1.05} for way in (0.06, 0.13, 0.15, 0.15, 0.06)] + [{}] * 4
CLOSER = [{"size": 120 * by, "eye_gap": 50 * by} for by in (1.1, 1.2, 1.3, 1.35, 1.35)] + [{}] * 4
REST = [{}] * 16
DOES = {"ready": REST, "back": REST, "blink": BLINK, "left": LEFT, "right": RIGHT, "closer": CLOSER}


class Film:
    """Shows looks to a challenge, one every STEP seconds."""

    def __init__(self, *order: str, **options):
        self.challenge = Challenge(order, LivenessOptions(**options))
        self.time = 0.0

    def show(self, *changes: dict | None):
        """Looks that differ from the one at rest; None for no face. The state after them."""
        for change in changes:
            self.time += STEP
            look = None if change is None else replace(AT_REST, **{"time": self.time, **change})
            self.challenge.follow(look, self.time)
        return self.challenge.state

    def until(self, stage: str):
        """Rest until a stage is reached."""
        while self.challenge.state.stage not in (stage, "failed", "present"):
            self.show({})
        assert self.challenge.state.stage == stage
        return self

    def answer(self, does: dict = DOES):
        """Do what is asked for until it is over."""
        while self.challenge.state.stage not in ("failed", "present"):
            self.show(*does[self.challenge.state.stage])
        return self.challenge.state


def orders() -> set:
    return {random_order() for _ in range(400)}


def test_the_order_is_random_and_always_has_a_blink_and_a_turn():
    assert len(orders()) == 18  # three sets of three motions, six orders each
    for order in orders():
        assert len(set(order)) == 3 and "blink" in order and set(order) & set(TURNS)
    first = Counter(random_order()[0] for _ in range(400))
    assert set(first) == set(MOTIONS)
    with pytest.raises(FacesideError, match="motions"):
        random_order(1)


@pytest.mark.parametrize("order", sorted(orders()))
def test_who_does_what_is_asked_for_is_present(order):
    film = Film(*order)
    state = film.answer()
    assert (state.stage, state.done, state.problem) == ("present", order, None)
    assert state.seconds == film.challenge.options.lasts and film.time < 30
    assert np.allclose(film.challenge.descriptor, PERSON)


@pytest.mark.parametrize("motion", MOTIONS)
def test_a_picture_at_rest_runs_out_of_time(motion):
    film = Film(motion)
    state = film.until(motion).answer({motion: REST})
    assert (state.stage, state.problem) == ("failed", "late")
    assert 9 <= film.time < 9 + len(REST) * STEP + 0.5


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("left", RIGHT), ("right", LEFT), ("closer", LEFT), ("blink", CLOSER), ("left", CLOSER)],
)
def test_another_motion_ends_it(asked, shown):
    state = Film(asked).until(asked).show(*shown)
    assert (state.stage, state.problem) == ("failed", "wrong")


def test_a_blink_that_was_not_asked_for_is_no_fault_and_does_not_count():
    film = Film("left", "blink").until("left")
    assert film.show(*BLINK).stage == "left"
    assert film.show(*LEFT).done == ("left",)
    assert film.until("blink").challenge.state.done == ("left",)


def test_a_turn_must_last_and_begins_after_it_was_asked_for():
    film = Film("left").until("left")
    assert film.show({"nose": 0.2}, {}, {"nose": 0.2}, {}).stage == "left"
    film = Film("blink", "left").until("blink")
    film.show(*BLINK[:-4], {"nose": 0.2}, {"nose": 0.2}, {"nose": 0.2})
    assert film.challenge.state.problem == "wrong"


def test_a_flat_face_that_gets_narrow_has_not_turned():
    film = Film("left").until("left")
    narrow = {"nose": 0.02 + 0.15, "breadth": 1.1 * np.cos(np.radians(60))}
    assert film.show(*[narrow] * 10).stage == "left"
    assert film.show(*[narrow | {"breadth": 1.1 * np.cos(np.radians(25))}] * 4).stage == "back"


@pytest.mark.parametrize("looks", [1, 30])
def test_eyes_closed_too_long_have_not_blinked(looks):
    film = Film("blink").until("blink")
    film.show(*[{}] * 4, *[{"flat": CLOSED}] * looks, {})
    assert (film.challenge.state.stage == "back") == (looks == 1)


@pytest.mark.parametrize("hidden", ["one eye", "the whole face", "a turned head", "a tilted photo"])
def test_what_is_no_blink(hidden):
    wink, other = FACE.copy(), FACE.copy()
    wink[EYES[0]] = LIDS[EYES[0]]
    other[:] = LIDS
    shown = {
        "one eye": {"flat": wink},
        "the whole face": {"flat": other},
        "a turned head": {"flat": CLOSED, "nose": 0.09},
        "a tilted photo": {"flat": CLOSED, "breadth": 1.1 / np.cos(np.radians(35))},
    }
    film = Film("blink").until("blink")
    assert film.show(*[{}] * 4, *[shown[hidden]] * 3, *[{}] * 4).stage == "blink"


@pytest.mark.parametrize("stage", ["left", "back"])
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"track": 2}, "lost"),
        ({"rival": 0.8}, "second"),
        ({"descriptor": STRANGER}, "another"),
    ],
)
def test_it_must_be_one_face_all_the_time(stage, change, problem):
    film = Film("left", "blink").until("left")
    if stage == "back":
        film.show(*LEFT[:4])
    assert film.challenge.state.stage == stage
    state = film.show(change)
    assert (state.stage, state.problem) == ("failed", problem)
    assert film.show(*REST) == state  # over is over


def test_a_face_that_was_away_is_lost():
    assert Film("left").until("left").show(*[None] * 10).stage == "left"
    assert Film("left").until("left").show(*[None] * 14).problem == "lost"


def test_no_step_without_a_descriptor():
    film = Film("left")
    assert film.show(*[{"descriptor": None}] * 40).stage == "ready"
    film.until("left").show(*LEFT[:4])
    assert film.show(*[{"descriptor": None}] * 10).stage == "back"
    assert film.show({}).stage == "present"


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"eye_gap": 15}, "small"), ({"yaw": 30}, "aside"), ({"pitch": -50}, "aside")],
)
def test_what_is_missing_to_begin_is_told(change, problem):
    film = Film("left")
    state = film.show(*[change] * 30)
    assert (state.stage, state.problem) == ("ready", problem)
    assert film.show({}).problem is None
    assert film.show(*[change] * 300).problem == "late"


def test_the_face_is_described_at_every_step_and_in_between():
    film = Film("left")
    assert film.challenge.due(0)
    film.show({})
    assert not film.challenge.due(film.time + 0.4)
    assert film.challenge.due(film.time + 0.51)
    film.until("left")
    assert film.challenge.due(film.time)


def test_options_out_of_range_are_refused():
    with pytest.raises(FacesideError, match="seconds"):
        LivenessOptions(seconds=0)
    with pytest.raises(FacesideError, match="turn"):
        LivenessOptions(turn=2)


def test_likeness_leaves_brightness_and_contrast_out():
    assert correlation(FACE, 3 * FACE + 20) == pytest.approx(1)
    assert correlation(FACE, -FACE) == pytest.approx(-1)
    assert correlation(FACE, np.zeros_like(FACE)) == 0


def portrait() -> np.ndarray:
    """The smiling person of sample 6, alone and square."""
    return np.asarray(open_sample(6).crop((120, 300, 720, 900)).resize((250, 250)), float)


def seen(pose: Pose) -> Look:
    pixels = film(portrait(), pose, np.random.default_rng(1))
    faces: Faces = asyncio.run(_find(pixels))
    return take_look(pixels, faces, 0, 0.0, 1)


async def _find(pixels):
    return await detect_all_faces(pixels).with_landmarks()


@pytest.mark.parametrize(
    "pose", [Pose(roll=25), Pose(x=0.15, y=0.1), Pose(distance=1.0), Pose(yaw=30), Pose(pitch=25)]
)
def test_in_a_photo_that_is_moved_the_nose_stays_between_the_eyes(pose):
    before, after = seen(Pose()), seen(pose)
    assert abs(after.nose - before.nose) < LivenessOptions().turn
    assert correlation(before.flat, after.flat) > 0.8


def test_in_a_face_that_stands_out_the_nose_moves_to_the_side_it_turns_to():
    before, left, right = (seen(Pose(yaw=yaw, bend=0.3)) for yaw in (0, -40, 40))
    assert left.nose - before.nose > 0.1 and right.nose - before.nose < -0.1


def test_another_face_is_told_by_its_size():
    pixels = np.asarray(open_sample(6, 1000))
    faces = asyncio.run(_find(pixels))
    sizes = np.sqrt(faces.boxes[:, 2:].prod(axis=1))
    largest = int(sizes.argmax())
    look = take_look(pixels, faces, largest, 0.0, 1)
    assert look.rival == pytest.approx(np.sort(sizes)[-2] / sizes[largest])
    assert take_look(pixels, faces[[largest]], 0, 0.0, 1).rival == 0

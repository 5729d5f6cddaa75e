"""Checks of presence in the live view: one challenge at a time, and who has passed one."""

from dataclasses import dataclass

import numpy as np

from faceside import Faces, Picture
from faceside.cards import all_cards
from faceside.liveness import Challenge, LivenessOptions, State, random_order, take_look

SEEN_WITHIN = 0.5  # seconds a face that is present may go unseen


@dataclass
class _Present:
    """A face that has passed: until when that holds, when it was seen last, and what it is like."""

    until: float
    seen: float
    descriptor: np.ndarray


class Presence:
    """Knows of the tracks of one tracker; a new one needs a new Presence."""

    def __init__(self, recognizer: str):
        threshold = all_cards()[recognizer].distance_threshold
        self.options = LivenessOptions(distance_threshold=threshold)
        self.challenge: Challenge | None = None
        self._present: dict[int, _Present] = {}

    def begin(self) -> None:
        """Ask for motions in a new order; what was begun before is given up."""
        self.challenge = Challenge(random_order(), self.options)

    def end(self) -> None:
        """Ask for nothing any more; who is present stays so."""
        self.challenge = None

    @property
    def is_asking(self) -> bool:
        return self.challenge is not None

    def due(self, now: float) -> bool:
        """Whether the face that is checked is to be described in this frame."""
        return self.is_asking and self.challenge.due(now)

    def checked(self, faces: Faces, numbers: np.ndarray) -> int | None:
        """Which face is checked: the largest at first, then the one of the same track."""
        if not len(faces):
            return None
        track = self.challenge.track
        if track is None or self.challenge.state.stage == "ready":
            return int(faces.boxes[:, 2:].prod(axis=1).argmax())
        return next(iter(np.flatnonzero(numbers == track).tolist()), None)

    def follow(
        self, picture: Picture, faces: Faces, numbers: np.ndarray, index, descriptor, now: float
    ) -> State:
        """Take a frame into account; a challenge that is over is forgotten.

        Args:
            picture: the frame.
            faces: with landmarks, in its pixels.
            numbers: their tracks.
            index: which is checked, None where it is not there.
            descriptor: of that face, None where it is not described.
            now: seconds.
        """
        challenge = self.challenge
        look = None
        if index is not None:
            track = int(numbers[index])
            look = take_look(picture.pixels, faces, index, now, track, descriptor)
        state = challenge.follow(look, now)
        if state.stage == "present":
            until = now + self.options.lasts
            self._present[challenge.track] = _Present(until, now, challenge.descriptor)
        if state.stage in ("present", "failed"):
            self.challenge = None
        return state

    def seconds_left(self, numbers: np.ndarray, descriptors: np.ndarray, now: float) -> list[float]:
        """For how long each of the faces of a frame still counts as present, 0 for not; who was
        out of sight, or no longer looks like the same person, does no longer."""
        for track, present in list(self._present.items()):
            if now >= present.until or now - present.seen > SEEN_WITHIN:
                del self._present[track]
        return [
            self._left(number, descriptor, now)
            for number, descriptor in zip(numbers.tolist(), descriptors, strict=True)
        ]

    def _left(self, track: int, descriptor: np.ndarray, now: float) -> float:
        present = self._present.get(track)
        if present is None:
            return 0.0
        if np.linalg.norm(present.descriptor - descriptor) > self.options.distance_threshold:
            del self._present[track]
            return 0.0
        present.seen = now
        return present.until - now

"""Who is who from frame to frame, so that a face is described when it is new and seldom after.

tracker = Tracker()
numbers = tracker.follow(faces.boxes, now)
due = tracker.due(numbers, now)
tracker.learn(numbers[due], descriptors_of(faces[due]), now)
descriptors = tracker.descriptors(numbers)
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from .cards import all_cards
from .descriptors import centroid
from .geometry import box_iou

SLOWEST_FRAME = 2.0  # seconds; whoever waits longer between two frames has paused


@dataclass(frozen=True)
class TrackerOptions:
    """How long a track is believed.

    Attributes:
        min_iou: least overlap of a face with where its track was seen last, 0 to 1. Half of what a
            face keeps at the speed of a head turning at 10 frames a second.
        patience: seconds a track outlives its face, for a hand or a passer-by in between; on a slow
            device at least three frames.
        refresh: seconds after which a face is described again, one face a frame, the longest ago
            first.
        votes: descriptors that a track's own is the mean of.
        distance_threshold: a new descriptor further than this (Euclidean) from the track's own is
            taken for another person's, and the old ones are forgotten. SFace's when left alone.
    """

    min_iou: float = 0.25
    patience: float = 1.0
    refresh: float = 1.0
    votes: int = 5
    distance_threshold: float = all_cards()["sface"].distance_threshold


@dataclass
class _Track:
    box: np.ndarray
    seen: float
    described: float = -np.inf
    votes: deque = field(default_factory=deque)

    @property
    def descriptor(self) -> np.ndarray:
        """The middle of the votes."""
        return centroid(np.array(self.votes))


class Tracker:
    """Gives the faces of a film numbers that stay, and remembers their descriptors."""

    def __init__(self, options: TrackerOptions = TrackerOptions()):
        self.options = options
        self._tracks: dict[int, _Track] = {}
        self._last = 0
        self._now = -np.inf

    def follow(self, boxes: np.ndarray, now: float) -> np.ndarray:
        """The track numbers ``(n,)`` of the faces of one frame; new faces get new numbers.

        Args:
            boxes: ``(n, 4)`` boxes in pixels, of frames of one size.
            now: time of the frame in seconds.
        """
        self._drop_lost(now)
        numbers = np.zeros(len(boxes), int)
        known = list(self._tracks)
        if known and len(boxes):
            places = np.array([self._tracks[number].box for number in known])
            for face, track in best_pairs(box_iou(boxes, places), self.options.min_iou):
                numbers[face] = known[track]
        for face in np.flatnonzero(numbers == 0):
            self._last += 1
            numbers[face] = self._last
        for number, box in zip(numbers.tolist(), boxes, strict=True):
            track = self._tracks.setdefault(number, _Track(box, now))
            track.box, track.seen = box, now
        return numbers

    def due(self, numbers: np.ndarray, now: float) -> np.ndarray:
        """Which faces to describe now, ``(n,)`` bool: all new ones, and one that has waited."""
        times = np.array([self._tracks[number].described for number in numbers.tolist()])
        due = np.isneginf(times)
        if len(times) and not due.any() and now - times.min() >= self.options.refresh:
            due[times.argmin()] = True
        return due

    def learn(self, numbers: np.ndarray, descriptors: np.ndarray, now: float) -> None:
        """Take descriptors ``(n, d)`` into their tracks."""
        for number, descriptor in zip(numbers.tolist(), descriptors, strict=True):
            track = self._tracks[number]
            if track.votes and self._strange(track, descriptor):
                track.votes.clear()
            track.votes.append(descriptor)
            if len(track.votes) > self.options.votes:
                track.votes.popleft()
            track.described = now

    def descriptors(self, numbers: np.ndarray) -> np.ndarray:
        """The descriptors ``(n, d)`` of tracks that have learned some."""
        return np.array(
            [self._tracks[number].descriptor for number in numbers.tolist()], np.float32
        )

    def forget(self) -> None:
        """Start anew, after a change of the recognizer; numbers are not used again."""
        self._tracks.clear()

    def _strange(self, track: _Track, descriptor: np.ndarray) -> bool:
        return np.linalg.norm(track.descriptor - descriptor) > self.options.distance_threshold

    def _drop_lost(self, now: float) -> None:
        frame = min(now - self._now, SLOWEST_FRAME)
        patience = max(self.options.patience, 3 * frame)
        self._now = now
        for number, track in list(self._tracks.items()):
            if now - track.seen > patience:
                del self._tracks[number]


def best_pairs(overlaps: np.ndarray, least: float) -> list[tuple[int, int]]:
    """Pairs of rows and columns, the largest overlap first, each row and column once."""
    rows, columns = np.nonzero(overlaps >= least)
    pairs, used_rows, used_columns = [], set(), set()
    for i in np.argsort(-overlaps[rows, columns], kind="stable"):
        row, column = int(rows[i]), int(columns[i])
        if row not in used_rows and column not in used_columns:
            pairs.append((row, column))
            used_rows.add(row)
            used_columns.add(column)
    return pairs

"""Who is who from frame to frame, so that a face is described when it is new and seldom after.

tracker = Tracker()
numbers = tracker.follow(faces.boxes, now, faces.keypoints)
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
        calm_iou: overlap under which a face is described again, since it has jumped.
        patience: seconds a track outlives its face, for a hand or a passer-by in between; on a slow
            device at least three frames.
        reach: face sizes a second that a face may go unseen and still be the same, if it comes back
            about as large.
        refresh: seconds after which a face is described again, one face a frame, the longest ago
            first.
        turn: how far a head turns until it is described again before that, as head_turns measures
            it; 0.15 is about 20 degrees to a side.
        rest: seconds a face is left alone after it was described, however it turns.
        votes: descriptors that a track's own is the mean of.
        distance_threshold: a new descriptor further than this (Euclidean) from the track's own is
            taken for another person's, and the old ones are forgotten. SFace's when left alone.
    """

    min_iou: float = 0.25
    calm_iou: float = 0.5
    patience: float = 1.0
    reach: float = 1.0
    refresh: float = 1.0
    turn: float = 0.15
    rest: float = 0.25
    votes: int = 5
    distance_threshold: float = all_cards()["sface"].distance_threshold


@dataclass
class _Track:
    box: np.ndarray
    seen: float
    turn: np.ndarray | None = None
    described: float = -np.inf
    described_turn: np.ndarray | None = None
    votes: deque = field(default_factory=deque)

    @property
    def has_turned(self) -> float:
        """How far it has turned since it was described."""
        if self.turn is None or self.described_turn is None:
            return 0.0
        return float(np.linalg.norm(self.turn - self.described_turn))

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

    def follow(
        self, boxes: np.ndarray, now: float, keypoints: np.ndarray | None = None
    ) -> np.ndarray:
        """The track numbers ``(n,)`` of the faces of one frame; new faces get new numbers.

        Args:
            boxes: ``(n, 4)`` boxes in pixels, of frames of one size.
            now: time of the frame in seconds.
            keypoints: ``(n, 5, 2)``, to see by which faces have turned; None where there are none.
        """
        before = self._now
        self._drop_lost(now)
        numbers = self._numbers(np.asarray(boxes, float), before, now)
        turns = [None] * len(boxes) if keypoints is None else head_turns(keypoints)
        for number, box, turn in zip(numbers.tolist(), boxes, turns, strict=True):
            track = self._tracks.setdefault(number, _Track(box, now))
            if track.seen < before or _overlap(track.box, box) < self.options.calm_iou:
                track.described = -np.inf  # away, or a cut of the film: it may be somebody else
            track.box, track.seen, track.turn = box, now, turn
        return numbers

    def due(self, numbers: np.ndarray, now: float) -> np.ndarray:
        """Which faces to describe now, ``(n,)`` bool: all that are new or come back, and one that
        has turned or waited."""
        tracks = [self._tracks[number] for number in numbers.tolist()]
        due = np.isneginf([track.described for track in tracks])
        if not len(tracks) or due.any():
            return due
        urgent = np.array([self._urgency(track, now) for track in tracks])
        due[urgent.argmax()] = urgent.max() >= 1
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
            track.described, track.described_turn = now, track.turn

    def descriptors(self, numbers: np.ndarray) -> np.ndarray:
        """The descriptors ``(n, d)`` of tracks that have learned some."""
        return np.array(
            [self._tracks[number].descriptor for number in numbers.tolist()], np.float32
        )

    def forget(self) -> None:
        """Start anew, after a change of the recognizer; numbers are not used again."""
        self._tracks.clear()

    def _urgency(self, track: _Track, now: float) -> float:
        """1 or more where a face that is known should be described again."""
        age = now - track.described
        if age < self.options.rest:
            return 0.0
        return max(age / self.options.refresh, track.has_turned / self.options.turn)

    def _numbers(self, boxes: np.ndarray, before: float, now: float) -> np.ndarray:
        numbers = np.zeros(len(boxes), int)
        known = np.array(list(self._tracks))
        if len(known) and len(boxes):
            tracks = list(self._tracks.values())
            places = np.array([track.box for track in tracks], float)
            for face, track in best_pairs(box_iou(boxes, places), self.options.min_iou):
                numbers[face] = known[track]
            away = np.array([track.seen < before for track in tracks])
            away &= ~np.isin(known, numbers)
            new = np.flatnonzero(numbers == 0)
            if away.any() and len(new):
                unseen = np.array([now - track.seen for track in tracks])[away]
                near = closeness(boxes[new], places[away], self.options.reach * unseen)
                for face, track in best_pairs(near, 1e-6):
                    numbers[new[face]] = known[away][track]
        for face in np.flatnonzero(numbers == 0):
            self._last += 1
            numbers[face] = self._last
        return numbers

    def _strange(self, track: _Track, descriptor: np.ndarray) -> bool:
        return np.linalg.norm(track.descriptor - descriptor) > self.options.distance_threshold

    def _drop_lost(self, now: float) -> None:
        frame = min(now - self._now, SLOWEST_FRAME)
        patience = max(self.options.patience, 3 * frame)
        self._now = now
        for number, track in list(self._tracks.items()):
            if now - track.seen > patience:
                del self._tracks[number]


def _overlap(box, other) -> float:
    return box_iou(np.array([box], float), np.array([other], float)).item()


def head_turns(keypoints: np.ndarray) -> np.ndarray:
    """Where the noses ``(n, 2)`` are between the eyes and the mouths, to the side and downwards, as
    parts of a face's width and height.

    Args:
        keypoints: ``(n, 5, 2)``: two eyes, nose, two corners of the mouth, from the viewer's left.
    """
    points = np.asarray(keypoints, float)
    between = points[:, :2].mean(axis=1)
    across, down = points[:, 1] - points[:, 0], points[:, 3:].mean(axis=1) - between
    width = np.maximum(np.linalg.norm(across, axis=1), 1e-6)
    size = (width + np.linalg.norm(down, axis=1)) / 2
    across = across / width[:, np.newaxis]
    downwards = np.stack([-across[:, 1], across[:, 0]], axis=1)
    nose = (points[:, 2] - between) / size[:, np.newaxis]
    return np.stack([(nose * across).sum(axis=1), (nose * downwards).sum(axis=1)], axis=1)


def closeness(boxes: np.ndarray, places: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """How near boxes ``(n, 4)`` are to where others ``(m, 4)`` were, ``(n, m)``: 1 in the middle of
    it, 0 or less from `reach` ``(m,)`` face sizes on, or where the sizes differ by half."""
    sizes = np.sqrt(boxes[:, np.newaxis, 2:].prod(axis=2) / places[:, 2:].prod(axis=1))
    middles, were = (part[:, :2] + part[:, 2:] / 2 for part in (boxes, places))
    gaps = np.linalg.norm(middles[:, np.newaxis] - were, axis=2)
    gaps /= np.sqrt(places[:, 2:].prod(axis=1)) * (0.5 + reach)
    return np.where((sizes > 2 / 3) & (sizes < 3 / 2), 1 - gaps, 0)


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

"""Who is this? Compare a face's descriptor with those of known people.

    known = [LabeledFaceDescriptors("Ada", ada), LabeledFaceDescriptors("Grace", grace)]
    matcher = FaceMatcher(known, distance_threshold=0.6)
    print(matcher.find_best_match(descriptor))  # Ada (0.41), or unknown (0.83)

Distances are Euclidean and exact.
"""

import copy
import json
import math
from dataclasses import dataclass

import numpy as np

from .descriptors import (
    centroids,
    check_descriptor,
    check_descriptors,
    euclidean_distance,
    mismatch,
    stack_descriptors,
)
from .documents import damaged, parse_json, read_labeled_descriptors
from .errors import FacesideError
from .labels import UNKNOWN
from .nearest import NearestLabels
from .options import require_between, require_integer, require_one_of

__all__ = ["FaceMatch", "FaceMatcher", "LabeledFaceDescriptors", "euclidean_distance"]

PER_LABEL = ("min", "mean", "centroid")
FACE_API_THRESHOLD = 0.6  # FaceMatcher's default in face-api.js 0.22.2


@dataclass(frozen=True, eq=False)
class LabeledFaceDescriptors:
    """The descriptors of one person.

    Args:
        label: the person's name.
        descriptors: (k, d) numbers, or one descriptor (d,); kept as read-only float32. k may be 0.

    Raises:
        FacesideError: label-unreadable, descriptor-invalid.
    """

    label: str
    descriptors: np.ndarray

    def __post_init__(self):
        if not isinstance(self.label, str):
            raise FacesideError("label-unreadable", "A label must be text.")
        object.__setattr__(self, "descriptors", check_descriptors(self.descriptors))


@dataclass(frozen=True)
class FaceMatch:
    """The label found for a face and the distance that decided it.

    Attributes:
        label: who it is, or "unknown".
        distance: to the nearest person, infinite if nobody is known.
        margin: by how much the second nearest person is further away, infinite if there is none.
    """

    label: str
    distance: float
    margin: float = math.inf

    @property
    def matched(self) -> bool:
        """Whether somebody was near enough."""
        return self.label != UNKNOWN

    def to_record(self) -> dict:
        """Return plain data, ``{"label", "distance"}``; distance is None if nobody is known."""
        distance = self.distance if math.isfinite(self.distance) else None
        return {"label": self.label, "distance": distance}

    def __str__(self) -> str:
        """Return ``label (0.43)``, the distance rounded down as in face-api.js."""
        if not math.isfinite(self.distance):
            return self.label
        return f"{self.label} ({math.floor(self.distance * 100) / 100:g})"


class FaceMatcher:
    """Finds the nearest of many people; exact, and quick with 100,000 descriptors.

    Args:
        labeled_descriptors: LabeledFaceDescriptors, or unlabelled descriptors (d,) or faces that
            have one, called "person 1", "person 2" and so on. A label without descriptors never
            matches; in an empty gallery everybody is unknown.
        distance_threshold: a match is strictly nearer than this. The recognizer's model card names
            a value; only with ``compat="face-api"`` it may be left out, and is then 0.6.
        per_label: the distance to a person is that to the nearest sample ("min": samples in other
            poses help and never hurt), the "mean" over the samples, or that to their "centroid".
        min_margin: a face is nobody's where the second nearest person is not further away than the
            nearest by at least this.
        compat: "face-api" behaves as face-api.js 0.22.2: the mean, the later of two labels that are
            equally near (otherwise the earlier), and an empty gallery is an error.

    Raises:
        FacesideError: option-invalid, threshold-invalid, descriptor-invalid, descriptor-mismatch,
            gallery-empty.
    """

    def __init__(
        self,
        labeled_descriptors,
        distance_threshold: float | None = None,
        per_label: str = "min",
        compat: str | None = None,
        min_margin: float = 0.0,
    ):
        require_one_of("per_label", per_label, PER_LABEL)
        if compat is not None:
            require_one_of("compat", compat, ["face-api"])
        self.min_margin = _check_margin(min_margin)
        if compat and distance_threshold is None:
            distance_threshold = FACE_API_THRESHOLD
        self.distance_threshold = _check_threshold(distance_threshold)
        self._known = _with_labels(labeled_descriptors)
        if compat and not self._known:
            raise FacesideError("gallery-empty", "Nobody is known yet: add a person first.")
        filled = [known for known in self._known if len(known.descriptors)]
        parts = [known.descriptors for known in filled]
        self._per_label, self._compat = per_label, compat
        self._hold([known.label for known in filled], list(map(len, parts)), parts)

    @classmethod
    def from_rows(
        cls,
        labels: list[str],
        counts: list[int],
        rows: np.ndarray,
        distance_threshold: float,
        per_label: str = "min",
        min_margin: float = 0.0,
    ) -> "FaceMatcher":
        """Make the matcher of very many people at once.

        Args:
            labels: everybody's label.
            counts: how many descriptors each has, at least 1.
            rows: (sum of counts, d), the descriptors of one after the other.

        Raises:
            FacesideError: those of the constructor.
        """
        matcher = cls([], distance_threshold, per_label, min_margin=min_margin)
        matcher._known = None
        matcher._hold(labels, counts, [check_descriptors(rows)] if labels else [])
        return matcher

    def _hold(self, labels, counts, parts) -> None:
        self._labels, self._counts = labels, counts
        self._rows = rows = stack_descriptors(parts)
        if self._per_label == "centroid" and not self._compat and labels:
            rows, counts = centroids(rows, counts), np.ones(len(counts), np.intp)
        self._index = NearestLabels(
            rows,
            counts,
            mean=self._per_label == "mean" or bool(self._compat),
            later_first=bool(self._compat),
        )

    @property
    def labeled_descriptors(self) -> tuple[LabeledFaceDescriptors, ...]:
        """The people that faces are compared with."""
        if self._known is None:
            ends = np.cumsum(self._counts)
            parts = np.split(self._rows, ends[:-1]) if len(ends) else []
            pairs = zip(self._labels, parts, strict=True)
            self._known = tuple(LabeledFaceDescriptors(*pair) for pair in pairs)
        return self._known

    def with_threshold(
        self, distance_threshold: float, min_margin: float | None = None
    ) -> "FaceMatcher":
        """Return this matcher with another threshold, and another margin where one is given; the
        descriptors are shared, not copied."""
        other = copy.copy(self)
        other.distance_threshold = _check_threshold(distance_threshold)
        if min_margin is not None:
            other.min_margin = _check_margin(min_margin)
        return other

    def find_best_match(self, descriptor) -> FaceMatch:
        """Return the nearest person to a descriptor (d,), or "unknown" with that distance.

        Raises:
            FacesideError: descriptor-invalid, descriptor-mismatch.
        """
        return self.find_best_matches(check_descriptor(descriptor))[0]

    def find_best_matches(self, descriptors) -> list[FaceMatch]:
        """Return the best match of each of (n, d) descriptors; see find_best_match."""
        return [self._decide(*nearest) for nearest in self._nearest(descriptors, 2)]

    def top(self, descriptor, k: int) -> list[FaceMatch]:
        """Return the k nearest people (or all, if fewer), nearest first, whatever the threshold."""
        require_integer("k", k, 1, 1_000_000)
        labels, distances = self._nearest(check_descriptor(descriptor), k)[0]
        gaps = np.diff(distances, append=np.inf).tolist()
        return [
            FaceMatch(self._labels[label], distance, gap)
            for label, distance, gap in zip(labels, distances.tolist(), gaps, strict=True)
        ]

    def to_json(self) -> str:
        """Return face-api.js's FaceMatcher JSON; the descriptors read back bit for bit."""
        people = [
            {"label": known.label, "descriptors": known.descriptors.tolist()}
            for known in self.labeled_descriptors
        ]
        return json.dumps(
            {"distanceThreshold": self.distance_threshold, "labeledDescriptors": people}
        )

    @classmethod
    def from_json(cls, text: str | bytes, per_label: str = "min", compat: str | None = None):
        """Read face-api.js's FaceMatcher JSON.

        Raises:
            FacesideError: gallery-unreadable, and those of the constructor.
        """
        document = parse_json(text)
        if not isinstance(document, dict) or "labeledDescriptors" not in document:
            raise damaged("the file", "has no labeledDescriptors")
        known = [
            LabeledFaceDescriptors(label, stack_descriptors([row[np.newaxis] for row in rows]))
            for label, rows in read_labeled_descriptors(document["labeledDescriptors"])
        ]
        threshold = document.get("distanceThreshold", FACE_API_THRESHOLD)
        return cls(known, threshold, per_label, compat)

    def _nearest(self, descriptors, k: int):
        probes = check_descriptors(descriptors)
        length = self._index.rows.shape[1]
        if self._labels and len(probes) and probes.shape[1] != length:
            raise mismatch(length, probes.shape[1])
        return self._index.find(probes, k)

    def _decide(self, labels, distances) -> FaceMatch:
        if not len(labels):
            return FaceMatch(UNKNOWN, math.inf)
        distance, *others = distances.tolist()
        margin = others[0] - distance if others else math.inf
        matched = distance < self.distance_threshold and margin >= self.min_margin
        return FaceMatch(self._labels[labels[0]] if matched else UNKNOWN, distance, margin)


def _with_labels(items) -> tuple[LabeledFaceDescriptors, ...]:
    known, unlabelled = [], 0
    for item in items:
        if not isinstance(item, LabeledFaceDescriptors):
            unlabelled += 1
            descriptor = check_descriptor(getattr(item, "descriptor", item))
            item = LabeledFaceDescriptors(f"person {unlabelled}", descriptor)
        known.append(item)
    return tuple(known)


def _check_threshold(value) -> float:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 <= value < math.inf:
        raise FacesideError(
            "threshold-invalid",
            f"The distance threshold must be a number from 0 up, not {value!r}: "
            "the recognizer's model card names one.",
        )
    return float(value)


def _check_margin(value) -> float:
    require_between("min_margin", value, 0, 1000)
    return float(value)

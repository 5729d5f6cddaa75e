"""How good the nets are, measured on labelled pictures.

``python -m faceside evaluate verification --images DIR --pairs CSV``: are two pictures the same
person? The protocol is that of Labeled Faces in the Wild (Huang et al., 2007): the threshold for each
of ten folds is the one that is best on the other nine.
"""

import csv
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import FacesideError
from .faces import Face, Faces
from .image import read_image
from .matching import euclidean_distance

FOLDS = 10
FALSE_ACCEPT_RATES = (1e-2, 1e-3)


@dataclass(frozen=True)
class Pair:
    """Two pictures, whether they show the same person, and the fold they belong to."""

    a: str
    b: str
    same: bool
    fold: int


def read_pairs(path: str | Path) -> list[Pair]:
    """Read a CSV file with the columns a, b, same and optionally fold.

    Without the column fold, pairs are dealt out to ten folds in turn.

    Raises:
        FacesideError: ``index-unreadable``.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        pairs = [
            Pair(row["a"], row["b"], bool(int(row["same"])), int(row.get("fold") or i % FOLDS))
            for i, row in enumerate(rows)
        ]
    except (OSError, KeyError, ValueError, TypeError, csv.Error) as error:
        raise FacesideError(
            "index-unreadable",
            f"{path} cannot be read as a list of pairs with the columns a, b, same ({error!r}).",
        ) from None
    if not any(pair.same for pair in pairs) or all(pair.same for pair in pairs):
        raise FacesideError(
            "index-unreadable", f"{path} needs pairs of the same and of different people."
        )
    return pairs


async def evaluate_verification(
    images: str | Path,
    pairs: list[Pair],
    describe: Callable[[Path], Awaitable[Face | None]],
    distance_threshold: float,
    progress: Callable[[Iterable], Iterable] = iter,
) -> dict:
    """Measure how well descriptors tell people apart.

    Args:
        images: folder that the names of the pairs start from.
        pairs: the pairs to judge.
        describe: from a picture's path to its main face with a descriptor, or None.
        distance_threshold: the one the product uses, also reported.
        progress: wraps the list of pictures, to show how far it is.

    Returns:
        ``accuracy`` over the folds with its standard deviation, ``accuracy_at_threshold``,
        ``true_accept_rate`` at two false accept rates, ``undetected`` pictures and the pairs they
        were in: those are judged different, whatever they show.
    """
    names = sorted({name for pair in pairs for name in (pair.a, pair.b)})
    faces = {name: await describe(Path(images) / name) for name in progress(names)}
    distances = np.array([_distance(faces[pair.a], faces[pair.b]) for pair in pairs])
    same = np.array([pair.same for pair in pairs])
    folds = np.array([pair.fold for pair in pairs])
    accuracies, thresholds = cross_validate(distances, same, folds)
    seen = np.isfinite(distances)
    seen_accuracies, _ = cross_validate(distances[seen], same[seen], folds[seen])
    return {
        "pictures": len(names),
        "pairs": len(pairs),
        "undetected": sum(face is None for face in faces.values()),
        "pairs_undetected": int((~seen).sum()),
        "accuracy": float(np.mean(accuracies)),
        "accuracy_deviation": float(np.std(accuracies)),
        "accuracy_detected": float(np.mean(seen_accuracies)),
        "best_threshold": float(np.mean(thresholds)),
        "distance_threshold": distance_threshold,
        "accuracy_at_threshold": float(np.mean((distances < distance_threshold) == same)),
        "true_accept_rate": {
            str(rate): true_accept_rate(distances, same, rate) for rate in FALSE_ACCEPT_RATES
        },
    }


def _distance(a: Face | None, b: Face | None) -> float:
    if a is None or b is None:
        return np.inf
    return euclidean_distance(a.descriptor, b.descriptor)


def cross_validate(distances, same, folds) -> tuple[list[float], list[float]]:
    """The accuracy of each fold at the threshold that is best for the others, and these thresholds.

    Args:
        distances: ``(n,)`` float, infinite where a face is missing.
        same: ``(n,)`` bool.
        folds: ``(n,)`` int.
    """
    accuracies, thresholds = [], []
    for fold in np.unique(folds):
        inside = folds == fold
        threshold = best_threshold(distances[~inside], same[~inside])
        thresholds.append(threshold)
        accuracies.append(float(np.mean((distances[inside] < threshold) == same[inside])))
    return accuracies, thresholds


def best_threshold(distances: np.ndarray, same: np.ndarray) -> float:
    """The threshold with the most right answers, in the middle between two distances."""
    order = np.argsort(distances)
    distances, same = distances[order], same[order]
    right = np.concatenate([[0], np.cumsum(np.where(same, 1, -1))])
    right[:-1][~np.isfinite(distances)] = -len(distances)  # no threshold among missing faces
    cut = int(right.argmax())
    around = distances[max(0, cut - 1) : cut + 1]
    return float(np.mean(around[np.isfinite(around)]))


def true_accept_rate(distances: np.ndarray, same: np.ndarray, false_accept_rate: float) -> float:
    """The share of same pairs accepted at the largest threshold that keeps false accepts this rare."""
    different = np.sort(distances[~same])
    threshold = different[int(false_accept_rate * len(different))]
    return float(np.mean(distances[same] < threshold))


def central_face(faces: Faces, width: int, height: int) -> Face | None:
    """The face that a portrait is about: large and near the middle of the picture."""
    if not len(faces):
        return None
    centres = faces.boxes[:, :2] + faces.boxes[:, 2:] / 2
    offsets = np.linalg.norm(centres - [width / 2, height / 2], axis=1)
    return faces.face(int(np.argmax(np.sqrt(np.prod(faces.boxes[:, 2:], axis=1)) - offsets)))


async def describe_central_face(path: Path, task) -> Face | None:
    """The central face of the picture at a path; ``task`` turns a picture into faces."""
    picture = read_image(path)
    return central_face(await task(picture), *picture.size)

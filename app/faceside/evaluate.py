"""How good the nets are, measured on labelled pictures.

``python -m faceside evaluate verification --images DIR --pairs CSV``: are two pictures the same
person? The protocol is that of Labeled Faces in the Wild (Huang et al., 2007): the threshold for
each of ten folds is the one that is best on the other nine.
"""

import csv
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import FacesideError
from .faces import Faces
from .image import Picture, read_image
from .matching import euclidean_distance
from .options import DetectorOptions
from .pipeline import detect_all_faces

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
    describe: Callable[[Path], Awaitable["Described"]],
    distance_threshold: float,
    progress: Callable[[Iterable], Iterable] = iter,
) -> dict:
    """Measure how well descriptors tell people apart.

    Args:
        images: folder that the names of the pairs start from.
        pairs: the pairs to judge.
        describe: from a picture's path to the descriptor of its main face.
        distance_threshold: the one the product uses, also reported.
        progress: wraps the list of pictures, to show how far it is.

    Returns:
        ``accuracy`` over the folds with its standard deviation, ``accuracy_at_threshold``,
        ``true_accept_rate`` at two false accept rates, the number of ``undetected`` pictures,
        whose middle was described in place of a face, and ``accuracy_detected`` of the pairs
        without them.
    """
    names = sorted({name for pair in pairs for name in (pair.a, pair.b)})
    described = {name: await describe(Path(images) / name) for name in progress(names)}
    distances = np.array(
        [euclidean_distance(described[p.a].descriptor, described[p.b].descriptor) for p in pairs]
    )
    seen = np.array([described[pair.a].detected and described[pair.b].detected for pair in pairs])
    same = np.array([pair.same for pair in pairs])
    folds = np.array([pair.fold for pair in pairs])
    accuracies, thresholds = cross_validate(distances, same, folds)
    seen_accuracies, _ = cross_validate(distances[seen], same[seen], folds[seen])
    return {
        "pictures": len(names),
        "pairs": len(pairs),
        "undetected": sum(not one.detected for one in described.values()),
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


def cross_validate(distances, same, folds) -> tuple[list[float], list[float]]:
    """The accuracy of each fold at the threshold that is best for the others, and these thresholds.

    Args:
        distances: ``(n,)`` float.
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
    cut = int(right.argmax())
    beyond = np.concatenate([[distances[0] - 1], distances, [distances[-1] + 1]])
    return float(beyond[cut : cut + 2].mean())


def true_accept_rate(distances: np.ndarray, same: np.ndarray, false_accept_rate: float) -> float:
    """The share of same pairs accepted at the threshold that keeps false accepts this rare."""
    different = np.sort(distances[~same])
    threshold = different[int(false_accept_rate * len(different))]
    return float(np.mean(distances[same] < threshold))


@dataclass(frozen=True, eq=False)
class Described:
    """The descriptor of a portrait, and whether a face was detected in it."""

    descriptor: np.ndarray
    detected: bool


async def describe_portrait(path: Path, options: DetectorOptions, recognizer: str) -> Described:
    """Describe the face that a portrait is about: large and near the middle.

    Where no face is detected, the middle of the picture is taken for one: that it shows a face is
    known beforehand, and leaving it out would flatter detectors that miss the difficult ones.

    Args:
        path: the picture.
        options: how the face is looked for.
        recognizer: what describes it.
    """
    picture = read_image(path)
    task = detect_all_faces(picture, options).with_descriptors(recognizer)
    faces = await task.detect(picture)
    detected = len(faces) > 0
    faces = most_central(faces, picture) if detected else middle_of(picture)
    faces = await task.complete(picture, faces)
    return Described(faces.descriptors[0], detected)


def most_central(faces: Faces, picture: Picture) -> Faces:
    """The face whose size most outweighs its distance from the middle of the picture."""
    height, width = picture.pixels.shape[:2]
    centres = faces.boxes[:, :2] + faces.boxes[:, 2:] / 2
    offsets = np.linalg.norm(centres - [width / 2, height / 2], axis=1)
    return faces[int(np.argmax(np.sqrt(np.prod(faces.boxes[:, 2:], axis=1)) - offsets))]


def middle_of(picture: Picture) -> Faces:
    """A box around the middle half of the picture, in place of a face."""
    height, width = picture.pixels.shape[:2]
    return Faces(np.array([[width / 4, height / 4, width / 2, height / 2]]), np.zeros(1))

"""Are two pictures the same person?

The protocol is that of Labeled Faces in the Wild (Huang et al., 2007): the threshold for each of
ten folds is the one that is best on the other nine.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..image import read_image
from ..matching import euclidean_distance
from ..pipeline import DetectionTask
from .index import read_csv, unreadable
from .measurement import Measurement, Progress
from .portraits import portrait_face

FOLDS = 10
FALSE_ACCEPT_RATES = (1e-2, 1e-3)
CARD_RATES = (1e-4, 1e-3, 1e-2, 1e-1, 0.5)  # those whose distances the model cards hold


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
        FacesideError: ``index-missing``, ``index-unreadable``.
    """

    def parse(number: int, row: dict) -> Pair:
        if row["same"] not in ("0", "1"):
            raise ValueError(f"same is {row['same']!r}, not 0 or 1")
        fold = row.get("fold") or number % FOLDS
        return Pair(row["a"], row["b"], row["same"] == "1", int(fold))

    pairs = read_csv(path, "a, b, same and perhaps fold", parse)
    folds = {pair.fold for pair in pairs}
    if len(folds) < 2 or len({pair.same for pair in pairs}) < 2:
        raise unreadable(path, "needs pairs of the same and of different people, in several folds")
    return pairs


async def evaluate_verification(
    images: str | Path,
    pairs: list[Pair],
    plan: DetectionTask,
    distance_threshold: float,
    progress: Progress = iter,
    all_pairs: bool = False,
) -> Measurement:
    """Measure how well descriptors tell people apart.

    Args:
        images: folder that the names of the pairs start from.
        pairs: the pairs to judge.
        plan: how the face of a portrait is found and described; its image is not used.
        distance_threshold: the one the product uses, also reported.
        progress: wraps the list of pictures, to show how far it is.
        all_pairs: also compare every two pictures of different people, who are told by the names of
            the files, as in Labeled Faces in the Wild: ``Ada_Lovelace_0001.jpg``.

    Returns:
        ``accuracy`` over the folds with its standard deviation, ``accuracy_at_threshold``,
        ``true_accept_rate`` at two false accept rates, the number of ``undetected`` pictures,
        whose middle was described in place of a face, and ``accuracy_detected`` of the pairs
        without them, None where that leaves too few. With ``all_pairs`` also ``different_pairs``
        and ``false_accepts``: for a model card, the distance below which each of CARD_RATES of them
        lies.
    """
    names = sorted({name for pair in pairs for name in (pair.a, pair.b)})
    descriptors, detected = await _describe(Path(images), progress(names), plan)
    distances = np.array([euclidean_distance(descriptors[p.a], descriptors[p.b]) for p in pairs])
    seen = np.array([detected[pair.a] and detected[pair.b] for pair in pairs])
    same = np.array([pair.same for pair in pairs])
    folds = np.array([pair.fold for pair in pairs])
    accuracies, thresholds = cross_validate(distances, same, folds)
    false_accepts, true_accepts = receiver_operating_characteristic(distances, same)
    numbers = {
        "pictures": len(names),
        "pairs": len(pairs),
        "undetected": sum(not found for found in detected.values()),
        "accuracy": float(np.mean(accuracies)),
        "accuracy_deviation": float(np.std(accuracies)),
        "accuracy_detected": _mean_accuracy(distances[seen], same[seen], folds[seen]),
        "best_threshold": float(np.mean(thresholds)),
        "distance_threshold": distance_threshold,
        "accuracy_at_threshold": float(np.mean((distances < distance_threshold) == same)),
        "true_accept_rate": {
            str(rate): true_accept_rate(distances, same, rate) for rate in FALSE_ACCEPT_RATES
        },
    }
    if all_pairs:
        apart = distances_of_strangers(names, np.array([descriptors[name] for name in names]))
        numbers["different_pairs"] = len(apart)
        numbers["false_accepts"] = [[float(np.quantile(apart, r)), r] for r in CARD_RATES]
    return Measurement(numbers, {"false_accepts": false_accepts, "true_accepts": true_accepts})


def distances_of_strangers(names: list[str], descriptors: np.ndarray) -> np.ndarray:
    """The distances of every two pictures of different people, ``(k,)``.

    Args:
        names: ``n`` paths of files called by the person and a number.
        descriptors: ``(n, d)``.

    Raises:
        FacesideError: ``index-unreadable``, where all names are of one person.
    """
    people = np.array([Path(name).stem.rpartition("_")[0] for name in names])
    rows = descriptors.astype(np.float64)
    squares = np.einsum("ij,ij->i", rows, rows)
    upper = np.triu(people[:, None] != people[None, :])
    if not upper.any():
        raise unreadable("the list of pictures", "names one person only")
    matrix = squares[:, None] + squares[None, :] - 2 * rows @ rows.T
    return np.sqrt(np.maximum(matrix[upper], 0))


async def _describe(folder: Path, names: Iterable[str], plan: DetectionTask) -> tuple[dict, dict]:
    """Descriptors by name, and whether a face was detected."""
    descriptors, detected = {}, {}
    for name in names:
        face, detected[name] = await portrait_face(read_image(folder / name), plan)
        descriptors[name] = face.descriptors[0]
    return descriptors, detected


def _mean_accuracy(distances, same, folds) -> float | None:
    if len(np.unique(folds)) < 2:
        return None
    return float(np.mean(cross_validate(distances, same, folds)[0]))


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
    values, counts, firsts = _by_distance(distances, same)
    right = np.concatenate([[0], np.cumsum(2 * firsts - counts)])
    cut = int(right.argmax())
    beyond = np.concatenate([[values[0] - 1], values, [values[-1] + 1]])
    return float(beyond[cut : cut + 2].mean())


def true_accept_rate(distances: np.ndarray, same: np.ndarray, false_accept_rate: float) -> float:
    """The share of same pairs accepted at the threshold that keeps false accepts this rare."""
    different = np.sort(distances[~same])
    threshold = different[int(false_accept_rate * len(different))]
    return float(np.mean(distances[same] < threshold))


def receiver_operating_characteristic(distances, same) -> tuple[np.ndarray, np.ndarray]:
    """False and true accept rates, both ``(k,)`` from 0 to 1, at every threshold that matters."""
    _, counts, accepted = _by_distance(distances, same)
    rates = [np.cumsum(counts - accepted) / np.sum(~same), np.cumsum(accepted) / np.sum(same)]
    return tuple(np.concatenate([[0], rate]) for rate in rates)


def _by_distance(distances, same) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The distances there are, ascending; of each, the number of pairs and of same pairs."""
    values, place = np.unique(distances, return_inverse=True)
    return values, np.bincount(place), np.bincount(place, weights=same)

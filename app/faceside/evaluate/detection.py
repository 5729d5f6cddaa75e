"""Which faces of a picture are found, and what else is taken for one?

Judged as WIDER FACE does it (Yang et al., 2016): a detection is of the face it overlaps most, by at
least half; the best detection of a face is a hit, any other a false positive. Faces marked as
invalid and faces too small to count are neither hits nor misses, nor are detections of them. As in
COCO (Lin et al., 2014), detections too small to count that are of no face are left out as well:
most are of small faces, which few people label. Size is height, as WIDER FACE measures it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..geometry import box_iou
from ..options import DetectorOptions
from ..pipeline import detect_all_faces
from .index import read_json, unreadable
from .measurement import Measurement, Progress

IOU = 0.5
MIN_FACE = 16
# The precision-recall curve goes down to this score; below it WIDER FACE's submissions list none.
LOWEST_SCORE = 0.02
MOST_FACES = 1000  # on that curve, a picture
SHAPE = 'a JSON list of {"file": …, "faces": [{"box": [x, y, width, height], "invalid": 0}, …]}'
FALSE_POSITIVE, HIT, IGNORED = 0, 1, -1


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """A picture, the boxes ``(m, 4)`` of its faces, and which of them ``(m,)`` are invalid."""

    path: Path
    boxes: np.ndarray
    invalid: np.ndarray


def read_boxes(path: str | Path) -> list[LabelledPicture]:
    """Read a JSON list of pictures, which lie beside it, and the boxes of their faces.

    Raises:
        FacesideError: ``index-missing``, ``index-unreadable``.
    """
    folder = Path(path).parent

    def picture(entry: dict) -> LabelledPicture:
        boxes = np.array([face["box"] for face in entry["faces"]], float).reshape(-1, 4)
        invalid = np.array([bool(face.get("invalid", 0)) for face in entry["faces"]], bool)
        return LabelledPicture(folder / entry["file"], boxes, invalid)

    return read_json(path, SHAPE, lambda entries: [picture(entry) for entry in entries])


async def evaluate_detection(
    pictures: list[LabelledPicture],
    options: DetectorOptions,
    min_face: float = MIN_FACE,
    progress: Progress = iter,
) -> Measurement:
    """Measure a detector.

    Args:
        pictures: what to look at, and the faces there.
        options: how to look; its least score and most faces hold for ``recall`` and
            ``false_positives_per_picture``, while ``average_precision`` goes on to fainter ones.
        min_face: the least height in pixels of a face that counts.
        progress: wraps the list of pictures, to show how far it is.

    Returns:
        ``average_precision``; at the least score ``recall``, ``precision``, the number of
        ``hits`` and ``false_positives`` and these a picture.

    Raises:
        FacesideError: ``index-unreadable`` when no face is that high.
    """
    faces = int(sum(np.sum(~uncounted(one, min_face)) for one in pictures))
    if not faces:
        raise unreadable("The list of pictures", f"has no face of at least {min_face} pixels")
    faint = replace(
        options,
        min_score=min(LOWEST_SCORE, options.min_score),
        max_faces=max(MOST_FACES, options.max_faces),
    )
    scores, outcomes, within = [], [], []
    for picture in progress(pictures):
        found = await detect_all_faces(picture.path, faint)
        scores.append(found.scores)
        outcomes.append(judge(found.boxes, picture, min_face))
        within.append(np.arange(len(found)) < options.max_faces)
    scores, outcomes = np.concatenate(scores), np.concatenate(outcomes)
    returned = np.concatenate(within) & (scores >= options.min_score)
    hits = int(np.sum(returned & (outcomes == HIT)))
    false_positives = int(np.sum(returned & (outcomes == FALSE_POSITIVE)))
    counted = outcomes != IGNORED
    recalls, precisions = precision_recall(scores[counted], outcomes[counted] == HIT, faces)
    numbers = {
        "pictures": len(pictures),
        "faces": faces,
        "min_face": min_face,
        "average_precision": average_precision(recalls, precisions),
        "min_score": options.min_score,
        "recall": hits / faces,
        "precision": hits / max(hits + false_positives, 1),
        "hits": hits,
        "false_positives": false_positives,
        "false_positives_per_picture": false_positives / len(pictures),
    }
    return Measurement(numbers, {"recalls": recalls, "precisions": precisions})


def uncounted(picture: LabelledPicture, min_face: float) -> np.ndarray:
    """Which faces ``(m,)`` do not count: lower than this in pixels, or invalid."""
    return picture.invalid | (picture.boxes[:, 3] < min_face)


def judge(found: np.ndarray, picture: LabelledPicture, min_face: float) -> np.ndarray:
    """What each detection of a picture is.

    Args:
        found: ``(n, 4)`` boxes of the detections, best first.
        picture: the faces there are.
        min_face: the least height in pixels of a face that counts.

    Returns:
        ``(n,)`` int: HIT, FALSE_POSITIVE or IGNORED.
    """
    overlaps = box_iou(found, np.vstack([picture.boxes, np.zeros((1, 4))]))  # the last: no face
    nearest = np.where(overlaps.max(axis=1) >= IOU, overlaps.argmax(axis=1), len(picture.boxes))
    ignored = np.append(uncounted(picture, min_face), False)[nearest]
    ignored |= (nearest == len(picture.boxes)) & (found[:, 3] < min_face)
    outcomes = np.where(ignored, IGNORED, FALSE_POSITIVE)
    of_faces = np.flatnonzero(~ignored & (nearest < len(picture.boxes)))
    _, firsts = np.unique(nearest[of_faces], return_index=True)
    outcomes[of_faces[firsts]] = HIT
    return outcomes


def precision_recall(scores, hits, faces: int) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision ``(k,)`` at each score there is, from the highest to the lowest.

    Args:
        scores: ``(n,)`` float.
        hits: ``(n,)`` bool.
        faces: how many there are to find.
    """
    values, place = np.unique(-np.asarray(scores), return_inverse=True)
    found = np.cumsum(np.bincount(place, minlength=len(values)))
    right = np.cumsum(np.bincount(place, weights=hits, minlength=len(values)))
    return right / faces, right / found


def average_precision(recalls: np.ndarray, precisions: np.ndarray) -> float:
    """The area under the curve of the best precision at this recall or a higher one."""
    best = np.maximum.accumulate(precisions[::-1])[::-1]
    return float(np.sum(np.diff(recalls, prepend=0) * best))

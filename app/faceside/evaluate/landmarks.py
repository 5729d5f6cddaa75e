"""How far are the landmarks from where a person put them?

The error of a face is the mean distance of its 68 points over the distance of the outer corners
of its eyes, as in 300-W (Sagonas et al., 2016).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..faces import Faces
from ..geometry import bounding_boxes, box_iou, scale_boxes
from ..image import Picture, read_image
from ..pipeline import DetectionTask
from .index import read_json
from .measurement import Measurement, Progress

EYE_CORNERS = (36, 45)
FAILURE = 0.08
WIDER = 1.1  # a box around the points, made this much wider and higher, in place of a detection
# IoU of a detection with the box of the points that it must exceed to be of the same face; boxes
# of detectors reach up to the hair or leave the chin out, so they overlap by little more than half.
LEAST_OVERLAP = 0.2
SHAPE = (
    'a JSON list of {"file": …, "points": [[x, y], …]} with 68 points a picture, or an object of '
    'lists of {"file": …, "faces": [{"points": [[x, y], …]}, …]}'
)


@dataclass(frozen=True, eq=False)
class PointedPicture:
    """A picture and the points ``(m, 68, 2)`` of its faces."""

    path: Path
    points: np.ndarray


def read_points(path: str | Path) -> list[PointedPicture]:
    """Read a JSON file of pictures, which lie beside it, and the points of their faces.

    Faces without points are left out.

    Raises:
        FacesideError: ``index-missing``, ``index-unreadable``.
    """
    folder = Path(path).parent

    def picture(entry: dict) -> PointedPicture:
        faces = entry.get("faces", [entry])
        points = np.array([face["points"] for face in faces if face["points"]], float)
        return PointedPicture(folder / entry["file"], points.reshape(-1, 68, 2))

    def parse(content) -> list[PointedPicture]:
        entries = sum(content.values(), []) if isinstance(content, dict) else content
        pictures = [picture(entry) for entry in entries]
        return [one for one in pictures if len(one.points)]

    return read_json(path, SHAPE, parse)


async def evaluate_landmarks(
    pictures: list[PointedPicture],
    plan: DetectionTask,
    from_points: bool = False,
    progress: Progress = iter,
) -> Measurement:
    """Measure a landmark net.

    Args:
        pictures: what to look at, and the points there.
        plan: how faces and their landmarks are found; its image is not used.
        from_points: start from the box of the true points, made a tenth wider, and not from the
            detector: the net alone.
        progress: wraps the list of pictures, to show how far it is.

    Returns:
        ``mean_error`` of the faces found, ``failure_rate`` among them (an error above 0.08), and
        the number ``undetected``.
    """
    errors = []
    for one in progress(pictures):
        picture = read_image(one.path)
        points = one.points / picture.reduction
        faces = boxes_of(points) if from_points else await nearest_faces(picture, plan, points)
        detected = faces.scores > 0
        faces = await plan.complete(picture, faces[detected])
        found = np.full(len(points), np.nan)
        found[detected] = landmark_errors(faces.landmarks, points[detected])
        errors.append(found)
    errors = np.concatenate(errors)
    found = errors[np.isfinite(errors)]
    numbers = {
        "pictures": len(pictures),
        "faces": len(errors),
        "from_points": from_points,
        "undetected": len(errors) - len(found),
        "mean_error": float(np.mean(found)) if len(found) else None,
        "median_error": float(np.median(found)) if len(found) else None,
        "failure_rate": float(np.mean(found > FAILURE)) if len(found) else None,
        "failures": int(np.sum(found > FAILURE)),
    }
    return Measurement(numbers, {"errors": errors})


def boxes_of(points: np.ndarray) -> Faces:
    """Faces in boxes a little wider than the points ``(m, 68, 2)``."""
    return Faces(scale_boxes(bounding_boxes(points), WIDER), np.ones(len(points)))


async def nearest_faces(picture: Picture, plan: DetectionTask, points: np.ndarray) -> Faces:
    """For each set of points ``(m, 68, 2)`` the detection nearest to it; score 0 where none is."""
    faces = await plan.detect(picture)
    if not len(faces):
        return Faces(bounding_boxes(points), np.zeros(len(points)))
    overlaps = box_iou(bounding_boxes(points), faces.boxes)
    nearest = faces[overlaps.argmax(axis=1)]
    same = overlaps.max(axis=1) > LEAST_OVERLAP
    return nearest.with_columns(scores=np.where(same, nearest.scores, 0))


def landmark_errors(found: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Mean distances of points over the distances of the true outer eye corners.

    Args:
        found: ``(n, 68, 2)`` landmarks.
        points: ``(n, 68, 2)`` where they belong.

    Returns:
        ``(n,)`` float.
    """
    first, last = (points[:, corner] for corner in EYE_CORNERS)
    between = np.linalg.norm(first - last, axis=1)
    return np.linalg.norm(found - points, axis=2).mean(axis=1) / between

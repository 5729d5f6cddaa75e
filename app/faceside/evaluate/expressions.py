"""Which expression has a face?

The pictures are faces already cut out, as those of FER2013 (Goodfellow et al., 2013), so the whole
picture is the face unless the detector is asked to look first.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..faces import EXPRESSIONS
from ..image import read_image
from ..pipeline import DetectionTask
from .index import read_csv
from .measurement import Measurement, Progress
from .portraits import cut_out_face


@dataclass(frozen=True)
class LabelledExpression:
    """A picture of a face and its expression, as an index of EXPRESSIONS."""

    path: Path
    expression: int


def read_expressions(path: str | Path) -> list[LabelledExpression]:
    """Read a CSV file with the columns file and label, one of EXPRESSIONS; the pictures lie beside.

    Raises:
        FacesideError: ``index-missing``, ``index-unreadable``.
    """
    folder = Path(path).parent

    def parse(_: int, row: dict) -> LabelledExpression:
        return LabelledExpression(folder / row["file"], EXPRESSIONS.index(row["label"]))

    return read_csv(path, f"file and label (one of {', '.join(EXPRESSIONS)})", parse)


async def evaluate_expressions(
    faces: list[LabelledExpression],
    plan: DetectionTask,
    detect: bool = False,
    progress: Progress = iter,
) -> Measurement:
    """Measure how well expressions are told.

    Args:
        faces: what to look at, and the expression there.
        plan: how the face is found and its expression told; its image is not used.
        detect: let the detector look for the face first.
        progress: wraps the list of faces, to show how far it is.

    Returns:
        ``accuracy``, ``balanced_accuracy`` (the mean of the shares told right of each expression
        there is) and ``confusion``, a row for each expression labelled, a column for each told.
    """
    told, undetected = [], 0
    for one in progress(faces):
        face, detected = await cut_out_face(read_image(one.path), plan, detect)
        told.append(int(face.expressions[0].argmax()))
        undetected += not detected
    matrix = confusion([one.expression for one in faces], told, len(EXPRESSIONS))
    numbers = {
        "faces": len(faces),
        "detect": detect,
        "undetected": undetected if detect else None,
        "accuracy": float(np.trace(matrix) / matrix.sum()),
        "balanced_accuracy": balanced_accuracy(matrix),
        "labels": list(EXPRESSIONS),
        "confusion": matrix.tolist(),
    }
    return Measurement(numbers, {"labels": np.array(EXPRESSIONS), "confusion": matrix})


def confusion(labels: list[int], told: list[int], count: int) -> np.ndarray:
    """How often each label (row) was told as each (column), ``(count, count)`` int."""
    matrix = np.zeros((count, count), int)
    np.add.at(matrix, (labels, told), 1)
    return matrix


def balanced_accuracy(matrix: np.ndarray) -> float:
    """The mean share told right of each label that occurs, of a confusion matrix."""
    there = matrix.sum(axis=1) > 0
    return float(np.mean(np.diag(matrix)[there] / matrix.sum(axis=1)[there]))

"""How old is a face, and of which gender?

The pictures are faces already cut out, as those of UTKFace (Zhang et al., 2017), so the whole
picture is the face unless the detector is asked to look first.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..image import read_image
from ..pipeline import DetectionTask
from .index import read_csv
from .measurement import Measurement, Progress
from .portraits import cut_out_face

GENDERS = ("F", "M")
LONGEST_LIFE = 130  # years


@dataclass(frozen=True)
class LabelledPerson:
    """A picture of a face, its age in years and whether it is a man's."""

    path: Path
    age: float
    male: bool


def read_people(path: str | Path) -> list[LabelledPerson]:
    """Read a CSV file with the columns file, age and gender (F or M); the pictures lie beside.

    Raises:
        FacesideError: ``index-missing``, ``index-unreadable``.
    """
    folder = Path(path).parent

    def parse(_: int, row: dict) -> LabelledPerson:
        age = float(row["age"])
        if not 0 <= age <= LONGEST_LIFE:
            raise ValueError(f"age is {row['age']!r}")
        return LabelledPerson(folder / row["file"], age, bool(GENDERS.index(row["gender"])))

    return read_csv(path, "file, age in years and gender (F or M)", parse)


async def evaluate_age_gender(
    people: list[LabelledPerson],
    plan: DetectionTask,
    detect: bool = False,
    progress: Progress = iter,
) -> Measurement:
    """Measure how well age and gender are told.

    Args:
        people: what to look at, and the age and gender there.
        plan: how the face is found and its age and gender told; its image is not used.
        detect: let the detector look for the face first.
        progress: wraps the list of people, to show how far it is.

    Returns:
        ``age_error``, the mean absolute error in years, ``gender_accuracy``, and both with the
        number of faces ``by_decade`` of the true age.
    """
    ages, males, undetected = [], [], 0
    for one in progress(people):
        face, detected = await cut_out_face(read_image(one.path), plan, detect)
        ages.append(float(face.ages[0]))
        males.append(float(face.male_probabilities[0]) > 0.5)
        undetected += not detected
    true_ages = np.array([one.age for one in people])
    errors = np.abs(np.array(ages) - true_ages)
    right = np.array(males) == np.array([one.male for one in people])
    decades = by_decade(true_ages, errors, right)
    numbers = {
        "faces": len(people),
        "detect": detect,
        "undetected": undetected if detect else None,
        "age_error": float(errors.mean()),
        "gender_accuracy": float(right.mean()),
        "by_decade": decades,
    }
    series = {
        "decades": np.array(list(decades)),
        "errors": np.array([group["age_error"] for group in decades.values()]),
    }
    return Measurement(numbers, series)


def by_decade(ages: np.ndarray, errors: np.ndarray, right: np.ndarray) -> dict[str, dict]:
    """Mean errors and shares of right answers of the decades of life that occur.

    Args:
        ages: ``(n,)`` true ages in years.
        errors: ``(n,)`` absolute errors in years.
        right: ``(n,)`` bool, whether the gender was told right.

    Returns:
        By "0-9", "10-19", …: ``faces``, ``age_error``, ``gender_accuracy``.
    """
    decades = ages.astype(int) // 10
    groups = {}
    for decade in np.unique(decades):
        inside = decades == decade
        groups[f"{decade * 10}-{decade * 10 + 9}"] = {
            "faces": int(inside.sum()),
            "age_error": float(errors[inside].mean()),
            "gender_accuracy": float(right[inside].mean()),
        }
    return groups

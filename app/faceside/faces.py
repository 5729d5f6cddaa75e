"""The one result type: the faces of a picture as columns of equal length.

faces = await detect_all_faces("group.jpg").with_descriptors()
for face in faces[faces.scores > 0.9]:
    print(face.box.width, face.score)
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

# In the order of face-api.js (FACE_EXPRESSION_LABELS).
EXPRESSIONS = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised")
COLUMNS = {  # the shape of one row
    "boxes": (4,),
    "scores": (),
    "keypoints": (5, 2),
    "landmarks": (68, 2),
    "descriptors": (128,),
    "expressions": (len(EXPRESSIONS),),
    "ages": (),
    "male_probabilities": (),
}


class Box(NamedTuple):
    """A box in pixels of the upright picture; ``x, y`` is its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, eq=False)
class Face:
    """One row of :class:`Faces`: its columns in the singular, None where a stage did not run.

    Attributes:
        expressions: how likely each is, 0..1, by its name.
    """

    box: Box
    score: float
    keypoints: np.ndarray | None = None
    landmarks: np.ndarray | None = None
    descriptor: np.ndarray | None = None
    recognizer: str | None = None
    expressions: dict[str, float] | None = None
    age: float | None = None
    male_probability: float | None = None

    @property
    def gender(self) -> str | None:
        """ "female" or "male", whichever is more likely."""
        if self.male_probability is None:
            return None
        return "male" if self.male_probability > 0.5 else "female"

    @property
    def gender_probability(self) -> float | None:
        """How likely the gender is, 0.5..1."""
        if self.male_probability is None:
            return None
        return max(self.male_probability, 1 - self.male_probability)


@dataclass(frozen=True, eq=False)
class Faces:
    """The faces found in one picture, best score first.

    Attributes:
        boxes: ``(n, 4)`` float32, x, y, width, height in pixels of the upright picture; may reach
            beyond its borders.
        scores: ``(n,)`` float32 of 0..1.
        keypoints: ``(n, 5, 2)`` float32 pixels, or None when the detector has none: the eye at the
            viewer's left, the other eye, the tip of the nose, the corners of the mouth left, right.
        landmarks: ``(n, 68, 2)`` float32 pixels, or None when they were not asked for.
        descriptors: ``(n, 128)`` float32, or None when they were not asked for.
        recognizer: the model that made the descriptors; those of two models never compare.
        expressions: ``(n, 7)`` float32 of 0..1, how likely each of EXPRESSIONS is, or None.
        ages: ``(n,)`` float32 years, or None.
        male_probabilities: ``(n,)`` float32 of 0..1, how likely each is a man's face, or None.

    Raises:
        ValueError: columns of different lengths or wrong shapes.
    """

    boxes: np.ndarray
    scores: np.ndarray
    keypoints: np.ndarray | None = None
    landmarks: np.ndarray | None = None
    descriptors: np.ndarray | None = None
    recognizer: str | None = None
    expressions: np.ndarray | None = None
    ages: np.ndarray | None = None
    male_probabilities: np.ndarray | None = None

    def __post_init__(self):
        for name, row in COLUMNS.items():
            column = getattr(self, name)
            if column is None:
                continue
            column = np.asarray(column, np.float32)
            expected = (len(self.boxes), *row)
            if column.shape != expected:
                raise ValueError(f"{name} must have shape {expected}, got {column.shape}")
            object.__setattr__(self, name, column)

    @classmethod
    def empty(cls) -> "Faces":
        """No faces, with the columns that every result has."""
        return cls(np.zeros((0, 4)), np.zeros(0))

    def __len__(self) -> int:
        return len(self.boxes)

    def __iter__(self) -> Iterator[Face]:
        return (self.face(i) for i in range(len(self)))

    def __getitem__(self, index) -> "Faces":
        """The faces of a boolean index, a slice, an index array or one index (kept as a row)."""
        if isinstance(index, (int, np.integer)):
            index = [index]
        columns = {n: getattr(self, n) for n in COLUMNS if getattr(self, n) is not None}
        return replace(self, **{name: column[index] for name, column in columns.items()})

    def face(self, index: int) -> Face:
        """One face as a :class:`Face`."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        row = {name: None if c is None else c[index] for name, c in columns.items()}
        expressions, age, male = row["expressions"], row["ages"], row["male_probabilities"]
        if expressions is not None:
            expressions = dict(zip(EXPRESSIONS, expressions.tolist(), strict=True))
        return Face(
            box=Box(*map(float, row["boxes"])),
            score=float(row["scores"]),
            keypoints=row["keypoints"],
            landmarks=row["landmarks"],
            descriptor=row["descriptors"],
            recognizer=self.recognizer,
            expressions=expressions,
            age=None if age is None else float(age),
            male_probability=None if male is None else float(male),
        )

    def with_columns(self, **columns) -> "Faces":
        """A copy with some columns set."""
        return replace(self, **columns)

    def scaled(self, factor: float) -> "Faces":
        """The same faces in a picture ``factor`` times as large."""
        if factor == 1:
            return self
        placed = ("boxes", "keypoints", "landmarks")
        columns = {n: getattr(self, n) for n in placed if getattr(self, n) is not None}
        return replace(self, **{name: column * factor for name, column in columns.items()})

    def to_records(self) -> list[dict]:
        """Plain records of numbers and lists, with the field names of the JavaScript contract."""
        return [face_record(face) for face in self]


def face_record(face: Face) -> dict:
    """One face as a plain record; stages that did not run leave no field."""
    record = {"box": face.box._asdict(), "score": face.score}
    for name in ("keypoints", "landmarks", "descriptor"):
        column = getattr(face, name)
        if column is not None:
            record[name] = column.tolist()
    return record | attribute_record(face)


def attribute_record(face: Face) -> dict:
    """Expressions, age and gender of a face as a plain record, as far as they are known."""
    record = {
        "expressions": face.expressions,
        "age": face.age,
        "gender": face.gender,
        "genderProbability": face.gender_probability,
    }
    return {name: value for name, value in record.items() if value is not None}


assert set(COLUMNS) < {field.name for field in fields(Faces)}

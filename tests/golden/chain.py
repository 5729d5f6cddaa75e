"""What face-api.js found (chain.json, by make_chain.py) beside what Faceside finds."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tests.golden.inputs import NODE_MODULES

CHAIN = json.loads(Path(__file__).with_name("chain.json").read_text("utf-8"))
PICTURES = [name for name in CHAIN if name != "origin"]  # "tiny_face 1", see make_chain.py


def pixels(picture: str) -> np.ndarray:
    """The photo, or the part of one, that a golden was made from, ``(h, w, 3)`` uint8."""
    _, number, *part = picture.split()
    photo = Image.open(NODE_MODULES / f"@vladmandic/face-api/demo/sample{number}.jpg")
    image = np.asarray(photo.convert("RGB"))
    if not part:
        return image
    x, y, width, height = map(int, part[0].split(","))
    return np.ascontiguousarray(image[y : y + height, x : x + width])


@dataclass(frozen=True)
class Tolerance:
    """The largest differences: pixels of boxes and landmarks, Euclidean distance of descriptors,
    probabilities (scores too), years."""

    pixels: float
    distance: float
    probability: float
    years: float


TIGHT = Tolerance(0.02, 0.001, 0.001, 0.01)  # a hair more than the digits cut off in chain.json


def differences(records: list[dict], golden: list[dict]) -> list[dict]:
    """How far each face is from the golden one, stage by stage; faces must be as many.

    Args:
        records: Faceside's, in the words of window.faceside.
        golden: the faces of one picture of ``CHAIN``.
    """
    assert len(records) == len(golden)
    corners = np.array([face["box"][:2] for face in golden], float)
    unpaired, pairs = set(range(len(golden))), []
    for record in records:
        corner = record["box"]["x"], record["box"]["y"]
        nearest = min(unpaired, key=lambda i: np.abs(corners[i] - corner).max())
        unpaired.remove(nearest)
        pairs.append((record, golden[nearest]))
    return [_difference(record, face) for record, face in pairs]


def _difference(record: dict, face: dict) -> dict:
    box = [record["box"][side] for side in ("x", "y", "width", "height")]
    found = {"box": _largest(box, face["box"]), "score": abs(record["score"] - face["score"])}
    if "landmarks" in record:
        found["landmarks"] = _largest(record["landmarks"], face["landmarks"])
    if "descriptor" in record:
        found["descriptor"] = float(
            np.linalg.norm(np.subtract(record["descriptor"], face["descriptor"]))
        )
    if "expressions" in record:
        assert set(record["expressions"]) == set(face["expressions"])
        found["expressions"] = max(
            abs(probability - face["expressions"][name])
            for name, probability in record["expressions"].items()
        )
    if "age" in record:
        assert record["gender"] == face["gender"]
        found["age"] = abs(record["age"] - face["age"])
        found["gender"] = abs(record["genderProbability"] - face["gender_probability"])
    return found


def _largest(ours, theirs) -> float:
    return float(np.abs(np.subtract(ours, theirs)).max())


def check(found: list[dict], tolerance: Tolerance) -> None:
    """Fail with the figures where a face is further from the golden one than tolerated."""
    limits = {"box": tolerance.pixels, "landmarks": tolerance.pixels, "age": tolerance.years}
    limits["descriptor"] = tolerance.distance
    for face in found:
        over = {
            stage: value
            for stage, value in face.items()
            if not value <= limits.get(stage, tolerance.probability)
        }
        assert not over, f"too far from face-api.js: {over}"

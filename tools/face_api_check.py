"""Holds Faceside's compatibility mode to face-api.js's own golden pictures and values.

    python -m tools.face_api_check FOLDER

FOLDER holds ``images/`` and ``data/`` of face-api.js's ``test/``. The boxes, ages and tolerances
below are those of its tests (``tests/globalApi``, ``tests/consts.ts``, ``expected…Boxes.ts``).
Prints a table in Markdown, with --page into docs/accuracy.md too; the exit status is 1 when
anything lies outside.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from faceside import DetectorOptions, Faces, Nets, detect_all_faces, read_image
from faceside.canvas import letterboxes
from tools.accuracy import PAGE, put_between_marks

TINY = [
    *((54, 33, 134, 114), (214, 53, 124, 119), (29, 264, 139, 137)),
    *((224, 240, 147, 128), (430, 183, 162, 143), (547, 81, 136, 114)),
]
TINY_SCORES = {416: [0.70, 0.82, 0.93, 0.86, 0.79, 0.84], 320: [0.77, 0.75, 0.88, 0.77, 0.83, 0.85]}
SSD = [
    *((84, 14, 79, 132), (234, 36, 84, 119), (48, 253, 104, 129)),
    *((260, 227, 76, 117), (466, 165, 88, 130), (577, 65, 84, 105)),
]
SSD_SCORES = [0.54, 0.81, 0.97, 0.88, 0.84, 0.61]
AGES = {"aligned": [34, 27, 41, 26, 31, 40], "unaligned": [33, 26, 37, 30, 36, 22]}
GENDERS = ["female", "male", "male", "female", "male", "female"]
PIXELS, PIXELS_320, SCORE, POINTS, DISTANCE, NET_DISTANCE, YEARS = 5, 40, 0.05, 10, 0.2, 0.1, 6


@dataclass(frozen=True)
class Line:
    """One line of the table: the worst value found and the limit it must keep."""

    what: str
    worst: float
    limit: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        return self.worst >= self.limit if self.at_least else self.worst <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        verdict = "yes" if self.kept else "**no**"
        return f"| {self.what} | {self.worst:.3g} | {sign} {self.limit:g} | {verdict} |"


class Check:
    """The golden pictures and values of one folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.nets = Nets()

    def golden(self, name: str) -> np.ndarray:
        values = json.loads((self.folder / "data" / f"{name}.json").read_text())
        if isinstance(values[0], dict):
            values = [values]
        if isinstance(values[0], list) and isinstance(values[0][0], dict):
            return np.array([[(point["x"], point["y"]) for point in face] for face in values])
        return np.atleast_2d(values)

    def task(self, detector: str, image: str = "faces.jpg", **options):
        options = DetectorOptions(detector, compat="face-api", **options)
        return detect_all_faces(self.folder / "images" / image, options, nets=self.nets)

    async def lines(self):
        """Every line of the table, in turn."""
        for detector, boxes, scores, options, pixels in (
            ("tiny_face", TINY, TINY_SCORES[416], {}, PIXELS),
            ("tiny_face", TINY, TINY_SCORES[320], {"input_size": 320}, PIXELS_320),
            ("ssd_mobilenet", SSD, SSD_SCORES, {}, PIXELS),
        ):
            plan = self.task(detector, **options).with_landmarks().with_descriptors("dlib_resnet")
            title = f"faces.jpg, {detector} {options.get('input_size', '')}".strip()
            faces, order = paired(await plan, boxes)
            yield Line(f"{title}: boxes, px", _worst(faces.boxes[order] - boxes), pixels)
            yield Line(f"{title}: scores", _worst(faces.scores[order] - scores), SCORE)
            if pixels == PIXELS:
                points = faces.landmarks[order] - self.golden("facesFaceLandmarkPositions")
                away = faces.descriptors[order] - self.golden("facesFaceDescriptors")
                yield Line(f"{title}: landmarks, px", _worst(points), POINTS)
                distances = np.linalg.norm(away, axis=1)
                yield Line(f"{title}: descriptors, distance", distances.max(), DISTANCE)
        strict = await self.task("ssd_mobilenet", min_score=0.7)
        surplus = abs(len(strict) - 4)
        yield Line("faces.jpg, ssd_mobilenet at 0.7: faces more or less than 4", surplus, 0)
        mtcnn = await self.task("mtcnn")
        expected = self.golden("mtcnnFaceLandmarkPositions")
        order = nearest(mtcnn.keypoints.mean(axis=1), expected.mean(axis=1))
        away = mtcnn.keypoints[order] - expected
        yield Line("faces.jpg, mtcnn: keypoints, px", _worst(away), POINTS)
        for way in ("aligned", "unaligned"):
            async for line in self.attributes_of_group(way):
                yield line
        async for line in self.single_faces():
            yield line
        blank = await self.task("tiny_face", "white.png")
        yield Line("white.png: faces", len(blank), 0)

    async def attributes_of_group(self, way: str):
        plan = self.task("tiny_face")
        if way == "aligned":
            plan = plan.with_landmarks()
        faces, order = paired(await plan.with_expressions().with_age_and_gender(), TINY)
        records = [faces.to_records()[i] for i in order]
        title = f"faces.jpg, {way}"
        ages = [record["age"] for record in records]
        yield Line(f"{title}: ages, years", _worst(np.subtract(ages, AGES[way])), YEARS)
        right = [record["gender"] for record in records]
        yield Line(f"{title}: genders wrong", int(np.sum(np.array(right) != GENDERS)), 0)
        sure = [record["genderProbability"] for record in records]
        yield Line(f"{title}: gender of face 0", sure[0], 0.65, True)
        yield Line(f"{title}: gender of the others", min(sure[1:]), 0.9, True)
        moods = [record["expressions"] for record in records]
        happy = min(mood["happy"] for i, mood in enumerate(moods) if i != 4)
        yield Line(f"{title}: happy, all but face 4", happy, 0.95, True)
        yield Line(f"{title}: neutral, face 4", moods[4]["neutral"], 0.4, True)

    async def single_faces(self):
        """Crops, which the low-level nets are given whole."""
        for name, suffix in (
            ("face1.png", "1"),
            ("face2.png", "2"),
            ("face_rectangular.png", "Rect"),
        ):
            pixels, whole = self.whole(name)
            for net, kind in (("landmarks68", ""), ("landmarks68_tiny", "Tiny")):
                found = await (await self.nets.get(net)).find(pixels, whole, compat=True)
                away = found - self.golden(f"faceLandmarkPositions{suffix}{kind}")
                yield Line(f"{name}, {net}: landmarks, px", _worst(away), POINTS)
            session = (await self.nets.get("dlib_resnet")).session
            square = letterboxes(pixels, whole.boxes, 150)
            found = (await session.run({"image": square}))["descriptor"]
            away = np.linalg.norm(found - self.golden(f"faceDescriptor{suffix}"))
            yield Line(f"{name}, dlib_resnet: descriptor, distance", away, NET_DISTANCE)
        for name, mood, ages, gender, sure in (
            ("angry_cropped.jpg", "angry", (36, 42), "male", 0.9),
            ("surprised_cropped.jpg", "surprised", (24, 28), "female", 0.8),
        ):
            record = await self.attributes_of_crop(name)
            yield Line(f"{name}: {mood}", record["expressions"][mood], 0.95, True)
            outside = max(ages[0] - record["age"], record["age"] - ages[1], 0)
            yield Line(f"{name}: age, years outside {ages[0]} to {ages[1]}", outside, 0)
            probability = record["genderProbability"] if record["gender"] == gender else 0
            yield Line(f"{name}: {gender}", probability, sure, True)

    async def attributes_of_crop(self, name: str) -> dict:
        pixels, whole = self.whole(name)
        plan = self.task("tiny_face").with_expressions().with_age_and_gender()
        return (await plan.complete(read_image(pixels), whole)).to_records()[0]

    def whole(self, name: str) -> tuple[np.ndarray, Faces]:
        """A picture and the box around all of it."""
        pixels = read_image(self.folder / "images" / name).pixels
        return pixels, Faces([[0, 0, pixels.shape[1], pixels.shape[0]]], [1])


def paired(faces: Faces, boxes) -> tuple[Faces, list[int]]:
    """The faces and which of them is nearest to each expected box, each once."""
    return faces, nearest(faces.boxes[:, :2], np.array(boxes, float)[:, :2])


def nearest(found: np.ndarray, expected: np.ndarray) -> list[int]:
    """Which of the points found ``(n, 2)`` is nearest to each of as many expected, each once."""
    order = np.abs(found[None] - expected[:, None]).max(axis=2).argmin(axis=1).tolist()
    if len(found) != len(expected) or len(set(order)) != len(expected):
        raise SystemExit(f"{len(found)} faces found, not the {len(expected)} expected.")
    return order


def _worst(differences) -> float:
    return float(np.abs(differences).max())


async def run(folder: Path, page: bool) -> int:
    lines = ["| what | worst | limit | kept |", "| --- | --- | --- | --- |"]
    failed = 0
    async for line in Check(folder).lines():
        lines.append(str(line))
        failed += not line.kept
    table = "\n".join(lines)
    print(table)
    if page:
        text = f"Measured on {date.today().isoformat()}:\n\n{table}"
        PAGE.write_text(put_between_marks(PAGE.read_text(), "face-api", text))
    return 1 if failed else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", action="store_true", help="write it into docs/accuracy.md too")
    asked = parser.parse_args()
    sys.exit(asyncio.run(run(asked.folder, asked.page)))


if __name__ == "__main__":
    main()

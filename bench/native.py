"""Faceside in CPython beside face_recognition (dlib): `python -m bench.native FOLDER_OF_PICTURES`.

In turn on the same files, from the path to the descriptors. face_recognition is not installed by
this project; bring it with

    pip install --no-deps --target build/face_recognition dlib-bin==20.0.1.post1 click \\
        face_recognition==1.3.0 face_recognition_models==0.3.0 "setuptools<81"

With `--pairs FOLDER/pairs.csv` both are also asked of each pair whether it is the same person, each
at its own threshold; a picture in which no face is found is of nobody. Writes its tables into
docs/speed.md.
"""

import argparse
import asyncio
import statistics
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from bench.report import PAGE, replaced
from faceside import Nets, detect_all_faces
from faceside.cards import all_cards
from faceside.evaluate.verification import Pair, read_pairs
from faceside.runtime.native import NativeSession
from tools.problem import Problem, guarded
from tools.venv import ROOT

PACKAGES = ROOT / "build" / "face_recognition"
WARM_UP = 3
TOLERANCE = 0.6  # face_recognition's own, in api.py's compare_faces


class Watched:
    """Adds up the seconds spent inside onnxruntime."""

    seconds = 0.0

    @classmethod
    def begin(cls) -> None:
        run = NativeSession.run

        async def timed(session, inputs):
            began = time.perf_counter()
            outputs = await run(session, inputs)
            cls.seconds += time.perf_counter() - began
            return outputs

        NativeSession.run = timed


def face_recognition():
    """The package, from where the docstring puts it."""
    sys.path.append(str(PACKAGES))
    try:
        import face_recognition
    except (ImportError, SystemExit):
        raise Problem("no-face-recognition", f"face_recognition is not there:\n{__doc__}") from None
    return face_recognition


def measure(files: list[Path]) -> list[tuple]:
    """One row a contestant: title, milliseconds of every picture, pictures with a face."""
    theirs, nets = face_recognition(), Nets()
    Watched.begin()
    times = {"ours": [], "nets": [], "theirs": []}
    seen = {"ours": 0, "theirs": 0}

    async def describe(file):
        return await detect_all_faces(file, nets=nets).with_landmarks().with_descriptors()

    for number, file in enumerate([*files[:WARM_UP], *files]):
        Watched.seconds, began = 0.0, time.perf_counter()
        ours = len(asyncio.run(describe(file)))
        middle = time.perf_counter()
        encodings = theirs.face_encodings(theirs.load_image_file(str(file)))
        if number >= WARM_UP:
            times["ours"].append(1000 * (middle - began))
            times["nets"].append(1000 * Watched.seconds)
            times["theirs"].append(1000 * (time.perf_counter() - middle))
            seen["ours"] += ours > 0
            seen["theirs"] += len(encodings) > 0
    return [
        ("Faceside: YuNet, 68 points, SFace", times["ours"], seen["ours"]),
        ("of it inside onnxruntime", times["nets"], seen["ours"]),
        ("face_recognition 1.3.0, dlib 20.0, hog", times["theirs"], seen["theirs"]),
    ]


def same(files: Path, pairs: list[Pair]) -> list[tuple]:
    """One row a contestant: title, share of the pairs told rightly, pictures without a face."""
    theirs, nets = face_recognition(), Nets()

    async def describe(path):
        faces = await detect_all_faces(path, nets=nets).with_landmarks().with_descriptors()
        return faces.descriptors[faces.scores.argmax()] if len(faces) else None

    def encode(path):
        found = theirs.face_encodings(theirs.load_image_file(str(path)))
        return found[0] if found else None

    names = sorted({name for pair in pairs for name in (pair.a, pair.b)})
    ours = {name: asyncio.run(describe(files / name)) for name in names}
    encodings = {name: encode(files / name) for name in names}
    threshold = all_cards()["sface"].distance_threshold
    return [
        ("Faceside", *told(pairs, ours, threshold)),
        ("face_recognition", *told(pairs, encodings, TOLERANCE)),
    ]


def told(pairs: list[Pair], known: dict, threshold: float) -> tuple[float, int]:
    """The share of the pairs told rightly, and how many pictures have no descriptor."""

    def alike(pair):
        a, b = known[pair.a], known[pair.b]
        return a is not None and b is not None and np.linalg.norm(a - b) <= threshold

    right = sum(alike(pair) == pair.same for pair in pairs)
    return right / len(pairs), sum(value is None for value in known.values())


def accuracy_table(rows: list[tuple], count: int) -> list[str]:
    lines = [
        f"{count} pairs, {date.today().isoformat()}:",
        "",
        "| | Pairs told rightly | Pictures without a face |",
        "| --- | --- | --- |",
    ]
    return lines + [f"| {title} | {share:.3f} | {missed} |" for title, share, missed in rows]


def table(rows: list[tuple], count: int) -> list[str]:
    lines = [
        f"{count} pictures, {date.today().isoformat()}, "
        f"`python -m bench.native $DATA/lfw --count {count}`:",
        "",
        "| | Median, ms a picture | Pictures a second | With a face |",
        "| --- | --- | --- | --- |",
    ]
    for title, times, seen in rows:
        middle = statistics.median(times)
        lines.append(f"| {title} | {middle:.1f} | {1000 / middle:.1f} | {seen} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=100, help="pictures, the first by name")
    parser.add_argument("--pairs", type=Path, help="pairs.csv, its paths from the folder on")
    wanted = parser.parse_args()
    files = sorted(wanted.folder.rglob("*.jpg"))[: wanted.count]
    if not files:
        raise Problem("no-pictures", f"{wanted.folder} has no .jpg files: name another folder.")
    lines = table(measure(files), len(files))
    print("\n".join(lines))
    PAGE.write_text(replaced(PAGE.read_text(), "native", lines))
    if wanted.pairs:
        pairs = read_pairs(wanted.pairs)
        lines = accuracy_table(same(wanted.folder, pairs), len(pairs))
        print("\n".join(lines))
        PAGE.write_text(replaced(PAGE.read_text(), "native accuracy", lines))


if __name__ == "__main__":
    guarded(main)

"""The command line: ``python -m faceside detect|enroll|identify|batch|gallery|evaluate``."""

import argparse
import asyncio
import json
from pathlib import Path

from .batch.cli import add_batch
from .cli_images import complain, describing, each_image
from .enrolment import sample_of
from .errors import FacesideError
from .evaluate.cli import add_evaluate
from .faces import Face, Faces
from .gallery import Gallery
from .gallery_cli import add_gallery
from .image import read_image
from .labels import check_label
from .matching import PER_LABEL
from .net_options import add_net_options, add_threshold, detector_options, distance_threshold
from .options import require_integer
from .pipeline import DetectionTask, detect_all_faces
from .quality import GOOD_ENOUGH
from .stores.binary_file import file_store


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when something failed, 2 for wrong usage."""
    asked = _parser().parse_args(arguments)
    try:
        outcome = asked.command(asked)
        return asyncio.run(outcome) if asyncio.iscoroutine(outcome) else outcome
    except FacesideError as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m faceside",
        description="Face recognition that stays on this machine.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    detect = commands.add_parser("detect", help="find the faces of pictures")
    detect.add_argument("image", nargs="+")
    detect.add_argument("--landmarks", action="store_true", help="68 points a face")
    detect.add_argument("--descriptors", action="store_true", help="128 numbers a face")
    detect.add_argument("--expressions", action="store_true", help="how likely each of seven is")
    detect.add_argument("--age-gender", action="store_true", help="age in years, and gender")
    add_net_options(detect)
    detect.set_defaults(command=_detect)

    enroll = commands.add_parser("enroll", help="keep faces in a gallery file under a label")
    enroll.add_argument("gallery", help="file; made when there is none, .fsg: compact, else JSON")
    enroll.add_argument("label")
    enroll.add_argument("image", nargs="+", help="pictures with one face each")
    enroll.add_argument(
        "--any-quality", action="store_true", help="also small, blurred and turned faces"
    )
    add_net_options(enroll)
    enroll.set_defaults(command=_enroll)

    identify = commands.add_parser("identify", help="name the faces of pictures")
    identify.add_argument("gallery", help="file of Faceside, face-api.js or facer")
    identify.add_argument("image", nargs="+")
    add_threshold(identify)
    identify.add_argument(
        "--per-label", default="min", choices=PER_LABEL, help="how a person's samples count"
    )
    identify.add_argument(
        "--min-margin",
        type=float,
        default=0.0,
        help="nobody, unless the second nearest person is further away by this",
    )
    identify.add_argument("--top", type=int, help="also tell the K nearest people", metavar="K")
    add_net_options(identify)
    identify.set_defaults(command=_identify)

    add_batch(commands)
    add_gallery(commands)
    add_evaluate(commands)
    return parser


async def _detect(asked: argparse.Namespace) -> int:
    def task(picture) -> DetectionTask:
        task = detect_all_faces(picture, detector_options(asked))
        if asked.landmarks or asked.descriptors:
            task = task.with_landmarks(asked.landmark_net)
        if asked.expressions:
            task = task.with_expressions()
        if asked.age_gender:
            task = task.with_age_and_gender()
        return task.with_descriptors(asked.recognizer) if asked.descriptors else task

    return await each_image(asked, task, lambda faces: faces.to_records())


async def _identify(asked: argparse.Namespace) -> int:
    gallery = Gallery(file_store(asked.gallery))
    if not Path(asked.gallery).exists():
        raise FacesideError(
            "gallery-missing", f"There is no gallery {asked.gallery}; enroll somebody first."
        )
    matcher = await gallery.matcher(
        asked.recognizer, distance_threshold(asked), asked.per_label, asked.min_margin
    )
    if asked.top is not None:
        require_integer("top", asked.top, 1, 1_000_000)

    def candidates(face: Face) -> dict:
        if asked.top is None:
            return {}
        nearest = matcher.top(face.descriptor, asked.top)
        return {"candidates": [match.to_record() for match in nearest]}

    def records(faces: Faces) -> list[dict]:
        if not len(faces):
            return []
        matches = matcher.find_best_matches(faces.descriptors)
        return [
            {**record, "match": match.to_record(), **candidates(face)}
            for face, record, match in zip(faces, faces.to_records(), matches, strict=True)
        ]

    return await each_image(asked, lambda picture: describing(asked, picture), records)


async def _enroll(asked: argparse.Namespace) -> int:
    label = check_label(asked.label)
    quality = None if asked.any_quality else GOOD_ENOUGH
    samples = []
    for path in asked.image:
        try:
            picture = read_image(path)
            faces = await describing(asked, picture)
            samples.append(sample_of(label, picture, faces, quality=quality))
        except FacesideError as error:
            raise FacesideError(error.code, f"{path}: {error} Nothing was enrolled.") from None
    gallery = Gallery(file_store(asked.gallery))
    await gallery.enroll_many(samples)
    people = {person.label: len(person.samples) for person in await gallery.people()}
    if asked.json:
        print(json.dumps({"label": label, "samples": people[label], "people": len(people)}))
    else:
        print(f"{label}: {people[label]} samples in {asked.gallery}, {len(people)} people in all")
    return 0

"""The command line: ``python -m faceside detect|enroll|identify|evaluate``."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from .cards import all_cards
from .enrolment import sample_of
from .errors import FacesideError
from .evaluate import describe_portrait, evaluate_verification, read_pairs
from .faces import Faces
from .gallery import Gallery
from .image import read_image
from .labels import check_label
from .nets import DETECTORS, RECOGNIZERS
from .options import DetectorOptions
from .pipeline import DetectionTask, detect_all_faces
from .stores.json_file import JsonFileStore


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when something failed, 2 for wrong usage."""
    asked = _parser().parse_args(arguments)
    try:
        return asyncio.run(asked.command(asked))
    except FacesideError as error:
        _complain(error)
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
    _add_net_options(detect)
    detect.set_defaults(command=_detect)

    enroll = commands.add_parser("enroll", help="keep faces in a gallery file under a label")
    enroll.add_argument("gallery", help="JSON file; made when it does not exist")
    enroll.add_argument("label")
    enroll.add_argument("image", nargs="+", help="pictures with one face each")
    _add_net_options(enroll)
    enroll.set_defaults(command=_enroll)

    identify = commands.add_parser("identify", help="name the faces of pictures")
    identify.add_argument("gallery", help="JSON file of Faceside, face-api.js or facer")
    identify.add_argument("image", nargs="+")
    _add_threshold(identify)
    _add_net_options(identify)
    identify.set_defaults(command=_identify)

    evaluate = commands.add_parser("evaluate", help="measure accuracy on labelled pictures")
    measures = evaluate.add_subparsers(required=True, metavar="MEASURE")
    verification = measures.add_parser("verification", help="same person or not?")
    verification.add_argument("--images", required=True, help="folder of the pictures")
    verification.add_argument("--pairs", required=True, help="CSV with a, b, same and perhaps fold")
    _add_threshold(verification)
    _add_net_options(verification)
    verification.set_defaults(command=_evaluate_verification)
    return parser


def _add_net_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--detector", default="yunet", choices=DETECTORS)
    parser.add_argument("--recognizer", default="sface", choices=RECOGNIZERS)
    parser.add_argument("--input-size", type=int, help="longest side the detector sees")
    parser.add_argument("--enlarge", action="store_true", help="blow small pictures up to it")
    parser.add_argument("--min-score", type=float, help="leave fainter faces out, 0 to 1")
    parser.add_argument("--max-faces", type=int, default=100)
    parser.add_argument("--compat", choices=["face-api"], help="repeat face-api.js 0.22.2")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_threshold(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--distance-threshold", type=float, help="the same person below it; else the recognizer's"
    )


def _options(asked: argparse.Namespace) -> DetectorOptions:
    return DetectorOptions(
        asked.detector,
        input_size=asked.input_size,
        enlarge=asked.enlarge,
        min_score=asked.min_score,
        max_faces=asked.max_faces,
        compat=asked.compat,
    )


def _threshold(asked: argparse.Namespace) -> float:
    if asked.distance_threshold is not None:
        return asked.distance_threshold
    return all_cards()[asked.recognizer].distance_threshold


def _describing(asked: argparse.Namespace, image) -> DetectionTask:
    return detect_all_faces(image, _options(asked)).with_descriptors(asked.recognizer)


async def _detect(asked: argparse.Namespace) -> int:
    def task(picture) -> DetectionTask:
        if asked.descriptors:
            return _describing(asked, picture)
        plain = detect_all_faces(picture, _options(asked))
        return plain.with_landmarks() if asked.landmarks else plain

    return await _each_image(asked, task, lambda faces: faces.to_records())


async def _identify(asked: argparse.Namespace) -> int:
    gallery = Gallery(JsonFileStore(asked.gallery))
    if not Path(asked.gallery).exists():
        raise FacesideError(
            "gallery-missing", f"There is no gallery {asked.gallery}; enroll somebody first."
        )
    matcher = await gallery.matcher(asked.recognizer, _threshold(asked))

    def records(faces: Faces) -> list[dict]:
        if not len(faces):
            return []
        matches = matcher.find_best_matches(faces.descriptors)
        return [
            {**record, "match": match.to_record()}
            for record, match in zip(faces.to_records(), matches, strict=True)
        ]

    return await _each_image(asked, lambda picture: _describing(asked, picture), records)


async def _each_image(asked: argparse.Namespace, task, records) -> int:
    """Work through the pictures; one that fails is told of and does not stop the rest."""
    images, errors = [], []
    for path in asked.image:
        try:
            picture = read_image(path)
            width, height = picture.size
            faces = records(await task(picture))
            images.append({"file": path, "width": width, "height": height, "faces": faces})
            if not asked.json:
                _print_image(images[-1])
        except FacesideError as error:
            errors.append({"file": path, "code": error.code, "message": str(error)})
            _complain(error)
    if asked.json:
        print(json.dumps({"images": images, "errors": errors}))
    return 1 if errors else 0


def _print_image(image: dict) -> None:
    count = len(image["faces"])
    print(f"{image['file']}: {count} {'face' if count == 1 else 'faces'}")
    for face in image["faces"]:
        x, y, width, height = (round(value) for value in face["box"].values())
        line = f"  {width} x {height} at {x}, {y}, score {face['score']:.2f}"
        if "match" in face:
            distance = face["match"]["distance"]
            line += f": {face['match']['label']}"
            line += "" if distance is None else f" (distance {distance:.2f})"
        print(line)


async def _enroll(asked: argparse.Namespace) -> int:
    label = check_label(asked.label)
    samples = []
    for path in asked.image:
        try:
            picture = read_image(path)
            samples.append(sample_of(label, picture, await _describing(asked, picture)))
        except FacesideError as error:
            raise FacesideError(error.code, f"{path}: {error} Nothing was enrolled.") from None
    gallery = Gallery(JsonFileStore(asked.gallery))
    await gallery.enroll_many(samples)
    people = {person.label: len(person.samples) for person in await gallery.people()}
    if asked.json:
        print(json.dumps({"label": label, "samples": people[label], "people": len(people)}))
    else:
        print(f"{label}: {people[label]} samples in {asked.gallery}, {len(people)} people in all")
    return 0


async def _evaluate_verification(asked: argparse.Namespace) -> int:
    options = _options(asked)
    result = await evaluate_verification(
        asked.images,
        read_pairs(asked.pairs),
        lambda path: describe_portrait(path, options, asked.recognizer),
        _threshold(asked),
        _progress,
    )
    asked_for = {"detector": asked.detector, "input_size": options.input_size}
    asked_for |= {"recognizer": asked.recognizer, "compat": asked.compat}
    _print_result(asked_for | result, asked.json)
    return 0


def _progress(items: list):
    """Show on standard error how far the work is and how long it will take."""
    from rich.console import Console
    from rich.progress import track

    return track(items, "Pictures", console=Console(stderr=True))


def _print_result(result: dict, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:24} {value}")


def _complain(error: FacesideError) -> None:
    print(f"faceside: {error} ({error.code})", file=sys.stderr)

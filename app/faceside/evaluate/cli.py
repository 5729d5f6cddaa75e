"""``python -m faceside evaluate MEASURE``: the options of each measure, and its report."""

import argparse
import json

from ..net_options import add_net_options, add_threshold, detector_options, distance_threshold
from ..pipeline import DetectionTask, detect_all_faces
from .age_gender import evaluate_age_gender, read_people
from .detection import MIN_FACE, evaluate_detection, read_boxes
from .expressions import evaluate_expressions, read_expressions
from .landmarks import evaluate_landmarks, read_points
from .measurement import Measurement
from .plots import check_plot, draw_plot
from .verification import evaluate_verification, read_pairs


def add_evaluate(commands) -> None:
    """Add the command ``evaluate`` to the parser's commands."""
    evaluate = commands.add_parser("evaluate", help="measure accuracy on labelled pictures")
    measures = evaluate.add_subparsers(required=True, metavar="MEASURE")

    verification = _add(measures, "verification", _verification, "same person or not?")
    verification.add_argument("--images", required=True, help="folder of the pictures")
    verification.add_argument("--pairs", required=True, help="CSV with a, b, same and perhaps fold")
    verification.add_argument(
        "--all-pairs",
        action="store_true",
        help="also the distances of all pictures of different people, told by their file names",
    )
    add_threshold(verification)

    detection = _add(measures, "detection", _detection, "which faces are found?")
    _add_index(detection, "JSON list of pictures and the boxes of their faces")
    detection.add_argument(
        "--min-face", type=float, default=MIN_FACE, help="ignore faces lower than this, in pixels"
    )

    landmarks = _add(measures, "landmarks", _landmarks, "how far off are the 68 points?")
    _add_index(landmarks, "JSON list of pictures and 68 points a face")
    landmarks.add_argument(
        "--from-points", action="store_true", help="take the box of the points, not the detector's"
    )

    expressions = _add(measures, "expressions", _expressions, "which expression has a face?")
    _add_index(expressions, "CSV with file and label")
    _add_detect(expressions)

    age_gender = _add(measures, "age-gender", _age_gender, "how old, and of which gender?")
    _add_index(age_gender, "CSV with file, age and gender (F or M)")
    _add_detect(age_gender)


def _add(measures, name: str, measure, about: str) -> argparse.ArgumentParser:
    parser = measures.add_parser(name, help=about)
    add_net_options(parser)
    parser.add_argument("--plot", metavar="FILE", help="draw it, as .png, .svg or .pdf")

    async def command(asked: argparse.Namespace) -> int:
        if asked.plot:
            check_plot(asked.plot)
        measurement = await measure(asked)
        _report(name, asked, measurement)
        return 0

    parser.set_defaults(command=command)
    return parser


def _add_index(parser: argparse.ArgumentParser, about: str) -> None:
    parser.add_argument("--index", required=True, help=f"{about}, which lie beside it")


def _add_detect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--detect", action="store_true", help="look for the face; else it is the whole picture"
    )


def _plan(asked: argparse.Namespace) -> DetectionTask:
    return detect_all_faces(None, detector_options(asked))


async def _verification(asked: argparse.Namespace) -> Measurement:
    plan = _plan(asked).with_landmarks(asked.landmark_net).with_descriptors(asked.recognizer)
    pairs = read_pairs(asked.pairs)
    return await evaluate_verification(
        asked.images, pairs, plan, distance_threshold(asked), _progress, asked.all_pairs
    )


async def _detection(asked: argparse.Namespace) -> Measurement:
    options = detector_options(asked)
    return await evaluate_detection(read_boxes(asked.index), options, asked.min_face, _progress)


async def _landmarks(asked: argparse.Namespace) -> Measurement:
    plan = _plan(asked).with_landmarks(asked.landmark_net)
    return await evaluate_landmarks(read_points(asked.index), plan, asked.from_points, _progress)


async def _expressions(asked: argparse.Namespace) -> Measurement:
    plan = _face_plan(asked).with_expressions()
    faces = read_expressions(asked.index)
    return await evaluate_expressions(faces, plan, asked.detect, _progress)


async def _age_gender(asked: argparse.Namespace) -> Measurement:
    plan = _face_plan(asked).with_age_and_gender()
    people = read_people(asked.index)
    return await evaluate_age_gender(people, plan, asked.detect, _progress)


def _face_plan(asked: argparse.Namespace) -> DetectionTask:
    """Faces that were detected are aligned by their landmarks; whole pictures are not."""
    return _plan(asked).with_landmarks(asked.landmark_net) if asked.detect else _plan(asked)


def _progress(items: list):
    """Show on standard error how far the work is and how long it will take."""
    from rich.console import Console
    from rich.progress import track

    return track(items, "Pictures", console=Console(stderr=True))


def _report(name: str, asked: argparse.Namespace, measurement: Measurement) -> None:
    settings = {
        "measure": name,
        "detector": asked.detector,
        "input_size": detector_options(asked).input_size,
        "enlarge": asked.enlarge,
        "landmark_net": asked.landmark_net,
        "recognizer": asked.recognizer,
        "compat": asked.compat,
    }
    result = settings | measurement.numbers
    if asked.plot:
        draw_plot(name, measurement.series, asked.plot)
    if asked.json:
        print(json.dumps(result))
        return
    for key, value in result.items():
        print(f"{key:28} {value}")

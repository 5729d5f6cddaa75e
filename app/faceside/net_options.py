"""The command line's options for nets, the same for every command."""

import argparse

from .cards import all_cards
from .nets import DETECTORS, LANDMARKS, RECOGNIZERS
from .options import DetectorOptions


def add_net_options(parser: argparse.ArgumentParser) -> None:
    """Add the nets to choose from, how the detector looks, and ``--json``."""
    parser.add_argument("--detector", default="yunet", choices=DETECTORS)
    parser.add_argument("--landmark-net", default="landmarks68", choices=LANDMARKS)
    parser.add_argument("--recognizer", default="sface", choices=RECOGNIZERS)
    parser.add_argument("--input-size", type=int, help="longest side the detector sees")
    parser.add_argument("--enlarge", action="store_true", help="blow small pictures up to it")
    parser.add_argument("--min-score", type=float, help="leave fainter faces out, 0 to 1")
    parser.add_argument("--max-faces", type=int, default=100)
    parser.add_argument("--compat", choices=["face-api"], help="repeat face-api.js 0.22.2")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_threshold(parser: argparse.ArgumentParser) -> None:
    """Add ``--distance-threshold``."""
    parser.add_argument(
        "--distance-threshold", type=float, help="the same person below it; else the recognizer's"
    )


def detector_options(asked: argparse.Namespace) -> DetectorOptions:
    """How the detector looks, as asked for.

    Raises:
        FacesideError: ``option-invalid``.
    """
    return DetectorOptions(
        asked.detector,
        input_size=asked.input_size,
        enlarge=asked.enlarge,
        min_score=asked.min_score,
        max_faces=asked.max_faces,
        compat=asked.compat,
    )


def distance_threshold(asked: argparse.Namespace) -> float:
    """The distance asked for, or that of the recognizer's card."""
    if asked.distance_threshold is not None:
        return asked.distance_threshold
    return all_cards()[asked.recognizer].distance_threshold

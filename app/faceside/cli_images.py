"""What commands over pictures share: each one worked through, told of, or complained of."""

import argparse
import json
import sys

from .errors import FacesideError
from .image import read_image
from .net_options import detector_options
from .pipeline import DetectionTask, detect_all_faces


def describing(asked: argparse.Namespace, image) -> DetectionTask:
    """The task that describes the faces of a picture with the nets asked for."""
    task = detect_all_faces(image, detector_options(asked)).with_landmarks(asked.landmark_net)
    return task.with_descriptors(asked.recognizer)


async def each_image(asked: argparse.Namespace, task, records) -> int:
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
            complain(error)
    if asked.json:
        print(json.dumps({"images": images, "errors": errors}))
    return 1 if errors else 0


def _print_image(image: dict) -> None:
    count = len(image["faces"])
    print(f"{image['file']}: {count} {'face' if count == 1 else 'faces'}")
    for face in image["faces"]:
        x, y, width, height = (round(value) for value in face["box"].values())
        line = f"  {width} x {height} at {x}, {y}, score {face['score']:.2f}"
        if "expressions" in face:
            line += f", {max(face['expressions'], key=face['expressions'].get)}"
        if "age" in face:
            line += f", {face['gender']}, about {face['age']:.0f}"
        if "match" in face:
            distance = face["match"]["distance"]
            line += f": {face['match']['label']}"
            line += "" if distance is None else f" (distance {distance:.2f})"
        nearest = [f"{c['label']} {c['distance']:.2f}" for c in face.get("candidates", ())]
        line += f"; nearest: {', '.join(nearest)}" if nearest else ""
        print(line)


def complain(error: FacesideError) -> None:
    """Tell of an error, for people."""
    print(f"faceside: {error} ({error.code})", file=sys.stderr)

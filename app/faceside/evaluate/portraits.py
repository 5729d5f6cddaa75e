"""Pictures known to show one face: found by the detector, or taken as given."""

import numpy as np

from ..faces import Faces
from ..image import Picture
from ..pipeline import DetectionTask


async def portrait_face(picture: Picture, plan: DetectionTask) -> tuple[Faces, bool]:
    """The face that a portrait is about, with the stages of the plan, and whether it was detected.

    Where no face is detected, the middle of the picture is taken for one: that it shows a face is
    known beforehand, and leaving it out would flatter detectors that miss the difficult ones.

    Args:
        picture: a portrait.
        plan: how to look and what to do with the face; its image is not used.

    Returns:
        One face, in pixels of ``picture.pixels``.
    """
    faces = await plan.detect(picture)
    detected = len(faces) > 0
    face = most_central(faces, picture) if detected else middle_of(picture)
    return await plan.complete(picture, face), detected


def most_central(faces: Faces, picture: Picture) -> Faces:
    """The face whose size most outweighs its distance from the middle of the picture."""
    height, width = picture.pixels.shape[:2]
    centres = faces.boxes[:, :2] + faces.boxes[:, 2:] / 2
    offsets = np.linalg.norm(centres - [width / 2, height / 2], axis=1)
    return faces[int(np.argmax(np.sqrt(np.prod(faces.boxes[:, 2:], axis=1)) - offsets))]


def middle_of(picture: Picture) -> Faces:
    """A box around the middle half of the picture, in place of a face."""
    height, width = picture.pixels.shape[:2]
    return Faces(np.array([[width / 4, height / 4, width / 2, height / 2]]), np.zeros(1))


def whole_of(picture: Picture) -> Faces:
    """A box around the whole picture, which is a face already cut out."""
    height, width = picture.pixels.shape[:2]
    return Faces(np.array([[0, 0, width, height]]), np.ones(1))


async def cut_out_face(picture: Picture, plan: DetectionTask, detect: bool) -> tuple[Faces, bool]:
    """The face of a picture that is hardly more than a face, and whether a detector found it.

    Args:
        picture: a face already cut out.
        plan: how to look and what to do with the face; its image is not used.
        detect: look for the face; else, and where none is found, the whole picture is the face.

    Returns:
        One face, in pixels of ``picture.pixels``.
    """
    found = await plan.detect(picture) if detect else Faces.empty()
    face = most_central(found, picture) if len(found) else whole_of(picture)
    return await plan.complete(picture, face), len(found) > 0

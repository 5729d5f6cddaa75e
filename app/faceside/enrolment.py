"""From a picture to a sample: which face is meant, and the photo kept with its descriptor."""

import numpy as np

from .errors import FacesideError
from .faces import Box, Faces
from .geometry import box_iou, scale_boxes
from .image import Picture, crop, encode_jpeg
from .quality import GOOD_ENOUGH, QualityOptions, measure_quality, quality_problems
from .samples import Sample

PHOTO_SIDE = 256  # pixels; a page of people shows it at 96 to 256
PHOTO_MARGIN = 1.6  # its side over that of the box: the whole head, and room to detect it again
LEAST_OVERLAP = 0.2  # IoU of the box that was pointed at with the face found there


def sample_of(
    label: str,
    picture: Picture,
    faces: Faces,
    box: Box | None = None,
    quality: QualityOptions | None = GOOD_ENOUGH,
) -> Sample:
    """The sample of one face of a picture.

    Args:
        label: whose face it is.
        picture: where it was found.
        faces: what was found there, with landmarks and descriptors, in pixels of the upright
            picture.
        box: the face that is meant, in pixels of the upright picture; None for the only one.
        quality: what the face must have; None takes any.

    Raises:
        FacesideError: ``no-face``, ``several-faces``, ``face-too-small``, ``face-turned``,
            ``face-blurred``, and those of :class:`~faceside.samples.Sample`.
    """
    face = faces[choose_face(faces, box)]
    if quality is not None:
        require_quality(picture, face, quality)
    return sample_from_portrait(label, face, portrait(picture, face.boxes[0]))


def sample_from_portrait(label: str, face: Faces, photo: bytes) -> Sample:
    """The sample of a face (one row, with a descriptor) whose portrait was made before."""
    return Sample(label, face.descriptors[0], face.recognizer, photo)


def require_quality(picture: Picture, face: Faces, options: QualityOptions) -> None:
    """Raise what is wrong with a face, in pixels of the upright picture, where something is."""
    found = face.scaled(1 / picture.reduction)
    (quality,) = measure_quality(picture.pixels, found, picture.reduction)
    for problem in quality_problems(quality, options):
        raise problem


def choose_face(faces: Faces, box: Box | None = None) -> int:
    """The index of the face under a box, or of the only face.

    Raises:
        FacesideError: ``no-face``, ``several-faces``.
    """
    if len(faces) and box is not None:
        overlaps = box_iou(faces.boxes, np.array([box]))[:, 0]
        if overlaps.max() >= LEAST_OVERLAP:
            return int(overlaps.argmax())
    elif len(faces) == 1:
        return 0
    elif len(faces) > 1:
        raise FacesideError(
            "several-faces",
            f"There are {len(faces)} faces in the picture; choose one with a single face, "
            "or say which one is meant.",
        )
    raise FacesideError(
        "no-face",
        "No face was found in the picture; choose one where the face is large, sharp and well lit.",
    )


def portrait(picture: Picture, box: np.ndarray) -> bytes:
    """The bytes of a small JPEG file of a head, from the box of its face in the upright picture."""
    x, y, width, height = scale_boxes([box / picture.reduction], PHOTO_MARGIN)[0]
    side = max(width, height)
    square = (x + width / 2 - side / 2, y + height / 2 - side / 2, side, side)
    return encode_jpeg(crop(picture.pixels, square, PHOTO_SIDE))

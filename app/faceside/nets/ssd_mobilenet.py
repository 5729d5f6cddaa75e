"""SSD MobileNetV1: the default detector of face-api.js, 5.6 MB, accurate and slow.

Decoding and suppression: ``ssdMobilenetv1/`` of face-api.js 0.22.2; the boxes of the priors are
decoded in the model.
"""

import numpy as np

from ..faces import Faces
from ..geometry import clip_boxes, non_max_suppression
from ..options import DetectorOptions
from ..runtime import Session
from .crops import corner_square


class SsdMobilenet:
    """Finds faces of about a thirtieth of the picture and more."""

    def __init__(self, session: Session):
        self.session = session

    async def detect(self, pixels: np.ndarray, options: DetectorOptions) -> Faces:
        """Find the faces of a picture ``(h, w, 3)`` uint8 RGB; the net sees a square of
        ``options.input_size``, black to the right of or below the picture."""
        square, ratio = corner_square(pixels, options.input_size, options.compat is not None)
        outputs = await self.session.run({"image": square})
        faces = decode(outputs["boxes"][0], outputs["scores"][0], options)
        return Faces(faces.boxes * options.input_size * np.tile(ratio, 2), faces.scores)


def decode(corners: np.ndarray, scores: np.ndarray, options: DetectorOptions) -> Faces:
    """Turn the boxes ``(k, 4)`` and scores ``(k,)`` of all priors into faces.

    Args:
        corners: top, left, bottom, right, in sides of the square.
        scores: 0..1.
        options: the least score, the IoU above which the lesser box goes, the most faces; the
            compatibility mode clips the boxes at the square, as face-api.js does.

    Returns:
        Faces in sides of the square.
    """
    # Counted from the last prior, since of equal scores face-api.js takes the first here.
    index = np.flatnonzero(scores > options.min_score)[::-1]
    low, high = corners[index, 1::-1], corners[index, :1:-1]
    boxes = np.concatenate([low, high - low], axis=1)
    kept = non_max_suppression(boxes, scores[index], options.iou_threshold, options.max_faces)
    boxes, scores = boxes[kept], scores[index][kept]
    if options.compat:
        boxes = clip_boxes(boxes, 1, 1)
        inside = (boxes[:, 2:] > 0).all(axis=1)  # face-api.js waits for ever where one is not
        boxes, scores = boxes[inside], scores[inside]
    return Faces(boxes, scores)

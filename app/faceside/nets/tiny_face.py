"""TinyFaceDetector of face-api.js: a tiny YOLO, 190 kB, for large faces.

Constants and decoding: ``tinyFaceDetector/const.ts`` and ``tinyYolov2/TinyYolov2Base.ts`` of
face-api.js 0.22.2.
"""

import numpy as np

from ..faces import Faces
from ..geometry import non_max_suppression
from ..options import DetectorOptions
from ..runtime import Session
from .crops import corner_square

STRIDE = 32
ANCHORS = np.array(
    [
        (1.603231, 2.094468),
        (6.041143, 7.080126),
        (2.882459, 3.518061),
        (4.266906, 5.178857),
        (9.041765, 10.66308),
    ],
    np.float32,
)


class TinyFace:
    """Finds faces of about an eighth of the picture and more."""

    def __init__(self, session: Session):
        self.session = session

    async def detect(self, pixels: np.ndarray, options: DetectorOptions) -> Faces:
        """Find the faces of a picture ``(h, w, 3)`` uint8 RGB; the net sees a square of
        ``options.input_size``, black to the right of or below the picture."""
        square, ratio = corner_square(pixels, options.input_size, options.compat is not None)
        outputs = await self.session.run({"image": square})
        faces = decode(outputs["output"][0], options)
        return Faces(faces.boxes * np.tile(ratio, 2), faces.scores)


def decode(output: np.ndarray, options: DetectorOptions) -> Faces:
    """Turn the map ``(rows, columns, 25)`` into faces, in pixels of the net's input."""
    rows, columns = output.shape[:2]
    values = output.reshape(rows, columns, len(ANCHORS), 5)
    scores = _sigmoid(values[..., 4])
    index = np.nonzero(scores > options.min_score)
    row, column, anchor = index
    chosen = values[index]
    centre = np.stack([column, row], axis=1) + _sigmoid(chosen[:, :2])
    size = np.exp(chosen[:, 2:4]) * ANCHORS[anchor]
    boxes = np.concatenate([centre - size / 2, size], axis=1) * STRIDE
    kept = non_max_suppression(boxes, scores[index], options.iou_threshold, options.max_faces)
    return Faces(boxes[kept], scores[index][kept])


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))

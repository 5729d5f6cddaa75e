"""YuNet: the default detector, small, quick and good with small faces; five keypoints a face.

Wu, Peng, Yu: "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 2023.
The decoding follows OpenCV's ``modules/objdetect/src/face_detect.cpp``.
"""

from functools import lru_cache

import numpy as np

from ..faces import Faces
from ..geometry import non_max_suppression
from ..image import resize
from ..options import DetectorOptions
from ..runtime import Session

STRIDES = (8, 16, 32)


@lru_cache(maxsize=8)
def _cells(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows ``(k, 2)`` and strides ``(k, 1)`` of all cells of all three maps."""
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        cells.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        strides.append(np.full((rows.size, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)


class YuNet:
    """Finds faces of 10 px and more, measured at the net's own size."""

    def __init__(self, session: Session):
        self.session = session

    async def detect(self, pixels: np.ndarray, options: DetectorOptions) -> Faces:
        """Find the faces of a picture.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            options: ``input_size`` is the longest side the net sees.

        Returns:
            Faces with keypoints, in pixels of the picture.
        """
        height, width = pixels.shape[:2]
        scale = options.input_size / max(height, width)
        if not options.enlarge:  # the keypoints of a large face are the better for it
            scale = min(1.0, scale)
        small = resize(pixels, max(1, round(width * scale)), max(1, round(height * scale)))
        net_height, net_width = (-(-side // 32) * 32 for side in small.shape[:2])
        image = np.zeros((1, net_height, net_width, 3), np.uint8)
        image[0, : small.shape[0], : small.shape[1]] = small
        outputs = await self.session.run({"image": image})
        faces = decode(outputs, net_height, net_width, options)
        ratio = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
        return Faces(faces.boxes * np.tile(ratio, 2), faces.scores, faces.keypoints * ratio)


def decode(outputs: dict, height: int, width: int, options: DetectorOptions) -> Faces:
    """Turn the four heads into faces, in pixels of the net's input.

    Args:
        outputs: ``cls`` and ``obj`` ``(1, k, 1)``, ``bbox`` ``(1, k, 4)``, ``kps`` ``(1, k, 10)``
            over the cells of strides 8, 16 and 32.
        height: height of the net's input.
        width: its width.
        options: the least score, the IoU above which the lesser box goes, the most faces.
    """
    cls, obj = outputs["cls"].ravel(), outputs["obj"].ravel()
    likely = np.flatnonzero(cls >= options.min_score**2)  # few: obj is at most 1
    scores = np.sqrt(cls[likely].clip(0, 1) * obj[likely].clip(0, 1))
    enough = scores >= options.min_score
    index, scores = likely[enough], scores[enough]
    cells, strides = (values[index] for values in _cells(height, width))
    box = outputs["bbox"][0][index]
    centre = (cells + box[:, :2]) * strides
    size = np.exp(box[:, 2:]) * strides
    boxes = np.concatenate([centre - size / 2, size], axis=1)
    keypoints = (outputs["kps"][0][index].reshape(-1, 5, 2) + cells[:, None]) * strides[:, None]
    kept = non_max_suppression(boxes, scores, options.iou_threshold, options.max_faces)
    return Faces(boxes[kept], scores[kept], keypoints[kept])

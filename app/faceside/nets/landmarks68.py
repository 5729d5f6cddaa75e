"""The 68-point landmark net of face-api.js (``faceLandmarkNet``), 357 kB.

Points in the order of iBUG 300-W, counted from 0: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47,
mouth 48-67; left is the viewer's left.
"""

import numpy as np

from ..canvas import letterboxes
from ..faces import Faces
from ..geometry import invert_transforms, transform_points
from ..image import chips, copy_channels
from ..landmarks import MIRRORED
from ..runtime import Session
from .crops import integer_crops, upright_box_transforms, upright_point_transforms

SIZE = 112
# How far down from the middle of its box the square around a face lies, in sides of the square: the
# boxes of detectors with keypoints (YuNet) reach up over the forehead, which the points leave out.
# Found by a search over the faces of the LFPW and dlib samples: mean error 0.046 of the distance of
# the outer eye corners on LFPW, where the unmoved box gives 0.058.
SHIFT_WITH_KEYPOINTS = 0.17
# How far below the middle of points found before the square lies when they are looked for again, in
# heights of the points. Found on the same faces: without mirror images the second look brings the
# mean error in SSD MobileNet's boxes from 0.061 to 0.051 on LFPW and from 0.068 to 0.052 on dlib's;
# in TinyFaceDetector's it stays at 0.050 on LFPW and falls from 0.063 to 0.049 on dlib's. With
# YuNet's keypoints it gains nothing.
SHIFT_AGAIN = 0.05


class Landmarks68:
    """Finds 68 points in each face of a picture, all faces in one batch."""

    def __init__(self, session: Session):
        self.session = session

    async def find(self, pixels: np.ndarray, faces: Faces, compat: bool = False) -> np.ndarray:
        """The 68 points of every face.

        The net sees each face and its mirror image, and the points are averaged: that lowers the
        mean error on the LFPW sample from 0.049 to 0.046, below face-api.js's 0.047.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            faces: their boxes, and their keypoints where the detector has them: a tilted face is
                turned upright first; without keypoints by the points of a first look.
            compat: crop as face-api.js 0.22.2 does: whole pixels, clipped, never turned, never
                mirrored.

        Returns:
            ``(n, 68, 2)`` float32 pixels of the picture.
        """
        if not len(faces):
            return np.zeros((0, 68, 2), np.float32)
        if compat:
            return await self._find_as_face_api(pixels, faces.boxes)
        if faces.keypoints is not None:
            transforms = upright_box_transforms(faces, SIZE, SHIFT_WITH_KEYPOINTS)
            return await self._find_in(pixels, transforms)
        points = await self._find_in(pixels, upright_box_transforms(faces, SIZE))
        return await self._find_in(pixels, upright_point_transforms(points, SIZE, SHIFT_AGAIN))

    async def _find_in(self, pixels: np.ndarray, transforms: np.ndarray) -> np.ndarray:
        points = await self._run(with_mirrored(chips(pixels, transforms, SIZE)))
        points, mirrored = np.split(points, 2)
        points = (points + unmirrored(mirrored)) / 2
        return transform_points(points, invert_transforms(transforms)).astype(np.float32)

    async def _run(self, squares: np.ndarray) -> np.ndarray:
        outputs = await self.session.run({"image": squares})
        return outputs["landmarks"].reshape(-1, 68, 2) * SIZE

    async def _find_as_face_api(self, pixels: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """``DetectFaceLandmarksTasks.ts``: the points of the clipped crop, put at the corner of the
        box as it was before clipping (``factories/WithFaceLandmarks.ts``), as the seed does."""
        crops = integer_crops(boxes, pixels.shape[1], pixels.shape[0])
        points = await self._run(letterboxes(pixels, crops, SIZE))
        sides = crops[:, None, 2:]
        longest = sides.max(axis=2, keepdims=True)
        points = points * (longest / SIZE) - (longest - sides) / 2
        return (points + boxes[:, None, :2]).astype(np.float32)


def with_mirrored(squares: np.ndarray) -> np.ndarray:
    """Squares ``(n, SIZE, SIZE, 3)`` and after them their mirror images."""
    count = len(squares)
    both = np.empty((2 * count, *squares.shape[1:]), np.uint8)
    both[:count] = squares
    copy_channels(squares[:, :, ::-1], both[count:])
    return both


def unmirrored(points: np.ndarray) -> np.ndarray:
    """Points ``(n, 68, 2)`` of mirrored squares as they lie in the squares themselves."""
    return points[:, MIRRORED] * [-1, 1] + [SIZE, 0]

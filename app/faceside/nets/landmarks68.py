"""The 68-point landmark net of face-api.js (``faceLandmarkNet``), 357 kB.

Points in the order of iBUG 300-W, counted from 0: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47,
mouth 48-67; left is the viewer's left.
"""

import numpy as np

from ..canvas import letterboxes
from ..faces import Faces
from ..geometry import invert_transforms, transform_points
from ..image import chips
from ..runtime import Session
from .crops import integer_crops, upright_box_transforms

SIZE = 112
# How far down from the middle of its box the square around a face lies, in sides of the square: the
# boxes of detectors with keypoints (YuNet) reach up over the forehead, which the points leave out.
# Found by a search over the faces of the LFPW and dlib samples: mean error 0.049 of the distance of
# the outer eye corners on LFPW, where the unmoved box gives 0.063.
SHIFT_WITH_KEYPOINTS = 0.17


class Landmarks68:
    """Finds 68 points in each face of a picture, all faces in one batch."""

    def __init__(self, session: Session):
        self.session = session

    async def find(self, pixels: np.ndarray, faces: Faces, compat: bool = False) -> np.ndarray:
        """The 68 points of every face.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            faces: their boxes, and their keypoints where the detector has them: a tilted face is
                turned upright first.
            compat: crop as face-api.js 0.22.2 does: whole pixels, clipped, never turned.

        Returns:
            ``(n, 68, 2)`` float32 pixels of the picture.
        """
        if not len(faces):
            return np.zeros((0, 68, 2), np.float32)
        if compat:
            return await self._find_as_face_api(pixels, faces.boxes)
        shift = 0 if faces.keypoints is None else SHIFT_WITH_KEYPOINTS
        transforms = upright_box_transforms(faces, SIZE, shift)
        points = await self._run(chips(pixels, transforms, SIZE))
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

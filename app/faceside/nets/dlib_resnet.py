"""The recognition net of face-api.js: dlib's ResNet, 128 numbers a face, not of length 1.

King, ``dlib_face_recognition_resnet_model_v1``. The chip is dlib's own
(``dlib/image_transforms/interpolation.h``, ``get_face_chip_details``): turned, scaled and shifted
to its mean face. The compatibility mode cuts as face-api.js does (``classes/FaceLandmarks.ts``).
"""

import numpy as np

from ..canvas import letterboxes
from ..faces import Faces
from ..geometry import similarity_transforms
from ..image import chips
from ..runtime import Session
from .crops import integer_crops

SIZE = 150
PADDING = 0.25
# dlib's mean face for the points it aligns by: 27-54 and 60-64, in a unit square.
ALIGNED = np.r_[27:55, 60:65]
MEAN_FACE = np.array(
    [
        [0.490127, 0.490127, 0.490127, 0.490127, 0.36688, 0.426036, 0.490127, 0.554217, 0.613373]
        + [0.121737, 0.187122, 0.265825, 0.334606, 0.260918, 0.182743, 0.645647, 0.714428]
        + [0.793132, 0.858516, 0.79751, 0.719335, 0.254149, 0.340985, 0.428858, 0.490127]
        + [0.551395, 0.639268, 0.726104, 0.290379, 0.428096, 0.490127, 0.552157, 0.689874],
        [0.203352, 0.307009, 0.409805, 0.515625, 0.587326, 0.609345, 0.628106, 0.609345, 0.587326]
        + [0.216423, 0.178758, 0.179852, 0.231733, 0.245099, 0.244077, 0.231733, 0.179852]
        + [0.178758, 0.216423, 0.244077, 0.245099, 0.780233, 0.745405, 0.727388, 0.742578]
        + [0.727388, 0.745405, 0.780233, 0.784792, 0.778746, 0.785343, 0.778746, 0.784792],
    ]
).T
TEMPLATE = (MEAN_FACE + PADDING) / (2 * PADDING + 1) * SIZE


class DlibResNet:
    """Describes each face of a picture, all faces in one batch."""

    def __init__(self, session: Session):
        self.session = session

    async def describe(self, pixels: np.ndarray, faces: Faces, compat: bool = False) -> np.ndarray:
        """The descriptors of the faces, as the net gives them.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            faces: with 68 landmarks.
            compat: face-api.js's crop, which never turns a face.

        Returns:
            ``(n, 128)`` float32.
        """
        if not len(faces):
            return np.zeros((0, 128), np.float32)
        if compat:
            crops = face_api_crops(faces, pixels.shape[1], pixels.shape[0])
            squares = letterboxes(pixels, crops, SIZE)
        else:
            transforms = similarity_transforms(faces.landmarks[:, ALIGNED], TEMPLATE)
            squares = chips(pixels, transforms, SIZE)
        outputs = await self.session.run({"image": squares})
        return outputs["descriptor"]


def face_api_crops(faces: Faces, width: int, height: int) -> np.ndarray:
    """``FaceLandmarks.align()`` of face-api.js: squares ``(n, 4)`` by the eyes and the mouth."""
    points = faces.landmarks.astype(float)
    means = [points[:, part].mean(axis=1) for part in (slice(36, 42), slice(42, 48), slice(48, 68))]
    left, right, mouth = means
    distance = np.linalg.norm(mouth - left, axis=1) + np.linalg.norm(mouth - right, axis=1)
    size = np.floor(distance / 2 / 0.45)[:, None]
    corner = np.floor(np.maximum(0, np.mean(means, axis=0) - size * [0.5, 0.43]))
    limits = integer_crops(faces.boxes, width, height)[:, 2:]
    sides = np.minimum(size, limits + corner)
    return integer_crops(np.concatenate([corner, sides], axis=1), width, height)

"""OpenFace nn4.small2: 128 numbers a face, compared on the unit sphere.

Amos, Ludwiczuk, Satyanarayanan, "OpenFace: a general-purpose face recognition library with mobile
applications", CMU-CS-16-118, 2016. The angle between two descriptors at distance d is
2 asin(d / 2).
"""

import numpy as np

from ..faces import Faces
from ..geometry import affine_transforms
from ..image import chips
from ..runtime import Session

SIZE = 96
# OpenFace's alignment for this net (OUTER_EYES_AND_NOSE and MINMAX_TEMPLATE of align_dlib.py): the
# outer corners of the eyes and the base of the nose go to these places, which may shear the face.
# On LFW 94.2 % of the pairs are told right, with similarity transforms 92.5 %.
ALIGNED = (36, 45, 33)
TEMPLATE = np.array([(18.6391, 16.2496), (75.7305, 15.1844), (47.5153, 49.3864)])


class OpenFace:
    """Describes each face of a picture, all faces in one batch."""

    def __init__(self, session: Session):
        self.session = session

    async def describe(self, pixels: np.ndarray, faces: Faces, compat: bool = False) -> np.ndarray:
        """The descriptors of the faces, of length 1.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            faces: with 68 landmarks.
            compat: has no meaning here, face-api.js has no OpenFace.

        Returns:
            ``(n, 128)`` float32.
        """
        if not len(faces):
            return np.zeros((0, 128), np.float32)
        transforms = affine_transforms(faces.landmarks[:, ALIGNED], TEMPLATE)
        outputs = await self.session.run({"image": chips(pixels, transforms, SIZE)})
        raw = outputs["descriptor"]
        return raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-12)

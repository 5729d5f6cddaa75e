"""SFace: the default recognizer, 128 numbers a face, compared on the unit sphere.

Zhong et al., "SFace: sigmoid-constrained hypersphere loss for robust face recognition", IEEE TIP
2021; weights and the template from the OpenCV zoo.
"""

import numpy as np

from ..errors import FacesideError
from ..faces import Faces
from ..geometry import similarity_transforms
from ..image import chips
from ..runtime import Session

SIZE = 112
# Where eyes, nose and corners of the mouth belong in the chip (insightface's template for 112 px).
TEMPLATE = np.array(
    [
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        (41.5493, 92.3655),
        (70.7299, 92.2041),
    ]
)


class SFace:
    """Describes each face of a picture, all faces in one batch."""

    def __init__(self, session: Session):
        self.session = session

    async def describe(self, pixels: np.ndarray, faces: Faces, compat: bool = False) -> np.ndarray:
        """The descriptors of the faces, of length 1.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            faces: with keypoints, or with 68 landmarks to take them from.
            compat: has no meaning here, face-api.js has no SFace.

        Returns:
            ``(n, 128)`` float32.

        Raises:
            FacesideError: ``landmarks-needed``.
        """
        keypoints = five_points(faces)
        if not len(faces):
            return np.zeros((0, 128), np.float32)
        transforms = similarity_transforms(keypoints, TEMPLATE)
        outputs = await self.session.run({"image": chips(pixels, transforms, SIZE)})
        raw = outputs["descriptor"]
        return raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-12)


def five_points(faces: Faces) -> np.ndarray:
    """Eyes, nose and corners of the mouth ``(n, 5, 2)`` from the detector or from 68 landmarks."""
    if faces.keypoints is not None:
        return faces.keypoints
    if faces.landmarks is None:
        raise FacesideError(
            "landmarks-needed",
            "This detector finds no keypoints; ask for with_landmarks() before with_descriptors().",
        )
    points = faces.landmarks
    eyes = [points[:, 36:42].mean(axis=1), points[:, 42:48].mean(axis=1)]
    return np.stack([*eyes, points[:, 30], points[:, 48], points[:, 54]], axis=1)

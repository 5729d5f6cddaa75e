"""SFace: the default recognizer, 128 numbers a face, compared on the unit sphere.

Zhong et al., "SFace: sigmoid-constrained hypersphere loss for robust face recognition", IEEE TIP
2021; weights and the template from the OpenCV zoo.
"""

import numpy as np

from ..faces import Faces
from ..geometry import settled, similarity_transforms
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
            faces: with 68 landmarks: five points taken from them align better than the keypoints
                of YuNet, above all in tilted heads (docs/accuracy.md).
            compat: has no meaning here, face-api.js has no SFace.

        Returns:
            ``(n, 128)`` float32.
        """
        if not len(faces):
            return np.zeros((0, 128), np.float32)
        points = settled(five_points(faces.landmarks), faces.boxes[:, 2:].max(axis=1))
        transforms = similarity_transforms(points, TEMPLATE)
        outputs = await self.session.run({"image": chips(pixels, transforms, SIZE)})
        raw = outputs["descriptor"]
        return raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-12)


def five_points(landmarks: np.ndarray) -> np.ndarray:
    """Eyes, tip of the nose and corners of the mouth ``(n, 5, 2)`` of landmarks ``(n, 68, 2)``."""
    eyes = [landmarks[:, part].mean(axis=1) for part in (slice(36, 42), slice(42, 48))]
    return np.stack([*eyes, landmarks[:, 30], landmarks[:, 48], landmarks[:, 54]], axis=1)

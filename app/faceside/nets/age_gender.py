"""The age and gender net of face-api.js (``ageGenderNet``), 430 kB."""

import numpy as np

from ..faces import Faces
from ..runtime import Session
from .crops import look_at_faces

SIZE = 112


class AgeGender:
    """Tells the age and gender of each face of a picture."""

    def __init__(self, session: Session):
        self.session = session

    async def predict(
        self, pixels: np.ndarray, faces: Faces, compat: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """How old each face looks, and how likely it is a man's.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            faces: with keypoints or landmarks if there are any, see
                :func:`~faceside.nets.crops.look_at_faces`.
            compat: crop as face-api.js 0.22.2 does.

        Returns:
            ``(n,)`` float32 years, as the net gives them, so that they may be below 0; and ``(n,)``
            float32 of 0..1.
        """
        if not len(faces):
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        outputs = await look_at_faces(self.session, pixels, faces, SIZE, compat)
        return outputs["age"][:, 0], outputs["gender"][:, 0]

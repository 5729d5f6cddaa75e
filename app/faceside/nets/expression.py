"""The expression net of face-api.js (``faceExpressionNet``), 330 kB."""

import numpy as np

from ..faces import EXPRESSIONS, Faces
from ..runtime import Session
from .crops import look_at_faces

SIZE = 112

__all__ = ["EXPRESSIONS", "Expression"]


class Expression:
    """Tells the expression of each face of a picture."""

    def __init__(self, session: Session):
        self.session = session

    async def predict(self, pixels: np.ndarray, faces: Faces, compat: bool = False) -> np.ndarray:
        """How likely each expression is.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            faces: with keypoints or landmarks if there are any, see
                :func:`~faceside.nets.crops.look_at_faces`.
            compat: crop as face-api.js 0.22.2 does.

        Returns:
            ``(n, 7)`` float32 of 0..1, in the order of EXPRESSIONS; a row's sum is 1.
        """
        if not len(faces):
            return np.zeros((0, len(EXPRESSIONS)), np.float32)
        outputs = await look_at_faces(self.session, pixels, faces, SIZE, compat)
        return outputs["expressions"]

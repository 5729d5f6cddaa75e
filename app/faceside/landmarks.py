"""The 68 landmarks by the parts of a face: which of them draw the jaw, a brow, an eye.

    eye = contour(face.landmarks, "left_eye")  # (6, 2)

Points are in the order of iBUG 300-W, counted from 0; left is the viewer's left.
"""

import numpy as np

from .options import require_one_of

CONTOURS = {
    "jaw": slice(0, 17),
    "left_brow": slice(17, 22),
    "right_brow": slice(22, 27),
    "nose": slice(27, 36),
    "left_eye": slice(36, 42),
    "right_eye": slice(42, 48),
    "mouth": slice(48, 68),
    "outer_lips": slice(48, 60),
    "inner_lips": slice(60, 68),
}
# Where each point lies in the mirror image: the first of the jaw is there the last.
MIRRORED = np.r_[
    16:-1:-1, 26:16:-1, 27:31, 35:30:-1, 45:41:-1, 47:45:-1, 39:35:-1, 41:39:-1, 54:47:-1, 59:54:-1,
    64:59:-1, 67:64:-1,
]  # fmt: skip
CLOSED = {"left_eye", "right_eye", "outer_lips", "inner_lips"}  # their last point meets the first


def contour(landmarks: np.ndarray, part: str) -> np.ndarray:
    """The points of one part of a face.

    Args:
        landmarks: ``(68, 2)`` of one face or ``(n, 68, 2)`` of many.
        part: one of ``CONTOURS``: jaw, left_brow, right_brow, nose, left_eye, right_eye, mouth
            (outer and inner lips in turn), outer_lips, inner_lips.

    Returns:
        ``(k, 2)`` or ``(n, k, 2)``, a view.

    Raises:
        FacesideError: ``option-invalid`` for an unknown part.
    """
    require_one_of("part", part, CONTOURS)
    return np.asarray(landmarks)[..., CONTOURS[part], :]

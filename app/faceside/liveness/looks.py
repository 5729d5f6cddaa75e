"""What one frame shows of a face, laid flat onto the middles of its eyes and of its mouth."""

from dataclasses import dataclass

import numpy as np

from ..faces import Faces
from ..geometry import affine_transforms, transform_points
from ..image import chips
from ..quality import GREY, head_poses

NOSE_TIP = 30
# The flattened face: its side in pixels, and where the middles of the eyes and of the mouth come to
# lie; eyes and mouth are about as far apart as in a face that looks straight ahead.
SIDE, EYE_GAP = 96, 40
ANCHORS = np.array([(28, 36), (68, 36), (48, 80)], float)
# Where it is looked at: the iris and the lids over it, and what lies around both eyes.
EYES = [(slice(32, 41), slice(x - 10, x + 11)) for x in (28, 68)]
AROUND = np.zeros((SIDE, SIDE), bool)
AROUND[18:68, 12:85] = True
for _eye in (12, 52):
    AROUND[28:45, _eye : _eye + 33] = False


@dataclass(frozen=True, eq=False)
class Look:
    """What one frame shows of the face that is checked.

    Attributes:
        time: of the frame, in seconds.
        track: the face's track number, see :class:`~faceside.tracking.Tracker`.
        size: the geometric mean of the sides of its box, in pixels.
        eye_gap: pixels from eye to eye.
        yaw, pitch: degrees, see :func:`~faceside.quality.head_poses`.
        nose: where the tip of the nose is across the flattened face, in distances of the eyes,
            growing to the viewer's right.
        breadth: from eye to eye over from the eyes to the mouth, in pixels of the frame.
        flat: ``(SIDE, SIDE)`` greys of the flattened face.
        rival: size of the largest other face in sizes of this one, 0 where it is alone.
        descriptor: ``(d,)``, or None where the face was not described.
    """

    time: float
    track: int
    size: float
    eye_gap: float
    yaw: float
    pitch: float
    nose: float
    breadth: float
    flat: np.ndarray
    rival: float = 0.0
    descriptor: np.ndarray | None = None


def take_look(
    pixels: np.ndarray,
    faces: Faces,
    index: int,
    time: float,
    track: int,
    descriptor: np.ndarray | None = None,
) -> Look:
    """What a frame shows of one of its faces.

    Args:
        pixels: ``(h, w, 3)`` uint8 RGB, not mirrored.
        faces: all faces of the frame, with 68 landmarks, in pixels of ``pixels``.
        index: which of them is checked.
        time: of the frame, in seconds.
        track: its track number.
        descriptor: ``(d,)`` of it, where it is known.
    """
    points = faces.landmarks[index].astype(float)
    middles = [points[part].mean(axis=0) for part in (slice(36, 42), slice(42, 48), slice(48, 60))]
    transforms = affine_transforms(np.array([middles]), ANCHORS)
    nose = transform_points(points[np.newaxis, NOSE_TIP : NOSE_TIP + 1], transforms)[0, 0, 0]
    left, right, mouth = middles
    eye_gap = float(np.linalg.norm(right - left))
    yaw, pitch, _ = head_poses(points[np.newaxis])[0].tolist()
    sizes = np.sqrt(faces.boxes[:, 2:].prod(axis=1))
    others = np.delete(sizes, index)
    return Look(
        time=time,
        track=track,
        size=float(sizes[index]),
        eye_gap=eye_gap,
        yaw=yaw,
        pitch=pitch,
        nose=float((nose - SIDE / 2) / EYE_GAP),
        breadth=eye_gap / max(float(np.linalg.norm(mouth - (left + right) / 2)), 1e-6),
        flat=chips(pixels, transforms, SIDE)[0] @ GREY,
        rival=float(others.max() / sizes[index]) if len(others) else 0.0,
        descriptor=descriptor,
    )


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """How alike two pictures of one shape are, whatever their brightness and contrast: -1 to 1; 0
    where one of them is of one colour."""
    a, b = (np.ravel(part) - np.mean(part) for part in (first, second))
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread > 0 else 0.0

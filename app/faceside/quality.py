"""Is a face good enough to be enrolled? Its size, its sharpness and where it looks.

    for quality in measure_quality(picture.pixels, faces):
        for problem in quality_problems(quality):
            print(problem)  # The face is blurred: hold still, wipe the lens, or use more light.

Samples decide how well a person is recognised later: one that is not good is refused with the
reason, unless one insists.
"""

from dataclasses import dataclass

import numpy as np

from .errors import FacesideError
from .faces import Faces
from .geometry import similarity_transforms
from .image import chips
from .nets.sface import SIZE, TEMPLATE, five_points
from .options import require_between

# Six landmarks (tip of the nose, chin, outer corners of the eyes, corners of the mouth) and where
# they are in a head: x to the viewer's right, y down, z away. Generic model of S. Mallick, "Head
# pose estimation using OpenCV and dlib", 2016; the unit does not matter.
HEAD_LANDMARKS = [30, 8, 36, 45, 48, 54]
HEAD = np.array(
    [
        (0, 0, 0),
        (0, 330, 65),
        (-225, -170, 135),
        (225, -170, 135),
        (-150, 150, 125),
        (150, 150, 125),
    ],
    float,
)
# What the model takes for the pitch of a face that looks straight ahead, in degrees: the median of
# 300 pictures of Labeled Faces in the Wild.
STRAIGHT_PITCH = -6.0
BLUR_WINDOW = 9  # pixels; Crété et al., "The blur effect", SPIE 2007
GREY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


@dataclass(frozen=True)
class Quality:
    """What a face can be judged by.

    Attributes:
        size: the shorter side of its box, in pixels of the upright picture.
        sharpness: 0 (blurred) to 1; 1 minus the blur of Crété et al. in the aligned 112 px chip, so
            that neither contrast nor size counts.
        yaw: degrees the face is turned, positive to the viewer's right.
        pitch: degrees, positive upwards.
        roll: degrees the head is tilted, positive clockwise as the viewer sees it.
    """

    size: float
    sharpness: float
    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True)
class QualityOptions:
    """The least a face must have to be enrolled.

    The defaults come from 300 pictures of Labeled Faces in the Wild, made worse step by step: at
    these limits SFace's descriptor is about 0.5 away from that of the good picture, half of the
    threshold for the same person.

    Attributes:
        min_size: shorter side of the box, in pixels of the upright picture.
        min_sharpness: 0 to 1; of the undamaged pictures the least is 0.41, blurred by a Gaussian of
            3 pixels the median is 0.21.
        max_yaw, max_pitch, max_roll: degrees to either side, 0 to 90; of the undamaged pictures 98
            in 100 are within them.

    Raises:
        FacesideError: ``option-invalid``, naming the option, its value and what is allowed.
    """

    min_size: float = 40
    min_sharpness: float = 0.25
    max_yaw: float = 50
    max_pitch: float = 40
    max_roll: float = 60

    def __post_init__(self):
        require_between("min_size", self.min_size, 0, 10_000)
        require_between("min_sharpness", self.min_sharpness, 0, 1)
        for name in ("max_yaw", "max_pitch", "max_roll"):
            require_between(name, getattr(self, name), 0, 90)


GOOD_ENOUGH = QualityOptions()


def measure_quality(pixels: np.ndarray, faces: Faces, reduction: float = 1.0) -> list[Quality]:
    """The quality of each face.

    Args:
        pixels: ``(h, w, 3)`` uint8 RGB.
        faces: with 68 landmarks, in pixels of ``pixels``.
        reduction: pixels of the upright picture per pixel of ``pixels``, see
            :class:`~faceside.image.Picture`.
    """
    if not len(faces):
        return []
    sizes = faces.boxes[:, 2:].min(axis=1) * reduction
    transforms = similarity_transforms(five_points(faces.landmarks), TEMPLATE)
    sharpness = 1 - blur(chips(pixels, transforms, SIZE) @ GREY)
    columns = np.column_stack([sizes, sharpness, head_poses(faces.landmarks)])
    return [Quality(*row) for row in columns.tolist()]


def quality_problems(
    quality: Quality, options: QualityOptions = GOOD_ENOUGH
) -> list[FacesideError]:
    """What is wrong with a face, the first thing to mend first; nothing for a good one.

    Returns:
        Errors with the codes ``face-too-small``, ``face-turned`` and ``face-blurred``.
    """
    problems = []
    if quality.size < options.min_size:
        problems.append(
            FacesideError(
                "face-too-small",
                f"The face is only {quality.size:.0f} pixels wide, less than "
                f"{options.min_size:g}: come closer or choose a larger picture.",
            )
        )
    limits = (options.max_yaw, options.max_pitch, options.max_roll)
    turned = np.abs([quality.yaw, quality.pitch, quality.roll]) > limits
    if turned.any():
        way = ("aside", "up or down", "over")[int(turned.argmax())]
        problems.append(
            FacesideError(
                "face-turned",
                f"The face is turned too far {way}: look at the camera with the head upright, or "
                "choose a picture that does.",
            )
        )
    if quality.sharpness < options.min_sharpness:
        problems.append(
            FacesideError(
                "face-blurred",
                "The face is blurred: hold still, wipe the lens, use more light, or choose a "
                "sharper picture.",
            )
        )
    return problems


def blur(grey: np.ndarray) -> np.ndarray:
    """How blurred pictures are, ``(n,)`` of 0..1, of greys ``(n, h, w)``.

    A picture that was blurred already changes little when it is blurred again (Crété et al., "The
    blur effect: perception and estimation with a new no-reference perceptual blur metric", SPIE
    2007). The worse of the two directions counts.
    """
    return np.maximum(_blur_along(grey, 1), _blur_along(grey, 2))


def _blur_along(grey: np.ndarray, axis: int) -> np.ndarray:
    lines = np.moveaxis(grey, axis, -1)
    half = BLUR_WINDOW // 2
    padded = np.pad(lines, [(0, 0), (0, 0), (half + 1, half)], mode="edge")
    sums = np.cumsum(padded, axis=-1)
    blurred = (sums[..., BLUR_WINDOW:] - sums[..., :-BLUR_WINDOW]) / BLUR_WINDOW
    change, change_left = np.abs(np.diff(lines)), np.abs(np.diff(blurred))
    whole = change.sum(axis=(1, 2))
    lost = np.maximum(change - change_left, 0).sum(axis=(1, 2))
    return np.divide(whole - lost, whole, out=np.ones_like(whole), where=whole > 0)


def head_poses(landmarks: np.ndarray) -> np.ndarray:
    """Yaw, pitch and roll ``(n, 3)`` in degrees of faces with landmarks ``(n, 68, 2)``.

    A rigid head under scaled orthographic projection (DeMenthon and Davis, "Model-based object pose
    in 25 lines of code", 1995, without the iteration), good to some ten degrees.
    """
    head = HEAD - HEAD.mean(axis=0)
    points = landmarks[:, HEAD_LANDMARKS].astype(float)
    points -= points.mean(axis=1, keepdims=True)
    projection = np.einsum("jk,nki->nij", np.linalg.pinv(head), points)
    left, _, right = np.linalg.svd(projection, full_matrices=False)
    across, down = np.moveaxis(left @ right, 1, 0)
    away = np.cross(across, down)
    yaw = -np.arcsin(np.clip(across[:, 2], -1, 1))
    pitch = np.arctan2(down[:, 2], away[:, 2])
    roll = np.arctan2(down[:, 0], across[:, 0])
    return np.degrees([yaw, pitch, roll]).T - [0, STRAIGHT_PITCH, 0]

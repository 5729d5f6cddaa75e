"""Face recognition that stays where it is: the same library in the browser and in CPython.

from faceside import detect_all_faces
faces = await detect_all_faces("group.jpg").with_landmarks().with_descriptors()
"""

from .errors import FacesideError
from .faces import Box, Face, Faces
from .image import Picture, read_image
from .matching import FaceMatcher, LabeledFaceDescriptors
from .options import DetectorOptions
from .pipeline import Nets, detect_all_faces, detect_single_face
from .results import extract_faces, resize_results

__version__ = "0.1.0"
__all__ = [
    "Box",
    "DetectorOptions",
    "Face",
    "FaceMatcher",
    "Faces",
    "FacesideError",
    "LabeledFaceDescriptors",
    "Nets",
    "Picture",
    "detect_all_faces",
    "detect_single_face",
    "extract_faces",
    "read_image",
    "resize_results",
]

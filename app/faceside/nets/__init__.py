"""The nets, one short file each: pixels in, numbers out, and what the numbers mean.

A detector has ``async detect(pixels, options) -> Faces``; a landmark net ``async find(pixels,
faces, compat) -> (n, 68, 2)``; a recognizer ``async describe(pixels, faces, compat) -> (n, 128)``;
the nets of expressions and of age and gender ``async predict(pixels, faces, compat)``. Each takes a
:class:`~faceside.runtime.Session` of its model, MTCNN of each of its three; models take RGB bytes
``(n, h, w, 3)``.
"""

from .age_gender import AgeGender
from .dlib_resnet import DlibResNet
from .expression import Expression
from .landmarks68 import Landmarks68
from .mtcnn import Mtcnn
from .openface import OpenFace
from .sface import SFace
from .ssd_mobilenet import SsdMobilenet
from .tiny_face import TinyFace
from .yunet import YuNet

DETECTORS = {
    "yunet": YuNet,
    "ssd_mobilenet": SsdMobilenet,
    "tiny_face": TinyFace,
    "mtcnn": Mtcnn,
}
LANDMARKS = {"landmarks68": Landmarks68, "landmarks68_tiny": Landmarks68}
RECOGNIZERS = {"sface": SFace, "dlib_resnet": DlibResNet, "openface": OpenFace}
EXPRESSION_NETS = {"expression": Expression}
AGE_GENDER_NETS = {"age_gender": AgeGender}
NETS = DETECTORS | LANDMARKS | RECOGNIZERS | EXPRESSION_NETS | AGE_GENDER_NETS

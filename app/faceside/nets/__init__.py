"""The nets, one short file each: pixels in, numbers out, and what the numbers mean.

A detector has ``async detect(pixels, options) -> Faces``; a landmark net ``async find(pixels,
faces, compat) -> (n, 68, 2)``; a recognizer ``async describe(pixels, faces, compat) -> (n, 128)``.
Each takes a :class:`~faceside.runtime.Session` of its model, which takes RGB bytes
``(n, h, w, 3)``.
"""

from .dlib_resnet import DlibResNet
from .landmarks68 import Landmarks68
from .sface import SFace
from .tiny_face import TinyFace
from .yunet import YuNet

DETECTORS = {"yunet": YuNet, "tiny_face": TinyFace}
LANDMARKS = {"landmarks68": Landmarks68}
RECOGNIZERS = {"sface": SFace, "dlib_resnet": DlibResNet}
NETS = DETECTORS | LANDMARKS | RECOGNIZERS

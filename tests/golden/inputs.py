"""The pictures that the golden outputs of the raw nets were made from."""

from pathlib import Path

import numpy as np
from PIL import Image

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"
PHOTO = "@vladmandic/face-api/demo/sample1.jpg"

# Net: side of its input, and the left, top and step of the grid of pixels taken from the photo.
NETS = {
    "tiny_face": (160, 300, 200, 4),
    "landmarks68": (112, 393, 360, 2),
    "dlib_resnet": (150, 355, 322, 2),
}


def pixels(net: str, node_modules: Path = NODE_MODULES) -> np.ndarray:
    """The net's two pictures (2, side, side, 3), uint8 RGB: noise made by a formula, and a face of
    the npm package's first photo, every n-th pixel of it so that nothing is resampled."""
    side, left, top, step = NETS[net]
    numbers = np.arange(side * side * 3, dtype=np.uint64) * np.uint64(2654435761)
    noise = (numbers % np.uint64(2**32) >> np.uint64(13)).astype(np.uint8).reshape(side, side, 3)
    photo = np.asarray(Image.open(node_modules / PHOTO).convert("RGB"))
    face = photo[top : top + side * step : step, left : left + side * step : step]
    return np.stack([noise, face])

"""The golden outputs of the raw nets, and the pictures they were made from."""

import hashlib
import json
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
    "ssd_mobilenet": (512, 200, 100, 2),
    "landmarks68_tiny": (112, 393, 360, 2),
    "expression": (112, 393, 360, 2),
    "age_gender": (112, 393, 360, 2),
}
# Of outputs as long as those of SSD MobileNet's 5118 priors, every n-th number is enough.
LONGEST = 2000


def thinned(values: np.ndarray) -> np.ndarray:
    """Every n-th of many numbers, so that at most LONGEST remain."""
    flat = np.ravel(values)
    return flat[:: -(-len(flat) // LONGEST)]


def pixels(net: str, node_modules: Path = NODE_MODULES) -> np.ndarray:
    """The net's two pictures (2, side, side, 3), uint8 RGB: noise made by a formula, and a face of
    the npm package's first photo, every n-th pixel of it so that nothing is resampled."""
    side, left, top, step = NETS[net]
    numbers = np.arange(side * side * 3, dtype=np.uint64) * np.uint64(2654435761)
    noise = (numbers % np.uint64(2**32) >> np.uint64(13)).astype(np.uint8).reshape(side, side, 3)
    photo = np.asarray(Image.open(node_modules / PHOTO).convert("RGB"))
    face = photo[top : top + side * step : step, left : left + side * step : step]
    return np.stack([noise, face])


def check_raw(net: str, outputs: dict[str, np.ndarray]) -> None:
    """Fail where a net's outputs for its pictures are not those of face-api.js, to 1e-5 of their
    range."""
    golden = json.loads(Path(__file__).with_name("raw_nets.json").read_text("utf-8"))[net]
    assert hashlib.sha256(pixels(net).tobytes()).hexdigest() == golden["pixels_sha256"]
    assert set(outputs) == set(golden["outputs"])
    for name, expected in golden["outputs"].items():
        # face-api.js gives some outputs without the axis of length 1
        assert outputs[name].size == np.prod(expected["shape"])
        error = np.abs(thinned(outputs[name]) - expected["values"]).max()
        assert error < 1e-5 * expected["range"], f"{name}: {error}"

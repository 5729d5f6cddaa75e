"""The compatibility mode in Chromium beside face-api.js 0.22.2 in Chromium, on real photos."""

import pytest
from pictures import encode, sample
from PIL import Image

from tests.golden.chain import CHAIN, PICTURES, TIGHT, check, differences, pixels

EVERYTHING = {
    "landmarks": True,
    "descriptors": True,
    "expressions": True,
    "ageAndGender": True,
    "recognizer": "dlib_resnet",
    "compat": "face-api",
}


@pytest.mark.parametrize("picture", PICTURES)
def test_the_whole_chain_finds_what_face_api_finds(app, picture):
    detector, number, *part = picture.split()
    photo = encode(Image.fromarray(pixels(picture)), "PNG") if part else sample(int(number))
    records = app.call("describe", app.blob(photo), {**EVERYTHING, "detector": detector})
    found = differences(records, CHAIN[picture]["faces"])
    assert set(found[0]) > {"box", "score", "landmarks", "descriptor", "expressions", "age"}
    check(found, TIGHT)

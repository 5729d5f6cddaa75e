"""The command line, run as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faceside import detect_all_faces
from faceside.enrolment import portrait
from faceside.image import read_image

SAMPLES = Path(__file__).parents[2] / "node_modules/@vladmandic/face-api/demo"


def faceside(*arguments, code: int = 0) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "faceside", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def portraits(tmp_path_factory) -> list[Path]:
    """The four people of sample 6, each in a picture of their own."""
    import asyncio

    async def find():
        return await detect_all_faces(SAMPLES / "sample6.jpg")

    folder = tmp_path_factory.mktemp("portraits")
    picture, faces = read_image(SAMPLES / "sample6.jpg"), asyncio.run(find())
    paths = [folder / f"{i}.jpg" for i in range(len(faces))]
    for path, box in zip(paths, faces.boxes, strict=True):
        path.write_bytes(portrait(picture, box))
    return paths


def test_detect_prints_sentences_and_json():
    text = faceside("detect", SAMPLES / "sample1.jpg").stdout
    assert "3 faces" in text and "score 0.9" in text
    options = ["--landmarks", "--descriptors", "--json"]
    found = json.loads(faceside("detect", SAMPLES / "sample1.jpg", *options).stdout)
    (image,) = found["images"]
    assert (image["width"], image["height"]) == (1920, 1280) and found["errors"] == []
    assert [len(face["landmarks"]) for face in image["faces"]] == [68] * 3
    assert np.isfinite([face["descriptor"] for face in image["faces"]]).all()


def test_detect_goes_on_after_a_bad_file(tmp_path):
    bad = tmp_path / "notes.jpg"
    bad.write_text("no picture")
    done = faceside("detect", bad, SAMPLES / "sample1.jpg", "--json", code=1)
    found = json.loads(done.stdout)
    assert [error["code"] for error in found["errors"]] == ["image-unreadable"]
    assert len(found["images"][0]["faces"]) == 3
    assert "notes.jpg is not a picture" in done.stderr and "(image-unreadable)" in done.stderr


def test_detect_with_the_seeds_nets():
    options = ["--detector", "tiny_face", "--compat", "face-api", "--json"]
    found = json.loads(faceside("detect", SAMPLES / "sample5.jpg", *options).stdout)
    assert len(found["images"][0]["faces"]) == 5


def test_bad_options_are_named():
    done = faceside("detect", SAMPLES / "sample1.jpg", "--input-size", 100, code=1)
    assert "input_size is 100; it must be a multiple of 32" in done.stderr
    done = faceside("detect", SAMPLES / "sample1.jpg", "--detector", "haar", code=2)
    assert "haar" in done.stderr and "yunet" in done.stderr


def test_enroll_and_identify(portraits, tmp_path):
    gallery = tmp_path / "people.json"
    for name, path in zip(("Ada", "Bea", "Cleo"), portraits, strict=False):
        faceside("enroll", gallery, name, path)
    image = Image.open(SAMPLES / "sample6.jpg")
    mirrored = tmp_path / "mirrored.jpg"
    image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((960, 768)).save(mirrored, quality=70)
    found = json.loads(faceside("identify", gallery, mirrored, "--json").stdout)
    labels = [face["match"]["label"] for face in found["images"][0]["faces"]]
    assert sorted(labels) == ["Ada", "Bea", "Cleo", "unknown"]
    text = faceside("identify", gallery, mirrored).stdout
    assert "Ada (distance 0." in text and "unknown (distance 1." in text


def test_identify_tells_the_nearest_people_and_may_ask_for_a_margin(portraits, tmp_path):
    gallery = tmp_path / "people.json"
    for name, path in zip(("Ada", "Bea"), portraits, strict=False):
        faceside("enroll", gallery, name, path)
    asked = ["identify", gallery, portraits[0], "--per-label", "centroid", "--top", 5]
    (face,) = json.loads(faceside(*asked, "--json").stdout)["images"][0]["faces"]
    assert [candidate["label"] for candidate in face["candidates"]] == ["Ada", "Bea"]
    near, far = (candidate["distance"] for candidate in face["candidates"])
    assert face["match"] == {"label": "Ada", "distance": near} and far > near + 0.5
    assert f"; nearest: Ada {near:.2f}, Bea {far:.2f}" in faceside(*asked).stdout
    (face,) = json.loads(faceside(*asked, "--min-margin", 1.9, "--json").stdout)["images"][0][
        "faces"
    ]
    assert face["match"]["label"] == "unknown"
    for option, value in (("--top", 0), ("--min-margin", -1)):
        done = faceside("identify", gallery, portraits[0], option, value, code=1)
        assert f"{option[2:].replace('-', '_')} is {value}" in done.stderr


def test_enroll_refuses_a_small_face_unless_any_quality_will_do(portraits, tmp_path):
    gallery, small = tmp_path / "people.json", tmp_path / "small.jpg"
    image = Image.open(portraits[0])
    image.reduce(max(1, image.height // 60)).save(small, quality=95)
    assert "(face-too-small)" in faceside("enroll", gallery, "Ada", small, code=1).stderr
    assert not gallery.exists()
    faceside("enroll", gallery, "Ada", small, "--any-quality")
    assert gallery.exists()


def test_nobody_is_known_to_another_recognizer(portraits, tmp_path):
    gallery = tmp_path / "people.json"
    faceside("enroll", gallery, "Ada", portraits[0])
    options = ["--recognizer", "dlib_resnet", "--json"]
    found = json.loads(faceside("identify", gallery, portraits[0], *options).stdout)
    assert found["images"][0]["faces"][0]["match"] == {"label": "unknown", "distance": None}


def test_enroll_is_all_or_nothing(portraits, tmp_path):
    gallery = tmp_path / "people.json"
    faceside("enroll", gallery, "Ada", portraits[0])
    before = gallery.read_bytes()
    cases = [
        (("Bea", portraits[1], SAMPLES / "sample1.jpg"), "several-faces"),
        (("Bea", portraits[1], tmp_path / "none.jpg"), "image-missing"),
        (("  ", portraits[1]), "label-empty"),
        (("x" * 10_000, portraits[1]), "label-too-long"),
    ]
    for arguments, code in cases:
        assert f"({code})" in faceside("enroll", gallery, *arguments, code=1).stderr
        assert gallery.read_bytes() == before
    markup = "<img src=x onerror=alert(1)>"
    faceside("enroll", gallery, markup, portraits[1])
    assert markup in [person["label"] for person in json.loads(gallery.read_text())["people"]]


def test_a_missing_or_damaged_gallery_is_told_of(portraits, tmp_path):
    gallery = tmp_path / "people.json"
    done = faceside("identify", gallery, portraits[0], code=1)
    assert "(gallery-missing)" in done.stderr
    gallery.write_text('{"format": "faceside-gallery", "version": 1, "people": [')
    for command in (["identify", gallery], ["enroll", gallery, "Ada"]):
        assert "(gallery-unreadable)" in faceside(*command, portraits[0], code=1).stderr
    assert gallery.read_text().endswith("[")


def test_evaluate_verification(portraits, tmp_path):
    """A set of 40 pairs made of the four portraits and their mirror images."""
    rows = ["a,b,same"]
    for i, path in enumerate(portraits):
        Image.open(path).save(tmp_path / f"{i}a.jpg", quality=95)
        mirrored = Image.open(path).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        mirrored.save(tmp_path / f"{i}b.jpg", quality=80)
    for i in range(20):
        rows += [f"{i % 4}a.jpg,{i % 4}b.jpg,1", f"{i % 4}a.jpg,{(i + 1) % 4}b.jpg,0"]
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("\n".join(rows))
    command = ["evaluate", "verification", "--images", tmp_path, "--pairs", pairs, "--json"]
    result = json.loads(faceside(*command).stdout)
    assert result["pictures"] == 8 and result["pairs"] == 40 and result["undetected"] == 0
    assert result["accuracy"] == result["accuracy_at_threshold"] == 1
    assert result["true_accept_rate"] == {"0.01": 1, "0.001": 1}
    pairs.write_text("left,right\n1,2\n")
    assert "(index-unreadable)" in faceside(*command, code=1).stderr

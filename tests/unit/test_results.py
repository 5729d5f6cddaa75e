"""Faces moved to another picture size and cut out; the parts of their landmarks."""

import numpy as np
import pytest
from PIL import Image

from faceside import Faces, FacesideError, extract_faces, resize_results
from faceside.landmarks import CLOSED, CONTOURS, contour


def some_faces() -> Faces:
    random = np.random.default_rng(3)
    return Faces(
        [(10, 20, 30, 40), (-5, 0, 50, 60)],
        [0.9, 0.8],
        landmarks=random.uniform(0, 60, (2, 68, 2)),
        descriptors=random.normal(size=(2, 128)),
        recognizer="sface",
    )


def test_resizing_moves_each_axis_by_its_own_factor():
    faces = some_faces()
    resized = resize_results(faces, (100, 80), (200, 40))
    assert resized.boxes.tolist() == [[20, 10, 60, 20], [-10, 0, 100, 30]]
    assert resized.landmarks == pytest.approx(faces.landmarks * np.array([2, 0.5]))
    assert (resized.descriptors == faces.descriptors).all() and resized.recognizer == "sface"
    back = resize_results(resized, (200, 40), (100, 80))
    assert back.boxes == pytest.approx(faces.boxes)


def test_resizing_no_faces_gives_none():
    assert len(resize_results(Faces.empty(), (10, 10), (20, 20))) == 0


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (float("nan"), 10), (10, float("inf"))])
def test_sizes_that_are_none_are_refused(size):
    for sizes in ((size, (10, 10)), ((10, 10), size)):
        with pytest.raises(FacesideError) as caught:
            resize_results(some_faces(), *sizes)
        assert caught.value.code == "option-invalid"


def test_faces_are_cut_out_and_clipped():
    pixels = np.random.default_rng(0).integers(0, 256, (80, 100, 3), np.uint8)
    first, second = extract_faces(pixels, some_faces())
    assert (first == pixels[20:60, 10:40]).all()
    assert (second == pixels[0:60, 0:45]).all()
    (outside,) = extract_faces(pixels, [(500, 500, 20, 20)])
    assert outside.shape == (1, 1, 3)
    assert extract_faces(pixels, Faces.empty()) == []


def test_faces_are_cut_out_of_a_picture_that_was_reduced(tmp_path):
    image = Image.new("RGB", (6000, 4000), "white")
    image.paste("black", (3000, 1000, 3400, 1600))
    image.save(tmp_path / "large.jpg", quality=95)
    (face,) = extract_faces(tmp_path / "large.jpg", [(3000, 1000, 400, 600)])
    assert face.shape == (300, 200, 3) and face.mean() < 5


def test_contours_are_the_parts_of_the_seeds():
    parts = ("jaw", "left_brow", "right_brow", "nose", "left_eye", "right_eye", "mouth")
    points = some_faces().landmarks
    together = np.concatenate([contour(points, part) for part in parts], axis=1)
    assert (together == points).all()
    assert [len(contour(points[0], part)) for part in parts] == [17, 5, 5, 9, 6, 6, 20]
    lips = [contour(points[0], part) for part in ("outer_lips", "inner_lips")]
    assert (np.concatenate(lips) == contour(points[0], "mouth")).all()
    assert set(CONTOURS) > CLOSED


def test_an_unknown_part_is_refused():
    with pytest.raises(FacesideError, match="ear.*left_eye"):
        contour(some_faces().landmarks, "ear")

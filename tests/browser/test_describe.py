"""The options that a script gives to window.faceside."""

import numpy as np
import pytest
from driver import FacesideError
from pictures import FACES, mirrored_copy, sample

PHOTO = 6


def test_each_stage_runs_only_where_it_is_asked_for(app):
    photo = app.blob(sample(PHOTO))
    plain = app.call("describe", photo, {"landmarks": False, "descriptors": False})
    assert [set(face) for face in plain] == [{"box", "score", "keypoints"}] * FACES[PHOTO]
    (face, *_) = app.call("describe", photo, {"expressions": True, "ageAndGender": True})
    assert len(face["landmarks"]) == 68 and len(face["descriptor"]) == 128
    assert sum(face["expressions"].values()) == pytest.approx(1, abs=1e-4)
    assert 5 < face["age"] < 90 and face["gender"] in ("female", "male")
    assert 0.5 <= face["genderProbability"] <= 1


def test_the_recognizer_and_the_sizes_can_be_chosen(app):
    photo = app.blob(sample(PHOTO))
    options = {"recognizer": "dlib_resnet", "inputSize": 320, "maxFaces": 2, "minScore": 0.5}
    faces = app.call("describe", photo, options)
    assert len(faces) == 2
    for face in faces:  # dlib's descriptors are not of length 1
        assert 1.2 < sum(value**2 for value in face["descriptor"]) ** 0.5 < 1.7
    matches = [face["match"] for face in app.call("identify", photo, options)]
    assert [match["label"] for match in matches] == ["unknown"] * 2


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("compat", "opencv"),
        ("detector", "haar"),
        ("recognizer", "arcface"),
        ("inputSize", 100),
        ("minScore", 1.5),
        ("maxFaces", 0),
        ("expressions", "all"),
        ("withFaceLandmarks", True),
    ],
)
def test_a_bad_option_is_named(app, option, value):
    with pytest.raises(FacesideError, match=f"{option} is") as caught:
        app.call("describe", app.blob(sample(PHOTO)), {option: value})
    assert caught.value.code == "option-invalid" and caught.value.is_error


@pytest.mark.parametrize(
    ("detector", "missed"), [("ssd_mobilenet", {}), ("mtcnn", {2: 1})]
)  # MTCNN does not find the face in profile of the second photo
def test_the_detectors_of_the_seeds_find_the_faces_of_the_photos(app, detector, missed):
    options = {"detector": detector, "landmarks": False, "descriptors": False}
    counts = {n: len(app.call("describe", app.blob(sample(n)), options)) for n in FACES}
    assert counts == {n: faces - missed.get(n, 0) for n, faces in FACES.items()}


@pytest.mark.parametrize("detector", ["ssd_mobilenet", "mtcnn"])
@pytest.mark.parametrize("number", [5, 6])
def test_openface_tells_the_faces_of_a_photo_apart_in_a_copy_of_it(app, detector, number):
    options = {"detector": detector, "recognizer": "openface"}
    photo, copy = sample(number), mirrored_copy(number, 900)
    faces, twins = (app.call("describe", app.blob(picture), options) for picture in (photo, copy))
    faces.sort(key=lambda face: face["box"]["x"])
    twins.sort(key=lambda face: -face["box"]["x"])  # mirrored
    known, probes = (np.array([f["descriptor"] for f in found]) for found in (faces, twins))
    assert len(known) == len(probes) == FACES[number]
    assert np.linalg.norm(known, axis=1) == pytest.approx(1, abs=1e-5)
    distances = np.linalg.norm(known[:, None] - probes[None], axis=2)
    assert distances.argmin(axis=0).tolist() == list(range(FACES[number]))
    assert distances.diagonal().max() < distances[~np.eye(len(known), dtype=bool)].min()

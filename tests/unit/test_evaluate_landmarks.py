"""Errors of landmarks, and which face they are of."""

import asyncio
import json

import numpy as np
import pytest

from faceside import FacesideError, detect_all_faces
from faceside.evaluate.landmarks import evaluate_landmarks, landmark_errors, read_points
from tests.pictures import SAMPLES, find_faces

PLAN = detect_all_faces(None).with_landmarks()


def points_with_eyes(distance: float) -> np.ndarray:
    points = np.zeros((1, 68, 2))
    points[0, 45, 0] = distance
    return points


def test_errors_are_measured_in_distances_of_the_outer_eye_corners():
    points = points_with_eyes(100)
    moved = points + [3, 4]  # every point by 5 pixels
    assert landmark_errors(moved, points) == pytest.approx([0.05])
    moved = points.copy()
    moved[0, 10] += [0, 68]  # one of 68 by 68 pixels
    assert landmark_errors(moved, points) == pytest.approx([0.01])


def write(folder, content):
    path = folder / "index.json"
    path.write_text(json.dumps(content))
    return path


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """Sample 6: our own points of two faces, of a third ones moved, and one where no face is."""
    folder = tmp_path_factory.mktemp("landmarks")
    (folder / "sample6.jpg").symlink_to(SAMPLES / "sample6.jpg")
    points = find_faces(SAMPLES / "sample6.jpg").landmarks[:3].astype(float)
    between = np.linalg.norm(points[2, 36] - points[2, 45])
    points[2] += [0, 0.1 * between]
    nowhere = points[0] - points[0].min(axis=0) + [5, 5]
    faces = [{"points": face.tolist()} for face in (*points, nowhere * 0.2)]
    faces.append({"points": []})  # a face that nobody pointed out
    return write(folder, {"some": [{"file": "sample6.jpg", "faces": faces}], "others": []})


def test_our_own_points_have_no_error_and_moved_ones_theirs(made_up):
    measured = asyncio.run(evaluate_landmarks(read_points(made_up), PLAN))
    assert measured.series["errors"][:3] == pytest.approx([0, 0, 0.1], abs=1e-3)
    result = measured.numbers
    assert (result["pictures"], result["faces"], result["undetected"]) == (1, 4, 1)
    assert result["mean_error"] == pytest.approx(0.1 / 3, abs=1e-3)
    assert result["failures"] == 1 and result["failure_rate"] == pytest.approx(1 / 3)


def test_a_net_alone_starts_from_the_box_of_the_points(made_up):
    measured = asyncio.run(evaluate_landmarks(read_points(made_up), PLAN, True))
    assert measured.numbers["undetected"] == 0 and measured.numbers["from_points"]
    errors = measured.series["errors"]
    assert (errors[:2] > 0).all() and (errors[:2] < 0.06).all()


def test_a_set_of_one_face_a_picture(made_up, tmp_path):
    """Where the detector finds nothing there is no error to speak of."""
    (tmp_path / "grey.png").write_bytes(grey_png())
    points = points_with_eyes(20)[0] + 10
    path = write(tmp_path, [{"file": "grey.png", "points": points.tolist()}])
    result = asyncio.run(evaluate_landmarks(read_points(path), PLAN)).numbers
    assert result["undetected"] == 1
    assert result["mean_error"] is None and result["failure_rate"] is None


def grey_png() -> bytes:
    from PIL import Image

    from tests.pictures import encode

    return encode(Image.new("RGB", (64, 64), (128, 128, 128)), "PNG")


@pytest.mark.parametrize(
    "content", [{}, [], [{"file": "a.jpg"}], [{"file": "a.jpg", "points": [[1, 2]]}], 7]
)
def test_bad_lists_are_refused(tmp_path, content):
    with pytest.raises(FacesideError, match="68 points") as caught:
        read_points(write(tmp_path, content))
    assert caught.value.code == "index-unreadable"

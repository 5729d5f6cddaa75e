"""Drawing on a Pillow image: every pixel that changes is where it should be."""

import asyncio

import numpy as np
import pytest
from PIL import Image

from faceside import Faces, FacesideError, detect_all_faces
from faceside.draw import (
    BoxStyle,
    LandmarkStyle,
    TextStyle,
    draw_box,
    draw_contour,
    draw_detections,
    draw_expressions,
    draw_landmarks,
    draw_text,
)
from tests.golden.inputs import NODE_MODULES

BLUE, WHITE = (0, 0, 255), (255, 255, 255)


def blank(width: int = 120, height: int = 100) -> Image.Image:
    return Image.new("RGB", (width, height), "white")


def changed(image: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (beyond) of what is no longer white."""
    rows, columns = np.nonzero((np.asarray(image) != 255).any(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def test_a_box_is_a_line_around_its_edge():
    image = blank()
    draw_box(image, (20, 30, 50, 40))
    assert changed(image) == (19, 29, 71, 71)
    assert image.getpixel((19, 29)) == image.getpixel((20, 50)) == BLUE
    assert image.getpixel((21, 31)) == image.getpixel((45, 50)) == WHITE


def test_a_label_sits_on_the_box_in_its_color():
    image = blank()
    draw_box(image, (20, 50, 50, 40), "Ada", BoxStyle("#00ff00", 4))
    above = np.asarray(image)[50 - 22 : 48, 18:40].reshape(-1, 3)
    assert (0, 255, 0) in set(map(tuple, above.tolist()))
    assert changed(image)[:2] == (18, 28)


@pytest.mark.parametrize(
    ("anchor", "corner"),
    [("top-left", 0), ("top-right", 1), ("bottom-left", 2), ("bottom-right", 3)],
)
def test_text_lies_with_its_anchor_at_the_point(anchor, corner):
    image = blank(300, 300)
    draw_text(image, ["happy (0.93)", "sad"], (150, 150), TextStyle(anchor, background="#000"))
    left, top, right, bottom = changed(image)
    assert bottom - top == 2 * 14 + 2 * 4
    corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
    assert corners[corner] == pytest.approx((150, 150), abs=1)


def test_text_is_kept_inside_the_image():
    for point in ((-50, -50), (500, 500)):
        image = blank()
        draw_text(image, "Grace", point, TextStyle(background="#000"))
        left, top, right, bottom = changed(image)
        assert bottom - top == 22 and (left == 0 or right == 120)


def test_a_background_may_be_half_transparent():
    image = blank()
    draw_text(image, "x", (10, 10))
    assert image.getpixel((11, 11)) == pytest.approx((127, 127, 127), abs=1)


def test_no_lines_draw_nothing():
    image = blank()
    draw_text(image, [], (10, 10))
    draw_detections(image, Faces.empty())
    assert image.tobytes() == blank().tobytes()


def test_contours_are_open_or_closed():
    points = [(20, 20), (80, 20), (50, 70)]
    opened, closed = blank(), blank()
    draw_contour(opened, points)
    draw_contour(closed, points, closed=True)
    assert opened.getpixel((50, 20)) == closed.getpixel((50, 20)) == (0, 255, 255)
    assert opened.getpixel((35, 45)) == WHITE and closed.getpixel((35, 45)) != WHITE


def test_scores_are_rounded_down():
    fine, coarse = blank(), blank()
    draw_detections(fine, Faces([(20, 40, 50, 40)], [0.939]))
    draw_box(coarse, (20, 40, 50, 40), "0.93")
    assert fine.tobytes() == coarse.tobytes()


def find_sample(number: int) -> tuple[Image.Image, Faces]:
    path = NODE_MODULES / f"@vladmandic/face-api/demo/sample{number}.jpg"

    async def find():
        return await detect_all_faces(path).with_landmarks()

    return Image.open(path).convert("RGB"), asyncio.run(find())


def test_landmarks_are_dots_and_lines_on_real_faces():
    original, faces = find_sample(6)
    dots, lines = original.copy(), original.copy()
    draw_landmarks(dots, faces, LandmarkStyle(lines=False))
    draw_landmarks(lines, faces, LandmarkStyle(points=False, line_width=2))
    for x, y in faces.landmarks.reshape(-1, 2).round().astype(int).tolist():
        assert dots.getpixel((x, y)) == (255, 0, 255)
    marked = np.asarray(lines) != np.asarray(original)
    left, top, width, height = faces.boxes[0].round().astype(int)
    inside = marked[top : top + height, left : left + width].any(axis=2)
    assert 200 < inside.sum() < 0.2 * inside.size
    half_way = faces.landmarks[0, 36:38].mean(axis=0).round().astype(int)
    assert lines.getpixel(tuple(half_way.tolist())) == (0, 255, 255)


def test_expressions_stand_under_the_face_the_likeliest_first():
    ours, expected = blank(200, 200), blank(200, 200)
    likely = [[0.15, 0.6, 0.1, 0, 0, 0, 0.15]]  # neutral, happy, sad, …, surprised
    draw_expressions(ours, Faces([(20, 30, 50, 40)], [0.9], expressions=likely))
    draw_text(expected, ["happy (0.6)", "neutral (0.15)", "surprised (0.15)"], (20, 70))
    assert ours.tobytes() == expected.tobytes()
    draw_expressions(ours, Faces([(20, 30, 50, 40)], [0.9], expressions=likely), 0.7)
    assert ours.tobytes() == expected.tobytes()


def test_faces_that_lack_what_is_to_be_drawn_are_told_of():
    faces = Faces([(1, 1, 5, 5)], [0.9])
    for draw, task in ((draw_landmarks, "with_landmarks"), (draw_expressions, "with_expressions")):
        with pytest.raises(FacesideError, match=task) as caught:
            draw(blank(), faces)
        assert caught.value.code == "column-missing"


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_images_of_other_modes_are_refused(mode):
    with pytest.raises(FacesideError, match='convert."RGB".'):
        draw_box(Image.new(mode, (50, 50)), (1, 1, 9, 9))


@pytest.mark.parametrize(
    ("style", "options"),
    [
        (TextStyle, {"anchor": "middle"}),
        (TextStyle, {"size": 0}),
        (TextStyle, {"padding": float("nan")}),
        (TextStyle, {"color": "blueish"}),
        (TextStyle, {"background": None}),
        (BoxStyle, {"line_width": 0}),
        (BoxStyle, {"line_width": 1.5}),
        (BoxStyle, {"color": "#12"}),
        (LandmarkStyle, {"point_size": -1}),
        (LandmarkStyle, {"line_color": "x"}),
        (LandmarkStyle, {"point_color": "#1234567"}),
    ],
)
def test_styles_are_checked_when_made(style, options):
    with pytest.raises(FacesideError, match=next(iter(options))) as caught:
        style(**options)
    assert caught.value.code == "option-invalid"


def test_a_font_that_is_none_is_told_of(tmp_path):
    with pytest.raises(FacesideError) as caught:
        draw_text(blank(), "x", (1, 1), TextStyle(font=str(tmp_path / "none.ttf")))
    assert caught.value.code == "font-unreadable"

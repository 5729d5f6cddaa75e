"""Draw boxes, text, landmarks and expressions on a Pillow image, by default as face-api.js does.

    image = Image.open("group.jpg").convert("RGB")
    faces = await detect_all_faces(image).with_landmarks()
    draw_landmarks(image, faces)
    draw_detections(image, faces)
    image.save("found.jpg")

Everything draws on the image given, which must be RGB; colours are Pillow's, as in CSS ("#0000ff",
"#00000080" half transparent, "red"). Sizes are pixels. The defaults are those of ``draw/`` of
face-api.js 0.22.2; its Georgia gives way to Pillow's own font.
"""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from .errors import FacesideError
from .faces import EXPRESSIONS, Faces
from .landmarks import CLOSED, contour
from .options import require_between, require_integer, require_one_of

ANCHORS = ("top-left", "top-right", "bottom-left", "bottom-right")
DRAWN = (
    *("jaw", "left_brow", "right_brow", "nose"),
    *("left_eye", "right_eye", "outer_lips", "inner_lips"),
)


@dataclass(frozen=True)
class TextStyle:
    """How text looks.

    Attributes:
        anchor: the corner of the text's background that lies at the point given.
        background, color: of the background and of the letters.
        size: height of a line in pixels.
        padding: between the letters and the edge of the background.
        font: path of a TrueType font; Pillow's own, which knows Latin letters only, when None.

    Raises:
        FacesideError: ``option-invalid``, naming the option, its value and what is allowed.
    """

    anchor: str = "top-left"
    background: str = "#00000080"
    color: str = "#ffffff"
    size: float = 14
    padding: float = 4
    font: str | None = None

    def __post_init__(self):
        require_one_of("anchor", self.anchor, ANCHORS)
        _require_colors(background=self.background, color=self.color)
        require_between("size", self.size, 1, 1000)
        require_between("padding", self.padding, 0, 1000)


@dataclass(frozen=True)
class BoxStyle:
    """How a box looks: the color and width of its line; its label's background has that color.

    Raises:
        FacesideError: ``option-invalid``.
    """

    color: str = "#0000ff"
    line_width: int = 2

    def __post_init__(self):
        _require_colors(color=self.color)
        require_integer("line_width", self.line_width, 1, 1000)


@dataclass(frozen=True)
class LandmarkStyle:
    """How landmarks look: lines along the parts of the face, dots of radius ``point_size``.

    Raises:
        FacesideError: ``option-invalid``.
    """

    lines: bool = True
    points: bool = True
    line_width: int = 1
    point_size: float = 2
    line_color: str = "#00ffff"
    point_color: str = "#ff00ff"

    def __post_init__(self):
        _require_colors(line_color=self.line_color, point_color=self.point_color)
        require_integer("line_width", self.line_width, 1, 1000)
        require_between("point_size", self.point_size, 0, 1000)


def draw_box(image: Image.Image, box, label: str | None = None, style: BoxStyle | None = None):
    """Draw one box ``x, y, width, height``, and its label on top of it."""
    style = style or BoxStyle()
    x, y, width, height = map(float, box)
    half = style.line_width / 2
    left, top = round(x - half), round(y - half)
    right, bottom = round(x + width + half) - 1, round(y + height + half) - 1
    corners = (left, top, max(left, right), max(top, bottom))
    _pen(image).rectangle(corners, outline=style.color, width=style.line_width)
    if label:
        draw_text(image, label, (x - half, y), TextStyle("bottom-left", background=style.color))


def draw_text(image: Image.Image, lines, point, style: TextStyle | None = None) -> None:
    """Write one line (text) or several (a list) at a point ``x, y``, kept inside the image."""
    style = style or TextStyle()
    lines = [lines] if isinstance(lines, str) else list(lines)
    if not lines:
        return
    pen, font = _pen(image), _font(style)
    width = max(map(font.getlength, lines)) + 2 * style.padding
    height = len(lines) * style.size + 2 * style.padding
    x = point[0] - (width if style.anchor.endswith("right") else 0)
    y = point[1] - (height if style.anchor.startswith("bottom") else 0)
    x, y = max(min(x, image.width - width), 0), max(min(y, image.height - height), 0)
    pen.rectangle((x, y, x + width - 1, y + height - 1), fill=style.background)
    for number, line in enumerate(lines, start=1):
        baseline = x + style.padding, y + style.padding + number * style.size
        pen.text(baseline, line, fill=style.color, font=font, anchor="ls")


def draw_contour(image: Image.Image, points, closed: bool = False, color="#00ffff", width=1):
    """Draw a line through points ``(k, 2)``, back to the first one if ``closed``."""
    path = [tuple(point) for point in np.asarray(points, float).tolist()]
    _pen(image).line(path + path[:1] if closed else path, fill=color, width=width)


def draw_detections(image: Image.Image, faces: Faces, style: BoxStyle | None = None) -> None:
    """Draw the box of each face with its score, rounded down as in face-api.js."""
    for box, score in zip(faces.boxes, faces.scores, strict=True):
        draw_box(image, box, _two_digits(score), style)


def draw_landmarks(image: Image.Image, faces: Faces, style: LandmarkStyle | None = None) -> None:
    """Draw the 68 points of each face; the lips are two rings, where face-api.js joins them."""
    style = style or LandmarkStyle()
    pen = _pen(image)
    for landmarks in _column(faces, "landmarks", "with_landmarks()"):
        for part in DRAWN if style.lines else ():
            points = contour(landmarks, part)
            draw_contour(image, points, part in CLOSED, style.line_color, style.line_width)
        for x, y in landmarks.tolist() if style.points else ():
            around = (x - style.point_size, y - style.point_size)
            pen.ellipse((*around, x + style.point_size, y + style.point_size), style.point_color)


def draw_expressions(
    image: Image.Image, faces: Faces, min_probability: float = 0.1, style: TextStyle | None = None
) -> None:
    """Write under each face the expressions more likely than ``min_probability``, 0 to 1, the
    likeliest first."""
    require_between("min_probability", min_probability, 0, 1)
    rows = _column(faces, "expressions", "with_expressions()")
    for box, row in zip(faces.boxes, rows, strict=True):
        likeliest = [i for i in np.argsort(-row, kind="stable") if row[i] > min_probability]
        lines = [f"{EXPRESSIONS[i]} ({_two_digits(row[i])})" for i in likeliest]
        draw_text(image, lines, (box[0], box[1] + box[3]), style)


def _column(faces: Faces, name: str, task: str) -> np.ndarray:
    column = getattr(faces, name)
    if column is None:
        raise FacesideError("column-missing", f"These faces have no {name}; find them {task}.")
    return column


def _two_digits(value: float) -> str:
    return f"{math.floor(value * 100) / 100:g}"


def _pen(image: Image.Image) -> ImageDraw.ImageDraw:
    """What draws on an image and lets it shine through what is half transparent."""
    if image.mode != "RGB":
        raise FacesideError(
            "image-mode", f'The image has mode {image.mode}; convert it with image.convert("RGB").'
        )
    return ImageDraw.Draw(image, "RGBA")


def _font(style: TextStyle):
    if style.font is None:
        return ImageFont.load_default(style.size)
    try:
        return ImageFont.truetype(style.font, style.size)
    except OSError:
        raise FacesideError(
            "font-unreadable", f"{style.font} is no font; name a TrueType file."
        ) from None


def _require_colors(**colors: str) -> None:
    for name, color in colors.items():
        try:
            ImageColor.getrgb(color)
        except (ValueError, AttributeError, TypeError):
            raise FacesideError(
                "option-invalid",
                f'{name} is {color!r}; it must be a colour such as "#0000ff" or "red".',
            ) from None

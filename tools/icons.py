"""Draws app/page/icon.svg as the PNG files that systems ask for when the page is installed.

It knows what that one drawing uses: a square with round corners, and white lines of ``M``, ``h``,
``v`` and ``c`` with round ends.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image, ImageDraw

from tools.problem import Problem

FINER = 4  # drawn at this many times the size, for smooth edges
STEPS = 24  # straight pieces of a curve
SAFE = 0.82  # of a maskable icon's lines: what is left when a circle of 80 % is cut out
ICONS = {  # name: pixels, whether the ground fills the whole square
    "icon-192.png": (192, False),
    "icon-512.png": (512, False),
    "maskable-192.png": (192, True),
    "maskable-512.png": (512, True),
    "apple-touch-icon.png": (180, True),
}
SVG = "{http://www.w3.org/2000/svg}"
NUMBERS = {"M": 2, "h": 1, "v": 1, "c": 6}


@dataclass(frozen=True)
class Drawing:
    """An icon: its side, the radius of its corners, the width of its lines, the points of each
    line ``(n, 2)``, and both colours; lengths are in units of the drawing."""

    side: float
    radius: float
    width: float
    lines: tuple[np.ndarray, ...]
    ground: str
    ink: str


def read_drawing(file: Path) -> Drawing:
    """The drawing of an SVG file; raises Problem("icon-unknown") for what is not known here."""
    root = ElementTree.parse(file).getroot()
    square, group = root.find(f"{SVG}rect"), root.find(f"{SVG}g")
    return Drawing(
        side=float(square.get("width")),
        radius=float(square.get("rx")),
        width=float(group.get("stroke-width")),
        lines=tuple(line for path in group for line in path_lines(path.get("d"))),
        ground=square.get("fill"),
        ink=group.get("stroke"),
    )


def path_lines(path: str) -> list[np.ndarray]:
    """The points of each line of an SVG path."""
    lines = []
    for command, text in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", text)]
        if len(values) != NUMBERS.get(command):
            raise Problem("icon-unknown", f"{command}{text} of the icon is not known here.")
        if command == "M":
            lines.append(np.array([values]))
        else:
            lines[-1] = np.concatenate([lines[-1], lines[-1][-1] + piece(command, values)])
    return lines


def piece(command: str, values: list[float]) -> np.ndarray:
    """Points ``(n, 2)`` along a piece of a path, from where it starts."""
    part = np.arange(1, STEPS + 1)[:, None] / STEPS
    if command == "c":
        first, second, end = np.reshape(values, (3, 2))
        return (
            3 * (1 - part) ** 2 * part * first + 3 * (1 - part) * part**2 * second + part**3 * end
        )
    return part * (np.array([1, 0]) if command == "h" else np.array([0, 1])) * values[0]


def draw(drawing: Drawing, pixels: int, full: bool) -> Image.Image:
    """The drawing at a size; `full`: to the edges, its lines within what a mask leaves."""
    scale = pixels * FINER / drawing.side
    shape = (pixels * FINER, pixels * FINER)
    image = Image.new("RGBA", shape, drawing.ground if full else (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    if not full:
        edge = (0, 0, shape[0] - 1, shape[1] - 1)
        pen.rounded_rectangle(edge, drawing.radius * scale, drawing.ground)
    inner, centre = SAFE if full else 1, drawing.side / 2
    reach = drawing.width / 2 * inner * scale
    for line in drawing.lines:
        points = ((line - centre) * inner + centre) * scale
        pen.line([tuple(point) for point in points], drawing.ink, round(2 * reach))
        for point in points:  # round ends and joints
            pen.circle(tuple(point), reach, drawing.ink)
    small = image.resize((pixels, pixels), Image.Resampling.LANCZOS)
    return small.convert("RGB") if full else small


def write_icons(source: Path, folder: Path) -> None:
    """Writes every PNG of ICONS."""
    drawing = read_drawing(source)
    folder.mkdir()
    for name, (pixels, full) in ICONS.items():
        draw(drawing, pixels, full).save(folder / name, optimize=True)

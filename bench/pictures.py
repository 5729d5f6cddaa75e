"""The pictures that all contestants see: 1, 3 and 10 faces, made of the photos of a package."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests.pictures import find_faces, open_sample

WIDTH = 640
ONE = (1, (1270, 80, 1910, 560))  # of sample 1: left, top, right, bottom
THREE = 1
MANY = (1, 3, 4, 5)  # samples that the ten faces come from
TILE = 256
ROWS, COLUMNS = 2, 5
SWAY, FRAMES, RATE = 6, 60, 60  # of the clip: pixels to each side, frames, frames a second
AROUND = 1.7  # sides of the square around a face, in sides of its box


def one_face() -> Image.Image:
    number, part = ONE
    return open_sample(number).crop(part)


def three_faces() -> Image.Image:
    return open_sample(THREE, WIDTH)


def ten_faces() -> Image.Image:
    """Ten faces side by side, each of the same size."""
    squares = [square for number in MANY for square in squares_of(number)]
    picture = Image.new("RGB", (COLUMNS * TILE, ROWS * TILE))
    for place in range(ROWS * COLUMNS):
        row, column = divmod(place, COLUMNS)
        picture.paste(squares[place], (column * TILE, row * TILE))
    return picture


def squares_of(number: int) -> list[Image.Image]:
    """The surroundings of each face of a sample."""
    image = open_sample(number)
    squares = []
    for x, y, width, height in find_faces(image).boxes.tolist():
        side = max(width, height) * AROUND
        left, top = x + width / 2 - side / 2, y + height / 2 - side / 2
        part = tuple(round(edge) for edge in (left, top, left + side, top + side))
        squares.append(image.crop(part).resize((TILE, TILE), Image.LANCZOS))
    return squares


PICTURES = {"1": one_face, "3": three_faces, "10": ten_faces}


def write_pictures(folder: Path) -> None:
    """Writes each picture as `N.png`, N being how many faces it has."""
    folder.mkdir(parents=True)
    for name, make in PICTURES.items():
        make().save(folder / f"{name}.png", compress_level=1)


def write_clip(path: Path) -> None:
    """Writes the clip that the camera plays, YUV4MPEG: one close face, swaying by a few pixels."""
    number, (left, top, right, bottom) = ONE
    image, size = open_sample(number), (right - left, bottom - top)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{size[0]} H{size[1]} F{RATE}:1 Ip C420jpeg\n".encode())
        for turn in np.linspace(0, 2 * np.pi, FRAMES, endpoint=False):
            x, y = round(left + SWAY * np.sin(turn)), round(top + SWAY * np.cos(turn))
            frame = image.crop((x, y, x + size[0], y + size[1]))
            luma, *chroma = frame.convert("YCbCr").split()
            half = size[0] // 2, size[1] // 2
            planes = [luma, *(plane.resize(half, Image.BOX) for plane in chroma)]
            file.write(b"FRAME\n" + b"".join(plane.tobytes() for plane in planes))

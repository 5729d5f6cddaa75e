"""Pictures and clips for the tests, made from the six sample photos of @vladmandic/face-api."""

import asyncio
import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from faceside import DetectorOptions, Faces, detect_all_faces

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "node_modules" / "@vladmandic" / "face-api" / "demo"
FACES = {1: 3, 2: 3, 3: 3, 4: 4, 5: 5, 6: 4}  # faces in each photo
ORIENTATION = 0x0112  # the EXIF tag


def sample(number: int) -> Path:
    """The file of a sample photo, 1 to 6."""
    return SAMPLES / f"sample{number}.jpg"


@cache
def open_sample(number: int, width: int | None = None) -> Image.Image:
    """A sample photo as RGB, `width` pixels wide if given."""
    image = Image.open(sample(number)).convert("RGB")
    if width is None:
        return image
    return image.resize((width, round(image.height * width / image.width)), Image.LANCZOS)


def encode(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    """The bytes of an image file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def mirrored_copy(number: int, width: int) -> bytes:
    """A sample photo as it comes back from elsewhere: mirrored, scaled, compressed again."""
    return encode(ImageOps.mirror(open_sample(number, width)), quality=60)


def turned_on_its_side(image: Image.Image) -> bytes:
    """A JPEG stored on its side, with the EXIF mark that says how to turn it upright."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # turn a quarter clockwise to show
    return encode(image.rotate(90, expand=True), exif=exif, quality=92)


def transparent(image: Image.Image) -> bytes:
    """A PNG whose borders fade out."""
    width, height = image.size
    x = np.minimum(np.arange(width), np.arange(width)[::-1]) / (width * 0.05)
    y = np.minimum(np.arange(height), np.arange(height)[::-1]) / (height * 0.05)
    alpha = (np.minimum(1, np.minimum.outer(y, x)) * 255).astype(np.uint8)
    faded = image.copy()
    faded.putalpha(Image.fromarray(alpha))
    return encode(faded, "PNG", compress_level=1)


def animated(image: Image.Image, kind: str) -> bytes:
    """An animation that starts with the picture and goes on with its negative."""
    frames = [ImageOps.invert(image), ImageOps.invert(image.rotate(180))]
    return encode(image, kind, save_all=True, append_images=frames, duration=100, loop=0)


def grey_16_bit(image: Image.Image) -> bytes:
    """A PNG of one channel of 16 bits."""
    grey = np.asarray(image.convert("L")).astype(np.uint16) * 257
    return encode(Image.fromarray(grey), "PNG", compress_level=1)


def colour_16_bit(image: Image.Image) -> bytes:
    """A PNG of three channels of 16 bits, which Pillow reads but does not write."""
    values = np.asarray(image).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in values)

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", *image.size, 16, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def huge_photo() -> bytes:
    """A JPEG of 10,000 x 10,000 pixels with one sample photo in the middle of it."""
    canvas = Image.new("RGB", (10_000, 10_000), (90, 110, 100))
    photo = open_sample(6, 6000)
    canvas.paste(photo, ((10_000 - photo.width) // 2, (10_000 - photo.height) // 2))
    return encode(canvas, quality=70)


class Clip:
    """What the fake camera shows: two people of sample 6, swaying by a few pixels.

    Attributes:
        size: width and height of a frame in pixels.
        sway: how far the picture moves to each side, in pixels.
        part: left, top, right and bottom of what is shown of sample 6.
    """

    size = (640, 480)
    sway = 4
    frames = 60
    part = (1050, 150, 1850, 750)

    @classmethod
    def still(cls, shift: tuple[float, float] = (0, 0), zoom: float = 1) -> Image.Image:
        """One frame, its picture shifted to the right and down and enlarged around its middle."""
        left, top, right, bottom = cls.part
        scale = (right - left) / cls.size[0] / zoom
        middle = (left + right) / 2, (top + bottom) / 2
        origin = [
            m - (side / 2 + s) * scale for m, side, s in zip(middle, cls.size, shift, strict=True)
        ]
        matrix = (scale, 0, origin[0], 0, scale, origin[1])
        return open_sample(6).transform(
            cls.size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC
        )

    @classmethod
    def write(cls, path: Path) -> None:
        """Write the clip as Motion JPEG, one frame after another; its end meets its start."""
        turns = np.linspace(0, 2 * np.pi, cls.frames, endpoint=False)
        with path.open("wb") as file:
            for turn in turns:
                shift = cls.sway * np.sin(turn), cls.sway * np.cos(turn)
                zoom = 1 + 0.01 * np.sin(2 * turn)
                file.write(encode(cls.still(shift, zoom), quality=90))


def find_faces(image, options: DetectorOptions | None = None, recognizer: str = "sface") -> Faces:
    """The faces of a picture with landmarks and descriptors, by the library in this Python.

    Runs on a thread of its own, because Playwright keeps an event loop on the main one.
    """

    async def find():
        task = detect_all_faces(image, options).with_landmarks()
        return await task.with_descriptors(recognizer)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(find())).result()

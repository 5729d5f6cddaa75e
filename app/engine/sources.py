"""Pictures of the browser, whatever holds them, as pictures of the library."""

import io
import warnings

import js
import numpy as np
from PIL import Image
from pyodide.ffi import JsException, to_js

from faceside import FacesideError, Picture, read_image
from faceside.image import MAX_PIXELS, MIN_SIDE, opaque_rgb

MAX_FILE_BYTES = 200_000_000
_RECORD = js.Object.fromEntries


async def read_source(source, as_shown: bool = False) -> Picture:
    """Read a Blob, an ImageBitmap, a VideoFrame or an ImageData.

    Args:
        source: the picture.
        as_shown: let the browser decode a Blob, so that its pixels are those of an img element.
            The decoders of JPEG differ a little.

    Raises:
        FacesideError: ``image-…`` of the library; ``image-unreadable`` for anything else;
            ``file-unreadable``.
    """
    kind = js.Object.prototype.toString.call(source)
    if kind in ("[object Blob]", "[object File]"):
        return await _read_blob(source, as_shown)
    if kind in ("[object ImageBitmap]", "[object VideoFrame]"):
        return read_image(_rgba(source, *size_of(source)))
    if kind == "[object ImageData]":
        return read_image(_pixels(source))
    raise FacesideError(
        "image-unreadable",
        f"{kind} is no picture; give a Blob, an ImageBitmap, a VideoFrame or an ImageData.",
    )


async def read_bytes(blob) -> bytes:
    """What a Blob holds.

    Raises:
        FacesideError: ``file-unreadable``, as of one that was changed since it was chosen.
    """
    try:
        return (await blob.arrayBuffer()).to_bytes()
    except JsException as error:
        raise FacesideError(
            "file-unreadable",
            "The file can no longer be read: it was changed, moved or deleted after it had been "
            "chosen. Choose it again.",
        ) from error


async def _read_blob(blob, as_shown: bool) -> Picture:
    """Decode with Pillow, or by the browser: where that is asked for, where only it knows the
    format, and where it gives just what Pillow gives in CPython, whose JPEG decoder is another
    than that of Pillow in Pyodide."""
    if blob.size > MAX_FILE_BYTES:
        raise FacesideError(
            "image-too-large",
            f"The file has {blob.size // 1_000_000} MB; choose one of at most "
            f"{MAX_FILE_BYTES // 1_000_000} MB.",
        )
    if as_shown and (picture := await _decode_by_browser(blob)):
        return picture
    data = await read_bytes(blob)
    if _is_plain_jpeg(data) and (picture := await _decode_by_browser(blob, plain=True)):
        return picture
    try:
        return read_image(data)
    except FacesideError as error:
        if error.code == "image-unreadable" and (picture := await _decode_by_browser(blob)):
            return picture
        raise


def _is_plain_jpeg(data: bytes) -> bool:
    """Whether this is a JPEG file of RGB pixels, few enough to be decoded whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data))
        except Exception:  # the library says what is wrong with it
            return False
    plain = image.format in ("JPEG", "MPO") and image.mode == "RGB"
    return plain and image.width * image.height <= MAX_PIXELS


async def _decode_by_browser(blob, plain: bool = False) -> Picture | None:
    """The picture, None where the browser cannot decode it either; a plain one has no transparency
    and keeps its colours' numbers, as Pillow does, whatever its colour profile."""
    options = {"colorSpaceConversion": "none" if plain else "default"}
    try:
        bitmap = await js.createImageBitmap(blob, to_js(options, dict_converter=_RECORD))
    except JsException:
        return None
    try:
        if plain and min(bitmap.width, bitmap.height) >= MIN_SIDE:
            rgba = _rgba(bitmap, bitmap.width, bitmap.height)
            return Picture(opaque_rgb(rgba))
        return await read_source(bitmap)
    except JsException:  # more pixels than a canvas holds
        return None
    finally:
        bitmap.close()


def read_frame(frame, longest: int) -> Picture:
    """Read an ImageBitmap or a VideoFrame of a camera, drawn no larger than ``longest`` pixels."""
    size = size_of(frame)
    reduction = max(1.0, max(size) / longest)
    width, height = (round(side / reduction) for side in size)
    return Picture(opaque_rgb(_rgba(frame, width, height)), size[0] / width)


def size_of(picture) -> tuple[int, int]:
    """Width and height of an ImageBitmap or a VideoFrame."""
    if hasattr(picture, "displayWidth"):
        return picture.displayWidth, picture.displayHeight
    return picture.width, picture.height


class _Canvas:
    """The one canvas that pictures are drawn on, with its drawing context."""

    canvas = None
    context = None

    @classmethod
    def of_size(cls, width: int, height: int):
        if cls.canvas is None:
            cls.canvas = js.OffscreenCanvas.new(0, 0)
            options = to_js({"willReadFrequently": True}, dict_converter=_RECORD)
            cls.context = cls.canvas.getContext("2d", options)
        if (cls.canvas.width, cls.canvas.height) != (width, height):
            cls.canvas.width, cls.canvas.height = width, height
            cls.context.imageSmoothingQuality = "medium"  # every pixel counts when it shrinks
        cls.context.clearRect(0, 0, width, height)
        return cls.context


def _rgba(bitmap, width: int, height: int) -> np.ndarray:
    context = _Canvas.of_size(width, height)
    context.drawImage(bitmap, 0, 0, width, height)
    return _pixels(context.getImageData(0, 0, width, height))


def _pixels(image_data) -> np.ndarray:
    pixels = np.empty((image_data.height, image_data.width, 4), np.uint8)
    image_data.data.assign_to(pixels.reshape(-1))
    return pixels

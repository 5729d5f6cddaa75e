"""Pictures: read from anything, upright, and sampled into what a net wants.

Every picture becomes a :class:`Picture`: RGB bytes, turned upright by its EXIF orientation.
"""

import io
import os
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import ExifTags, Image

from .errors import FacesideError
from .geometry import invert_transforms, transform_points

BILINEAR = Image.Resampling.BILINEAR

# The smallest side a detector can find a face in: YuNet's smallest anchor is 10 px (Wu et al.,
# "YuNet: a tiny millisecond-level face detector", 2023).
MIN_SIDE = 10
# JPEG files of more pixels are decoded at a half, quarter or eighth: 16 megapixels are plenty for
# any face and take 64 MB in Pillow. Other formats can only be decoded whole. Files of over 179
# megapixels are refused by Pillow itself.
MAX_PIXELS = 16_000_000
MAX_PIXELS_UNREDUCED = 50_000_000
TURNS = {  # by the EXIF tag Orientation (Exif 2.32, 4.6.4)
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, eq=False)
class Picture:
    """An upright picture.

    Attributes:
        pixels: ``(h, w, 3)`` uint8 RGB, C-contiguous.
        reduction: how many pixels of the original one pixel stands for along a side; 1 unless a
            huge JPEG file was decoded at a fraction of its size.
    """

    pixels: np.ndarray
    reduction: float = 1.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright original in pixels."""
        height, width = self.pixels.shape[:2]
        return round(width * self.reduction), round(height * self.reduction)


def read_image(source) -> Picture:
    """Read a picture from whatever holds one.

    Args:
        source: a path, the bytes of a file, an open binary file, a Pillow image, an array
            ``(h, w)``, ``(h, w, 3)`` or ``(h, w, 4)`` of uint8 (RGB order), or a Picture.

    Returns:
        The picture: first frame of an animation, transparency laid over white, 16-bit and float
        greys scaled to 8 bit, CMYK and palettes turned into RGB.

    Raises:
        FacesideError: ``image-missing``, ``image-unreadable``, ``image-truncated``,
            ``image-too-small``, ``image-too-large``.
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, np.ndarray):
        return Picture(_array_to_rgb(source))
    if isinstance(source, Image.Image):
        return _convert(source, "The image")
    if isinstance(source, (str, os.PathLike)):
        name = os.path.basename(source)
        if isinstance(source, str) and source.startswith(("http://", "https://")):
            raise FacesideError(
                "image-missing",
                f"{name} is on the network, which Faceside never uses by itself; "
                "fetch the picture and give its bytes.",
            )
        try:
            with open(source, "rb") as file:
                return _read_file(file, name)
        except FileNotFoundError:
            raise FacesideError(
                "image-missing", f"There is no file {source}; check the path."
            ) from None
        except (IsADirectoryError, PermissionError):
            raise FacesideError(
                "image-unreadable", f"{source} cannot be opened; choose a picture file."
            ) from None
    if isinstance(source, (bytes, bytearray, memoryview)):
        source = io.BytesIO(source)
    return _read_file(source, "The file")


def _read_file(file, name: str) -> Picture:
    with warnings.catch_warnings():
        # We have our own limit of pixels, and say ourselves what is wrong with a damaged file.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            image = Image.open(file)
        except Image.DecompressionBombError:
            raise FacesideError(
                "image-too-large", f"{name} has too many pixels; make it smaller and try again."
            ) from None
        except Exception:  # Pillow's readers let through whatever a damaged file makes of them
            raise FacesideError(
                "image-unreadable",
                f"{name} is not a picture this program can read; choose a JPEG, PNG or WebP file.",
            ) from None
        return _convert(image, name)


def _convert(image: Image.Image, name: str) -> Picture:
    width, height = image.size
    if min(width, height) < MIN_SIDE:
        raise FacesideError(
            "image-too-small",
            f"{name} is {width} x {height} pixels; choose one of at least {MIN_SIDE} x {MIN_SIDE}.",
        )
    _reduce_jpeg(image)
    if image.width * image.height > MAX_PIXELS_UNREDUCED:
        raise FacesideError(
            "image-too-large",
            f"{name} is {width} x {height} pixels; make it smaller than "
            f"{MAX_PIXELS_UNREDUCED // 1_000_000} megapixels or save it as JPEG.",
        )
    try:
        image.load()
        reduction = width / image.width
        image = _upright(image)
    except MemoryError:
        raise FacesideError(
            "image-too-large", f"{name} has too many pixels; make it smaller and try again."
        ) from None
    except Exception:  # as where it is opened
        raise FacesideError(
            "image-truncated", f"{name} is damaged or cut short; choose another copy of it."
        ) from None
    return Picture(np.ascontiguousarray(_to_rgb(image)), reduction)


def _upright(image: Image.Image) -> Image.Image:
    """The picture as its EXIF data says it stands. Pillow's own exif_transpose also writes that
    data anew, which fails where it is damaged."""
    turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    return image if turn is None else image.transpose(turn)


def _reduce_jpeg(image: Image.Image) -> None:
    """Ask the JPEG decoder for a half, quarter or eighth where the whole would be too much."""
    if image.format not in ("JPEG", "MPO"):
        return
    for reduction in (1, 2, 4, 8):
        size = image.width // reduction, image.height // reduction
        if size[0] * size[1] <= MAX_PIXELS:
            break
    if reduction > 1:
        image.draft(None, size)


def _to_rgb(image: Image.Image) -> np.ndarray:
    if image.mode.startswith(("I", "F")):
        grey = _to_8_bit(np.asarray(image))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        return _over_white(np.asarray(image.convert("RGBA")))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _to_8_bit(grey: np.ndarray) -> np.ndarray:
    """Greys of 16 bits or floating point as bytes, by their own range where it has no fixed one."""
    if grey.dtype == np.uint16 or (grey.dtype.kind == "i" and 255 < grey.max(initial=0) <= 65535):
        return (np.asarray(grey, np.int64).clip(0, 65535) >> 8).astype(np.uint8)
    grey = np.nan_to_num(np.asarray(grey, np.float64))
    low, high = min(grey.min(), 0), max(grey.max(), 255)
    return ((grey - low) * (255 / (high - low))).round().astype(np.uint8)


def opaque_rgb(rgba: np.ndarray) -> np.ndarray:
    """The colours ``(h, w, 3)`` of pixels ``(h, w, 4)``, whatever their opacity."""
    rgb = np.empty((*rgba.shape[:2], 3), np.uint8)
    copy_channels(rgba, rgb)
    return rgb


def copy_channels(source: np.ndarray, target: np.ndarray) -> None:
    """Copy the three colours of pixels, of which one of the two arrays has room for four: one
    colour at a time, which numpy does eight times as quickly as all at once."""
    for channel in range(3):
        target[..., channel] = source[..., channel]


def _over_white(rgba: np.ndarray) -> np.ndarray:
    alpha = rgba[:, :, 3:].astype(np.uint16)
    return ((rgba[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def _array_to_rgb(array: np.ndarray) -> np.ndarray:
    channels = array.shape[2] if array.ndim == 3 else 1 if array.ndim == 2 else None
    if array.dtype != np.uint8 or channels not in (1, 3, 4):
        raise FacesideError(
            "image-unreadable",
            f"An array of shape {array.shape} and type {array.dtype} is no picture; "
            "give uint8 values of shape (height, width, 3).",
        )
    if min(array.shape[:2]) < MIN_SIDE:
        raise FacesideError(
            "image-too-small",
            f"The picture is {array.shape[1]} x {array.shape[0]} pixels; "
            f"give one of at least {MIN_SIDE} x {MIN_SIDE}.",
        )
    if channels == 4:
        return opaque_rgb(array) if array[:, :, 3].min() == 255 else _over_white(array)
    if channels == 1:
        array = np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(array)


def resize(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """A picture ``(h, w, 3)`` at another size, each new pixel the weighted mean of what it covers.

    Pillow's antialiased bilinear filter: unlike a canvas, nothing flickers or vanishes when a
    picture shrinks.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    image = Image.fromarray(pixels).resize((width, height), BILINEAR)
    return np.asarray(image)


def encode_jpeg(pixels: np.ndarray, quality: int = 90) -> bytes:
    """The bytes of a JPEG file of an ``(h, w, 3)`` uint8 picture."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return file.getvalue()


def crop(pixels: np.ndarray, box, max_side: int | None = None) -> np.ndarray:
    """The part of a picture inside a box, clipped at its borders, shrunk to ``max_side`` if given;
    at least one pixel."""
    height, width = pixels.shape[:2]
    left = min(max(0, int(box[0])), width - 1)
    top = min(max(0, int(box[1])), height - 1)
    right = min(width, max(left + 1, round(box[0] + box[2])))
    bottom = min(height, max(top + 1, round(box[1] + box[3])))
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    scale = min(1.0, max_side / max(part.shape[:2])) if max_side else 1.0
    return resize(part, max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))


def chips(
    pixels: np.ndarray, transforms: np.ndarray, size: int, antialias: bool = True
) -> np.ndarray:
    """Faces cut out of a picture, one a transform, black where the picture ends.

    Args:
        pixels: ``(h, w, 3)`` uint8.
        transforms: ``(n, 2, 3)`` from pixels of the picture to pixels of the chip.
        size: side of a chip in pixels.
        antialias: shrink the picture by whole factors first where a face is larger than its chip,
            so that every pixel counts; without it plain bilinear sampling, as a canvas does it.

    Returns:
        ``(n, size, size, 3)`` uint8.
    """
    out = np.zeros((len(transforms), size, size, 3), np.uint8)
    inverses = invert_transforms(transforms)
    factors = np.ones(len(out), int)
    if antialias:
        scales = np.sqrt(np.abs(np.linalg.det(inverses[:, :, :2])))
        factors = np.maximum(scales.astype(int), 1)
    low, high = _reached(inverses, size, factors[:, None], pixels.shape)
    inverses[:, :, 2] -= low
    for chip, inverse, factor, (left, top), (right, bottom) in zip(
        out, inverses, factors.tolist(), low.tolist(), high.tolist(), strict=True
    ):
        if min(right - left, bottom - top) >= factor:
            chip[:] = _chip(pixels[top:bottom, left:right], inverse, size, factor)
    return out


def _reached(inverses: np.ndarray, size: int, margin: np.ndarray, shape) -> tuple:
    """The parts of a picture that chips are sampled from: their upper left corners and their lower
    right ones, ``(n, 2)`` whole pixels each. To turn the whole picture into one of Pillow's for
    every batch of chips takes a large picture longer than the chips."""
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], float)
    reach = transform_points(np.broadcast_to(corners, (len(inverses), 4, 2)), inverses)
    border = shape[1::-1]
    low = np.clip(np.floor(reach.min(axis=1)) - margin, 0, border).astype(int)
    high = np.clip(np.ceil(reach.max(axis=1)) + margin, 0, border).astype(int)
    return low, high


def _chip(pixels: np.ndarray, inverse: np.ndarray, size: int, factor: int) -> np.ndarray:
    """Sample one chip of the part of a picture that it reaches, shrunk by a factor before;
    ``inverse`` maps the chip to that part, both counted from their corners."""
    # numpy gives Pillow the bytes of an array that is not contiguous one pixel after the other
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if factor > 1:
        image = image.reduce(factor)
        inverse = inverse / factor
    coefficients = inverse.ravel().tolist()
    return np.asarray(image.transform((size, size), Image.Transform.AFFINE, coefficients, BILINEAR))

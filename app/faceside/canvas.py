"""Pictures scaled as a canvas of Chromium scales them, to the bit, for the compatibility mode.

face-api.js draws pictures onto a canvas of the net's size (``dom/imageToSquare.ts`` of 0.22.2).
Where Chromium draws without a GPU, Skia samples bilinearly, with no care for the pixels in between:
positions are float32, weights have four bits, sums are cut off and not rounded
(``SkBitmapProcState``). The golden digests in ``tests/golden/chain.json`` hold this to it.
"""

import math

import numpy as np

from .image import copy_channels

BITS = 4  # of a weight
RUN = 127  # positions along a row are counted on from every 127th, which Skia computes anew


def letterboxes(
    pixels: np.ndarray, boxes: np.ndarray, size: int, centred: bool = True
) -> np.ndarray:
    """Integer boxes drawn whole into black squares, one a box.

    Args:
        pixels: ``(h, w, 3)`` uint8.
        boxes: ``(n, 4)`` integer boxes inside the picture.
        size: side of the square.
        centred: in the middle of the square, as face-api.js gives crops to its face nets, or else
            in its upper left corner, as it gives pictures to its detectors.

    Returns:
        ``(n, size, size, 3)`` uint8.
    """
    out = np.zeros((len(boxes), size, size, 3), np.uint8)
    for square, (x, y, width, height) in zip(out, np.asarray(boxes, int).tolist(), strict=True):
        scale = size / max(width, height)
        drawn = scale * width, scale * height
        margin = abs(drawn[0] - drawn[1]) / 2 if centred else 0
        columns = _axis(size, margin if width < height else 0, drawn[0], width)
        rows = _axis(size, margin if height < width else 0, drawn[1], height, run=1)
        square[rows[0], columns[0]] = _blend(pixels[y : y + height, x : x + width], rows, columns)
    return out


def stretched(pixels: np.ndarray, boxes: np.ndarray, size: int) -> np.ndarray:
    """Integer boxes ``(n, 4)`` inside the picture, each drawn to fill a whole square: as
    :func:`letterboxes`, with other proportions."""
    out = np.empty((len(boxes), size, size, 3), np.uint8)
    for square, (x, y, width, height) in zip(out, np.asarray(boxes, int).tolist(), strict=True):
        columns, rows = _axis(size, 0, size, width), _axis(size, 0, size, height, run=1)
        square[:] = _blend(pixels[y : y + height, x : x + width], rows, columns)
    return out


def drawn_size(width: int, height: int, size: int) -> tuple[int, int]:
    """How large face-api.js says that a picture was drawn: in whole pixels, halves rounded up
    (``utils.computeReshapedDimensions``), though it was drawn with fractions of them."""
    scale = size / max(width, height)
    return math.floor(width * scale + 0.5), math.floor(height * scale + 0.5)


def _axis(size: int, start: float, length: float, source: int, run: int = RUN):
    """Where the pixels of one axis come from.

    Returns:
        Which pixels of the square are drawn (a slice), the two source pixels of each, and the
        second one's weight, 0..15.
    """
    low, high = np.float32(start), np.float32(start) + np.float32(length)
    first, last = (max(0, min(size, int(np.floor(edge + np.float32(0.5))))) for edge in (low, high))
    step = 1 / ((high - low) / np.float32(source))
    count = np.arange(last - first)
    begin = count // run * run
    position = (first + begin + 0.5).astype(np.float32) * step + -low * step
    position = position.astype(float) - 0.5 + (count - begin) * float(step)
    fixed = np.floor(position * (1 << 16)).astype(int)
    near = fixed >> 16
    weight = (fixed >> (16 - BITS)) & ((1 << BITS) - 1)
    ends = np.clip(near, 0, source - 1), np.clip(near + 1, 0, source - 1)
    return slice(first, last), *ends, weight.astype(np.uint16)


def _blend(part: np.ndarray, rows, columns) -> np.ndarray:
    """Mix four pixels a pixel, those above each other first; sums are at most 255 * 256.

    A pixel is moved and weighted as one number of eight bytes, two for each colour and two to
    spare, the highest, which may run over: four times as quick as colour by colour. Columns become
    rows before they are mixed, as numpy moves whole rows ten times as quickly as single pixels.
    """
    _, top, bottom, down = rows
    _, left, right, across = columns
    wide = np.empty((*part.shape[:2], 4), np.uint16)
    copy_channels(part, wide)
    cells = wide.view(np.uint64)[..., 0]
    cells = _between(cells, top, bottom, down)
    cells = _between(np.ascontiguousarray(cells.T), left, right, across)
    high = cells.view(np.uint8).reshape(len(left), len(top), 8)[..., 1::2]  # each sum over 256
    out = np.empty((len(top), len(left), 3), np.uint8)
    copy_channels(high.swapaxes(0, 1), out)
    return out


def _between(cells: np.ndarray, first, second, weight) -> np.ndarray:
    """Sums of two rows of cells an index, by their weights; no colour outgrows its two bytes."""
    weight = weight.astype(np.uint64)[:, None]
    total = cells.take(first, axis=0)
    total *= np.uint64(1 << BITS) - weight
    other = cells.take(second, axis=0)
    other *= weight
    total += other
    return total

"""Boxes, points and the transforms between them: numpy in, numpy out.

A box is ``x, y, width, height``; many boxes are an ``(n, 4)`` float array. Points are
``(n, k, 2)``. A transform is a ``(2, 3)`` matrix ``[A | t]``: a point ``p`` moves to ``A @ p + t``.
"""

import numpy as np


def box_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of every box of ``a`` with every box of ``b``.

    Args:
        a: ``(n, 4)`` boxes.
        b: ``(m, 4)`` boxes.

    Returns:
        ``(n, m)`` float array of 0..1; boxes without area overlap nothing.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    area_a, area_b = (np.prod(np.maximum(boxes[:, 2:], 0), axis=1) for boxes in (a, b))
    union = area_a[:, None] + area_b[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def non_max_suppression(
    boxes: np.ndarray,
    scores: np.ndarray,
    iou_threshold: float,
    limit: int | None = None,
    over_smaller: bool = False,
) -> np.ndarray:
    """Indices of the boxes that no better box overlaps by more than the threshold.

    Greedy, best score first; of equal scores the later index first, as face-api.js sorts them
    (``ops/nonMaxSuppression.ts``). The loop runs once a box kept, not once a candidate.

    Args:
        boxes: ``(n, 4)`` boxes.
        scores: ``(n,)`` scores.
        iou_threshold: a box is dropped when its IoU with a kept one is greater than this.
        limit: keep at most so many.
        over_smaller: divide what two boxes share by the smaller of them, not by their union.

    Returns:
        ``(k,)`` int array, score descending.
    """
    left = np.argsort(scores, kind="stable")[::-1]
    low, high, areas = _extents(np.asarray(boxes, float))
    kept: list[int] = []
    while len(left) and (limit is None or len(kept) < limit):
        best, left = left[0], left[1:]
        kept.append(best)
        low_shared = np.maximum(low[left], low[best])
        shared = _areas(np.minimum(high[left], high[best]) - low_shared)
        overlaps = _parts(shared, areas[left], areas[best], over_smaller)
        left = left[overlaps <= iou_threshold]
    return np.array(kept, int)


def box_overlaps(boxes: np.ndarray, box: np.ndarray, over_smaller: bool = False) -> np.ndarray:
    """What each of ``(n, 4)`` boxes shares with one box ``(4,)``, over the area of their union or
    of the smaller one; ``(n,)`` of 0..1, 0 where there is no area."""
    low, high, areas = _extents(np.asarray(boxes, float))
    box_low, box_high, box_area = _extents(np.asarray(box, float))
    shared = _areas(np.minimum(high, box_high) - np.maximum(low, box_low))
    return _parts(shared, areas, box_area, over_smaller)


def _extents(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Corners and areas of boxes ``(…, 4)``."""
    return boxes[..., :2], boxes[..., :2] + boxes[..., 2:], _areas(boxes[..., 2:])


def _areas(sizes: np.ndarray) -> np.ndarray:
    """Width times height, of sizes ``(…, 2)``; 0 where one of them is negative."""
    sizes = np.maximum(sizes, 0)
    return sizes[..., 0] * sizes[..., 1]


def _parts(shared, areas, area, over_smaller: bool) -> np.ndarray:
    whole = np.minimum(areas, area) if over_smaller else areas + area - shared
    return np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)


def clip_boxes(boxes: np.ndarray, width: float, height: float) -> np.ndarray:
    """The parts of ``(n, 4)`` boxes that lie inside a picture of this size; widths may become 0."""
    boxes = np.asarray(boxes, float)
    size = np.array([width, height], float)
    low = np.clip(boxes[:, :2], 0, size)
    high = np.clip(boxes[:, :2] + boxes[:, 2:], 0, size)
    return np.concatenate([low, high - low], axis=1)


def scale_boxes(boxes: np.ndarray, scale: float | tuple[float, float]) -> np.ndarray:
    """Boxes ``(n, 4)`` made wider and higher (or narrower, lower) around their centres."""
    boxes = np.asarray(boxes, float)
    size = boxes[:, 2:] * np.asarray(scale, float)
    centre = boxes[:, :2] + boxes[:, 2:] / 2
    return np.concatenate([centre - size / 2, size], axis=1)


def pad_boxes(boxes: np.ndarray, x: float, y: float) -> np.ndarray:
    """Boxes ``(n, 4)`` wider by ``x`` and higher by ``y``, half of it on either side."""
    boxes = np.asarray(boxes, float)
    return np.concatenate([boxes[:, :2] - [x / 2, y / 2], boxes[:, 2:] + [x, y]], axis=1)


def square_boxes(boxes: np.ndarray) -> np.ndarray:
    """The smallest squares ``(n, 4)`` around boxes ``(n, 4)`` with the same centres."""
    boxes = np.asarray(boxes, float)
    missing = boxes[:, 2:].max(axis=1, keepdims=True) - boxes[:, 2:]
    return np.concatenate([boxes[:, :2] - missing / 2, boxes[:, 2:] + missing], axis=1)


def bounding_boxes(points: np.ndarray) -> np.ndarray:
    """The smallest boxes ``(n, 4)`` around points ``(n, k, 2)``."""
    low, high = points.min(axis=1), points.max(axis=1)
    return np.concatenate([low, high - low], axis=1)


def settled(values: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Points or boxes of faces to the nearest 1024th of the face, or a little less.

    What is cut out by them is then the same to the last grey level where the last digits of the
    nets' answers differ, as they do between browsers, backends and CPython.

    Args:
        values: ``(n, …)`` pixels.
        sizes: ``(n,)`` sides of the faces in pixels.

    Returns:
        ``(n, …)`` float64.
    """
    steps = np.exp2(np.floor(np.log2(np.maximum(sizes.astype(float), 1)))) / 1024
    steps = steps.reshape(-1, *[1] * (values.ndim - 1))
    return np.round(values / steps) * steps


def similarity_transforms(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The rotations, scales and shifts that bring points nearest to a target, in the least squares.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    PAMI 1991, in its closed form for the plane, where no reflection can arise.

    Args:
        source: ``(n, k, 2)`` points.
        target: ``(k, 2)`` or ``(n, k, 2)`` points.

    Returns:
        ``(n, 2, 3)`` float64 transforms from source to target.
    """
    source = np.asarray(source, float)
    target = np.broadcast_to(np.asarray(target, float), source.shape)
    source_mean, target_mean = source.mean(axis=1), target.mean(axis=1)
    s, t = source - source_mean[:, None], target - target_mean[:, None]
    spread = np.maximum((s**2).sum(axis=(1, 2)), np.finfo(float).tiny)
    cosine = (s * t).sum(axis=(1, 2)) / spread
    sine = (s[..., 0] * t[..., 1] - s[..., 1] * t[..., 0]).sum(axis=1) / spread
    linear = np.stack([np.stack([cosine, -sine], 1), np.stack([sine, cosine], 1)], axis=1)
    shift = target_mean - np.einsum("nij,nj->ni", linear, source_mean)
    return np.concatenate([linear, shift[:, :, None]], axis=2)


def affine_transforms(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The transforms that bring three points exactly to three others; they may shear.

    Args:
        source: ``(n, 3, 2)`` points, not on a line.
        target: ``(3, 2)`` points.

    Returns:
        ``(n, 2, 3)`` float64 transforms from source to target.
    """
    source = np.asarray(source, float)
    corners = np.concatenate([source, np.ones((*source.shape[:2], 1))], axis=2)
    return np.swapaxes(np.linalg.solve(corners, np.broadcast_to(target, source.shape)), 1, 2)


def box_transforms(boxes: np.ndarray, size: int) -> np.ndarray:
    """The transforms ``(n, 2, 3)`` that map boxes ``(n, 4)`` onto a ``size`` x ``size`` square."""
    boxes = np.asarray(boxes, float)
    scale = size / boxes[:, 2:]
    transforms = np.zeros((len(boxes), 2, 3))
    transforms[:, [0, 1], [0, 1]] = scale
    transforms[:, :, 2] = -boxes[:, :2] * scale
    return transforms


def invert_transforms(transforms: np.ndarray) -> np.ndarray:
    """The inverses of ``(n, 2, 3)`` transforms."""
    linear = np.linalg.inv(transforms[:, :, :2])
    shift = -np.einsum("nij,nj->ni", linear, transforms[:, :, 2])
    return np.concatenate([linear, shift[:, :, None]], axis=2)


def transform_points(points: np.ndarray, transforms: np.ndarray) -> np.ndarray:
    """Points ``(n, k, 2)`` moved by one transform ``(n, 2, 3)`` a row."""
    return np.einsum("nij,nkj->nki", transforms[:, :, :2], points) + transforms[:, None, :, 2]

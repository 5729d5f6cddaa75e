"""Descriptors: what a recognizer makes of a face, (d,) float32, near for the same person."""

import numpy as np

from .errors import FacesideError

LARGEST_NUMBER = 1e6  # no recognizer comes near it, and larger squares would leave float32's range


def check_descriptor(values, length: int | None = None) -> np.ndarray:
    """Return a descriptor as a read-only float32 array, shape (d,).

    Args:
        values: d numbers, finite and within ±1e6.
        length: the d that is expected, if any.

    Raises:
        FacesideError: descriptor-invalid, descriptor-mismatch (another length).
    """
    row = values
    if not _is_checked(row):
        rows = check_descriptors(values)
        if len(rows) != 1:
            raise _invalid("must be one row of numbers")
        row = rows[0]
    if length is not None and len(row) != length:
        raise mismatch(length, len(row))
    return row


def _is_checked(row) -> bool:
    """Whether this is what check_descriptor returns; quick, and false where in doubt."""
    return (
        isinstance(row, np.ndarray)
        and row.ndim == 1
        and row.dtype == np.float32
        and not row.flags.writeable
        and row.flags.c_contiguous
        and len(row) > 0
        and float(row.dot(row)) <= LARGEST_NUMBER
    )


def check_descriptors(values) -> np.ndarray:
    """Return descriptors as a read-only float32 array, shape (k, d); one descriptor (d,) is (1, d).

    Raises:
        FacesideError: descriptor-invalid, descriptor-mismatch (rows of different lengths).
    """
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError, TypeError):
        raise _invalid("must be rows of numbers, all of one length") from None
    if not array.size:
        return np.empty((0, array.shape[1] if array.ndim == 2 else 0), np.float32)
    if array.dtype.kind not in "fiu" or array.ndim not in (1, 2):
        raise _invalid("must be rows of numbers")
    if not np.all(np.abs(array) <= LARGEST_NUMBER):
        raise _invalid("has numbers that are not finite or far too large")
    rows = np.ascontiguousarray(np.atleast_2d(array), np.float32)
    if rows.flags.writeable:  # no longer the caller's to change
        rows = rows.copy()
        rows.setflags(write=False)
    return rows


def stack_descriptors(parts) -> np.ndarray:
    """Join arrays (k, d) to one (sum of k, d), read-only; (0, 0) where there is none.

    Raises:
        FacesideError: descriptor-mismatch where their lengths d differ.
    """
    lengths = sorted({part.shape[1] for part in parts})
    if len(lengths) > 1:
        raise mismatch(*lengths[:2])
    rows = np.concatenate(parts) if parts else np.empty((0, 0), np.float32)
    rows.setflags(write=False)
    return rows


def euclidean_distance(a, b) -> float:
    """Return the Euclidean distance of two descriptors (d,), computed in float64.

    Raises:
        FacesideError: descriptor-mismatch where their lengths differ.
    """
    a, b = np.asarray(a, np.float64).ravel(), np.asarray(b, np.float64).ravel()
    if a.shape != b.shape:
        raise mismatch(len(a), len(b))
    return float(np.linalg.norm(a - b))


def mismatch(expected: int, length: int) -> FacesideError:
    """Return the error for descriptors of different lengths."""
    return FacesideError(
        "descriptor-mismatch",
        f"Descriptors of {expected} and of {length} numbers cannot be compared: "
        "use descriptors of one recognizer.",
    )


def _invalid(problem: str) -> FacesideError:
    return FacesideError(
        "descriptor-invalid", f"A descriptor {problem}: pass it as the recognizer gave it."
    )


def centroid(descriptors: np.ndarray) -> np.ndarray:
    """The middle ``(d,)`` of descriptors ``(k, d)``; see centroids."""
    return centroids(descriptors, [len(descriptors)])[0]


def centroids(descriptors: np.ndarray, counts) -> np.ndarray:
    """The middles ``(n, d)`` of n people's descriptors, each as long as those it is the middle of:
    a mean alone is shorter, and so nearer to everything.

    Args:
        descriptors: ``(sum of counts, d)``, those of one person next to each other.
        counts: how many each has, at least 1.
    """
    counts = np.asarray(counts)
    starts = np.cumsum(counts) - counts
    sums = np.add.reduceat(descriptors, starts, axis=0, dtype=np.float64)
    lengths = np.add.reduceat(np.linalg.norm(descriptors, axis=1), starts) / counts
    scale = lengths / np.maximum(np.linalg.norm(sums, axis=1), 1e-12)
    return (sums * scale[:, np.newaxis]).astype(np.float32)

"""The groups of `group_faces`, of so many faces that not all distances fit in memory.

Two groups are joined only where their average distance is below the threshold, so some pair of
their faces is nearer than it. Faces that no chain of such pairs connects are never in one group:
each connected part, an island, is grouped alone, and the groups are exactly the same.
"""

import numpy as np

from .descriptors import check_descriptors
from .errors import FacesideError
from .grouping import group_faces, numbered

BLOCK = 1024  # rows measured at once
MOST = 20_000  # faces of an island: its distances take 1.6 GB


def group_many(descriptors, distance_threshold: float, pictures=None) -> np.ndarray:
    """Sort faces into groups as :func:`~faceside.grouping.group_faces` does, of the same arguments.

    Returns:
        (n,) the number of each face's group from 0 up: the largest first, of two as large the one
        with the earlier face.

    Raises:
        FacesideError: descriptor-invalid; too-many-faces where an island is too large.
    """
    rows = check_descriptors(descriptors)
    pictures = np.arange(len(rows)) if pictures is None else np.asarray(pictures)
    where = islands(rows, distance_threshold)
    order = np.argsort(where, kind="stable")
    names = np.empty(len(rows), np.intp)  # the first face of each face's group
    bounds = np.flatnonzero(np.diff(where[order], prepend=-1, append=len(rows)))
    for start, end in zip(bounds, bounds[1:], strict=False):
        island = order[start:end]
        if len(island) > MOST:
            raise FacesideError(
                "too-many-faces",
                f"{len(island):,} faces are too much alike to be told apart at the distance "
                f"{distance_threshold:g}: choose a smaller threshold, or leave poor faces out.",
            )
        numbers = group_faces(rows[island], distance_threshold, pictures[island])
        firsts = np.full(numbers.max() + 1, len(rows))
        np.minimum.at(firsts, numbers, island)
        names[island] = firsts[numbers]
    return numbered(names)


def islands(rows: np.ndarray, distance_threshold: float) -> np.ndarray:
    """The island (n,) of each row (n, d), named by its first row: rows nearer than the threshold,
    and those near these, are one. A block of rows at a time."""
    squares = np.einsum("ij,ij->i", rows, rows)
    # A float32 product errs by about d * eps of the squares; a pair too many does no harm.
    limit = distance_threshold**2
    slack = 2 * (rows.shape[1] + 8) * np.finfo(np.float32).eps
    roots = np.arange(len(rows))
    for start in range(0, len(rows), BLOCK):
        block, after = slice(start, start + BLOCK), slice(start, None)
        sums = squares[block, np.newaxis] + squares[after]
        near = sums * (1 - slack) - 2 * (rows[block] @ rows[after].T) <= limit
        ours, theirs = np.nonzero(near)
        _unite(roots, ours + start, theirs + start)
    return _rooted(roots)


def _unite(roots: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> None:
    """Make the islands of each pair one, named by the smaller name."""
    while True:
        roots[:] = _rooted(roots)
        low, high = np.sort([roots[ours], roots[theirs]], axis=0)
        apart = low != high
        if not apart.any():
            return
        np.minimum.at(roots, high[apart], low[apart])


def _rooted(roots: np.ndarray) -> np.ndarray:
    """Each row's name by the name of its name, to the end."""
    while not np.array_equal(further := roots[roots], roots):
        roots = further
    return roots

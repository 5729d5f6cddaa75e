"""Who is the same person, among faces that nobody has named: groups of faces by their likeness.

    numbers = group_faces(descriptors, grouping_threshold("sface"), pictures)
    for number in range(numbers.max() + 1):
        print(np.flatnonzero(numbers == number))  # the faces of one person, the largest group first

Average linkage, exact: the two groups whose faces are nearest on average are joined, again and
again, while that average is below the threshold (Sokal & Michener, "A statistical method for
evaluating systematic relationships", 1958). Against single linkage it does not chain strangers
together, against complete linkage one poor photo does not split a person.
"""

import numpy as np

from .descriptors import check_descriptors
from .thresholds import distance_at

BLOCK = 256  # rows measured at once
# The false accept rate that groups are made at. A gallery is asked once a face, here every face is
# compared with all others: at 1e-4, 0.996 of the pairs that come into one group of the 807 faces of
# the LFW sample are of one person, and 0.98 of those of one person come into one group. At the
# threshold for naming it would be 0.89 and 0.997.
GROUPING_RATE = 1e-4


def grouping_threshold(recognizer: str) -> float:
    """The average distance below which two groups are one person's.

    Raises:
        FacesideError: ``option-invalid`` for no name of a recognizer.
    """
    return distance_at(recognizer, GROUPING_RATE)


def group_faces(descriptors, distance_threshold: float, pictures=None) -> np.ndarray:
    """Sort faces into groups, each of one person as far as the descriptors tell.

    Args:
        descriptors: (n, d) numbers, all of one recognizer.
        distance_threshold: groups nearer than this on average are one; see grouping_threshold.
        pictures: (n,) whole numbers, which picture each face is in: two faces of one picture are
            two people and are never put into one group. None where that says nothing.

    Returns:
        (n,) the number of each face's group from 0 up: the largest first, of two as large the one
        with the earlier face. The same faces in the same order always give the same groups.

    Raises:
        FacesideError: descriptor-invalid.
    """
    rows = check_descriptors(descriptors)
    if not len(rows):
        return np.zeros(0, np.intp)
    gaps = distance_matrix(rows)
    if pictures is not None:
        pictures = np.asarray(pictures)
        gaps[pictures[:, np.newaxis] == pictures] = np.inf
    np.fill_diagonal(gaps, np.inf)
    return numbered(_joined(gaps, distance_threshold))


def distance_matrix(rows: np.ndarray, others: np.ndarray | None = None) -> np.ndarray:
    """Euclidean distances (n, m) float32 of rows (n, d) to others (m, d), by default to themselves.

    By matrix products of float64 rows, measured from their mean: differences of large squares would
    lose the small distances. A block of rows at a time, so that only the result is large.
    """
    mean = rows.mean(axis=0, dtype=np.float64)
    a = rows - mean
    b = a if others is None else others - mean
    a_squares, b_squares = (np.einsum("ij,ij->i", part, part) for part in (a, b))
    gaps = np.empty((len(a), len(b)), np.float32)
    for start in range(0, len(a), BLOCK):
        part = slice(start, start + BLOCK)
        squares = a_squares[part, np.newaxis] + b_squares - 2 * (a[part] @ b.T)
        gaps[part] = np.sqrt(np.maximum(squares, 0))
    if others is None:  # a product of blocks may differ from its mirror image in the last bit
        for start in range(0, len(a), BLOCK):
            part = slice(start, start + BLOCK)
            gaps[start:, part] = gaps[part, start:].T
    return gaps


def _joined(gaps: np.ndarray, threshold: float) -> np.ndarray:
    """The group of each row, named by its first row.

    By chains of nearest neighbours: a chain is followed until two groups are each other's nearest,
    which may then be joined at once, whatever happens elsewhere; that makes n joins of n steps
    each, and the same groups as joining the nearest pair of all every time (Murtagh, "A survey of
    recent advances in hierarchical clustering algorithms", 1983; Müllner, arXiv:1109.2378). A chain
    whose end has no neighbour below the threshold is left alone for good: its averages only grow
    out of faces that are as far.

    Args:
        gaps: (n, n) distances, infinite where two rows must stay apart; is overwritten.
    """
    groups, sizes = np.arange(len(gaps)), np.ones(len(gaps), np.float32)
    waiting = np.ones(len(gaps), bool)  # may still be joined
    chain: list[int] = []
    while True:
        if not chain:
            if not waiting.any():
                return groups
            chain = [int(waiting.argmax())]
        last = chain[-1]
        nearest = int(gaps[last].argmin())
        if len(chain) > 1 and gaps[last, chain[-2]] <= gaps[last, nearest]:
            nearest = chain[-2]
        if not gaps[last, nearest] < threshold:
            waiting[last] = False
            chain.pop()
        elif len(chain) > 1 and nearest == chain[-2]:
            _join(gaps, sizes, *sorted(chain[-2:]))
            groups[groups == max(chain[-2:])] = min(chain[-2:])
            waiting[max(chain[-2:])] = False
            del chain[-2:]
        else:
            chain.append(nearest)


def _join(gaps: np.ndarray, sizes: np.ndarray, first: int, second: int) -> None:
    """Take the second group into the first: their distances become the average over all faces."""
    whole = sizes[first] + sizes[second]
    row = (sizes[first] / whole) * gaps[first] + (sizes[second] / whole) * gaps[second]
    row[[first, second]] = np.inf
    gaps[first], gaps[:, first] = row, row
    gaps[second], gaps[:, second] = np.inf, np.inf
    sizes[first] = whole


def numbered(groups: np.ndarray) -> np.ndarray:
    """Groups named by their first rows, numbered by size and then by that row."""
    names, members, counts = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.lexsort((names, -counts))
    numbers = np.empty(len(names), np.intp)
    numbers[order] = np.arange(len(names))
    return numbers[members.reshape(-1)]


def best_first(descriptors, scores, limit: int) -> np.ndarray:
    """Which faces of a group to enrol: the best one, then ones unlike those already taken.

    Each next face is the one with the largest product of its score and its distance to the nearest
    face taken: many views of a person are worth more than many copies of one.

    Args:
        descriptors: (n, d) numbers.
        scores: (n,) how good each face is, 0 up.
        limit: at most so many.

    Returns:
        (k,) indices, the best first; copies of a face already taken are left out.
    """
    rows = check_descriptors(descriptors)
    scores = np.asarray(scores, np.float64)
    taken: list[int] = []
    gains = scores.copy()
    nearest = np.full(len(rows), np.inf)
    while len(taken) < min(limit, len(rows)) and gains.max(initial=0) > 0:
        taken.append(int(gains.argmax()))
        nearest = np.minimum(nearest, np.linalg.norm(rows - rows[taken[-1]], axis=1))
        gains = scores * nearest
    return np.array(taken, np.intp)

"""How far apart descriptors are, of the same person and of different people."""

import random

import numpy as np

MOST = 2000  # samples compared: 16 MiB of distances; of more, as many are drawn by lot
BINS = 40
ROOM = 1.25  # the histogram goes at least this far beyond the threshold


def histogram(descriptors: np.ndarray, owners: np.ndarray, threshold: float) -> dict:
    """The distances of all pairs of descriptors, of the same person and of different people.

    Args:
        descriptors: (n, d) float32.
        owners: (n,) whose each is, as integers.
        threshold: a distance.

    Returns:
        ``top``, the end of the last of the equally wide bins, which start at 0; and for ``same``
        and ``different`` the number of ``pairs``, how many of them are ``nearer`` than the
        threshold, and how many are in each of the ``bins``.
    """
    if len(descriptors) > MOST:
        drawn = random.Random(0).sample(range(len(descriptors)), MOST)
        descriptors, owners = descriptors[drawn], owners[drawn]
    distances, same = np.empty(0, np.float32), np.empty(0, bool)
    if len(descriptors) > 1:
        first, second = np.triu_indices(len(descriptors), 1)
        squares = np.einsum("ij,ij->i", descriptors, descriptors)
        products = (descriptors @ descriptors.T)[first, second]
        distances = np.sqrt(np.maximum(squares[first] + squares[second] - 2 * products, 0))
        same = owners[first] == owners[second]
    top = max(threshold * ROOM, float(distances.max(initial=0)), 0.1)
    return {
        "top": top,
        "same": _kind(distances[same], threshold, top),
        "different": _kind(distances[~same], threshold, top),
    }


def _kind(distances: np.ndarray, threshold: float, top: float) -> dict:
    return {
        "pairs": len(distances),
        "nearer": int((distances < threshold).sum()),
        "bins": np.histogram(distances, BINS, (0, top))[0].tolist(),
    }

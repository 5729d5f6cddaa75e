"""The nearest labels of a gallery: exact, and quick with 100,000 rows.

One float32 matrix product bounds every distance from below and from above; only rows that can
matter under these bounds are measured, by explicit differences in float64.
"""

import numpy as np

BLOCK = 1 << 22  # numbers held at once (16 MiB of float32), so that a large batch stays small


class NearestLabels:
    """An index over the rows of several labels.

    Args:
        rows: (n, d) float32, those of one label next to each other.
        counts: how many rows each label has, at least 1; they sum to n.
        mean: the distance of a label is the mean over its rows, not the least.
        later_first: of two labels equally near, put the later one first instead of the earlier.
    """

    def __init__(self, rows, counts, mean: bool = False, later_first: bool = False):
        self.rows = rows
        self.mean = mean
        self.later_first = later_first
        counts = np.asarray(counts, np.intp)
        self._starts = np.cumsum(counts) - counts
        self._label_of_row = np.repeat(np.arange(len(counts)), counts)
        self._squares = np.einsum("ij,ij->i", rows, rows)

    def find(self, probes, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the k nearest labels of each probe (fewer where there are fewer), nearest first.

        Args:
            probes: (m, d) float32.
            k: at least 1.

        Returns:
            For each probe the labels' indices and their distances, float64.
        """
        if not len(self.rows):
            return [(np.empty(0, np.intp), np.empty(0)) for _ in probes]
        step = max(1, BLOCK // len(self.rows))
        found = []
        for start in range(0, len(probes), step):
            block = probes[start : start + step]
            for probe, low, high in zip(block, *self._bounds(block), strict=True):
                found.append(self._measure(probe, low, high, k))
        return found

    def _bounds(self, probes) -> tuple[np.ndarray, np.ndarray]:
        """Return lower and upper bounds, (m, n) each, of the distances.

        A float32 dot product of length d errs by at most about d * eps / 2 * |a| |b|, and
        2 |a| |b| <= |a|² + |b|²; twice that covers the sums too. The small constant stands for
        products below float32's range.
        """
        sums = self._squares + np.einsum("ij,ij->i", probes, probes)[:, np.newaxis]
        slack = (probes.shape[1] + 8) * np.finfo(np.float32).eps * sums + np.float32(1e-30)
        squares = sums - 2 * (probes @ self.rows.T)
        return np.sqrt(np.maximum(squares - slack, 0)), np.sqrt(np.maximum(squares + slack, 0))

    def _measure(self, probe, low, high, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Measure exactly every label that the bounds (n,) allow among the k nearest."""
        k = min(k, len(self._starts))
        nearest_high = np.partition(self._per_label(high, self._starts), k - 1)[k - 1]
        limit = float(nearest_high) * (1 + 1e-6)  # the bounds' own rounding
        wanted = (self._per_label(low, self._starts) <= limit)[self._label_of_row]
        if not self.mean:
            wanted &= low <= limit
        chosen = np.flatnonzero(wanted)
        labels, starts = np.unique(self._label_of_row[chosen], return_index=True)
        distances = self._per_label(self._distances(chosen, probe), starts)
        order = np.lexsort((-labels if self.later_first else labels, distances))[:k]
        return labels[order], distances[order]

    def _per_label(self, distances, starts) -> np.ndarray:
        if not self.mean:
            return np.minimum.reduceat(distances, starts)
        counts = np.diff(starts, append=len(distances))
        return np.add.reduceat(distances, starts, dtype=np.float64) / counts

    def _distances(self, chosen, probe) -> np.ndarray:
        """Return the distances (len(chosen),) of the chosen rows by explicit differences."""
        probe, distances = probe.astype(np.float64), np.empty(len(chosen))
        step = max(1, BLOCK // (2 * self.rows.shape[1]))
        for start in range(0, len(chosen), step):
            differences = self.rows[chosen[start : start + step]] - probe
            distances[start : start + step] = np.sqrt(
                np.einsum("ij,ij->i", differences, differences)
            )
        return distances

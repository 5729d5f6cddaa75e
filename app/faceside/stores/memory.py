"""Samples in memory, gone when the program ends."""

from dataclasses import replace as changed
from itertools import count

from ..samples import Sample


class MemoryStore:
    """A Store that keeps samples in a list."""

    def __init__(self):
        self._samples: list[Sample] = []
        self._ids = count(1)

    async def all(self):
        return list(self._samples)

    async def add(self, samples, replace=False):
        added = [changed(sample, id=next(self._ids)) for sample in samples]
        self._samples = added if replace else self._samples + added
        return [sample.id for sample in added]

    async def rename(self, label, to):
        self._samples, number = renamed(self._samples, label, to)
        return number

    async def remove(self, label):
        before = len(self._samples)
        self._samples = [sample for sample in self._samples if sample.label != label]
        return before - len(self._samples)

    async def clear(self):
        self._samples = []


def renamed(samples, label: str, to: str) -> tuple[list[Sample], int]:
    """Return the samples with one label changed, and how many were."""
    number = sum(sample.label == label for sample in samples)
    return [changed(s, label=to) if s.label == label else s for s in samples], number

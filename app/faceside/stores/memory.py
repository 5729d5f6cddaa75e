"""Samples in memory, gone when the program ends."""

from collections.abc import Mapping
from itertools import count

from ..samples import NOTHING, Sample


class MemoryStore:
    """A Store that keeps samples in a list."""

    def __init__(self):
        self._samples: list[Sample] = []
        self._notes: dict[str, str] = {}
        self._ids = count(1)

    async def all(self):
        return list(self._samples)

    async def notes(self):
        return dict(self._notes)

    async def add(self, samples, replace=False, notes=NOTHING, progress=None):
        added = [sample.altered(id=next(self._ids)) for sample in samples]
        self._samples = added if replace else self._samples + added
        self._notes = noted({} if replace else self._notes, notes)
        return [sample.id for sample in added]

    async def restore(self, samples, notes=NOTHING):
        self._samples = sorted([*self._samples, *samples], key=lambda sample: sample.id)
        self._notes = noted(self._notes, notes)

    async def change(self, samples, notes=NOTHING):
        labels = {sample.id: sample.label for sample in samples}
        self._samples = [s.altered(label=labels.get(s.id, s.label)) for s in self._samples]
        self._notes = noted(self._notes, notes)

    async def describe(self, samples):
        news = {sample.id: sample.others for sample in samples}
        self._samples = [s.with_others(news[s.id]) if s.id in news else s for s in self._samples]

    async def rename(self, label, to, notes=""):
        self._samples, number = renamed(self._samples, label, to)
        self._notes = noted(self._notes, {label: "", to: notes})
        return number

    async def discard(self, samples, notes=NOTHING):
        gone = {sample.id for sample in samples}
        self._samples = [sample for sample in self._samples if sample.id not in gone]
        self._notes = noted(self._notes, notes)

    async def remove(self, label):
        before = len(self._samples)
        self._samples = [sample for sample in self._samples if sample.label != label]
        self._notes = noted(self._notes, {label: ""})
        return before - len(self._samples)

    async def clear(self):
        self._samples, self._notes = [], {}


def renamed(samples, label: str, to: str) -> tuple[list[Sample], int]:
    """Return the samples with one label changed, and how many were."""
    number = sum(sample.label == label for sample in samples)
    return [s.altered(label=to) if s.label == label else s for s in samples], number


def noted(kept: Mapping[str, str], notes: Mapping[str, str]) -> dict[str, str]:
    """Return the notes kept, changed by other ones; an empty text takes those of a label away."""
    return {label: text for label, text in {**kept, **notes}.items() if text}

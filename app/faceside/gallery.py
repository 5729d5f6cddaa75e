"""The gallery: the people that are known, and the matcher made of them.

    gallery = Gallery(MemoryStore())
    await gallery.enroll("Ada", descriptor, recognizer="sface")
    matcher = await gallery.matcher("sface", distance_threshold=1.1)
    print(matcher.find_best_match(other))

Formats of `to_json` and `load_json`: see gallery_json.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace as changed

import numpy as np

from .descriptors import check_descriptor, stack_descriptors
from .errors import FacesideError
from .gallery_json import group_people, read_gallery, write_gallery
from .labels import check_label
from .matching import FaceMatcher, LabeledFaceDescriptors
from .samples import Person, Sample
from .stores import Store

__all__ = ["Gallery", "Person", "Sample"]


class Gallery:
    """People and their samples, over a store. Reads the store once and then keeps step with it.

    Args:
        store: where the samples are kept.
        descriptor_length: how many numbers a descriptor has; the same for every recognizer here.

    Every method raises FacesideError storage-full or storage-blocked where the store fails; a
    change that fails has changed nothing.
    """

    def __init__(self, store: Store, descriptor_length: int = 128):
        self.store = store
        self.descriptor_length = descriptor_length
        self._samples: list[Sample] | None = None
        self._matchers: dict[str, FaceMatcher] = {}
        self._turn = asyncio.Lock()

    async def enroll(self, label: str, descriptor, recognizer: str, photo: bytes | None = None):
        """Keep one more sample of a person, and return it.

        Raises:
            FacesideError: label-empty, label-too-long, label-unreadable, label-taken,
                descriptor-invalid, descriptor-mismatch, sample-invalid.
        """
        return (await self.enroll_many([Sample(label, descriptor, recognizer, photo)]))[0]

    async def enroll_many(self, samples: Iterable[Sample]) -> list[Sample]:
        """Keep several samples, all or none, and return them with their ids."""
        return await self._add(list(samples))

    async def people(self) -> list[Person]:
        """Return everybody, sorted by label."""
        async with self._turn:
            return group_people(await self._all())

    async def rename(self, label: str, to: str) -> Person:
        """Give a person another label, and return that person.

        Raises:
            FacesideError: label-unknown, label-taken, and those of check_label.
        """
        label, to = check_label(label), check_label(to)
        async with self._turn:
            labels = {sample.label for sample in await self._all()}
            if label not in labels:
                raise FacesideError("label-unknown", f"Nobody is called “{label}”: check the name.")
            if to != label and to in labels:
                raise FacesideError(
                    "label-taken", f"Somebody is called “{to}” already: choose another name."
                )
            await self.store.rename(label, to)
            self._keep([changed(s, label=to) if s.label == label else s for s in self._samples])
            return next(p for p in group_people(self._samples) if p.label == to)

    async def forget(self, label: str) -> int:
        """Remove a person and every photo of that person; return how many samples there were."""
        label = check_label(label)
        async with self._turn:
            number = await self.store.remove(label)
            self._keep([sample for sample in await self._all() if sample.label != label])
            return number

    async def clear(self) -> None:
        """Remove everybody."""
        async with self._turn:
            await self.store.clear()
            self._keep([])

    async def refresh(self) -> None:
        """Read the store again, where another tab or program may have changed it."""
        async with self._turn:
            self._keep(await self.store.all())

    async def matcher(self, recognizer: str, distance_threshold: float) -> FaceMatcher:
        """Return a matcher of everybody's samples by one recognizer; made once until they change.

        Raises:
            FacesideError: threshold-invalid.
        """
        async with self._turn:
            samples = await self._all()
            if recognizer not in self._matchers:
                ours = [sample for sample in samples if sample.recognizer == recognizer]
                self._matchers[recognizer] = FaceMatcher(_labelled(ours), distance_threshold)
            matcher = self._matchers[recognizer]
            if matcher.distance_threshold != distance_threshold:
                matcher = self._matchers[recognizer] = matcher.with_threshold(distance_threshold)
            return matcher

    async def to_json(self) -> str:
        """Return everybody as JSON text in Faceside's own format."""
        async with self._turn:
            return write_gallery(await self._all())

    async def load_json(self, text: str | bytes, replace: bool = False) -> list[Sample]:
        """Add the people of a JSON text (or put them in place of all others), all or none.

        Returns:
            The samples that were read, with their ids.

        Raises:
            FacesideError: gallery-unreadable, with the place of the damage; nothing is changed.
        """
        return await self._add(read_gallery(text, self.descriptor_length), replace)

    async def _add(self, samples: list[Sample], replace: bool = False) -> list[Sample]:
        for sample in samples:
            check_descriptor(sample.descriptor, self.descriptor_length)
        async with self._turn:
            before = [] if replace else await self._all()
            ids = await self.store.add(samples, replace)
            added = [changed(sample, id=id) for sample, id in zip(samples, ids, strict=True)]
            self._keep(before + added)
            return added

    async def _all(self) -> list[Sample]:
        if self._samples is None:
            self._keep(await self.store.all())
        return self._samples

    def _keep(self, samples: list[Sample]) -> None:
        self._samples = samples
        self._matchers.clear()


def _labelled(samples: list[Sample]) -> list[LabeledFaceDescriptors]:
    return [
        LabeledFaceDescriptors(
            person.label, stack_descriptors([s.descriptor[np.newaxis] for s in person.samples])
        )
        for person in group_people(samples)
    ]

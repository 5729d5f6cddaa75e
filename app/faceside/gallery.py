"""The gallery: the people that are known, and the matcher made of them.

    gallery = Gallery(MemoryStore())
    await gallery.enroll("Ada", descriptor, recognizer="sface")
    matcher = await gallery.matcher("sface", distance_threshold=1.1)
    print(matcher.find_best_match(other))

Formats of `to_json` and `load_json`: see gallery_json.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from .descriptors import check_descriptor
from .errors import FacesideError
from .gallery_json import read_gallery, write_gallery
from .labels import (
    Notes,
    check_label,
    check_notes,
    is_over,
    joined_if_room,
    joined_notes,
    merged_notes,
    terms_of,
)
from .matching import FaceMatcher
from .samples import NOTHING, Contents, Person, Sample, descriptors_by, group_people, regroup_people
from .stores import Store

FEW = 100  # people who are regrouped among the others; of more, all are grouped anew

__all__ = ["Contents", "Gallery", "Person", "Sample"]


class Gallery:
    """People, their samples and notes, over a store. Reads the store once and then keeps step.

    Args:
        store: where the samples are kept.
        descriptor_length: how many numbers a descriptor has; the same for every recognizer here.

    Attributes:
        changes: how often what is kept has changed or was read, for whoever keeps what follows
            from it.

    Every method raises FacesideError storage-full or storage-blocked where the store fails; a
    change that fails has changed nothing.
    """

    def __init__(self, store: Store, descriptor_length: int = 128):
        self.store = store
        self.descriptor_length = descriptor_length
        self.changes = 0
        self._samples: list[Sample] | None = None
        self._notes: dict[str, str] = {}
        self._people: list[Person] | None = None
        self._matchers: dict[tuple[str, str], FaceMatcher] = {}
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
        async with self._changing():
            return await self._add(list(samples), False, NOTHING)

    async def people(self) -> list[Person]:
        """Return everybody, sorted by label."""
        await self._begin()
        return list(self._everybody())

    async def person(self, label: str) -> Person:
        """Return one person.

        Raises:
            FacesideError: label-unknown, and those of check_label.
        """
        label = check_label(label)
        await self._begin()
        return self._called(label)

    async def rename(self, label: str, to: str, merge: bool = False) -> Person:
        """Give a person another label, and return that person.

        Args:
            merge: whether the person may become one with somebody who has that label already.

        Raises:
            FacesideError: label-unknown, label-taken, notes-too-long (those of both together), and
                those of check_label.
        """
        label, to = check_label(label), check_label(to)
        async with self._changing():
            person = self._called(label)
            if to == label:
                return person
            if not merge and any(other.label == to for other in self._everybody()):
                raise FacesideError(
                    "label-taken", f"Somebody is called “{to}” already: choose another name."
                )
            notes = merged_notes(self._notes.get(to, ""), person.notes)
            await self.store.rename(label, to, notes)
            samples = [s.altered(label=to) if s.label == label else s for s in self._samples]
            self._keep(samples, {label: "", to: notes}, {label, to})
            return self._called(to)

    async def note(self, label: str, text: str) -> str:
        """Keep notes about a person in place of earlier ones, and return them as they are kept.

        Raises:
            FacesideError: label-unknown, and those of check_notes.
        """
        label, text = check_label(label), check_notes(text)
        async with self._changing():
            self._called(label)
            notes = Notes(text, **terms_of(self._notes.get(label, "")))
            await self._note(label, notes)
            return text

    async def set_terms(self, label: str, **terms: str) -> dict[str, str]:
        """Keep on what terms a person is kept, those given in place of earlier ones, "" for none;
        return all there are.

        Args:
            terms: forget_after, agreed, agreement; see :class:`~faceside.labels.Notes`.

        Raises:
            FacesideError: label-unknown, date-invalid, and those of check_label and check_notes.
        """
        label = check_label(label)
        async with self._changing():
            self._called(label)
            before = self._notes.get(label, "")
            notes = Notes(before, **{**terms_of(before), **terms})
            await self._note(label, notes)
            return notes.terms

    async def forget_due(self, today: str) -> list[str]:
        """Remove for good everybody whose last day is over, in one change; return their labels.

        Args:
            today: the day it is, as in 2027-12-31.
        """
        async with self._changing():
            due = {label for label, notes in self._notes.items() if is_over(notes, today)}
            gone = [sample for sample in self._samples if sample.label in due]
            if due:
                without = dict.fromkeys(due, "")
                await self.store.discard(gone, without)
                left = [sample for sample in self._samples if sample.label not in due]
                self._keep(left, without, due)
            return sorted(due)

    async def due(self, today: str) -> list[str]:
        """Return the labels of everybody whose last day is over."""
        await self._begin()
        return sorted(label for label, notes in self._notes.items() if is_over(notes, today))

    async def forget(self, label: str) -> Contents:
        """Remove a person with all samples and notes; return them, for `restore`."""
        label = check_label(label)
        async with self._changing():
            samples = self._samples
            gone = tuple(sample for sample in samples if sample.label == label)
            contents = Contents(gone, self._notes_of({label}))
            await self.store.remove(label)
            left = [sample for sample in samples if sample.label != label]
            self._keep(left, {label: ""}, {label})
            return contents

    async def discard(self, ids: Iterable[int]) -> Contents:
        """Remove single samples by their ids, with the notes about people who have no other;
        return them, for `restore`."""
        ids = set(ids)
        async with self._changing():
            samples = self._samples
            gone = tuple(sample for sample in samples if sample.id in ids)
            left = [sample for sample in samples if sample.id not in ids]
            notes = self._notes_of({s.label for s in gone} - {s.label for s in left})
            without = dict.fromkeys(notes, "")
            await self.store.discard(gone, without)
            self._keep(left, without, {sample.label for sample in gone})
            return Contents(gone, notes)

    async def clear(self) -> Contents:
        """Remove everybody; return all there was, for `restore`."""
        async with self._changing():
            samples = self._samples
            contents = Contents(tuple(samples), dict(self._notes))
            await self.store.clear()
            self._keep([], dict.fromkeys(self._notes, ""))
            return contents

    async def restore(self, contents: Contents) -> None:
        """Put back what was removed, as it was, with its ids; notes written since then stay."""
        async with self._changing():
            samples = self._samples
            notes = {
                label: joined_notes(text, self._notes.get(label, ""))
                for label, text in contents.notes.items()
            }
            await self.store.restore(contents.samples, notes)
            ids = {sample.id for sample in samples}
            back = [sample for sample in contents.samples if sample.id not in ids]
            labels = {sample.label for sample in back} | set(notes)
            self._keep(sorted([*samples, *back], key=lambda sample: sample.id), notes, labels)

    async def relabel(self, before: Contents) -> None:
        """Give samples the labels and people the notes that they had before; samples that are gone
        stay gone. An empty note takes notes away."""
        labels = {sample.id: sample.label for sample in before.samples}
        async with self._changing():
            changed = [s for s in self._samples if s.id in labels]
            after = [s.altered(label=labels[s.id]) for s in changed]
            await self.store.change(after, before.notes)
            samples = [s.altered(label=labels.get(s.id, s.label)) for s in self._samples]
            named = {s.label for s in changed + after} | set(before.notes)
            self._keep(samples, before.notes, named)

    async def describe(self, id: int, descriptor, recognizer: str) -> None:
        """Keep one more descriptor of a sample, by another recognizer; nothing happens if the
        sample is gone.

        Raises:
            FacesideError: descriptor-invalid, descriptor-mismatch, sample-invalid.
        """
        check_descriptor(descriptor, self.descriptor_length)
        async with self._changing():
            sample = next((s for s in self._samples if s.id == id), None)
            if sample is None:
                return
            described = sample.described(descriptor, recognizer)
            await self.store.describe([described])
            samples = [described if s is sample else s for s in self._samples]
            self._keep(samples, NOTHING, {sample.label})

    async def refresh(self) -> None:
        """Read the store again, where another tab or program may have changed it."""
        async with self._turn:
            await self._read()

    async def let_go(self) -> None:
        """Forget what was read of the store; the next call reads it again."""
        async with self._turn:
            self._notes = {}
            self._keep([], {})
            self._samples = None

    async def matcher(
        self,
        recognizer: str,
        distance_threshold: float,
        per_label: str = "min",
        min_margin: float = 0.0,
    ) -> FaceMatcher:
        """Return a matcher of everybody's samples by one recognizer; made once until they change.

        Args: those of :class:`~faceside.matching.FaceMatcher`.

        Raises:
            FacesideError: threshold-invalid, option-invalid.
        """
        key = recognizer, per_label
        await self._begin()
        if key not in self._matchers:
            known = descriptors_by(recognizer, self._everybody())
            self._matchers[key] = FaceMatcher.from_rows(*known, distance_threshold, per_label)
        matcher = self._matchers[key]
        if (matcher.distance_threshold, matcher.min_margin) != (distance_threshold, min_margin):
            matcher = matcher.with_threshold(distance_threshold, min_margin)
            self._matchers[key] = matcher
        return matcher

    async def to_json(self, label: str | None = None) -> str:
        """Return everybody, or one person, as JSON text in Faceside's own format.

        Raises:
            FacesideError: label-unknown.
        """
        contents = await self.contents(label)
        return write_gallery(contents.samples, contents.notes)

    async def contents(self, label: str | None = None) -> Contents:
        """Return everybody, or one person, as they are now.

        Raises:
            FacesideError: label-unknown.
        """
        await self._begin()
        if label is None:
            return Contents(tuple(self._samples), dict(self._notes))
        person = self._called(check_label(label))
        return Contents(person.samples, {person.label: person.notes} if person.notes else {})

    async def load_json(self, text: str | bytes, replace: bool = False) -> list[Sample]:
        """Add the people of a JSON text (or put them in place of all others), all or none.

        Samples that are here already, the same descriptor under the same label, are left out. Notes
        are added to those about the same person, where there is room.

        Returns:
            The samples that were added, with their ids.

        Raises:
            FacesideError: gallery-unreadable, with the place of the damage; nothing is changed.
        """
        return (await self.load(read_gallery(text, self.descriptor_length), replace))[0]

    async def load(
        self,
        contents: Contents,
        replace: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> tuple[list[Sample], int]:
        """The same with what has been read; the samples added, and how many were here already. Of a
        store that takes its time ``progress`` is told how many samples it has come to."""
        async with self._changing():
            here = Counter() if replace else Counter(sample.key for sample in self._samples)
            new = []
            for sample in contents.samples:
                if here[sample.key]:
                    here[sample.key] -= 1
                else:
                    new.append(sample)
            ours = {} if replace else self._notes
            notes = {
                label: joined_if_room(ours.get(label, ""), text)
                for label, text in contents.notes.items()
            }
            added = await self._add(new, replace, notes, progress)
            return added, len(contents.samples) - len(new)

    async def _note(self, label: str, notes: Notes) -> None:
        await self.store.change([], {label: notes})
        self._keep(self._samples, {label: notes}, {label})

    async def _add(
        self, samples: list[Sample], replace: bool, notes: Mapping, progress=None
    ) -> list[Sample]:
        for sample in samples:
            for recognizer in sample.recognizers:
                check_descriptor(sample.by(recognizer), self.descriptor_length)
        before = [] if replace else self._samples
        ids = await self.store.add(samples, replace, notes, progress)
        added = [sample.altered(id=id) for sample, id in zip(samples, ids, strict=True)]
        if replace:
            self._notes = {}
        labels = {sample.label for sample in added} | set(notes)
        self._keep(before + added, notes, None if replace else labels)
        return added

    @asynccontextmanager
    async def _changing(self):
        """Around a change of what is kept: one at a time, whoever asks meanwhile sees it as it was
        before."""
        async with self._turn:
            if self._samples is None:
                await self._read()
            yield

    async def _begin(self) -> None:
        """Read the store, unless that was done before."""
        if self._samples is None:
            async with self._changing():
                pass

    async def _read(self) -> None:
        samples, notes = await self.store.all(), await self.store.notes()
        self._notes = {}
        self._keep(samples, notes)

    def _everybody(self) -> list[Person]:
        if self._people is None:
            self._people = group_people(self._samples, self._notes)
        return self._people

    def _called(self, label: str) -> Person:
        for person in self._everybody():
            if person.label == label:
                return person
        raise FacesideError("label-unknown", f"Nobody is called “{label}”: check the name.")

    def _notes_of(self, labels) -> dict[str, str]:
        return {label: self._notes[label] for label in labels if label in self._notes}

    def _keep(
        self, samples: list[Sample], notes: Mapping[str, str], labels: set[str] | None = None
    ) -> None:
        """Remember what the store holds: these samples, and the notes kept changed by others; only
        people of these labels are others than before, None for everybody."""
        self.changes += 1
        self._samples = samples
        self._notes = {label: text for label, text in {**self._notes, **notes}.items() if text}
        if self._people is not None and labels is not None and len(labels) <= FEW:
            self._people = regroup_people(self._people, labels, samples, self._notes)
        else:
            self._people = None
        self._matchers.clear()

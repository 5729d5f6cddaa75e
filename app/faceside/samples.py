"""A sample: one enrolled face. People are the labels that samples share."""

import gc
import time
from bisect import insort
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from .descriptors import check_descriptor, check_descriptors
from .errors import FacesideError
from .labels import check_label

LONGEST_RECOGNIZER = 100  # characters
LATEST = 1e11  # seconds; the year 5138
NOTHING = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Sample:
    """One enrolled face, checked when made.

    Args:
        label: the person's name; see check_label.
        descriptor: (d,) numbers, kept as read-only float32.
        recognizer: name of the model that made the descriptor, such as "sface"; descriptors of
            different recognizers are never compared.
        photo: the face as a JPEG file's bytes, if kept.
        created: seconds since 1970-01-01 UTC.
        id: the store's number for it, None until stored.
        others: descriptors of the same photo by other recognizers, by their names; so that nothing
            has to be computed again after a change of recognizer and back.

    Raises:
        FacesideError: those of check_label; descriptor-invalid, sample-invalid.
    """

    label: str
    descriptor: np.ndarray
    recognizer: str
    photo: bytes | None = None
    created: float = field(default_factory=time.time)
    id: int | None = None
    others: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "label", check_label(self.label))
        object.__setattr__(self, "descriptor", check_descriptor(self.descriptor))
        _check_recognizer(self.recognizer)
        object.__setattr__(self, "others", self._checked_others())
        if self.photo is not None and not isinstance(self.photo, bytes):
            raise _invalid("has a photo that is not bytes")
        if not isinstance(self.created, int | float) or not abs(self.created) < LATEST:
            raise _invalid("has no time of creation")
        object.__setattr__(self, "created", float(self.created))

    def _checked_others(self) -> Mapping[str, np.ndarray]:
        if not self.others:
            return NOTHING
        others = {}
        for recognizer, descriptor in self.others.items():
            _check_recognizer(recognizer)
            if recognizer != self.recognizer:
                others[recognizer] = check_descriptor(descriptor)
        return MappingProxyType(others)

    @property
    def recognizers(self) -> tuple[str, ...]:
        """The names of the recognizers that have described it, the first one first."""
        return (self.recognizer, *self.others)

    def by(self, recognizer: str) -> np.ndarray | None:
        """The descriptor (d,) by a recognizer, None where it has not described this face."""
        if recognizer == self.recognizer:
            return self.descriptor
        return self.others.get(recognizer)

    def described(self, descriptor, recognizer: str) -> "Sample":
        """The sample with one more descriptor, by another recognizer.

        Raises:
            FacesideError: descriptor-invalid, sample-invalid.
        """
        return replace(self, others={**self.others, recognizer: descriptor})

    def with_others(self, others: Mapping[str, np.ndarray]) -> "Sample":
        """The sample with more descriptors by other recognizers, of another sample of the face."""
        return self.altered(others=MappingProxyType({**self.others, **others}))

    def altered(self, **fields) -> "Sample":
        """The sample with other values of fields, which are not checked again."""
        other = object.__new__(Sample)
        other.__dict__.update(self.__dict__, **fields)
        return other

    @property
    def key(self) -> tuple:
        """Equal for two samples that are the same person's by the same descriptor, bit for bit."""
        return self.label, self.recognizer, self.descriptor.tobytes()


def samples_of_rows(
    labels: Iterable[str],
    descriptors,
    recognizers: Iterable[str],
    created: Iterable[float],
    photos: Iterable[bytes | None],
    others: Iterable[Mapping[str, np.ndarray]],
) -> list[Sample]:
    """Return samples made of columns, checked as a single one is, many times faster.

    Args:
        descriptors: (n, d) numbers, one row a sample; the samples share their memory.

    Raises:
        FacesideError: as Sample does.
    """
    rows = check_descriptors(descriptors)
    recognizers, created = list(recognizers), list(created)
    for name in set(recognizers):
        _check_recognizer(name)
    if not all(abs(when) < LATEST for when in created):
        raise _invalid("has no time of creation")
    samples = []
    with _without_collecting():
        for columns in zip(labels, rows, recognizers, created, photos, others, strict=True):
            label, row, recognizer, when, photo, theirs = columns
            sample = object.__new__(Sample)
            sample.__dict__.update(
                label=check_label(label),
                descriptor=row,
                recognizer=recognizer,
                photo=photo,
                created=when,
                id=None,
                others=theirs,
            )
            if theirs:
                object.__setattr__(sample, "others", sample._checked_others())
            samples.append(sample)
    return samples


@dataclass(frozen=True)
class Person:
    """A person: a label, its samples, oldest first, and notes about the person."""

    label: str
    samples: tuple[Sample, ...]
    notes: str = ""

    @property
    def photo(self) -> bytes | None:
        """The newest photo there is, a JPEG file's bytes."""
        return next((s.photo for s in reversed(self.samples) if s.photo), None)


@dataclass(frozen=True, eq=False)
class Contents:
    """What a gallery holds, or a part of it: samples, and notes by label where there are any."""

    samples: tuple[Sample, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def group_people(samples: Iterable[Sample], notes: Mapping[str, str] = NOTHING) -> list[Person]:
    """Return the people the samples belong to, sorted by label."""
    people: dict[str, list[Sample]] = {}
    with _without_collecting():
        for sample in samples:
            people.setdefault(sample.label, []).append(sample)
        found = [Person(label, tuple(ours), notes.get(label, "")) for label, ours in people.items()]
        return sorted(found, key=_place)


def regroup_people(
    people: Iterable[Person], labels: set[str], samples: Iterable[Sample], notes: Mapping[str, str]
) -> list[Person]:
    """Return the people after samples or notes of a few labels have changed."""
    regrouped = [person for person in people if person.label not in labels]
    for person in group_people([s for s in samples if s.label in labels], notes):
        insort(regrouped, person, key=_place)
    return regrouped


def _place(person: Person) -> tuple[str, str]:
    return person.label.casefold(), person.label


@contextmanager
def _without_collecting():
    """Make very many things that all stay: looking for garbage among them would take far longer
    than making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def descriptors_by(
    recognizer: str, people: list[Person]
) -> tuple[list[str], list[int], np.ndarray]:
    """Labels, numbers of descriptors and the descriptors (n, d) of everybody by one recognizer;
    those by others are never mixed in."""
    labels, counts, rows = [], [], []
    for person in people:
        before = len(rows)
        rows += [row for sample in person.samples if (row := sample.by(recognizer)) is not None]
        if len(rows) > before:
            labels.append(person.label)
            counts.append(len(rows) - before)
    return labels, counts, np.array(rows, np.float32)


def _check_recognizer(name) -> None:
    if not isinstance(name, str) or not name.strip():
        raise _invalid("has no recognizer")
    if len(name) > LONGEST_RECOGNIZER or not name.isprintable():
        raise _invalid("names no recognizer that could exist")


def _invalid(problem: str) -> FacesideError:
    return FacesideError("sample-invalid", f"A sample {problem}: enrol this face again.")

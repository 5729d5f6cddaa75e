"""A sample: one enrolled face. People are the labels that samples share."""

import time
from dataclasses import dataclass, field

import numpy as np

from .descriptors import check_descriptor
from .errors import FacesideError
from .labels import check_label

LONGEST_RECOGNIZER = 100  # characters
LATEST = 1e11  # seconds; the year 5138


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

    Raises:
        FacesideError: those of check_label; descriptor-invalid, sample-invalid.
    """

    label: str
    descriptor: np.ndarray
    recognizer: str
    photo: bytes | None = None
    created: float = field(default_factory=time.time)
    id: int | None = None

    def __post_init__(self):
        object.__setattr__(self, "label", check_label(self.label))
        object.__setattr__(self, "descriptor", check_descriptor(self.descriptor))
        if not isinstance(self.recognizer, str) or not self.recognizer.strip():
            raise _invalid("has no recognizer")
        if len(self.recognizer) > LONGEST_RECOGNIZER or not self.recognizer.isprintable():
            raise _invalid("names no recognizer that could exist")
        if self.photo is not None and not isinstance(self.photo, bytes):
            raise _invalid("has a photo that is not bytes")
        if not isinstance(self.created, int | float) or not abs(self.created) < LATEST:
            raise _invalid("has no time of creation")
        object.__setattr__(self, "created", float(self.created))


@dataclass(frozen=True)
class Person:
    """A person: a label and its samples, oldest first."""

    label: str
    samples: tuple[Sample, ...]

    @property
    def photo(self) -> bytes | None:
        """The newest photo there is, a JPEG file's bytes."""
        return next((s.photo for s in reversed(self.samples) if s.photo), None)


def _invalid(problem: str) -> FacesideError:
    return FacesideError("sample-invalid", f"A sample {problem}: enrol this face again.")

"""Where people are kept: in memory, in a JSON file, or in the browser's IndexedDB."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from ..samples import NOTHING, Sample


class Store(Protocol):
    """Keeps samples, and notes by label. Each call happens whole or not at all.

    Wherever notes are given, an empty text takes those of that label away. Every method raises
    FacesideError storage-full or storage-blocked where the place fails.
    """

    async def all(self) -> list[Sample]:
        """Return every sample with its id, those of a person oldest first."""

    async def notes(self) -> dict[str, str]:
        """Return all notes by label."""

    async def add(
        self,
        samples: Iterable[Sample],
        replace: bool = False,
        notes: Mapping[str, str] = NOTHING,
        progress: Callable[[int], None] | None = None,
    ) -> list[int]:
        """Keep more samples and notes, or these in place of all others; return the new ids. A
        store that takes its time calls ``progress`` with how many samples it has come to."""

    async def restore(self, samples: Iterable[Sample], notes: Mapping[str, str] = NOTHING) -> None:
        """Put samples back that were discarded, with their ids."""

    async def change(self, samples: Iterable[Sample], notes: Mapping[str, str] = NOTHING) -> None:
        """Give samples the labels that these have; those that are gone stay gone."""

    async def describe(self, samples: Iterable[Sample]) -> None:
        """Keep the descriptors by other recognizers that these samples have, beside those there
        are; labels stay as they are kept, and samples that are gone stay gone."""

    async def rename(self, label: str, to: str, notes: str = "") -> int:
        """Give every sample of one label another label, which then has these notes; return how
        many there were."""

    async def discard(self, samples: Iterable[Sample], notes: Mapping[str, str] = NOTHING) -> None:
        """Remove single samples; those that are gone already do no harm."""

    async def remove(self, label: str) -> int:
        """Remove every sample of a label and its notes; return how many samples there were."""

    async def clear(self) -> None:
        """Remove everything."""

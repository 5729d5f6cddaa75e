"""Where samples are kept: in memory, in a JSON file, or in the browser's IndexedDB."""

from collections.abc import Iterable
from typing import Protocol

from ..samples import Sample


class Store(Protocol):
    """Keeps samples. Each call is one transaction: it happens whole or not at all.

    Every method raises FacesideError storage-full or storage-blocked where the place fails.
    """

    async def all(self) -> list[Sample]:
        """Return every sample with its id, those of a person oldest first."""

    async def add(self, samples: Iterable[Sample], replace: bool = False) -> list[int]:
        """Keep more samples, or these in place of all others; return their new ids."""

    async def rename(self, label: str, to: str) -> int:
        """Give every sample of one label another label; return how many there were."""

    async def remove(self, label: str) -> int:
        """Remove every sample of a label; return how many there were."""

    async def clear(self) -> None:
        """Remove everything."""

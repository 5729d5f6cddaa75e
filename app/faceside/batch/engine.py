"""What an engine is: something that has shards described by many workers at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .recipe import Recipe
from .worker import Result, Shard


@dataclass(frozen=True)
class Step:
    """Something has moved.

    Attributes:
        result: a shard that is done, or None.
        under_way: how many pictures are done of the shards that are not, as far as it is known.
    """

    result: Result | None
    under_way: int


class Engine(Protocol):
    """Has shards described; a shard whose worker dies is described again."""

    def run(
        self, recipe: Recipe, models: dict[str, str], shards: Iterator[Shard]
    ) -> Iterator[Step]:
        """Describe the shards, in any order, taking few from the iterator ahead of time.

        Raises:
            FacesideError: ``worker-died`` when no worker stays alive, and what
                :class:`~faceside.batch.worker.Worker` raises.
        """

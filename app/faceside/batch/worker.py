"""What a worker does, the same on every engine: pictures in, the file of a shard out."""

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass
from itertools import count

from .. import __version__
from ..errors import FacesideError
from ..faces import Faces
from ..pipeline import Nets
from ..runtime.native import NativeRuntime
from .reading import Reader
from .recipe import Recipe
from .sources import Item
from .table import Found, Note, table_of, to_parquet
from .turns import TurnsRuntime

TOGETHER = 8  # pictures in memory at a time


@dataclass(frozen=True)
class Shard:
    """A run of pictures that are described together: its number, from 0, and its pictures."""

    number: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Result:
    """A shard that is done: its number, how many pictures it has, and its Parquet file's bytes."""

    number: int
    pictures: int
    parquet: bytes


class Worker:
    """Holds the nets and describes one shard after another, on one thread.

    Args:
        recipe: what to find.
        models: the sha256 of the models that the batch was begun with, by their cards' names.
        gpu: the number of the GPU to use, None for the processor.

    Raises:
        FacesideError: ``model-missing``, ``model-damaged``, ``gpu-missing``; ``worker-differs``
            where this machine's Faceside has other models.
    """

    def __init__(self, recipe: Recipe, models: dict[str, str], gpu: int | None = None):
        if recipe.models() != models:
            raise FacesideError(
                "worker-differs",
                "A machine of the cluster has other models than the one the batch was started "
                "on; install the same version of Faceside on all of them.",
            )
        self.recipe, self.models = recipe, models
        self.reader = Reader()
        self.nets = Nets(TurnsRuntime(NativeRuntime(threads=1, gpu=gpu)))
        self._loop = asyncio.Runner()
        for net in recipe.nets():
            self._loop.run(self.nets.get(net))
        table_of([], recipe)  # the first table takes pyarrow 0.2 seconds: before the first picture

    def describe(
        self,
        shard: Shard,
        begin: Callable[[int], None] = lambda index: None,
        deadly: Container[int] = (),
        together: int = TOGETHER,
    ) -> Result:
        """Describe a shard's pictures; one that fails is noted and does not stop the rest.

        Args:
            shard: the pictures.
            begin: told the index of each picture before it is read.
            deadly: the indices of pictures not to try, because workers have died of them.
            together: how many are described at a time.
        """
        return self._loop.run(self._describe(shard, begin, deadly, together))

    async def _describe(
        self, shard: Shard, begin: Callable[[int], None], deadly: Container[int], together: int
    ) -> Result:
        async def find(index: int, item: Item) -> Faces | FacesideError:
            begin(index)
            try:
                if index in deadly:
                    raise FacesideError(
                        "worker-died",
                        "The program was ended by the system each time it came to this picture; "
                        "see that memory is free, or make the picture smaller.",
                    )
                return await self._find(item)
            except FacesideError as error:
                return error

        found, failed = [], []
        for first in range(0, len(shard.items), together):
            items = shard.items[first : first + together]
            answers = await asyncio.gather(*map(find, count(first), items))
            for item, answer in zip(items, answers, strict=True):
                if isinstance(answer, FacesideError):
                    failed.append({"file": item.file, "code": answer.code, "message": str(answer)})
                elif len(answer):
                    found.append(Found(item.file, answer))
        self.reader.close()
        table = table_of(found, self.recipe)
        said = self.recipe.to_record()
        pictures = len(shard.items) - len(failed)
        note = Note(shard.number, pictures, len(table), failed, said, __version__)
        return Result(shard.number, len(shard.items), to_parquet(table, note, self.models))

    async def _find(self, item: Item) -> Faces:
        try:
            return await self.recipe.task(self.reader.read(item), self.nets)
        except FacesideError:
            raise
        except Exception as error:
            raise FacesideError(
                "picture-failed",
                f"This picture could not be described ({type(error).__name__}: {error}); "
                "tell the makers of Faceside about it.",
            ) from error

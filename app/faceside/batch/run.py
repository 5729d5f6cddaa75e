"""A batch from beginning to end, or from where the last run was stopped."""

from collections.abc import Iterator
from dataclasses import dataclass

from .engine import Engine
from .folder import Folder
from .recipe import Recipe
from .sources import Sources


@dataclass(frozen=True)
class Stage:
    """How far a batch is: pictures that were looked at, of how many."""

    done: int
    total: int


def run_batch(
    sources: Sources,
    recipe: Recipe,
    folder: Folder,
    engine: Engine,
    shard_size: int,
) -> Iterator[Stage]:
    """Describe every picture of the sources that the folder does not have yet.

    Args:
        sources: the pictures; gone through once, when the folder is begun.
        recipe: what to find.
        folder: where everything is kept.
        engine: what has it done.
        shard_size: how many pictures make a file.

    Yields:
        How far it is, at the beginning and whenever something has moved.

    Raises:
        FacesideError: ``batch-…``, ``folder-…``, ``source-…``, ``worker-died``, and those of
            models; what is done stays done.
    """
    with folder.locked():
        manifest = folder.begin(sources, recipe, shard_size)
        total = manifest["pictures"]
        totals = folder.totals()
        done = totals.pictures + totals.failed
        yield Stage(done, total)
        try:
            for step in engine.run(recipe, manifest["models"], folder.missing(shard_size)):
                if step.result is not None:
                    folder.keep(step.result)
                    done += step.result.pictures
                yield Stage(done + step.under_way, total)
        finally:
            folder.write_failed()

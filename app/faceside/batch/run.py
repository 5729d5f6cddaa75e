"""A batch from beginning to end, or from where the last run was stopped."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from .engine import Engine
from .folder import Folder
from .recipe import Recipe
from .sources import Sources
from .worker import Result

MOST_WAITING = 4  # shards that wait for the disk, some hundred kilobytes each


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
            with _writing(folder) as keep:
                for step in engine.run(recipe, manifest["models"], folder.missing(shard_size)):
                    if step.result is not None:
                        keep(step.result)
                        done += step.result.pictures
                    yield Stage(done + step.under_way, total)
        finally:
            folder.write_failed()


@contextmanager
def _writing(folder: Folder) -> Iterator[Callable[[Result], None]]:
    """What keeps results, on a thread of its own, so that no worker waits for a slow disk; all are
    kept at the end."""
    waiting = deque()

    def keep(result: Result) -> None:
        waiting.append(writer.submit(folder.keep, result))
        while waiting and (len(waiting) > MOST_WAITING or waiting[0].done()):
            waiting.popleft().result()

    with ThreadPoolExecutor(1) as writer:
        yield keep
        for writing in waiting:
            writing.result()

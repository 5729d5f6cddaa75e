"""All cores of this machine: one process a core, each with its own nets and one thread.

Each process has a pipe of its own to the driver. A process that dies is told by its pipe, whatever
the others do; one whose driver dies finds its pipe closed at the next picture and ends.
"""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait

from ..errors import FacesideError
from .engine import Step
from .recipe import Recipe
from .worker import Result, Shard, Worker

# So often in a row may a worker die at the same picture, or before its first one.
MOST_DEATHS = 4


class LocalEngine:
    """Runs workers on this machine.

    Args:
        workers: how many; one a core when None.
        gpus: how many GPUs there are to use, one worker each, in place of cores.
    """

    def __init__(self, workers: int | None = None, gpus: int = 0):
        self.workers = gpus or workers or available_cores()
        self.gpus = gpus

    def run(
        self, recipe: Recipe, models: dict[str, str], shards: Iterator[Shard]
    ) -> Iterator[Step]:
        """Describe the shards; see :class:`~faceside.batch.engine.Engine`."""
        places: list[_Place] = []
        try:
            for number in range(self.workers):
                shard = next(shards, None)
                if shard is None:
                    break
                gpu = number if self.gpus else None
                places.append(_Place((recipe, models, gpu), shard))
            while busy := {place.pipe: place for place in places if place.shard}:
                for pipe in wait(list(busy)):
                    place = busy[pipe]
                    result = place.hear()
                    if result is not None:
                        place.give(next(shards, None))
                    yield Step(result, sum(place.at for place in places))
        finally:
            for place in places:
                place.end()


@dataclass
class _Place:
    """One worker process after another, with the shard that they are at."""

    arguments: tuple
    shard: Shard | None
    at: int = 0  # the index of its picture
    deadly: frozenset[int] = frozenset()
    deaths: Counter = field(default_factory=Counter)

    def __post_init__(self):
        self._start()

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=_serve, args=(theirs, self.arguments), daemon=True)
        self.process.start()
        theirs.close()
        self._hand_over()

    def _hand_over(self) -> None:
        self.at, self.begun = 0, False
        with suppress(OSError):  # it has died, which the next reading from the pipe tells
            self.pipe.send((self.shard, self.deadly))

    def give(self, shard: Shard | None) -> None:
        """Hand over the next shard; None when there is none."""
        self.shard, self.deadly, self.deaths = shard, frozenset(), Counter()
        self._hand_over()

    def hear(self) -> Result | None:
        """Take in what the worker says; a result when its shard is done."""
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            self._start_again()
            return None
        if isinstance(said, FacesideError):
            raise said
        if isinstance(said, Result):
            return said
        self.at, self.begun = said, True
        return None

    def _start_again(self) -> None:
        self.end()
        index = self.at if self.begun else None
        self.deaths = Counter({index: self.deaths[index] + 1})
        if self.deaths[index] == MOST_DEATHS:
            if index is None:
                raise FacesideError(
                    "worker-died",
                    "The worker processes are ended by the system as soon as they start; see that "
                    "memory is free, or use fewer workers.",
                )
            self.deadly |= {index}
        self._start()

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _serve(pipe: Connection, arguments: tuple) -> None:
    """The life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver ends it
    try:
        worker = Worker(*arguments)
        while True:
            shard, deadly = pipe.recv()
            if shard is None:
                return
            pipe.send(worker.describe(shard, pipe.send, deadly))
    except FacesideError as error:
        pipe.send(error)
    except (EOFError, OSError):
        return  # the driver is gone


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

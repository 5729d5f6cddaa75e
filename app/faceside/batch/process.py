"""A worker in a process of its own, which may die without taking anything along.

The process has a pipe of its own to whoever started it, which tells its death. Which picture it is
at stands in memory that both share: messages would wake the other at each picture, on cores that
the nets need. Where it is the other that dies, the process ends at its next picture.
"""

import multiprocessing
import signal
from contextlib import suppress
from multiprocessing.connection import Connection

from ..errors import FacesideError
from .recipe import Recipe
from .worker import TOGETHER, Result, Shard, Worker

# So often in a row may a worker die at the same picture, or before its first one.
MOST_DEATHS = 4
BEFORE = -1  # the first picture of a shard
SPAWN = multiprocessing.get_context("spawn")


class WorkerProcess:
    """One process after another that describes shards.

    Args:
        recipe, models, gpu: as of :class:`~faceside.batch.worker.Worker`.

    Attributes:
        pipe: to wait on for what the worker says; another one after each death.
        process: the one that is alive.
    """

    def __init__(self, recipe: Recipe, models: dict[str, str], gpu: int | None = None):
        self._arguments = recipe, models, gpu
        self._at = SPAWN.RawValue("q", BEFORE)
        self._start()

    @property
    def at(self) -> int:
        """The index of the picture that it is at in its shard."""
        return max(0, self._at.value)

    def _start(self) -> None:
        self.pipe, theirs = SPAWN.Pipe()
        arguments = theirs, self._at, self._arguments
        self.process = SPAWN.Process(target=_serve, args=arguments, daemon=True)
        self.process.start()
        theirs.close()

    def describe(self, shard: Shard) -> Result:
        """Have a shard described, and wait for it."""
        self.give(shard)
        while (result := self.hear()) is None:
            pass
        return result

    def give(self, shard: Shard) -> None:
        """Hand over a shard; the one before must be done."""
        self._shard, self._deadly = shard, frozenset()
        self._deaths, self._died_at = 0, None
        self._hand_over()

    def _hand_over(self) -> None:
        self._at.value = BEFORE
        together = 1 if self._deaths else TOGETHER  # one at a time tells of which it dies
        with suppress(OSError):  # it has died, which the next reading from the pipe tells
            self.pipe.send((self._shard, self._deadly, together))

    def hear(self) -> Result | None:
        """Take in what the worker says: a result, or None when it had to be started again.

        Raises:
            FacesideError: what the worker was ended by; ``worker-died`` when none stays alive.
        """
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            self._replace()
            return None
        if isinstance(said, FacesideError):
            raise said
        self._at.value = BEFORE
        return said

    def _replace(self) -> None:
        """Start another process on the same shard; without a picture that was often the last."""
        self.end()
        died_at = self._at.value
        self._deaths = self._deaths + 1 if died_at == self._died_at else 1
        self._died_at = died_at
        if self._deaths == MOST_DEATHS:
            if died_at == BEFORE:
                raise FacesideError(
                    "worker-died",
                    "The worker processes are ended by the system as soon as they start; see that "
                    "memory is free, or use fewer workers.",
                )
            self._deadly |= {died_at}
        self._start()
        self._hand_over()

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _serve(pipe: Connection, at, arguments: tuple) -> None:
    """The life of a worker process."""
    parent = multiprocessing.parent_process()

    def begin(index: int) -> None:
        if not parent.is_alive():
            raise EOFError
        at.value = index

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    try:
        worker = Worker(*arguments)
        while True:
            shard, deadly, together = pipe.recv()
            pipe.send(worker.describe(shard, begin, deadly, together))
    except FacesideError as error:
        pipe.send(error)
    except (EOFError, OSError):
        return  # who started it is gone

"""A worker in a process of its own, which may die without taking anything along.

The process has a pipe of its own to whoever started it. Its death is told by the pipe; where it is
the other that dies, the pipe is closed at the next picture, and the process ends.
"""

import multiprocessing
import signal
from contextlib import suppress
from multiprocessing.connection import Connection

from ..errors import FacesideError
from .recipe import Recipe
from .worker import Result, Shard, Worker

# So often in a row may a worker die at the same picture, or before its first one.
MOST_DEATHS = 4


class WorkerProcess:
    """One process after another that describes shards.

    Args:
        recipe, models, gpu: as of :class:`~faceside.batch.worker.Worker`.

    Attributes:
        pipe: to wait on for what the worker says; another one after each death.
        at: the index of the picture that it is at in its shard.
        process: the one that is alive.
    """

    def __init__(self, recipe: Recipe, models: dict[str, str], gpu: int | None = None):
        self._arguments = recipe, models, gpu
        self.at = 0
        self._start()

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        arguments = theirs, self._arguments
        self.process = spawn.Process(target=_serve, args=arguments, daemon=True)
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
        self.at, self._begun = 0, False
        with suppress(OSError):  # it has died, which the next reading from the pipe tells
            self.pipe.send((self._shard, self._deadly))

    def hear(self) -> Result | None:
        """Take in the next that the worker says: a result, or None when it is not done yet.

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
        if isinstance(said, Result):
            self.at = 0
            return said
        self.at, self._begun = said, True
        return None

    def _replace(self) -> None:
        """Start another process on the same shard; without a picture that was often the last."""
        self.end()
        died_at = self.at if self._begun else None
        self._deaths = self._deaths + 1 if died_at == self._died_at else 1
        self._died_at = died_at
        if self._deaths == MOST_DEATHS:
            if died_at is None:
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


def _serve(pipe: Connection, arguments: tuple) -> None:
    """The life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    try:
        worker = Worker(*arguments)
        while True:
            shard, deadly = pipe.recv()
            pipe.send(worker.describe(shard, pipe.send, deadly))
    except FacesideError as error:
        pipe.send(error)
    except (EOFError, OSError):
        return  # who started it is gone

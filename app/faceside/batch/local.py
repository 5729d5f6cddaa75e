"""All cores of this machine: one process a core, each with its own nets and one thread."""

import os
from collections.abc import Iterator
from itertools import islice
from multiprocessing.connection import wait

from .engine import Step
from .process import WorkerProcess
from .recipe import Recipe
from .worker import Shard

LOOK = 0.2  # seconds between two looks at where the workers are


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
        busy: list[WorkerProcess] = []
        try:
            for number, shard in enumerate(islice(shards, self.workers)):
                worker = WorkerProcess(recipe, models, number if self.gpus else None)
                busy.append(worker)
                worker.give(shard)
            while busy:
                ready = wait([worker.pipe for worker in busy], LOOK)
                for worker in [worker for worker in busy if worker.pipe in ready]:
                    result = worker.hear()
                    if result is not None:
                        _next(worker, busy, shards)
                        yield Step(result, _under_way(busy))
                yield Step(None, _under_way(busy))
        finally:
            for worker in busy:
                worker.end()


def _under_way(busy: list[WorkerProcess]) -> int:
    return sum(worker.at for worker in busy)


def _next(worker: WorkerProcess, busy: list[WorkerProcess], shards: Iterator[Shard]) -> None:
    """Hand the next shard to a worker; end it when there is none."""
    shard = next(shards, None)
    if shard is not None:
        worker.give(shard)
    else:
        busy.remove(worker)
        worker.end()


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

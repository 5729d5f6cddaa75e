"""A cluster: Ray Data with long-lived actors, each of which holds a worker process.

A worker that dies is replaced by its actor, as on one machine; an actor that dies, or its machine,
by Ray, which has the shard described again.
The driver keeps the list and writes the shards, so that the machines share nothing but the sources;
folders must lie at the same path on all of them, addresses of fsspec are the same everywhere.
"""

import logging
import os
import pickle
import socket
from collections.abc import Iterator
from itertools import islice

from ..errors import FacesideError
from .engine import Step
from .process import WorkerProcess
from .recipe import Recipe
from .worker import Result, Shard

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would tell its makers of its use
SECONDS_TO_ANSWER = 10
WAVE = 1000  # shards given to Ray at once: bounds its memory, whatever the number of pictures


class RayEngine:
    """Runs workers on a Ray cluster.

    Args:
        address: of the cluster, such as ``ray://head:10001`` or ``auto``; a cluster on this
            machine, for this run only, when None.
        workers: how many; one a core of the cluster when None.
        gpus: how many GPUs of the cluster to use, one worker each, in place of cores.

    Raises:
        FacesideError: ``ray-missing``.
    """

    def __init__(self, address: str | None = None, workers: int | None = None, gpus: int = 0):
        try:
            import ray.data
        except ImportError:
            raise FacesideError(
                "ray-missing",
                "Ray is not installed; install it with `pip install 'faceside[ray]'`, or leave "
                "--engine ray out.",
            ) from None
        self.ray, self.address, self.workers, self.gpus = ray, address, workers, gpus

    def run(
        self, recipe: Recipe, models: dict[str, str], shards: Iterator[Shard]
    ) -> Iterator[Step]:
        """Describe the shards; see :class:`~faceside.batch.engine.Engine`."""
        ray = self.ray
        self._connect()
        try:
            while wave := [pickle.dumps(shard) for shard in islice(shards, WAVE)]:
                for row in self._described(recipe, models, wave).iter_rows():
                    yield Step(_result(row["result"]), 0)
        except ray.exceptions.RayError as error:
            raise _told(error) from error
        finally:
            ray.shutdown()

    def _connect(self) -> None:
        local = {} if self.address else {"num_cpus": self.workers, "include_dashboard": False}
        try:
            _knock(self.address)
            self.ray.init(self.address, log_to_driver=False, logging_level=logging.ERROR, **local)
        except (OSError, RuntimeError, ValueError) as error:
            raise FacesideError(
                "cluster-missing",
                f"There is no Ray cluster at {self.address} ({error}); check --address.",
            ) from None

    def _described(self, recipe: Recipe, models: dict[str, str], wave: list[bytes]):
        data = self.ray.data
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        if self.gpus:
            workers, needs = self.gpus, {"num_gpus": 1, "num_cpus": 0}
        else:
            cores = int(self.ray.cluster_resources().get("CPU", 1))
            workers, needs = self.workers or cores, {"num_cpus": 1}
        workers = min(workers, len(wave))
        shards = data.from_items(wave, override_num_blocks=len(wave))
        return shards.map_batches(
            _Actor,
            batch_size=1,
            compute=data.ActorPoolStrategy(size=workers),
            fn_constructor_args=(recipe, models, 0 if self.gpus else None),
            **needs,
        )


class _Actor:
    """A worker inside Ray: a column of shards in, a column of results out, both pickled.

    Errors are results too, because Ray would answer an exception with another try.
    """

    def __init__(self, recipe: Recipe, models: dict[str, str], gpu: int | None):
        self.worker = WorkerProcess(recipe, models, gpu)

    def __call__(self, batch: dict) -> dict:
        return {"result": [pickle.dumps(self._describe(pickle.loads(s))) for s in batch["item"]]}

    def _describe(self, shard: Shard) -> Result | FacesideError:
        try:
            return self.worker.describe(shard)
        except FacesideError as error:
            return error


def _knock(address: str | None) -> None:
    """Raise OSError where nobody answers at an address with a port; Ray would try for minutes."""
    host, colon, port = (address or "").rpartition(":")
    if colon and port.isdigit():
        host = host.rpartition("/")[2].strip("[]")
        socket.create_connection((host, int(port)), SECONDS_TO_ANSWER).close()


def _result(pickled: bytes) -> Result:
    result = pickle.loads(pickled)
    if isinstance(result, FacesideError):
        raise result
    return result


def _told(error: Exception) -> FacesideError:
    return FacesideError(
        "worker-died",
        f"The cluster gave up ({str(error).strip().splitlines()[-1]}); see that Faceside is "
        "installed on all its machines and that they have memory free; the same command goes on.",
    )

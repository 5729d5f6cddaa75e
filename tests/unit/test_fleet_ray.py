"""A batch on a Ray cluster of this machine: the same as without Ray, and what deaths cost."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from fleet import assert_each_once, batch, command_line, kill, rows, start, wait_until, write_photos

pytest.importorskip("ray.data", reason="Ray is not installed: pip install 'faceside[ray]'")
from faceside import FacesideError
from faceside.batch.ray_engine import RayEngine
from faceside.batch.recipe import Recipe
from faceside.batch.sources import Item
from faceside.batch.worker import Shard

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray")
RAY = ("--engine", "ray", "--workers", 2)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), copies=5)


@pytest.fixture(scope="module")
def local(photos, tmp_path_factory):
    out = tmp_path_factory.mktemp("local")
    batch(photos[0].parent, "--out", out, "--shard-size", 4, "--workers", 2)
    return rows(out)


def processes(word: str, below: int) -> list[int]:
    """The processes of a run's session whose command line has this word in it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
        except OSError:
            continue
        if session == below and word in command_line(int(folder.name)):
            found.append(int(folder.name))
    return found


def test_fleet_ray_finds_what_local_workers_find_though_some_die(photos, local, tmp_path):
    """One worker process is killed, and one actor of Ray's with the worker that it holds."""
    out = tmp_path / "out"
    run = start(photos[0].parent, "--out", out, "--shard-size", 4, *RAY, "--json")
    said = {}
    reading = threading.Thread(target=lambda: said.update(enumerate(run.communicate())))
    reading.start()
    try:
        wait_until(lambda: list(out.glob("*.parquet")) or run.poll() is not None, 120)
        victims = [*processes("spawn_main", run.pid)[:1], *processes("ray::MapWorker", run.pid)[:1]]
        for victim in victims:
            kill(victim)
        reading.join(120)
    finally:
        kill(run.pid)
    assert run.returncode == 0, said[1]
    assert len(victims) == 2
    assert_each_once(out, photos)
    found = rows(out)
    for ours, theirs in zip(found, local, strict=True):
        assert (ours["file"], ours["face"]) == (theirs["file"], theirs["face"])
        assert np.linalg.norm(np.subtract(ours["descriptor"], theirs["descriptor"])) < 1e-3
    assert json.loads(said[0])["faces"] == len(local)


def test_fleet_errors_of_workers_reach_the_driver(photos):
    recipe = Recipe()
    other = recipe.models() | {"sface": "0" * 64}
    shard = Shard(0, (Item(str(photos[0])),))
    with pytest.raises(FacesideError) as caught:
        list(RayEngine(workers=1).run(recipe, other, iter([shard])))
    assert caught.value.code == "worker-differs"


def test_fleet_without_a_cluster_is_told(photos, tmp_path):
    asked = ("--engine", "ray", "--address", "127.0.0.1:1", "--out", tmp_path / "out")
    assert "(cluster-missing)" in batch(photos[0], *asked, code=1)

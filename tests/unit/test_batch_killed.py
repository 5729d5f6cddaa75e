"""Workers and whole runs killed at random moments: every picture exactly once, nothing lost.

`make test` kills some, `make soak` twenty of each.
"""

import random
import shutil
import time

import pytest
from fleet import (
    assert_each_once,
    batch,
    children,
    command_line,
    kill,
    rows,
    start,
    wait_until,
    write_photos,
)

FEW, MANY = 4, 20
COPIES = 10  # of six photos
ASKED = ("--shard-size", 6, "--workers", 2)
LONGEST = 2.5  # seconds from one death to the next: between the start and some shards later


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), COPIES)


@pytest.fixture(scope="module")
def whole(photos, tmp_path_factory):
    """The rows of a run that nothing befell."""
    out = tmp_path_factory.mktemp("whole")
    batch(photos[0].parent, "--out", out, *ASKED)
    assert_each_once(out, photos)
    return rows(out)


def written(out) -> dict:
    """The shards that are done, with the times they were written."""
    return {path: path.stat().st_mtime_ns for path in out.glob("*.parquet")}


def kill_workers(photos, out, times: int) -> None:
    """Kill one of the workers so many times in all; a run that is done is begun anew elsewhere."""
    moments, killed = random.Random(times), 0
    while killed < times:
        shutil.rmtree(out, ignore_errors=True)
        run = start(photos[0].parent, "--out", out, *ASKED)
        try:
            while run.poll() is None and killed < times:
                time.sleep(moments.uniform(0, LONGEST))
                workers = children(run.pid)
                if workers:
                    kill(moments.choice(workers))
                    killed += 1
            _, complaints = run.communicate(timeout=120)
        finally:
            kill(run.pid)
        assert run.returncode == 0, complaints
        assert_each_once(out, photos)


def kill_runs(photos, out, times: int) -> None:
    """Kill the driver so many times, its workers left to find out by themselves; then finish."""
    moments, before = random.Random(times), {}
    for _ in range(times):
        run = start(photos[0].parent, "--out", out, *ASKED)
        time.sleep(moments.uniform(0.3, LONGEST))
        workers = children(run.pid)
        kill(run.pid)
        run.communicate()
        wait_until(lambda workers=workers: not any(map(command_line, workers)), 20)
        assert before.items() <= written(out).items()
        before = written(out)
    batch(photos[0].parent, "--out", out, *ASKED)
    assert before.items() <= written(out).items()


def test_batch_workers_killed(photos, whole, tmp_path):
    kill_workers(photos, tmp_path / "out", FEW)
    assert rows(tmp_path / "out") == whole


def test_batch_runs_killed(photos, whole, tmp_path):
    kill_runs(photos, tmp_path / "out", FEW)
    assert_each_once(tmp_path / "out", photos)
    assert rows(tmp_path / "out") == whole


@pytest.mark.soak
def test_batch_workers_killed_soak(photos, whole, tmp_path):
    kill_workers(photos, tmp_path / "out", MANY)
    assert rows(tmp_path / "out") == whole


@pytest.mark.soak
def test_batch_runs_killed_soak(photos, whole, tmp_path):
    kill_runs(photos, tmp_path / "out", MANY)
    assert_each_once(tmp_path / "out", photos)
    assert rows(tmp_path / "out") == whole

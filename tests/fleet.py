"""What the tests of the batch share: small photos with faces, and runs that can be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from pictures import FACES, encode, open_sample

WIDTH = 320  # of the photos: small and quick, yet all faces are found
NO_PICTURE = "broken.jpg"


def write_photos(folder: Path, copies: int = 1) -> list[Path]:
    """The sample photos, small, so many times, and one file that is no picture."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in FACES:
        data = encode(open_sample(number, WIDTH))
        for copy in range(copies):
            (folder / f"{copy:03}-{number}.jpg").write_bytes(data)
    (folder / NO_PICTURE).write_bytes(b"no picture")
    return sorted(folder.iterdir())


def start(*arguments, **options) -> subprocess.Popen:
    """Start `python -m faceside batch` in a process group of its own."""
    command = [sys.executable, "-m", "faceside", "batch", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, start_new_session=True, **pipes, **options)


def batch(*arguments, code: int = 0) -> str:
    """Run `python -m faceside batch` to its end: what it printed, errors where it has failed."""
    run = start(*arguments)
    said, complaints = run.communicate()
    assert run.returncode == code, complaints
    return complaints if code else said


def rows(folder: Path) -> list[dict]:
    """Every row of a batch, by file and face."""
    table = pq.read_table(folder)
    return table.sort_by([("file", "ascending"), ("face", "ascending")]).to_pylist()


def assert_each_once(folder: Path, photos: list[Path]) -> None:
    """Every photo is in the table with each of its faces once, or in the list of failures once."""
    counted = Counter((row["file"], row["face"]) for row in rows(folder))
    expected = {
        (str(photo), face)
        for photo in photos
        if photo.name != NO_PICTURE
        for face in range(FACES[int(photo.stem[-1])])
    }
    assert counted == Counter(expected)
    failed = [json.loads(line) for line in (folder / "_failed.jsonl").read_text().splitlines()]
    assert [(each["file"], each["code"]) for each in failed] == [
        (str(photo), "image-unreadable") for photo in photos if photo.name == NO_PICTURE
    ]
    assert not list(folder.glob(".*.parquet*"))


def children(pid: int) -> list[int]:
    """The worker processes of a running batch (Linux)."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, task.read_text().split())
    return [child for child in found if "spawn_main" in command_line(child)]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def kill(pid: int) -> None:
    """Kill a process as the system does when memory is short, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_until(true, seconds: float = 60) -> None:
    """Wait until something is true; fail when it takes too long."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)

"""The driver's memory, which must not grow with the number of pictures (Linux)."""

import threading
import time
from pathlib import Path

import pytest
from fleet import start
from pictures import encode, open_sample

MEBIBYTE = 1 << 20
GROWTH = 1.1  # times the memory of the short run


def peak(pid: int, ended: threading.Event) -> int:
    """The most memory that a process has held so far, in bytes, read until it ends."""
    most = 0
    while not ended.is_set():
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                most = 1024 * int(line.split()[1])
        time.sleep(0.02)
    return most


def driver_memory(folder: Path, picture: bytes, count: int, *asked) -> int:
    """The driver's most memory over so many pictures: the same file, listed again and again."""
    file, listed, out = folder / "a.jpg", folder / f"{count}.txt", folder / f"out{count}"
    file.write_bytes(picture)
    listed.write_text(f"{file}\n" * count)
    run, ended, found = start("--files-from", listed, "--out", out, *asked), threading.Event(), []
    watching = threading.Thread(target=lambda: found.append(peak(run.pid, ended)))
    watching.start()
    said, complaints = run.communicate()
    ended.set()
    watching.join()
    assert run.returncode == 0, complaints
    assert f"of {count:,} pictures are in" in said
    print(f"{count:,} pictures: {found[0] / MEBIBYTE:.1f} MiB in the driver")
    return found[0]


def test_batch_memory_does_not_grow(tmp_path):
    """Pictures as small as they may be, without a face: many of them in little time."""
    picture = encode(open_sample(1, 16))
    short = driver_memory(tmp_path, picture, 200, "--shard-size", 20)
    assert driver_memory(tmp_path, picture, 3000, "--shard-size", 20) < GROWTH * short


@pytest.mark.soak
def test_batch_memory_soak(tmp_path):
    """One face a picture, by light nets, with all 68 points kept."""
    head = (177, 439, 543, 813)  # of sample 6
    picture = encode(open_sample(6).crop(head).resize((96, 96)))
    light = "--input-size 96 --recognizer openface --landmark-net landmarks68_tiny".split()
    asked = (*light, "--landmarks", "--shard-size", 50)
    short = driver_memory(tmp_path, picture, 1000, *asked)
    assert driver_memory(tmp_path, picture, 20_000, *asked) < GROWTH * short

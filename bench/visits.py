"""From navigation to the first box, on a first visit and on a second one once the first has kept on
the device what it keeps, and what the first takes."""

import gzip
import statistics
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import Browser

from bench.contestants import CONTESTANTS
from bench.serving import Server
from bench.turns import VIEWPORT, load, summary

VISITORS = {"ours": "default_detect", "face_api": "detect"}  # and the work that gives a box
ROUNDS = 3


def measure_visits(browser: Browser, address: str, server: Server, folder: Path) -> dict:
    """``{contestant: {first, second, bytes, compressed, parts}}``; times in ms."""
    times = {name: defaultdict(list) for name in VISITORS}
    found = {}
    for _ in range(ROUNDS):
        for contestant in (c for c in CONTESTANTS if c.name in VISITORS):
            context = browser.new_context(viewport=VIEWPORT)
            for visit in ("first", "second"):
                server.served.clear()
                page = context.new_page()
                load(page, address, contestant)
                work = VISITORS[contestant.name]
                page.evaluate("(work) => contestant.run(work, '3.png')", work)
                times[contestant.name][visit].append(page.evaluate("() => performance.now()"))
                if visit == "first":
                    found[contestant.name] = weigh(set(server.served), folder)
                    page.evaluate("() => contestant.kept?.()")
                page.close()
            context.close()
    for name, visits in times.items():
        middles = {visit: statistics.median(values) for visit, values in visits.items()}
        print(f"{name}: first box after {middles} ms; {found[name]['bytes']} bytes", flush=True)
    return {
        name: {visit: summary(values) for visit, values in visits.items()} | found[name]
        for name, visits in times.items()
    }


def weigh(files: set[str], folder: Path) -> dict:
    """Bytes of files as served, and as gzip would send them; by file, the largest first."""
    files = {name for name in files if not name.startswith(("pictures/", "pages/"))}
    sizes = {name: (folder / name).stat().st_size for name in files}
    packed = {name: len(gzip.compress((folder / name).read_bytes(), 6)) for name in files}
    largest = sorted(sizes, key=packed.get, reverse=True)
    return {
        "bytes": sum(sizes.values()),
        "compressed": sum(packed.values()),
        "parts": {name: {"bytes": sizes[name], "compressed": packed[name]} for name in largest},
    }

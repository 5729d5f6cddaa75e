"""Measures Faceside beside others in one browser: `make bench`, or `python -m bench --only detect`.

Writes bench/results.json, and after a whole run docs/speed.md with its chart.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import browser, report
from bench.contestants import WORKS
from bench.pictures import write_clip, write_pictures
from bench.serving import address_of, gather, serving
from bench.turns import ROUNDS, measure, measure_live
from bench.visits import measure_visits
from tools.problem import guarded
from tools.venv import ROOT

MOST_THREADS = 4  # what Faceside takes by itself where there are more cores
# Each ratio: our work, who of us, their work, who of them.
RATIOS = {
    "detect": ("detect", "ours", "detect", "face_api"),
    "full_3": ("full_3", "ours", "full_3", "face_api"),
    "default_full_3": ("default_full_3", "ours", "default_full_3", "face_api"),
    "js_1": ("default_full_1", "ours", "default_full_1", "plain"),
    "js_3": ("default_full_3", "ours", "default_full_3", "plain"),
    "js_10": ("default_full_10", "ours", "default_full_10", "plain"),
    "js_detect": ("default_detect_3", "ours", "default_detect_3", "plain"),
    "js_tiny": ("detect", "ours", "detect", "plain"),
    "match_1k": ("match_1k", "library", "match_1k", "face_api"),
    "match_10k": ("match_10k", "library", "match_10k", "face_api"),
    "match_100k": ("match_100k", "library", "match_100k", "face_api"),
}
ALL = (*(work.name for work in WORKS), "live", "visits")
# What each ratio should be.
GOALS = {
    "detect": ("at most", 0.4),
    "full_3": ("at most", 0.5),
    "default_full_3": ("at most", 0.75),
    "js_1": ("at most", 1.1),
    "js_10": ("at most", 1.15),
    "match_100k": ("at most", 0.02),
    "live": ("at least", 3),
}


def launch(playwright, clip: Path):
    """Chromium with a camera that plays the clip."""
    camera = f"--use-file-for-fake-video-capture={clip}"
    return playwright.chromium.launch(**browser.options(camera))


def ratio(ours: dict, theirs: dict) -> float:
    """Of two medians, to three digits."""
    return float(f"{ours['median'] / theirs['median']:.3g}")


def ratios(works: dict) -> dict:
    """Our median over theirs, for each ratio whose two works were measured."""
    found = {}
    for name, (our_work, ours, their_work, theirs) in RATIOS.items():
        mine, other = works.get(our_work, {}).get(ours), works.get(their_work, {}).get(theirs)
        if mine and other:
            found[name] = ratio(mine, other)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[*ALL])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--threads", type=int, default=min(MOST_THREADS, os.cpu_count()))
    wanted = parser.parse_args()
    works = [work for work in WORKS if work.name in wanted.only]
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, sync_playwright() as playwright:
        gather(Path(folder))
        write_pictures(Path(folder) / "pictures")
        with serving(Path(folder)) as server:
            address = address_of(server)
            clip = Path(folder) / "clip.y4m"
            write_clip(clip)
            chromium = launch(playwright, clip)
            live = {}
            if "live" in wanted.only:
                live = measure_live(chromium, address, wanted.threads)
            visits = {}
            if "visits" in wanted.only:
                visits = measure_visits(chromium, address, server, Path(folder))
            measured = measure(chromium, address, wanted.rounds, works, wanted.threads)
            machine = report.machine(chromium.version, wanted.threads)
            chromium.close()
    results = {"machine": machine, "works": measured, "live": live, "visits": visits}
    results["ratios"] = ratios(measured)
    if live:
        results["ratios"]["live"] = ratio(live["ours"], live["face_api"])
    print(json.dumps(results["ratios"], indent=1))
    (ROOT / "bench" / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    if set(wanted.only) == set(ALL):
        command = " ".join(["python -m bench", *sys.argv[1:]])
        report.write(results, GOALS, command)


if __name__ == "__main__":
    guarded(main)

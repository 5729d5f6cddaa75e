"""Measures Faceside beside others in one browser: `make bench`, or `python -m bench --only detect`.

Writes bench/results.json, and after a whole run docs/speed.md with its chart.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import report
from bench.contestants import WORKS
from bench.pictures import write_pictures
from bench.serving import gather, serving
from bench.turns import ROUNDS, measure
from tools.chromium import find_browser
from tools.problem import guarded
from tools.venv import ROOT

FLAGS = (
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --enable-precise-memory-info"
).split()
MOST_THREADS = 4  # what Faceside takes by itself where there are more cores
# Each ratio: our work, who of us, their work, who of them.
RATIOS = {
    "detect": ("detect", "ours", "detect", "face_api"),
    "full_3": ("full_3", "ours", "full_3", "face_api"),
    "default_full_3": ("default_full_3", "ours", "full_3", "face_api"),
    "js_1": ("default_full_1", "ours", "default_full_1", "plain"),
    "js_3": ("default_full_3", "ours", "default_full_3", "plain"),
    "js_10": ("default_full_10", "ours", "default_full_10", "plain"),
    "js_detect": ("default_detect_3", "ours", "default_detect_3", "plain"),
    "js_tiny": ("detect", "ours", "detect", "plain"),
    "match_1k": ("match_1k", "library", "match_1k", "face_api"),
    "match_10k": ("match_10k", "library", "match_10k", "face_api"),
    "match_100k": ("match_100k", "library", "match_100k", "face_api"),
}
# What each ratio should be at most.
GOALS = {
    "detect": 0.4,
    "full_3": 0.5,
    "default_full_3": 0.75,
    "js_1": 1.1,
    "js_10": 1.15,
    "match_100k": 0.02,
}


def launch(playwright):
    flags = list(FLAGS)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # which Chromium does not have for root
    return playwright.chromium.launch(executable_path=find_browser(), args=flags)


def ratios(works: dict) -> dict:
    """Our median over theirs, for each ratio whose two works were measured."""
    found = {}
    for name, (our_work, ours, their_work, theirs) in RATIOS.items():
        mine, other = works.get(our_work, {}).get(ours), works.get(their_work, {}).get(theirs)
        if mine and other:
            found[name] = float(f"{mine['median'] / other['median']:.3g}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[work.name for work in WORKS])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--threads", type=int, default=min(MOST_THREADS, os.cpu_count()))
    wanted = parser.parse_args()
    works = [work for work in WORKS if work.name in wanted.only]
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, sync_playwright() as playwright:
        gather(Path(folder))
        write_pictures(Path(folder) / "pictures")
        with serving(Path(folder)) as address:
            browser = launch(playwright)
            measured = measure(browser, address, wanted.rounds, works, wanted.threads)
            machine = report.machine(browser.version, wanted.threads)
            browser.close()
    results = {"machine": machine, "works": measured, "ratios": ratios(measured)}
    print(json.dumps(results["ratios"], indent=1))
    (ROOT / "bench" / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    if len(works) == len(WORKS):
        report.write(results, GOALS, "make bench")


if __name__ == "__main__":
    guarded(main)

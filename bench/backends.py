"""Our nets on each backend of this browser, side by side: `python -m bench.backends`.

Asks the page itself to time them, as "Time all of them now" in its settings does, on a picture of
three faces. `--software` brings a program in place of a GPU for WebGPU, where the browser has none.
Writes docs/speed.md between `<!-- backends -->` and `<!-- end -->`.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import browser, report
from bench.pictures import write_pictures
from bench.serving import address_of, gather, serving
from tools.problem import guarded
from tools.venv import ROOT

SOFTWARE = (
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
)
WITHIN = 600_000  # ms
MOST_THREADS = 4  # what Faceside takes by itself where there are more cores
TITLES = {"wasm": "WebAssembly", "webgpu": "WebGPU", "webgl": "WebGL", "webnn": "WebNN"}
# Brings in both detectors and recognizers and what tells expressions and age, at the sizes at which
# photos are worked on.
LOAD = """async (address) => {
  await faceside.ready;
  await faceside.describe(address, { expressions: true, ageAndGender: true });
  await faceside.describe(address, { detector: "tiny_face", recognizer: "dlib_resnet" });
}"""
TIMED = "() => !document.getElementById('backends-time').disabled"
TIMES = "() => localStorage.getItem('faceside-backend-times')"


def measure(page, address: str) -> tuple[dict[str, dict[str, float]], str]:
    """Milliseconds of one run by net and backend, and what the page says of GPUs."""
    page.goto(address + "site/")
    page.evaluate(LOAD, address + "pictures/3.png")
    page.goto(address + "site/#settings")
    page.click("#backends-time")
    page.wait_for_function(TIMED, timeout=WITHIN)
    times = json.loads(page.evaluate(TIMES))["times"]
    named = {name.split()[0]: by_backend for name, by_backend in times.items()}
    return named, page.locator("#backends-gpu").inner_text()


def table(times: dict[str, dict[str, float]]) -> list[str]:
    """One line a net, one column a backend that was there."""
    backends = [name for name in TITLES if any(name in by for by in times.values())]
    head = ["Net, ms a run", *(TITLES[name] for name in backends)]
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(["---"] * len(head)) + " |"]
    for net, by_backend in sorted(times.items()):
        cells = [f"{by_backend[name]:.1f}" if name in by_backend else "–" for name in backends]
        lines.append("| " + " | ".join([f"`{net}`", *cells]) + " |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--software", action="store_true", help="a program in place of a GPU")
    wanted = parser.parse_args()
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, sync_playwright() as playwright:
        gather(Path(folder))
        write_pictures(Path(folder) / "pictures")
        with serving(Path(folder)) as server:
            flags = SOFTWARE if wanted.software else ()
            chromium = playwright.chromium.launch(**browser.options(*flags))
            times, gpu = measure(chromium.new_page(), address_of(server))
            machine = report.machine(chromium.version, min(MOST_THREADS, os.cpu_count()))
            chromium.close()
    command = " ".join(["python -m bench.backends", *sys.argv[1:]])
    gpu = re.sub(r"\s+", " ", gpu)
    lines = [f"{date.today().isoformat()}, `{command}`, {machine}. {gpu}", "", *table(times)]
    print("\n".join(lines))
    report.PAGE.write_text(report.replaced(report.PAGE.read_text(), "backends", lines))


if __name__ == "__main__":
    guarded(main)

"""How soon a site that is kept on the device starts, beside others: `python -m bench.starts site
../before/site`.

Each folder is a whole site with a browser profile of its own. After a visit that keeps all of it
the servers stop, and the visits that count come in turn, without a network. Prints a table.
"""

import argparse
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import browser
from bench.serving import address_of, serving
from bench.turns import summary
from tools.problem import guarded

ROUNDS = 7
WARM_UP = 2  # visits until the browser has kept the code that it has compiled
KEEP = """async () => {
  const { active } = await facesideOffline.register().then(() => navigator.serviceWorker.ready);
  while (true) {
    const state = await facesideOffline.next(active, []);
    if (state.failure) throw new Error(state.failure);
    if (state.kept == state.all) return;
  }
}"""
READY = "() => faceside.ready.then(() => performance.now())"


def visit(profile, address: str, then: str | None = None) -> float:
    """Milliseconds from navigation until the engine is ready; `then` is done afterwards."""
    page = profile.new_page()
    page.goto(address)
    time = page.evaluate(READY)
    if then:
        page.evaluate(then)
    page.close()
    return time


def kept(chromium, folder: Path, own: Path) -> tuple:
    """A browser profile that has kept a site, and the address of it."""
    profile = chromium.launch_persistent_context(own, **browser.options())
    with serving(folder) as server:
        address = address_of(server)
        visit(profile, address, KEEP)
    return profile, address


def measure(folders: list[Path], rounds: int) -> list[dict]:
    """Median and quartiles of the milliseconds of each site."""
    with sync_playwright() as playwright, ExitStack() as stack:
        sites = []
        for folder in folders:
            own = stack.enter_context(tempfile.TemporaryDirectory())
            sites.append(kept(playwright.chromium, folder, own))
            stack.callback(sites[-1][0].close)
        times = [[visit(*site) for site in sites] for _ in range(WARM_UP + rounds)]
    return [summary(list(column)) for column in zip(*times[WARM_UP:], strict=True)]


def table(folders: list[Path], found: list[dict]) -> str:
    lines = [f"{date.today()}, `python -m bench.starts`:", ""]
    lines += ["| Site | Ready after, s | Quartiles | Ratio |", "| --- | --- | --- | --- |"]
    for folder, times in zip(folders, found, strict=True):
        low, middle, high = (times[key] / 1000 for key in ("low", "median", "high"))
        ratio = times["median"] / found[0]["median"]
        lines.append(f"| {folder.name} | {middle:.1f} | {low:.1f} to {high:.1f} | {ratio:.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    print(table(given.site, measure(given.site, given.rounds)))


if __name__ == "__main__":
    guarded(main)

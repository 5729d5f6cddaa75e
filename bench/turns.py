"""Runs the contestants in turn: A B C A B C …, so that what else the machine does meets all."""

import statistics
from collections import defaultdict
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Page

from bench.contestants import CONTESTANTS, Contestant, Work

VIEWPORT = {"width": 1280, "height": 900}
LOADED_WITHIN = 90_000  # ms
# Faceside reads the number that a person has chosen in its settings.
SET_THREADS = """
  globalThis.benchThreads = THREADS;
  localStorage.setItem("faceside-threads", "THREADS");
"""
DRAWN = 250  # ms until a page that comes to the front is drawn, which takes a core
WARM_UP = 3
ROUNDS = 15
SLOW_ROUNDS = 3  # of those that are slow, after one that does not count
LIVE = ("ours", "face_api")  # who has a page that names faces before the camera
LIVE_SECONDS, LIVE_ROUNDS = 5, 3


@contextmanager
def opened(browser: Browser, address: str, contestant: Contestant, threads: int):
    """The contestant's page, loaded, to run on so many threads."""
    context = browser.new_context(viewport=VIEWPORT, permissions=["camera"])
    context.add_init_script(SET_THREADS.replace("THREADS", str(threads)))
    page = context.new_page()
    load(page, address, contestant)
    assert page.evaluate("() => crossOriginIsolated"), f"{contestant.name} is not isolated"
    yield page
    context.close()


def load(page: Page, address: str, contestant: Contestant) -> None:
    """Opens the contestant's page and waits until it can be asked."""
    page.on("pageerror", lambda error: print(f"{contestant.name}: {error}", flush=True))
    page.goto(address + contestant.page, wait_until="commit")
    if contestant.adapter:
        page.evaluate("(address) => import(address)", contestant.adapter)
    page.wait_for_function("() => window.contestant", timeout=LOADED_WITHIN)


def run(page: Page, work: str, picture: str | None) -> dict:
    """One run: milliseconds, and how many faces were found."""
    page.bring_to_front()
    page.wait_for_timeout(DRAWN)
    name = picture and f"{picture}.png"
    return page.evaluate("([work, picture]) => contestant.run(work, picture)", [work, name])


def measure(browser: Browser, address: str, rounds: int, works: list[Work], threads: int) -> dict:
    """The times of every work of every contestant, ``{work: {contestant: summary}}``."""
    with ExitStack() as stack:
        pages = {
            contestant: stack.enter_context(opened(browser, address, contestant, threads))
            for contestant in CONTESTANTS
            if any(work.of(contestant) for work in works)
        }
        return {work.name: take_turns(pages, work, rounds) for work in works}


def take_turns(pages: dict[Contestant, Page], work: Work, rounds: int) -> dict:
    """One run of each after the other, so many times; the slow ones drop out early."""
    times, found = defaultdict(list), {}
    able = {contestant: work.of(contestant) for contestant in pages if work.of(contestant)}
    for number in range(-WARM_UP, rounds):
        for contestant, does in able.items():
            if contestant.slow and not -1 <= number < SLOW_ROUNDS:
                continue
            name = contestant.name
            answer = run(pages[contestant], does, work.picture)
            found[name] = answer["found"]
            if number >= 0:
                times[name].append(answer["ms"])
    print(work.title, flush=True)
    for name, ms in times.items():
        print(f"    {name:12} {statistics.median(ms):8.1f} ms  {found[name]} faces", flush=True)
    return {name: {**summary(ms), "faces": found[name]} for name, ms in times.items()}


def measure_live(browser: Browser, address: str, threads: int) -> dict:
    """Frames a second, ``{contestant: summary}``, with the tasks over 50 ms and the share of the
    looks at the page that found the name; each page opened alone."""
    answers = defaultdict(list)
    for _ in range(LIVE_ROUNDS):
        for contestant in (c for c in CONTESTANTS if c.name in LIVE):
            with opened(browser, address, contestant, threads) as page:
                answer = page.evaluate("(seconds) => contestant.live(seconds)", LIVE_SECONDS)
            assert answer["named"], f"{contestant.name} has lost the name"
            answers[contestant.name].append(answer)
    results = {name: summary_of_live(those) for name, those in answers.items()}
    print("Live, frames a second", flush=True)
    for name, result in results.items():
        print(
            f"    {name:12} {result['median']:8.1f}  named at {result['named']:.0%} of the looks, "
            f"{result['long_tasks']} long tasks",
            flush=True,
        )
    return results


def summary_of_live(answers: list[dict]) -> dict:
    """Of the runs of one contestant."""
    return {
        **summary([answer["rate"] for answer in answers]),
        "named": round(statistics.mean(answer["named"] for answer in answers), 3),
        "long_tasks": sum(answer["longTasks"] for answer in answers),
    }


def summary(values: list[float]) -> dict:
    """Median, quartiles and number of values."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {
        "median": round(middle, 3),
        "low": round(low, 3),
        "high": round(high, 3),
        "runs": len(values),
    }

"""`batch` on one core and on all, beside plain onnxruntime: `python -m bench.fleet`.

In turn, round after round, over the same pictures: `batch` with one worker process, `batch` with
one a core, and as many processes that only decode the pictures and run the same nets, on inputs
that were prepared before. Part of `make bench`; writes its tables into docs/speed.md and
docs/fleet.md.
"""

import argparse
import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from PIL import Image

from bench.pictures import squares_of
from bench.report import PAGE, replaced
from faceside.batch.folder import Folder
from faceside.batch.local import LocalEngine, available_cores
from faceside.batch.recipe import Recipe
from faceside.batch.run import run_batch
from faceside.batch.sources import Sources
from faceside.pipeline import Nets
from faceside.runtime.native import NativeRuntime, NativeSession
from tests.pictures import FACES
from tools.problem import guarded
from tools.venv import ROOT

PICTURES, SHARD, ROUNDS = 1200, 100, 5
SIDE = 250  # of the pictures, one face each, in pixels: as many data sets of faces have them
COSTS = ROOT / "docs" / "fleet.md"
MILLION, PRICE = 1_000_000, 0.04  # the price is assumed: US dollars for an hour of a core
SCALING, PLAIN = 1.7, 0.9  # what is aimed at


def write_pictures(folder: Path) -> list[Path]:
    """One picture of each face of the sample photos."""
    squares = [square for number in FACES for square in squares_of(number)]
    files = [folder / f"{number:02}.jpg" for number in range(len(squares))]
    for file, square in zip(files, squares, strict=True):
        square.resize((SIDE, SIDE), Image.LANCZOS).save(file, quality=90)
    return files


def batch_rate(listed: Path, workers: int) -> float:
    """Pictures a second while all workers are at work: without the start and the end."""
    with tempfile.TemporaryDirectory() as out:
        sources, engine = Sources(files_from=str(listed)), LocalEngine(workers)
        began = None
        for stage in run_batch(sources, Recipe(), Folder(out), engine, SHARD):
            if began is None and stage.done >= stage.total / 5:
                began, first = time.perf_counter(), stage.done
            if stage.done <= stage.total - workers * SHARD:
                ended, last = time.perf_counter(), stage.done
        return (last - first) / (ended - began)


def plain_rates(files: list[Path], count: int, workers: int) -> tuple[float, float]:
    """Pictures a second of plain processes: decoding and nets; nets alone."""
    spawn = multiprocessing.get_context("spawn")
    barrier, answers = spawn.Barrier(workers), spawn.SimpleQueue()
    arguments = files, count // workers, barrier, answers
    processes = [spawn.Process(target=plain, args=arguments) for _ in range(workers)]
    for process in processes:
        process.start()
    rates = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return tuple(map(sum, zip(*rates, strict=True)))


def plain(files: list[Path], count: int, barrier, answers) -> None:
    """One plain process: its own two rates."""
    prepared = asyncio.run(prepare(files))
    rates = []
    for decode in (True, False):
        barrier.wait()
        began = time.perf_counter()
        for number in range(count):
            file, runs = prepared[number % len(prepared)]
            if decode:
                with Image.open(file) as image:
                    image.convert("RGB").load()
            for session, inputs in runs:
                session.run(None, inputs)
        rates.append(count / (time.perf_counter() - began))
    answers.put(tuple(rates))


async def prepare(files: list[Path]) -> list[tuple[Path, list]]:
    """What each picture asks of which session of onnxruntime."""
    runs: list[tuple] = []
    run = NativeSession.run

    async def noted(session, inputs):
        runs.append((session._session, {name: array.copy() for name, array in inputs.items()}))
        return await run(session, inputs)

    NativeSession.run = noted
    nets, prepared = Nets(NativeRuntime(threads=1)), []
    for file in files:
        await Recipe().task(file, nets)
        prepared.append((file, runs.copy()))
        runs.clear()
    return prepared


def measure(rounds: int, workers: int) -> list[dict]:
    """The rates of every round."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        files = write_pictures(Path(folder))
        listed = Path(folder) / "list.txt"
        names = [str(files[number % len(files)]) for number in range(PICTURES)]
        listed.write_text("\n".join(names))
        for _ in range(rounds):
            rates = {"one": batch_rate(listed, 1), "all": batch_rate(listed, workers)}
            rates["plain"], rates["nets"] = plain_rates(files, PICTURES, workers)
            print({name: round(rate, 1) for name, rate in rates.items()}, flush=True)
            found.append(rates)
    return found


def verdict(value: float, goal: float) -> str:
    return f"{goal:g} | {'holds' if value >= goal else 'does not hold'}"


def table(rounds: list[dict], workers: int, command: str) -> list[str]:
    rate = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}

    def ratio(ours: str, theirs: str) -> float:
        return statistics.median(each[ours] / each[theirs] for each in rounds)

    scaling, bare, nets = ratio("all", "one"), ratio("all", "plain"), ratio("all", "nets")
    return [
        f"{date.today().isoformat()}, `{command}`, {len(rounds)} rounds of {PICTURES} pictures of "
        f"{SIDE} x {SIDE} with a face each, {os.cpu_count()} processor cores{busy()}:",
        "",
        "| | Pictures a second, median |",
        "| --- | --- |",
        f"| `batch`, 1 worker | {rate['one']:.1f} |",
        f"| `batch`, {workers} workers | {rate['all']:.1f} |",
        f"| decoding and the nets alone, {workers} processes | {rate['plain']:.1f} |",
        f"| the nets alone, {workers} processes | {rate['nets']:.1f} |",
        "",
        "| Ratio, median of the rounds | | Goal | |",
        "| --- | --- | --- | --- |",
        f"| {workers} workers to 1 | {scaling:.2f} | {verdict(scaling, SCALING)} |",
        f"| `batch` to decoding and the nets alone | {bare:.2f} | {verdict(bare, PLAIN)} |",
        f"| `batch` to the nets alone | {nets:.2f} | | |",
    ]


def busy() -> str:
    """How many programs ran, where the system tells it."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f", {os.getloadavg()[0]:.1f} programs running on average at the end"


def cost(rounds: list[dict], workers: int) -> list[str]:
    """What a million of these pictures takes and costs on cores like these."""
    rate = statistics.median(each["all"] for each in rounds) / workers
    hours = MILLION / rate / 3600
    return [
        f"Measured {date.today().isoformat()}: {rate:.1f} pictures a second and core with all "
        f"{workers} cores at work, pictures of {SIDE} x {SIDE} with a face each. So a million take "
        f"{hours:.1f} hours of a core and cost {hours * PRICE:.2f} dollars; on 100 cores they are "
        f"done in {hours / 100 * 60:.0f} minutes.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    wanted = parser.parse_args()
    workers = available_cores()
    command = "python -m bench.fleet"
    command += f" --rounds {wanted.rounds}" if wanted.rounds != ROUNDS else ""
    rounds = measure(wanted.rounds, workers)
    lines = table(rounds, workers, command)
    print("\n".join(lines))
    PAGE.write_text(replaced(PAGE.read_text(), "fleet", lines))
    COSTS.write_text(replaced(COSTS.read_text(), "cost", cost(rounds, workers)))


if __name__ == "__main__":
    guarded(main)

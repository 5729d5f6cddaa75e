"""How far a batch is, on standard error: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from .run import Stage

SECONDS_A_LINE = 10


def shown(stages: Iterable[Stage]) -> Iterator[Stage]:
    """Pass the stages on, and show pictures done, pictures a second and the time left."""
    console = Console(stderr=True)
    return _bar(stages, console) if console.is_terminal else _lines(stages, console)


def _bar(stages: Iterable[Stage], console: Console) -> Iterator[Stage]:
    columns = (
        TextColumn("Pictures"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.1f} a second"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task, rate = None, _Rate()
        for stage in stages:
            if task is None:
                task = progress.add_task("", total=stage.total, rate=0)
            progress.update(task, completed=stage.done, rate=rate.at(stage))
            yield stage


def _lines(stages: Iterable[Stage], console: Console) -> Iterator[Stage]:
    told, rate = time.monotonic(), _Rate()
    for stage in stages:
        speed = rate.at(stage)
        if time.monotonic() > told + SECONDS_A_LINE and speed:
            told = time.monotonic()
            left = timedelta(seconds=round((stage.total - stage.done) / speed))
            console.print(
                f"{stage.done:,} of {stage.total:,} pictures, {speed:.1f} a second, {left} left",
                highlight=False,
            )
        yield stage


class _Rate:
    """Pictures a second since the run began."""

    def __init__(self):
        self.first = None

    def at(self, stage: Stage) -> float:
        if self.first is None:
            self.first, self.began = stage.done, time.monotonic()
        seconds = time.monotonic() - self.began
        return (stage.done - self.first) / seconds if seconds else 0.0

"""The progress bars of the set-up: percentages, bytes and the time left."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)


@contextmanager
def progress(title: str, total: int, unit: str = "bytes") -> Iterator:
    """Shows a bar up to `total`; yields `update(done)`, done counted in bytes or in pieces."""
    count = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), count]
    with Progress(*columns, TimeRemainingColumn()) as bars:
        task = bars.add_task(title, total=total)
        yield lambda done: bars.update(task, completed=done)

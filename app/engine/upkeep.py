"""Nets are given back when they are no longer needed, but never under a picture's feet."""

import asyncio
from contextlib import contextmanager

from faceside import Nets


class Upkeep:
    """Releases nets as soon as no picture is being worked on.

    Args:
        nets: the nets to look after.
    """

    def __init__(self, nets: Nets):
        self.nets = nets
        self._working = 0
        self._kept: set[str] | None = None
        self._releases: set[asyncio.Task] = set()

    @contextmanager
    def working(self):
        """Around the work on a picture: until it ends, no net is released."""
        self._working += 1
        try:
            yield
        finally:
            self._working -= 1
            self._release()

    def keep_only(self, names) -> None:
        """Release all other nets once, as soon as no picture is being worked on."""
        self._kept = set(names)
        self._release()

    def _release(self) -> None:
        if self._working or self._kept is None:
            return
        for name in self.nets.loaded - self._kept:
            task = asyncio.ensure_future(self.nets.release(name))
            self._releases.add(task)
            task.add_done_callback(self._releases.discard)
        self._kept = None

"""How long the stages of one frame took."""

import time


class Clock:
    """Started when made."""

    def __init__(self):
        self.started = self._last = time.perf_counter()
        self._seconds = {}

    def stage(self, name: str) -> None:
        """End a stage; the next one begins."""
        now = time.perf_counter()
        self._seconds[name], self._last = now - self._last, now

    def milliseconds(self) -> dict[str, float]:
        """Of every stage, and of all of them."""
        seconds = self._seconds | {"total": self._last - self.started}
        return {name: 1000 * value for name, value in seconds.items()}

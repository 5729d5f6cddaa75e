"""Leaving the browser its turn while the interface makes much at once."""

import js

LONGEST = 15  # ms of work in one piece: what a frame of the screen takes


class Turns:
    """Work that began now; `give` between any two of its steps."""

    def __init__(self):
        self._began = js.performance.now()

    async def give(self):
        """Go on in a later task of the browser where this one has lasted long enough."""
        if js.performance.now() - self._began >= LONGEST:
            await js.Promise.resolve()  # MicroPython's `sleep(0)` goes on within the same task
            self._began = js.performance.now()

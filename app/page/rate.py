"""How many frames are worked on, told beside the picture."""

import js

import texts

EVERY = 500  # ms between two tellings
OVER = 2000  # ms the rate is taken over


class Rate:
    def __init__(self, view, element):
        self.view, self.element = view, element
        self.frames = 0
        self.a_second = 0
        self._times, self._told_at = [], 0

    def count(self, milliseconds):
        """One more frame, which took this long."""
        self.frames += 1
        self.view.setAttribute("data-frames", str(self.frames))
        now = js.performance.now()
        self._times = [t for t in self._times if now - t < OVER] + [now]
        if len(self._times) > 1:
            self.a_second = (len(self._times) - 1) * 1000 / (now - self._times[0])
            if now - self._told_at > EVERY:
                self._told_at = now
                self.element.textContent = texts.live_stats(
                    self.frames, self.a_second, milliseconds
                )

    def clear(self):
        self._times = []
        self.element.textContent = ""

"""What a frame costs, stage by stage: numbers as text, and a chart of the last frames."""

import js

import stored
import texts
from chart import Chart
from dom import by_id, make, on
from messages import spawn

KEPT = "speed"
EVERY = 500  # ms between two tellings
FRAMES = 120  # the chart shows
STAGES = ("capture", "detect", "attributes", "descriptors", "total")
COLOURS = [f"--series-{number + 1}" for number in range(len(STAGES))]


class Speed:
    """A panel that works only while it is open."""

    def __init__(self):
        self.panel = by_id("speed")
        self.numbers = {}
        numbers = by_id("speed-numbers")
        for name, colour in [("rate", None)] + list(zip(STAGES, COLOURS)):
            pair = make("div", parent=numbers, data_stage=name)
            term = make("dt", texts.STAGES[name], pair)
            if colour:
                term.style.setProperty("--swatch", f"var({colour})")
            self.numbers[name] = make("dd", "–", pair)
        self.chart = Chart(by_id("speed-chart"), COLOURS, 140)
        self._frames, self._told_at = [], 0
        self.panel.open = bool(stored.recall_view(KEPT).get("open"))
        on(self.panel, "toggle", self._on_toggle)

    def add(self, rate, taken, milliseconds):
        """One more frame: frames a second, ms to take it from the video, the engine's record."""
        if not self.panel.open:
            return
        capture = taken + milliseconds.read
        steps = [capture] + [getattr(milliseconds, name) for name in STAGES[1:-1]]
        now = js.performance.now()
        self._frames.append([now / 1000] + steps + [taken + milliseconds.total])
        if len(self._frames) > FRAMES:
            del self._frames[0]
        if now - self._told_at > EVERY:
            self._told_at = now
            self._tell(rate)

    def _tell(self, rate):
        self.numbers["rate"].textContent = f"{rate:.1f}"
        for name, value in zip(STAGES, self._frames[-1][1:]):
            self.numbers[name].textContent = texts.milliseconds(value)
        spawn(self.chart.draw([list(column) for column in zip(*self._frames)]))

    def _on_toggle(self, event):
        stored.keep_view(KEPT, {"open": self.panel.open})
        self._frames = []

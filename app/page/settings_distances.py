"""What the threshold means: how often it takes strangers for somebody, and where it stands among
the distances of the people kept here."""

import js

import texts
import views
from dom import by_id, make_svg, on, show
from messages import spawn
from worker import call, is_ready, on_change

WIDTH, HEIGHT = 400, 120


class Distances:
    def __init__(self):
        self.figure, self.drawing = by_id("distances"), by_id("distances-drawing")
        self.estimate = by_id("false-accepts")
        self._turn = 0
        on_change(self.refresh)
        on(js.window, "hashchange", lambda event: self.refresh())

    def refresh(self):
        """Compute it anew, where somebody looks."""
        if is_ready() and views.current() == "settings":
            spawn(self._refresh())

    async def _refresh(self):
        self._turn += 1
        turn = self._turn
        found = await call("distances")
        if turn != self._turn:
            return
        self.estimate.textContent = texts.false_accepts(
            found.falseAcceptRate, found.people, found.strangersNamed
        )
        show(self.figure, found.same.pairs + found.different.pairs > 0)
        self.drawing.replaceChildren()
        for kind in ("different", "same"):
            record = getattr(found, kind)
            by_id("distances-" + kind).textContent = texts.pairs_nearer(record.nearer, record.pairs)
            make_svg("path", self.drawing, class_=kind, d=_bars(list(record.bins)))
        x = f"{found.threshold / found.top * WIDTH:.1f}"
        make_svg("path", self.drawing, class_="threshold", d=f"M{x} 0V{HEIGHT}")
        by_id("distances-top").textContent = f"{found.top:.2f}"


def _bars(counts):
    """The outline of a histogram; each kind fills the height, for pairs of different people are
    far more."""
    most, step = max(counts) or 1, WIDTH / len(counts)
    path = f"M0 {HEIGHT}"
    for number, count in enumerate(counts):
        path += f"V{HEIGHT * (1 - count / most):.1f}H{(number + 1) * step:.1f}"
    return path + f"V{HEIGHT}Z"

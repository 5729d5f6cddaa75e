"""Lines over time by uPlot, which is loaded when the first chart is drawn.

chart = Chart(element, ["--series-1"], 140)
await chart.draw([times, values])
"""

import js
from pyscript import js_import
from pyscript.ffi import to_js

from dom import make

ROOT = js.URL.new("./vendor/uplot/", js.location.href).href

_loading = []


async def _uplot():
    """uPlot's constructor; its style sheet is asked for once."""
    if not _loading:
        _loading.append(js_import(ROOT + "uPlot.esm.js"))
        make("link", parent=js.document.head, rel="stylesheet", href=ROOT + "uPlot.min.css")
    modules = await _loading[0]
    return modules[0].default


class Chart:
    """Lines in colours that are CSS variables, `height` css px high; times in seconds."""

    def __init__(self, element, colours, height, top=None):
        self.element, self.colours, self.height, self.top = element, colours, height, top
        self._plot = self._look = None
        self._busy = False

    async def draw(self, columns, start=None, end=None):
        """Draw times and values, None for a gap, from one time to another."""
        width = self.element.clientWidth
        if self._busy or not width:
            return
        self._busy = True
        try:
            make_plot = await _uplot()
            look = self._colours()
            if look != self._look:
                self.remove()
                self._look = look
                self._plot = make_plot.new(to_js(self._options(width)), None, self.element)
            elif self._plot.width != width:
                self._plot.setSize(to_js({"width": width, "height": self.height}))
            self._plot.setData(to_js(columns), start is None)
            if start is not None:
                self._plot.setScale("x", to_js({"min": start, "max": end}))
        finally:
            self._busy = False

    def remove(self):
        if self._plot:
            self._plot.destroy()
            self._plot = self._look = None

    def _colours(self):
        style = js.getComputedStyle(self.element)
        names = self.colours + ["--muted", "--line"]
        return [style.getPropertyValue(name).strip() for name in names]

    def _options(self, width):
        *lines, ink, grid = self._look
        values = {
            "stroke": ink,
            "font": "12px system-ui, sans-serif",
            "grid": {"stroke": grid, "width": 1},
            "ticks": {"show": False},
            "size": 44,
        }
        return {
            "width": width,
            "height": self.height,
            "legend": {"show": False},
            "cursor": {"show": False},
            "scales": {"x": {"time": False}, "y": {"range": [0, self.top]} if self.top else {}},
            "axes": [{"show": False}, values],
            "padding": [8, 8, 8, 0],
            "series": [{}] + [{"stroke": colour, "width": 1.5} for colour in lines],
        }

"""How much the page and its worker have asked for, by origin, counted while somebody looks."""

import asyncio

import js

import texts
import views
from dom import by_id, make
from messages import spawn
from worker import FacesideError, call, is_ready

EVERY = 1  # s between two looks


class Requests:
    """The list of origins; `watch()` when the view is shown."""

    def __init__(self):
        self.state, self.list = by_id("requests-state"), by_id("requests-list")
        self._watching = False
        self._shown = None

    def watch(self):
        if not self._watching:
            self._watching = True
            spawn(self._watch())

    async def _watch(self):
        try:
            while views.current() == "privacy" and not js.document.hidden:
                self._show(list(js.facesideRequests()), await self._of_engine())
                await asyncio.sleep(EVERY)
        finally:
            self._watching = False

    async def _of_engine(self):
        """What the worker has asked for; None before it has started and where it has died."""
        if is_ready():
            try:
                return list(await call("requests"))
            except FacesideError:
                pass

    def _show(self, page, engine):
        numbers = {}  # by origin: [of the page, of the engine, refused]
        for place, rows in enumerate((page, engine or [])):
            for origin, number, refused in rows:
                row = numbers.setdefault(origin, [0, 0, 0])
                row[place] += number
                row[2] += refused
        origins = sorted(numbers, key=lambda origin: (origin != js.location.origin, origin))
        rows = [(origin, numbers[origin]) for origin in origins]
        if (rows, engine is None) == self._shown:
            return
        self._shown = rows, engine is None
        self.list.replaceChildren()
        elsewhere = 0
        for origin, (page, engine_too, refused) in rows:
            if origin != js.location.origin:
                elsewhere += page + engine_too - refused
            line = make("div", parent=self.list, data_origin=origin)
            make("dt", origin, line, translate="no")
            told = None if engine is None else engine_too
            make("dd", texts.requests_of(page, told, refused), line)
        self.state.textContent = texts.requests_state(elsewhere)

"""Ways out, tried when somebody asks for it: what the browser said to each."""

import texts
from dom import by_id, make, on
from messages import spawn
from privacy_room import load
from worker import call, is_ready


class Ways:
    """The button, and the list of what came of it."""

    def __init__(self):
        self.button, self.state = by_id("ways-try"), by_id("ways-state")
        self.list = by_id("ways-list")
        self._busy = False
        on(self.button, "click", self._on_click)

    def _on_click(self, event):
        if not self._busy:
            spawn(self._try())

    async def _try(self):
        self._set_busy(True)
        self.state.textContent = texts.TRYING
        try:
            module = await load("ways.mjs")
            tried = [list(way) + [False] for way in list(await module.tryWays())]
            if is_ready():
                tried += [list(way) + [True] for way in list(await call("try_ways_out"))]
        finally:
            self.state.textContent = ""
            self._set_busy(False)
        self.list.replaceChildren()
        for way, refused, directive, in_worker in tried:
            self._show(way, refused, directive, in_worker)
        refused = sum(bool(way[1]) for way in tried)
        self.state.textContent = texts.ways_state(len(tried), refused)

    def _show(self, way, refused, directive, in_worker):
        item = make("li", parent=self.list, data_way=way, data_refused=str(bool(refused)).lower())
        name = texts.WAYS[way]
        make("span", f"{name}, {texts.FROM_WORKER}" if in_worker else name, item)
        if refused and directive:
            told = make("span", texts.REFUSED + " ", item, class_="muted")
            make("code", directive, told, translate="no")
        else:
            make("span", texts.TAKEN_AWAY if refused else texts.NOT_REFUSED, item, class_="muted")

    def _set_busy(self, busy):
        self._busy = busy
        self.button.setAttribute("aria-disabled", "true" if busy else "false")

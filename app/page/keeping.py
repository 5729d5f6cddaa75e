"""People are forgotten after the day that was set: looked for at the start, each hour while the
page is open, and when a lock opens. The latest time seen is kept, so that a clock that has jumped
is asked about instead of believed."""

import js

import dialogs
import journal
import lock
import messages
import stored
import texts
from days import moment, shown, today
from dom import by_id
from messages import spawn
from worker import call, tell_keep

EVERY = 3_600_000  # ms
KEPT = "clock"  # of the Web Storage


class Keeping:
    """`look()` once the engine has started."""

    def __init__(self):
        self.confirm = dialogs.Dialog("clock")
        self.help = by_id("clock-help")
        self._begun = self._asked = False
        lock.on_lock(lambda locked: locked or self._begun and self.look())

    def look(self):
        if not self._begun:
            self._begun = True
            js.setInterval(self.look, EVERY)
        if not lock.is_locked():
            spawn(self._look())

    async def _look(self, sure=False):
        before, now = stored.recall_view(KEPT).get("seen"), moment()
        answer = await call("forget_due", today(), now, before, sure)
        if answer.waiting:
            self._ask(answer.waiting, before, now)
            return
        stored.keep_view(KEPT, {"seen": now})
        labels = list(answer.forgotten)
        if labels:
            tell_keep()
            journal.note("due", len(labels))
            messages.notice(texts.forgotten_as_set(labels))

    def _ask(self, number, before, now):
        """Ask once a visit whether the clock is right."""
        if self._asked:
            return
        self._asked = True
        seen = shown(before) if before else None
        self.help.textContent = texts.clock_jumped(number, shown(now), seen)

        async def submit(text, insist):
            await self._look(sure=True)

        self.confirm.open(submit)

"""Describing all photos anew after a change of recognizer: start, pause, go on, cancel.

What is left to do the engine reads off the photos themselves; kept on the device is only whether a
person wants it to run or to pause.
"""

import asyncio

import js

import lock
import texts
from addresses import address_of
from dom import button, by_id, make, offer, on, show
from messages import spawn
from worker import call, tell_keep

WISH = "faceside-recompute"  # kept on the device: "running", "paused" or ""


class Recompute:
    """The panel of the people view, and the notices that offer it; `title(recognizer)` is what
    people call one."""

    def __init__(self, title):
        self.panel, self.bar = by_id("recompute"), by_id("recompute-bar")
        self.state, self.heading = by_id("recompute-state"), by_id("recompute-title")
        self.pause, self.cancel = by_id("recompute-pause"), by_id("recompute-cancel")
        self.problems = by_id("recompute-problems")
        self.notices = list(js.document.querySelectorAll("[data-unmatched]"))
        self.wish = js.facesideEarly.recall(WISH)
        self._title = title
        self._loop = False
        for notice in self.notices:
            make("span", parent=notice)
            button(texts.RECOMPUTE, lambda event: self.start(), notice)
        on(self.pause, "click", lambda event: self._toggle())
        on(self.cancel, "click", lambda event: self._end())

    def use(self):
        """The engine is ready, its settings have changed, or the people are unlocked: go on with
        what was begun."""
        if self.wish and not lock.is_locked():
            show(self.panel)
            spawn(self._resume())

    def start(self):
        """Begin, wherever in the page it was asked for."""
        if js.location.hash[1:] != "people":
            js.location.hash = "people"
        self._want("running")
        show(self.panel)
        spawn(self._begin())

    def tell_unmatched(self, unmatched):
        """Say who is not recognised because another recognizer described them."""
        numbers = [(name, getattr(unmatched, name)) for name in js.Object.keys(unmatched)]
        text = " ".join(texts.unmatched(number, self._title(name)) for name, number in numbers)
        for notice in self.notices:
            notice.firstElementChild.textContent = text
            show(notice, bool(text) and not self.wish)

    async def _begin(self):
        await call("recompute_again")
        self._show(await call("recompute_state"))
        (self.cancel if self.pause.hidden else self.pause).focus()
        await self._run()

    async def _resume(self):
        if self.wish == "running":
            await self._run()
        else:
            self._show(await call("recompute_state"))

    async def _run(self):
        if self._loop:
            return
        self._loop = True
        try:
            state = await call("recompute_state")
            self._show(state)
            while self.wish == "running" and state.left and not lock.is_locked():
                state = await call("recompute_next")
                self._show(state)
                await asyncio.sleep(0)
        finally:
            self._loop = False
        if lock.is_locked():
            return  # it goes on when the people are unlocked
        if self.wish == "running":
            self._want("")
            self._show(state)
        tell_keep()

    def _toggle(self):
        self._want("paused" if self.wish == "running" else "running")
        spawn(self._resume())

    def _end(self):
        if not self.wish:
            show(self.panel, False)
            by_id("people-title").focus()
            return
        self._want("")
        spawn(self._after_cancel())

    async def _after_cancel(self):
        self._show(await call("recompute_state"))
        tell_keep()

    def _want(self, wish):
        self.wish = wish
        js.facesideEarly.keep(wish, WISH)

    def _show(self, state):
        running = self.wish == "running"
        done = state.photos - state.left
        self.panel.setAttribute("data-state", self.wish or ("done" if not state.left else "ended"))
        self.heading.textContent = texts.recompute_title(self._title(state.recognizer))
        self.bar.max, self.bar.value = max(1, state.photos), done
        self.state.textContent = texts.recompute_state(done, state.photos, self.wish)
        self.pause.textContent = texts.PAUSE if running else texts.CONTINUE
        offer(self.pause, bool(self.wish), self.cancel)
        self.cancel.textContent = texts.CANCEL if self.wish else texts.CLOSE
        self.problems.replaceChildren()
        for problem in state.problems if not running else ():
            item = make("li", parent=self.problems)
            make("a", problem.label, item, href=address_of(problem.label, problem.id), dir="auto")
            make("span", texts.recompute_problem(problem), item)
        if state.moreProblems and not running:
            make("li", texts.more_people(state.moreProblems), self.problems)

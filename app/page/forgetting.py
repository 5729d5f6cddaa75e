"""Forget everything: what this address keeps in the browser is deleted, looked for again, and the
page stands still until it is loaded anew, in this tab and in all others."""

import js

import dialogs
import lock
import texts
import worker
from dom import by_id, on, show
from kept import show_fact
from messages import spawn
from privacy_room import load

CHANNEL = "faceside-forget"


class Forgetting:
    """`before()` runs first, here or where another tab forgets everything."""

    def __init__(self, before):
        self._before = before
        self._channel = js.BroadcastChannel.new(CHANNEL)
        self.confirm = dialogs.Dialog("forget-all")
        self.panel, self.title = by_id("forgotten"), by_id("forgotten-title")
        self.state, self.list = by_id("forgotten-state"), by_id("forgotten-list")
        self.reload = by_id("forgotten-reload")
        on(by_id("forget-everything"), "click", lambda event: self._ask())
        on(self.reload, "click", lambda event: js.location.reload())
        on(self._channel, "message", lambda event: self._follow())

    def _ask(self):
        async def submit(text, insist):
            spawn(self._forget())

        self.confirm.open(submit, refocus=by_id("forget-title").focus)

    async def _forget(self):
        module = await load("kept.mjs")
        self._stop(texts.FORGETTING)
        show(self.reload, False)
        self._channel.postMessage("forget")
        left = list(await module.forget())
        self.title.textContent = texts.FORGOTTEN
        self._show(left)
        show(self.reload)

    def _follow(self):
        """Another tab forgets everything: this one must not write anything back."""
        self._stop(texts.FORGOTTEN_ELSEWHERE)
        self.state.textContent = texts.ERRORS["everything-forgotten"]

    def _stop(self, title):
        """Take everything off the page, and end whatever could still write."""
        js.facesideEarly.keep = lambda *_: False
        js.facesideOffline.next = lambda *_: js.Promise.new(lambda resolve, reject: None)
        self._before()
        worker.end()
        lock.cover()
        dialogs.forget()
        js.document.documentElement.setAttribute("data-forgotten", "")
        self.title.textContent = title
        show(self.panel)
        self.title.focus()

    def _show(self, left):
        whole = all(number == 0 for _, number in left)
        self.state.textContent = texts.NOTHING_LEFT if whole else texts.SOMETHING_LEFT
        for name, number in left:
            show_fact(self.list, name, texts.KEPT[name], [(None, str(number))] if number else [])

"""What the page has to tell: successes that go by themselves, errors that stay until dismissed."""

import asyncio
import sys

import js

import texts
from dom import button, by_id, make, on
from worker import FacesideError, call

SHOWN_FOR = 5000  # ms a success stays
UNDO_FOR = 10000  # ms one can be taken back
AT_MOST = 4

_region = by_id("messages")


def success(text, undo=None):
    """Say what has worked; `undo` is the engine's token by which it can be taken back, by a button
    or by Ctrl+Z."""
    item = _item(text, "success")
    if undo is None:
        js.setTimeout(lambda: item.remove(), SHOWN_FOR)
    else:
        _Undo(item, undo)


def notice(text):
    """Say what has happened by itself; it stays until somebody has read it."""
    _item(text, "success")


class _Undo:
    """The button that takes a change back, there for a while, and as long as somebody is at it."""

    def __init__(self, item, token):
        self.item, self.token = item, token
        self.button = button(texts.UNDO, self._on_undo, data_undo=str(token))
        self.button.setAttribute("aria-keyshortcuts", "Control+Z Meta+Z")
        item.insertBefore(self.button, item.lastElementChild)
        self._wait()

    def _wait(self):
        js.setTimeout(self._end, UNDO_FOR)

    def _end(self):
        if self.item.isConnected and self.item.matches(":hover, :focus-within"):
            self._wait()
            return
        self.item.remove()
        if not self.button.disabled:
            spawn(call("end_undo", self.token))

    def _on_undo(self, event):
        if not self.button.disabled:
            self.button.disabled = True
            spawn(self._take_back())

    async def _take_back(self):
        try:
            done = await call("undo", self.token)
        except FacesideError:
            self.button.disabled = False
            raise
        self.item.remove()
        if done:
            success(texts.UNDONE)
        else:
            error(FacesideError("undo-over"))


def _on_key(event):
    """Ctrl+Z takes the latest change back, unless something is typed."""
    if event.key.lower() != "z" or not (event.ctrlKey or event.metaKey) or event.shiftKey:
        return
    if event.target.closest("input:not([type=checkbox]), textarea, dialog[open]"):
        return
    undoable = list(_region.querySelectorAll("[data-undo]:not(:disabled)"))
    if undoable:
        event.preventDefault()
        undoable[-1].click()


on(js.document, "keydown", _on_key)


def error(fault):
    """Show an error's sentence once, however often it is raised while it is on the screen."""
    for shown in list(_region.children):
        if (
            shown.getAttribute("data-code") == fault.code
            and shown.firstChild.textContent == fault.message
        ):
            return
    item = _item(fault.message, "error")
    item.setAttribute("data-code", fault.code)
    item.setAttribute("role", "alert")
    make("code", fault.code, item)


def clear(code):
    for shown in list(_region.children):
        if shown.getAttribute("data-code") == code:
            shown.remove()


def end_undo():
    """Take the offers to take changes back away: there is nothing left to do it with."""
    for offer in list(_region.querySelectorAll("[data-undo]")):
        offer.closest(".message").remove()


def clear_all():
    """Take all messages away."""
    _region.replaceChildren()


def spawn(work):
    """Run a coroutine; whatever it raises becomes a message, never silence."""

    async def guarded():
        try:
            await work
        except FacesideError as fault:
            error(fault)
        except Exception as fault:
            sys.print_exception(fault)
            error(FacesideError("unexpected"))

    return asyncio.create_task(guarded())


def _item(text, kind):
    while _region.childElementCount >= AT_MOST:
        _region.firstElementChild.remove()
    item = make("div", parent=_region, class_="message " + kind)
    make("p", text, item, dir="auto")
    button("×", lambda event: item.remove(), item, class_="icon", aria_label=texts.DISMISS)
    return item

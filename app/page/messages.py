"""What the page has to tell: successes that go by themselves, errors that stay until dismissed."""

import asyncio
import sys

import js

import texts
from dom import button, by_id, make
from worker import FacesideError

SHOWN_FOR = 5000  # ms a success stays
AT_MOST = 4

_region = by_id("messages")


def success(text):
    item = _item(text, "success")
    js.setTimeout(lambda: item.remove(), SHOWN_FOR)


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

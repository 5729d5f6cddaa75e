"""The views of the page: those the navigation names, one at a time, by the page's address."""

import js
from pyscript.ffi import to_js

from dom import by_id, on, show

_links = list(js.document.querySelectorAll("nav [data-view]"))
NAMES = [link.dataset.view for link in _links]
SITE = js.document.title


def current():
    """The name of the view that the address asks for, the first one where it names none."""
    name = js.location.hash[1:].partition("/")[0]
    return name if name in NAMES else NAMES[0]


def part():
    """What the address asks for within the view, such as a person's name; damage does no harm."""
    rest = js.location.hash[1:].partition("/")[2]
    return js.URLSearchParams.new("part=" + rest).get("part")


def update():
    """Show that view and no other; its name."""
    name = current()
    for link in _links:
        view = link.dataset.view
        show(by_id(view), view == name)
        if view == name:
            link.setAttribute("aria-current", "page")
            js.document.title = f"{link.textContent} – {SITE}"
        else:
            link.removeAttribute("aria-current")
    return name


def focus():
    """Put the focus on the heading of the view shown, which is then read out."""
    headings = list(by_id(current()).querySelectorAll("h2"))
    heading = next((h for h in headings if h.offsetParent), headings[0])
    heading.tabIndex = -1
    heading.focus(to_js({"preventScroll": True}))


def _on_skip(event):
    event.preventDefault()  # the address names views, not places
    focus()


def _on_link(event):
    if event.currentTarget.hash == js.location.hash:
        event.preventDefault()  # which would only take the focus away
        focus()


on(by_id("skip"), "click", _on_skip)
for _link in _links:
    on(_link, "click", _on_link)

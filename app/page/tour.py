"""The tour: three steps at the first visit on this device, and again by "Help" in the footer.

early.js shows it with the first picture of the page, where nobody has seen it yet. It lies in the
page, over nothing, and takes no focus by itself.
"""

import js

import texts
import views
from dom import by_id, offer, on, show

KEY = "faceside-tour"
EARLY = "data-tour"  # of the root element: set while the tour is shown

_root = js.document.documentElement
_panel, _steps, _number = by_id("tour"), by_id("tour-steps"), by_id("tour-number")
_back, _next, _skip = by_id("tour-back"), by_id("tour-next"), by_id("tour-skip")
_help = by_id("help")
_all = list(_steps.children)
_step = 0
_by_help = False


def start():
    """Follow the buttons; the tour counts as seen as soon as somebody does something."""
    on(_next, "click", lambda event: _go(_step + 1) if _step + 1 < len(_all) else _close())
    on(_back, "click", lambda event: _go(_step - 1))
    on(_skip, "click", lambda event: _close())
    on(_help, "click", lambda event: _open())
    on(js.document, "keydown", _on_key)
    if _is_open():
        for kind in ("pointerdown", "keydown"):
            on(js.document, kind, lambda event: js.facesideEarly.keep("seen", KEY))
        _go(0)


def _is_open():
    return _root.hasAttribute(EARLY)


def _go(step):
    global _step
    _step = step
    for number, element in enumerate(_all):
        show(element, number == step)
    _number.textContent = texts.tour_number(step + 1, len(_all))
    last = step + 1 == len(_all)
    _next.textContent = texts.TOUR_DONE if last else texts.TOUR_NEXT
    offer(_back, step > 0, _next)
    offer(_skip, not last, _next)


def _open():
    global _by_help
    _by_help = True
    _root.setAttribute(EARLY, "")
    _go(0)
    _panel.focus()


def _close():
    """Hide the tour; a focus in it goes back to where it came from."""
    global _by_help
    inside = _panel.contains(js.document.activeElement)
    _root.removeAttribute(EARLY)
    if inside and _by_help:
        _help.focus()
    elif inside:
        views.focus()
    _by_help = False


def _on_key(event):
    """Escape closes, unless something else is worked that has its own use for it."""
    if event.key != "Escape" or event.defaultPrevented or not _is_open():
        return
    if not event.target.closest("input, select, textarea, dialog"):
        _close()

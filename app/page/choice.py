"""One setting of the page itself, kept on this device: a select and the way back to its default."""

import js

import messages
import texts
from dom import button, by_id, make, offer, on
from worker import FacesideError


class Choice:
    """The row of the select `name`, whose value is kept under `key`; "" is the default, which is
    kept as nothing. `on_change()` runs after every change. Where the row has a button
    `NAME-reload`, a value holds from the next load of the page on, which that button brings."""

    def __init__(self, name, key, on_change):
        self.select, self.reload = by_id(name), by_id(name + "-reload")
        self._key, self._on_change = key, on_change
        self._at_load = ""
        row = self.select.closest(".setting")
        self.back = button("", lambda event: self.choose(""), hidden="")
        row.insertBefore(self.back, self.reload)
        self._label = row.querySelector("label").textContent
        on(self.select, "change", lambda event: self.choose(self.select.value))
        if self.reload:
            on(self.reload, "click", lambda event: js.location.reload())

    def offer(self, default, options):
        """Show what may be chosen: what the default is called, and (value, text) of the others."""
        self.select.replaceChildren()
        for value, text in [("", default)] + options:
            make("option", text, self.select, value=value)
        text = texts.back_to_default(default)
        self.back.textContent = text
        self.back.setAttribute("aria-label", f"{text}: {self._label}")
        self._write(js.facesideEarly.recall(self._key))
        self._at_load = self.select.value
        self._show_ways()

    def differs(self):
        """Whether another value than the default is chosen."""
        return bool(self.select.value)

    def choose(self, value):
        """Choose a value, "" for the default, and keep it."""
        self._write(value)
        self._show_ways()
        if not js.facesideEarly.keep(self.select.value, self._key):
            messages.error(FacesideError("settings-not-kept"))
        self._on_change()

    def _write(self, value):
        self.select.value = value
        if self.select.selectedIndex < 0:
            self.select.value = ""  # it was kept where there was more to choose from

    def _show_ways(self):
        offer(self.back, self.differs(), self.select)
        if self.reload:
            offer(self.reload, self.select.value != self._at_load, self.select)

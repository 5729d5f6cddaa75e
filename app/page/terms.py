"""On what terms the person shown is kept: the last day, and the agreement."""

import js
from pyscript.ffi import to_js

import texts
from dom import by_id, on
from messages import spawn
from worker import FacesideError, call

FIELDS = {
    "forget_after": "person-until",
    "agreed": "person-agreed",
    "agreement": "person-agreement",
}


class Terms:
    """The fields; each is kept when it is left."""

    def __init__(self):
        self.state = by_id("person-terms-state")
        self.label = None
        self.fields = {name: by_id(id) for name, id in FIELDS.items()}
        for name, field in self.fields.items():
            on(field, "change", lambda event, name=name: self._on_change(name))

    def show(self, label, terms):
        """Fill in what is kept; a field that somebody is at stays as it is."""
        if label != self.label:
            self.state.textContent = ""
        for name, field in self.fields.items():
            if label != self.label or js.document.activeElement != field:
                field.value = getattr(terms, name) if terms else ""
        self.label = label

    def clear(self):
        """Take the terms off the page."""
        self.show(None, None)

    def _on_change(self, name):
        self.state.textContent = ""
        spawn(self._keep(name))

    async def _keep(self, name):
        label, field = self.label, self.fields[name]
        if label is None:
            return
        try:
            await call("set_terms", label, to_js({name: field.value}))
        except FacesideError as fault:
            self.state.textContent = fault.message
            return
        if label == self.label:
            self.state.textContent = texts.NOTES_SAVED

"""The notes about a person: kept by themselves a moment after the last key."""

import js

import texts
from dom import by_id, on
from messages import spawn
from worker import FacesideError, call

SAVE_AFTER = 800  # ms after the last key


class Notes:
    """The field of the person shown."""

    def __init__(self):
        self.field, self.state = by_id("person-notes"), by_id("person-notes-state")
        self.label = None  # whose notes the field holds
        self._kept = ""
        self._timer = None
        self._writing = False
        on(self.field, "input", self._on_input)
        on(self.field, "change", lambda event: spawn(self.save()))

    def show(self, label, notes):
        """Fill in what is kept. What is being typed stays, with what another tab has kept meanwhile
        above it, so that neither is lost."""
        if label != self.label:
            self.label, self._kept = label, notes
            self.field.value = notes
            self.state.textContent = ""
        elif not self._writing:  # or else it is shown again afterwards
            if not self.is_unsaved():
                self._replace(notes)
            elif notes != self._kept and notes not in self.field.value:
                self._put_above(notes)
            self._kept = notes

    def clear(self):
        """Take the notes off the page."""
        self.label, self._kept, self.field.value = None, "", ""
        self.state.textContent = ""

    def is_unsaved(self):
        return self.field.value.strip() != self._kept

    async def save(self):
        label, text = self.label, self.field.value
        if label is None or not self.is_unsaved():
            return
        self._writing = True
        try:
            kept = await call("note", label, text)
        except FacesideError as fault:
            self.state.textContent = fault.message
            return
        finally:
            self._writing = False
        if label == self.label:
            self._kept = kept
            self.state.textContent = texts.NOTES_SAVED

    def _replace(self, notes):
        if self.field.value.strip() != notes:  # a space typed last stays under the caret
            self.field.value = notes

    def _put_above(self, notes):
        field = self.field
        length, start, end = field.textLength, field.selectionStart, field.selectionEnd
        field.value = notes + "\n" + field.value
        longer = field.textLength - length
        field.setSelectionRange(start + longer, end + longer)

    def _on_input(self, event):
        self.state.textContent = ""
        if self._timer:
            js.clearTimeout(self._timer)
        self._timer = js.setTimeout(lambda: spawn(self.save()), SAVE_AFTER)

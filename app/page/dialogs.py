"""Dialogs that stay open until what they ask for has worked or the person cancels.

Focus goes back to where it came from; Escape closes; an error is told inside the dialog, where the
person is, and what was typed stays.
"""

import js

import texts
from consent import Consent
from dom import by_id, make, on
from messages import spawn
from worker import FacesideError, call, on_change

QUALITY = ("face-too-small", "face-turned", "face-blurred")  # what one may insist on all the same


class Dialog:
    """A <dialog> with a form; `submit(text, insist)` is awaited on every try until it raises
    nothing. `insist` is true on the next try after an error of `insist_texts`, which names what
    the button then says."""

    def __init__(self, name, insist_texts=None):
        self.element = by_id(name)
        self.title = by_id(name + "-title")
        self.input = by_id(name + "-name")
        self.fault = by_id(name + "-error")
        self.send = self.element.querySelector("[type=submit]")
        self._submit = self._closed = self._refocus = None
        self._insist_texts = insist_texts or dict.fromkeys(QUALITY, "ADD_ANYWAY")
        self._busy = self._insist = False
        self._send_text = self.send.textContent
        on(self.element.querySelector("form"), "submit", self._on_submit)
        on(self.element.querySelector("[data-cancel]"), "click", lambda event: self.element.close())
        on(self.element, "close", self._on_close)
        if self.input:
            on(self.input, "input", self._on_input)

    def open(self, submit, text="", closed=None, refocus=None):
        """Show the dialog. `closed()` runs when it is gone; `refocus()` if the element that had the
        focus is gone as well."""
        self._tell_closed()  # of an opening whose close event is still on its way
        self._submit, self._closed, self._refocus = submit, closed, refocus
        self._came_from = js.document.activeElement
        self.fault.textContent = ""
        if not self._insist:
            self._send_text = self.send.textContent
        self._offer_to_insist(None)
        if self.input:
            self.input.value = text
        self.element.showModal()
        if self.input:
            self.input.focus()
            self.input.select()

    def _on_input(self, event):
        if self._insist:  # it was meant for what was typed before
            self.fault.textContent = ""
            self._offer_to_insist(None)

    def _on_submit(self, event):
        event.preventDefault()
        if not self._busy:
            spawn(self._try())

    async def _try(self):
        self._set_busy(True)
        submit = self._submit
        try:
            await submit(self._value(), self._insist)
        except FacesideError as fault:
            if self._submit is submit:
                self.fault.textContent = fault.message
                self._offer_to_insist(self._insist_texts.get(fault.code))
            return
        finally:
            self._set_busy(False)
        if self._submit is submit:
            self.element.close()

    def _value(self):
        """What was typed."""
        return self.input.value.strip() if self.input else None

    def _focus_again(self):
        """Put the focus where what was typed can be mended."""
        if self.input:
            self.input.focus()

    def _offer_to_insist(self, name):
        self._insist = bool(name)
        self.send.textContent = getattr(texts, name) if name else self._send_text
        if not name:
            self._focus_again()

    def _set_busy(self, busy):
        self._busy = busy
        self.send.setAttribute("aria-disabled", "true" if busy else "false")

    def _tell_closed(self):
        closed, self._submit, self._closed = self._closed, None, None
        if closed:
            closed()

    def _on_close(self, event):
        if self.element.open:  # again, before this event came
            return
        self._tell_closed()
        came_from = self._came_from
        if came_from and came_from.isConnected and came_from.offsetParent:
            came_from.focus()
        elif self._refocus:
            self._refocus()


enroll = Dialog("enroll")
consent = Consent(by_id("enroll-error"))
new_person = Dialog("new-person")
consent_of_new = Consent(by_id("new-person-error"))
rename = Dialog("rename", {"name-in-use": "MERGE"})


def forget():
    """Close whatever dialog is open, and take all names out of them."""
    for element in list(js.document.querySelectorAll("dialog[open]")):
        element.close()
    for dialog in (enroll, new_person, rename):
        dialog.input.value = dialog.fault.textContent = ""
    for question in (consent, consent_of_new):
        question.end()
    rename.title.textContent = ""
    by_id("known-people").replaceChildren()


def ask_name(draw, submit, closed=None, refocus=None):
    """Ask for the name of a face; `draw(canvas)` draws it."""
    draw(by_id("enroll-crop"))
    consent.begin()

    async def enrolled(text, insist):
        await submit(text, insist)
        await consent.keep(text)

    enroll.open(enrolled, closed=closed, refocus=refocus)


def ask_new_person(submit, refocus):
    """Ask for the name of somebody to be added; `submit(name, terms)` takes what they agreed to."""
    consent_of_new.begin()

    async def named(text, insist):
        await submit(text, consent_of_new.answer())

    new_person.open(named, refocus=refocus)


def refresh_known_people():
    """Offer names already there while a name is typed."""
    spawn(_fill_known_people())


async def _fill_known_people():
    options = by_id("known-people")
    labels = await call("labels", enroll.input.value)
    options.replaceChildren()
    for label in labels:
        make("option", parent=options, value=label)


on(enroll.input, "input", lambda event: refresh_known_people())
on_change(refresh_known_people)

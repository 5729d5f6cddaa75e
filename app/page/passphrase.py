"""The dialog that asks for passphrases: the one so far, a new one twice, or both."""

import asyncio

import texts
from dialogs import Dialog
from dom import by_id, on, show
from messages import spawn
from worker import FacesideError, call

FIELDS = ("old", "new", "again")
TELL_EVERY = 0.2  # s between two looks at how far it is


class _Passphrases(Dialog):
    """Gives its submit a dict of what was typed, by FIELDS."""

    def __init__(self):
        super().__init__("passphrase")
        self.help, self.bar = by_id("passphrase-help"), by_id("passphrase-bar")
        self.inputs = {name: by_id("passphrase-" + name) for name in FIELDS}
        self.reveal = by_id("passphrase-show")
        self._progress = None
        on(self.reveal, "change", lambda event: self._reveal())
        on(self.element, "close", lambda event: self._empty())

    def ask(self, purpose, submit, progress=None, closed=None, refocus=None):
        title, help, send, fields = texts.PASSPHRASES[purpose]
        self.title.textContent, self.help.textContent = title, help
        self.send.textContent, self._progress = send, progress
        for name, input in self.inputs.items():
            show(input.parentNode, name in fields)
        self._fields = fields
        self._empty()

        async def checked(words, insist):
            if "again" in fields and words["new"] != words["again"]:
                raise FacesideError("passphrases-differ")
            await submit(words)

        self.open(checked, closed=closed, refocus=refocus)
        self.inputs[fields[0]].focus()

    def _value(self):
        return {name: input.value for name, input in self.inputs.items()}

    def _focus_again(self):
        self.inputs[self._fields[0]].focus()

    def _empty(self):
        for input in self.inputs.values():
            input.value = ""
        self.reveal.checked = False
        self._reveal()

    def _reveal(self):
        for input in self.inputs.values():
            input.type = "text" if self.reveal.checked else "password"

    def _set_busy(self, busy):
        super()._set_busy(busy)
        show(self.bar, busy)
        self.bar.removeAttribute("value")
        if busy and self._progress:
            spawn(self._tell())

    async def _tell(self):
        while self._busy:
            done = await call(self._progress)
            if self._busy and isinstance(done, (int, float)) and done > 0:
                self.bar.value = done
            await asyncio.sleep(TELL_EVERY)


_dialog = _Passphrases()


def ask(purpose, submit, progress=None, closed=None, refocus=None):
    """Ask for what a purpose of texts.PASSPHRASES needs; `await submit(words)` gets it by FIELDS.
    `progress`: what to ask the engine for, to show how far it is."""
    _dialog.ask(purpose, submit, progress, closed, refocus)

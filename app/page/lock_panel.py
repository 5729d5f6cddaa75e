"""What stands in the place of the people while they are locked: one field, and the way to begin
anew."""

import dialogs
import lock
import messages
import texts
from dom import by_id, on, show
from messages import spawn
from worker import FacesideError


class LockPanel:
    """`reopened()` runs when the lock has been opened here, to bring the view back."""

    def __init__(self, reopened):
        self.panel, self.title = by_id("lock"), by_id("lock-title")
        self.input, self.fault = by_id("lock-passphrase"), by_id("lock-error")
        self.button = by_id("lock-unlock")
        self.anew = dialogs.Dialog("begin-anew")
        self._reopened = reopened
        self._busy = False
        on(by_id("lock-form"), "submit", self._on_submit)
        on(by_id("lock-forgotten"), "click", lambda event: self._on_forgotten())
        lock.on_lock(self._on_lock)

    def _on_lock(self, locked):
        self.input.value = self.fault.textContent = ""
        show(self.panel, locked)

    def _on_submit(self, event):
        event.preventDefault()
        if not self._busy:
            spawn(self._unlock())

    async def _unlock(self):
        self._set_busy(True)
        try:
            await lock.unlock(self.input.value)
        except FacesideError as fault:
            self.fault.textContent = fault.message
            self.input.focus()
            self.input.select()
            return
        finally:
            self._set_busy(False)
        messages.success(texts.UNLOCKED)
        self._reopened()

    def _on_forgotten(self):
        async def submit(text, insist):
            await lock.begin_anew()
            messages.success(texts.BEGUN_ANEW)

        self.anew.open(submit, refocus=self._reopened)

    def _set_busy(self, busy):
        self._busy = busy
        if busy:
            self.fault.textContent = ""
        self.button.setAttribute("aria-disabled", "true" if busy else "false")

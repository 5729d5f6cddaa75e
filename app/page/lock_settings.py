"""The section "Lock" of the settings view, and locking by itself when nobody does anything."""

import js

import lock
import messages
import passphrase
import texts
from choice import Choice
from dom import by_id, offer, on, show
from messages import spawn

KEY = "faceside-lock-after"
USUAL = 5  # minutes
MINUTES = (1, 2, 15, 60)
NEVER = "never"
EVERY = 2000  # ms between two looks at the clock


class LockSettings:
    """`on_change()` when the minutes have changed."""

    def __init__(self, on_change):
        self.title, self.state = by_id("lock-settings-title"), by_id("lock-state")
        self.buttons = {
            name: by_id("lock-" + name) for name in ("turn-on", "now", "change", "turn-off")
        }
        self.quick = by_id("people-lock")
        self.after = Choice("lock-after", KEY, on_change)
        choices = [(str(number), texts.lock_after(number)) for number in MINUTES]
        self.after.offer(texts.lock_after(USUAL), choices + [(NEVER, texts.LOCK_NEVER)])
        works = {"turn-on": self._turn_on, "change": self._change, "turn-off": self._turn_off}
        for name, work in works.items():
            on(self.buttons[name], "click", lambda event, work=work: work())
        for button in (self.buttons["now"], self.quick):
            on(button, "click", lambda event: spawn(lock.close(everywhere=True)))
        lock.on_state(self._show)
        lock.on_lock(lambda locked: self._show())
        js.setInterval(self._look, EVERY)
        for event in ("pageshow", "focus"):
            on(js.window, event, lambda event: self._look())

    def _show(self):
        on_, locked = lock.is_on(), lock.is_locked()
        self.state.textContent = texts.lock_state(on_, locked, lock.is_possible())
        offered = {
            "turn-on": lock.is_possible() and not on_,
            "now": on_ and not locked,
            "change": on_ and not locked,
            "turn-off": on_ and not locked,
        }
        for name, button in self.buttons.items():
            offer(button, offered[name], self.title)
        show(self.after.select.closest(".setting"), on_)
        show(self.quick, on_ and not locked)

    def _look(self):
        """Lock, if nobody has done anything for long enough."""
        chosen = self.after.select.value or str(USUAL)
        if chosen == NEVER or not lock.is_on() or lock.is_locked():
            return
        if js.Date.now() - js.facesideEarly.touched >= int(chosen) * 60000:
            spawn(lock.close())

    def _turn_on(self):
        async def submit(words):
            wiped = await lock.turn_on(words["new"])
            messages.success(texts.LOCK_IS_ON if wiped else texts.LOCK_IS_ON_LATER)

        passphrase.ask("turn-on", submit, progress="lock_progress", refocus=self.title.focus)

    def _change(self):
        async def submit(words):
            await lock.change(words["old"], words["new"])
            messages.success(texts.PASSPHRASE_CHANGED)

        passphrase.ask("change", submit, refocus=self.title.focus)

    def _turn_off(self):
        async def submit(words):
            await lock.turn_off(words["old"])
            messages.success(texts.LOCK_IS_OFF)

        passphrase.ask("turn-off", submit, refocus=self.title.focus)

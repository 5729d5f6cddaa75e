"""Several samples of one person in one go: look straight, left, right, up, smile.

A sample is taken by itself as soon as the face is as wished in two frames running. All of them are
enrolled together at the end; until then nothing is kept.
"""

import js

import messages
import texts
from consent import Consent
from dom import by_id, field, has_focus, make, on, show
from messages import spawn
from worker import FacesideError, call

STEPS = ("straight", "left", "right", "up", "smile")
LOST_AFTER = 1500  # ms without the face that was meant until another one may be


class Guided:
    """Watches the stage while it lasts; see stage.py. `back()` gives the stage back."""

    def __init__(self, stage, back):
        self.stage, self.back = stage, back
        self.panel, self.form = by_id("guided"), by_id("guided-form")
        self.name, self.fault = by_id("guided-name"), by_id("guided-error")
        self.running, self.word = by_id("guided-running"), by_id("guided-step")
        self.advice, self.list = by_id("guided-advice"), by_id("guided-list")
        self.skip_button, self.open_button = by_id("guided-skip"), by_id("guided-open")
        self.consent = Consent(self.fault)
        self.samples = []
        self.label, self.step = "", 0
        self._box = self._descriptor = None
        self._steady = self._enrolling = False
        self._seen_at = 0
        on(self.open_button, "click", lambda event: self.open())
        on(self.form, "submit", self._on_start)
        on(self.skip_button, "click", lambda event: self._next("skipped"))
        on(self.panel, "keydown", self._on_key)
        for control in list(self.panel.querySelectorAll("[data-guided-cancel]")):
            on(control, "click", lambda event: self.cancel())

    def open(self):
        """Ask for the name; the camera starts meanwhile."""
        self._forget()
        self.consent.begin()
        self.name.value = self.fault.textContent = ""
        show(self.running, False)
        show(self.form)
        show(self.panel)
        show(self.open_button, False)
        top = self.stage.block.getBoundingClientRect().top
        if top < 0 or self.panel.getBoundingClientRect().bottom > js.innerHeight:
            self.stage.block.scrollIntoView()
        self.name.focus()
        if not self.stage.camera.running:
            spawn(self.stage.start())

    def cancel(self):
        """End without keeping anything."""
        self._close()
        self.back()

    # The stage

    async def ask(self, still):
        wish = js.Object.new()
        wish.box, wish.descriptor, wish.take = self._box, self._descriptor, self._steady
        step = self.step
        answer = await call("guide", still.picture, STEPS[step], wish)
        answer.step = step
        return answer

    def show(self, faces, still, answer):
        now = js.performance.now()
        if faces:
            self._box, self._seen_at = answer.faces[0].box, now
        elif now - self._seen_at > LOST_AFTER:
            self._box = None
        if answer.step != self.step or self._enrolling:
            return  # asked before the step was skipped
        problem, sample = field(answer, "problem"), field(answer, "sample")
        self._steady = problem is None
        if sample:
            self._take(sample)
        else:
            self._tell(_sentence(problem) if problem else texts.HOLD_STILL)

    def stills(self):
        return []

    def marked(self):
        return self.stage.last[1][0] if self.stage.last and self.stage.last[1] else None

    def clear(self, sentence):
        self._tell(sentence)

    def leave(self):
        self._close()

    # Its steps

    def _on_start(self, event):
        event.preventDefault()
        self.label = self.name.value.strip()
        if not self.label:
            self.fault.textContent = texts.GUIDED_NAMELESS
            self.name.focus()
            return
        self.list.replaceChildren()
        for name in STEPS:
            make("li", texts.POSES[name][0], self.list, data_step=name, data_state="waiting")
        show(self.form, False)
        show(self.running)
        self.skip_button.focus()
        self._begin()
        self.stage.watch(self)

    def _on_key(self, event):
        if event.key == "Escape":
            self.cancel()

    def _begin(self):
        name = STEPS[self.step]
        self._steady = False
        self.word.textContent = texts.guided_step(self.step + 1, len(STEPS), texts.POSES[name][1])
        self._item().setAttribute("data-state", "now")
        self._item().setAttribute("aria-current", "step")

    def _item(self):
        return self.list.children[self.step]

    def _take(self, sample):
        self.samples.append(sample)
        if self._descriptor is None:
            self._descriptor = sample.descriptor
        self._next("taken")

    def _next(self, state):
        if self._enrolling:
            return
        self._item().setAttribute("data-state", state)
        self._item().removeAttribute("aria-current")
        if self.step + 1 < len(STEPS):
            self.step += 1
            self._begin()
        elif self.samples:
            self._enrolling = True
            spawn(self._enroll())
        else:
            self.cancel()
            messages.success(texts.GUIDED_NOTHING)

    async def _enroll(self):
        samples = js.Array.new()
        for sample in self.samples:
            samples.push(sample)
        try:
            answer = await call("enroll_guided", self.label, samples)
            await self.consent.keep(answer.label)
        except FacesideError:
            self.cancel()
            raise
        self.cancel()
        messages.success(texts.enrolled(answer.label, answer.samples))

    def _tell(self, sentence):
        if self.advice.textContent != sentence:
            self.advice.textContent = sentence

    def _close(self):
        inside = self.panel.contains(js.document.activeElement)
        show(self.panel, False)
        show(self.open_button)
        self._forget()
        if inside and not has_focus(self.open_button):
            self.open_button.focus()

    def _forget(self):
        self.samples, self.step = [], 0
        self._box = self._descriptor = None
        self._steady = self._enrolling = False


def _sentence(problem):
    return texts.ERRORS.get(problem.code) or problem.message

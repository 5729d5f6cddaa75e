"""A check of presence: motions asked for in random order, before somebody counts as present.

What comes next is not told before it is asked for. Scripts hear of who has passed by an event:
`faceside-present` of the document, with `label` ("" for nobody known) and `seconds` in its detail.
"""

import js

import messages
import texts
from dom import by_id, field, has_focus, on, show
from messages import spawn
from worker import call


class Presence:
    """Watches the answers that the live view gets while it is open."""

    def __init__(self, stage):
        self.stage = stage
        self.panel, self.open_button = by_id("presence"), by_id("presence-open")
        self.word, self.progress = by_id("presence-step"), by_id("presence-progress")
        self.time, self.again = by_id("presence-time"), by_id("presence-again")
        self.cancel_button = by_id("presence-cancel")
        self.asking = False
        on(self.open_button, "click", lambda event: self.open())
        on(self.again, "click", lambda event: self.open())
        on(self.cancel_button, "click", lambda event: self.close())
        on(self.panel, "keydown", self._on_key)

    def open(self):
        """Begin, or begin anew; the camera starts meanwhile."""
        show(self.panel)
        show(self.open_button, False)
        self.cancel_button.focus()
        show(self.again, False)
        show(self.time)
        self._tell("ready", "", texts.PRESENCE["ready"], "", 1)
        if not self.stage.camera.running:
            spawn(self.stage.start())
        spawn(self._begin())

    def close(self):
        """End, whether it has been passed or not; who is present stays so."""
        if self.panel.hidden:
            return
        inside = self.panel.contains(js.document.activeElement)
        show(self.panel, False)
        show(self.open_button)
        if inside and not has_focus(self.open_button):
            self.open_button.focus()
        if self.asking:
            self.asking = False
            spawn(call("end_presence"))

    def show(self, faces, answer):
        """Follow the state of the challenge that came with a frame."""
        state = field(answer, "presence")
        if not self.asking or state is None:
            return
        stage, problem = state.stage, field(state, "problem")
        if stage == "present":
            self._passed(faces)
        elif stage == "failed":
            self._failed(problem)
        else:
            done = list(state.done)
            sentence = texts.PRESENCE_PROBLEMS[problem] if problem else texts.PRESENCE[stage]
            progress = texts.presence_done(len(done), state.total)
            self._tell(stage, problem or "", sentence, progress, state.seconds)

    async def _begin(self):
        self.asking = False
        await call("begin_presence")
        self.asking = not self.panel.hidden

    def _passed(self, faces):
        self.asking = False
        self.close()
        passed = max(faces, key=lambda face: face.present)
        messages.success(texts.presence_passed(passed.label, passed.present))
        options = js.Object.new()
        options.detail = js.Object.new()
        options.detail.label, options.detail.seconds = passed.label, passed.present
        js.document.dispatchEvent(js.CustomEvent.new("faceside-present", options))

    def _failed(self, problem):
        self.asking = False
        self._tell("failed", problem, texts.PRESENCE_PROBLEMS[problem], "", 0)
        show(self.time, False)
        show(self.again)
        self.again.focus()

    def _tell(self, stage, problem, sentence, progress, seconds):
        self.panel.setAttribute("data-stage", stage)
        self.panel.setAttribute("data-problem", problem)
        for element, text in ((self.word, sentence), (self.progress, progress)):
            if element.textContent != text:
                element.textContent = text
        self.time.textContent = texts.presence_time(seconds)

    def _on_key(self, event):
        if event.key == "Escape":
            self.close()

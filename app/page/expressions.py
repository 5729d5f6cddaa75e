"""The expressions view: how the faces in the picture look, now and over the last minutes."""

import js
from pyscript.ffi import to_js

import stored
import texts
from dom import by_id, make, offer, on, save, show
from expression_card import ExpressionCard
from messages import spawn
from timeline import NAMES, Timeline
from worker import call

KEPT = "expressions"
BARS_EVERY = 100  # ms
CHARTS_EVERY = 500


class Expressions:
    """Watches the stage; see stage.py."""

    def __init__(self, stage):
        self.stage = stage
        self.list, self.empty = by_id("expressions-list"), by_id("expressions-empty")
        self.detector, self.span = by_id("expressions-detector"), by_id("timeline-span")
        self.switches = {
            "expressions": by_id("expressions-on"),
            "names": by_id("expressions-names"),
        }
        self.exports = {kind: by_id("timeline-" + kind) for kind in ("csv", "json")}
        self.erase = by_id("timeline-clear")
        self.timeline, self.cards = Timeline(), {}
        self._change = None
        self._bars_at = self._charts_at = 0
        kept = stored.recall_view(KEPT)
        for name, control in self.switches.items():
            control.checked = bool(kept.get(name, True))
            on(control, "change", lambda event: self._on_switch())
        on(self.detector, "change", lambda event: spawn(self._on_detector()))
        on(self.span, "change", lambda event: self._draw_charts(js.Date.now()))
        on(self.erase, "click", lambda event: self.forget())
        for kind, control in self.exports.items():
            on(control, "click", lambda event, kind=kind: self._export(kind))

    def open(self):
        self.stage.show_in(by_id("expressions"), self)

    def follow(self, info, models, change):
        """Show the settings in force; `change({name: value})` has the engine change them."""
        self._change = change
        self.detector.replaceChildren()
        for name in info.choices.detector:
            make("option", texts.choice(name, models), self.detector, value=name)
        self.detector.value = info.detector
        self.detector.disabled = False

    async def ask(self, still):
        wishes = {name: control.checked for name, control in self.switches.items()}
        return await call("frame", still.picture, to_js(wishes))

    def show(self, faces, still, answer):
        now = js.Date.now()
        seen = [(face.track, face.label, dict(face.expressions)) for face in faces]
        self.timeline.take([face for face in seen if face[2]], now / 1000)
        if now - self._bars_at >= BARS_EVERY:
            self._bars_at = now
            self._show_cards(now / 1000)
        if now - self._charts_at >= CHARTS_EVERY:
            self._charts_at = now
            self._draw_charts(now)
        self.clear(texts.NOBODY if self.switches["expressions"].checked else texts.EXPRESSIONS_OFF)

    def stills(self):
        return []

    def marked(self):
        return None

    def clear(self, sentence):
        """Say why nobody is shown; what was recorded stays."""
        self.empty.textContent = sentence
        show(self.empty, not self.timeline.people or not self.switches["expressions"].checked)

    def leave(self):
        pass

    def forget(self):
        self.timeline.clear()
        self._show_cards(0)
        self.clear(self.stage.sentence())

    def _show_cards(self, now):
        for person in [p for p in self.cards if p not in self.timeline.people]:
            self.cards.pop(person).remove()
        for person in self.timeline.people:
            if person not in self.cards:
                self.cards[person] = ExpressionCard(self.list, NAMES)
            self.cards[person].show(person, now)
        for control in list(self.exports.values()) + [self.erase]:
            offer(control, bool(self.cards), by_id("timeline-title"))

    def _draw_charts(self, now):
        for person, card in self.cards.items():
            spawn(card.draw(person, now / 1000, int(self.span.value)))

    def _export(self, kind):
        write = {"csv": self.timeline.to_csv, "json": self.timeline.to_json}[kind]
        options = js.Object.new()
        options.type = {"csv": "text/csv", "json": "application/json"}[kind]
        save(js.Blob.new(js.Array.of(write(_stamp)), options), texts.timeline_file(kind))

    def _on_switch(self):
        values = {name: control.checked for name, control in self.switches.items()}
        stored.keep_view(KEPT, values)

    async def _on_detector(self):
        self.detector.disabled = True
        try:
            await self._change({"detector": self.detector.value})
        finally:
            self.detector.disabled = False


def _stamp(seconds):
    """A time as ISO 8601."""
    return js.Date.new(seconds * 1000).toISOString()

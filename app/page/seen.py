"""The people in the live picture, row by row: a row follows one face from frame to frame.

Rows stay as long as their face does, so that a button never moves away under a finger or a focus.
"""

import js

import texts
from dom import button, by_id, offer, on, show
from faces import draw_crop, label_of, row, words_of
from pin import Pin

STAYS_FOR = 700  # ms a row outlives its face: one missed frame must not take a button away
HELD_FOR = 4000  # ms it does while a pointer is over the button in the picture
NEAR = 0.9  # of the face's size: how far a face may have moved since its row was last seen
SAME_NAME = 0.3
ANNOUNCE_AFTER = 1000  # ms the names must be the same before they are announced


class Row:
    """One face being followed: what it was last seen as, and the still it was last seen in."""

    def __init__(self, number, element, pin):
        self.number, self.element, self.pin = number, element, pin
        self.face = self.still = None
        self.at = 0
        self.shown_label = self._words = None

    def update(self, face, still, now):
        self.face, self.still, self.at = face, still, now
        self._write()
        if face.label != self.shown_label:
            self.shown_label = face.label
            draw_crop(self.element.querySelector("canvas"), still.picture, face.box)
            self._offer_adding(not face.label)

    def name(self, label):
        """Show at once who this is, where no frame comes to say so."""
        self.face.label = self.shown_label = label
        self._write()
        self._offer_adding(False)

    def _write(self):
        """Write what is known of the face where that has changed: most frames change nothing."""
        words = words_of(self.face)
        if words != self._words:
            self._words = words
            label_of(self.element, self.face)

    def place(self, frame):
        """Put the button in the picture where the face is."""
        if not self.face.label:
            lines = len(texts.traits(self.face))
            self.pin.move(frame.box(self.face.box), frame.drawn_width, frame.drawn_height, lines)

    def lasts(self):
        return HELD_FOR if self.pin.held else STAYS_FOR

    def _offer_adding(self, offered):
        for control in (self.element.querySelector("button"), self.pin.element):
            offer(control, offered, by_id("seen-title"))

    def gap(self, face):
        """Distance of the centres in face sizes; a face of the same name counts as nearer."""
        (x1, y1), (x2, y2) = self.face.centre(), face.centre()
        size = max(self.face.box[2:] + face.box[2:])
        gap = ((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5 / (size or 1)
        return gap - SAME_NAME if face.label == self.face.label else gap


class Seen:
    """The list of faces in the picture; `on_add(row)` when a person asks to add one."""

    def __init__(self, on_add):
        self.on_add = on_add
        self.list, self.empty = by_id("seen-list"), by_id("seen-empty")
        self.summary, self.pins = by_id("seen-summary"), by_id("stage-pins")
        self.rows = []
        self.marked = None
        self._next = 1
        self._names = self._announced = None
        self._names_at = 0

    def update(self, faces, still):
        """Bring the rows up to date with the faces of one frame."""
        now = js.performance.now()
        free = list(self.rows)
        new = list(range(len(faces)))
        for gap, i, j in sorted(
            (r.gap(f), i, j) for i, r in enumerate(free) for j, f in enumerate(faces)
        ):
            if gap < NEAR and free[i] and j in new:
                free[i].update(faces[j], still, now)
                free[i] = None
                new.remove(j)
        for j in new:
            self._add(faces[j], still, now)
        for old in [r for r in self.rows if now - r.at > r.lasts()]:
            self._remove(old)
        self._tell(now)

    def place(self, frame):
        """Bring the buttons in the picture to where the faces are drawn."""
        for shown in self.rows:
            shown.place(frame)

    def clear(self, sentence):
        for old in list(self.rows):
            self._remove(old)
        self.empty.textContent = sentence
        show(self.empty)
        self._names = self._announced = None
        self.summary.textContent = ""

    def stills(self):
        return [r.still for r in self.rows]

    def _add(self, face, still, now):
        element = row(self.list, self._next)
        label = texts.add_person(self._next)
        pin = Pin(self.pins, texts.ADD_HERE, label, lambda event: self.on_add(new))
        new = Row(self._next, element, pin)
        self._next += 1
        button(texts.ADD, lambda event: self.on_add(new), element, aria_label=label)
        on(element, "pointerenter", lambda event: self._mark(new))
        on(element, "pointerleave", lambda event: self._mark(None))
        on(element, "focusin", lambda event: self._mark(new))
        on(element, "focusout", lambda event: self._mark(None))
        on(pin.element, "focus", lambda event: self._mark(new))
        on(pin.element, "blur", lambda event: self._mark(None))
        new.update(face, still, now)
        self.rows.append(new)

    def _remove(self, old):
        active = js.document.activeElement
        if old.element.contains(active) or old.pin.element == active:
            by_id("seen-title").focus()
        self.rows.remove(old)
        old.element.remove()
        old.pin.remove()
        if self.marked is old:
            self.marked = None

    def _mark(self, row):
        self.marked = row

    def _tell(self, now):
        """Say who is in the picture, but only when that has stayed the same for a while."""
        if not self.rows:
            self.empty.textContent = texts.NOBODY
        show(self.empty, not self.rows)
        known = sorted(r.face.label for r in self.rows if r.face.label)
        names = (known, sum(1 for r in self.rows if not r.face.label))
        if names != self._names:
            self._names, self._names_at = names, now
        elif names != self._announced and now - self._names_at >= ANNOUNCE_AFTER:
            self._announced = names
            self.summary.textContent = texts.seen(*names)

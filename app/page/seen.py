"""The people in the live picture, row by row: a row follows one face from frame to frame.

Rows stay as long as their face does, so that a button never moves away under a finger or a focus.
"""

import js

import texts
from dom import button, by_id, offer, on, show
from faces import draw_crop, label_of, row

STAYS_FOR = 700  # ms a row outlives its face: one missed frame must not take a button away
NEAR = 0.9  # of the face's size: how far a face may have moved since its row was last seen
SAME_NAME = 0.3
ANNOUNCE_AFTER = 1000  # ms the names must be the same before they are announced


class Row:
    """One face being followed: what it was last seen as, and the still it was last seen in."""

    def __init__(self, number, element):
        self.number, self.element = number, element
        self.face = self.still = None
        self.at = 0
        self.shown_label = None

    def update(self, face, still, now):
        self.face, self.still, self.at = face, still, now
        label_of(self.element, face)
        if face.label != self.shown_label:
            self.shown_label = face.label
            draw_crop(self.element.querySelector("canvas"), still.bitmap, face.box)
            offer(self.element.querySelector("button"), not face.label, by_id("seen-title"))

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
        self.summary = by_id("seen-summary")
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
        for old in [r for r in self.rows if now - r.at > STAYS_FOR]:
            self._remove(old)
        self._tell(now)

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
        new = Row(self._next, element)
        self._next += 1
        button(
            texts.ADD,
            lambda event: self.on_add(new),
            element,
            aria_label=texts.add_person(new.number),
        )
        on(element, "pointerenter", lambda event: self._mark(new))
        on(element, "pointerleave", lambda event: self._mark(None))
        on(element, "focusin", lambda event: self._mark(new))
        on(element, "focusout", lambda event: self._mark(None))
        new.update(face, still, now)
        self.rows.append(new)

    def _remove(self, old):
        if old.element.contains(js.document.activeElement):
            by_id("seen-title").focus()
        self.rows.remove(old)
        old.element.remove()
        if self.marked is old:
            self.marked = None

    def _mark(self, row):
        self.marked = row

    def _tell(self, now):
        """Say who is in the picture, but only when that has stayed the same for a while."""
        self.empty.textContent = texts.NOBODY
        show(self.empty, not self.rows)
        known = sorted(r.face.label for r in self.rows if r.face.label)
        names = (known, sum(1 for r in self.rows if not r.face.label))
        if names != self._names:
            self._names, self._names_at = names, now
        elif names != self._announced and now - self._names_at >= ANNOUNCE_AFTER:
            self._announced = names
            self.summary.textContent = texts.seen(*names)

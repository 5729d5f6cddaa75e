"""A button that lies over a face of the picture and follows it, but never away from a finger."""

from dom import button, on, show

LEAST = 44  # css px, a finger's width
GAP = 16  # css px to the face's frame
# css px a face moves before its button does; downwards less than the gap, so that the frame is
# never covered
CALM = (20, 14)
LINE = 20


class Pin:
    def __init__(self, parent, text, label, press):
        self.element = button(
            text, press, parent, class_="pin primary", aria_label=label, hidden=""
        )
        self.held = False  # a pointer is over it
        self._at = self._size = None
        on(self.element, "pointerenter", lambda event: self._hold(True))
        for event in ("pointerleave", "pointercancel"):
            on(self.element, event, lambda event: self._hold(False))

    def move(self, place, width, height, lines):
        """Lie below a face's place on a picture of this size, and below the lines written there;
        at the place's lower edge where there is no room."""
        x, y, face_width, face_height = place
        middle = x + face_width / 2
        top = y + face_height + GAP + lines * LINE
        if top + LEAST > height:
            top = y + face_height - LEAST - GAP
        half = LEAST  # wide enough for its word
        at = (
            max(half, min(middle, width - half)),
            max(0, min(top, height - LEAST)),
        )
        size = (width, height)
        if self.held or (size == self._size and self._is_near(at)):
            return
        self._at, self._size = at, size
        self.element.style.left, self.element.style.top = f"{at[0]:.0f}px", f"{at[1]:.0f}px"
        show(self.element)

    def _is_near(self, at):
        return all(abs(a - b) < calm for a, b, calm in zip(at, self._at, CALM))

    def remove(self):
        self.element.remove()

    def _hold(self, held):
        self.held = held

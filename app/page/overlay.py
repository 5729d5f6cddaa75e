"""Boxes, names and distances over the live picture, at the right place at any size.

The video may be mirrored by CSS; the canvas never is, so that text stays readable: a mirrored box
is computed instead.
"""

import js

import texts

TEXT_SIZE = 14  # css px
FONT = f"600 {TEXT_SIZE}px system-ui, sans-serif"
LONGEST_NAME = 24


class Overlay:
    """Draws faces onto `canvas`, which lies exactly over `video` (object-fit: contain)."""

    def __init__(self, canvas, video):
        self.canvas, self.video = canvas, video
        self.mirrored = False
        self.context = canvas.getContext("2d")
        style = js.getComputedStyle(canvas)
        self.known = style.getPropertyValue("--face-known").strip()
        self.unknown = style.getPropertyValue("--face-unknown").strip()
        self.ink = style.getPropertyValue("--face-ink").strip()
        self._last = ((), 1, 1, None)
        js.ResizeObserver.new(lambda *_: self.draw(*self._last)).observe(canvas)

    def clear(self):
        self.draw((), 1, 1)

    def draw(self, faces, width, height, marked=None):
        """Draw the faces of a `width` x `height` frame; `marked` gets a thicker line."""
        self._last = (faces, width, height, marked)
        canvas, context = self.canvas, self.context
        ratio = js.devicePixelRatio
        view_width, view_height = canvas.clientWidth, canvas.clientHeight
        canvas.width, canvas.height = round(view_width * ratio), round(view_height * ratio)
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        scale = min(view_width / width, view_height / height)
        left = (view_width - width * scale) / 2
        top = (view_height - height * scale) / 2
        for face in faces:
            x, y, box_width, box_height = face.box
            if self.mirrored:
                x = width - x - box_width
            self._box(
                left + x * scale,
                top + y * scale,
                box_width * scale,
                box_height * scale,
                face,
                3.5 if face is marked else 2,
            )

    def _box(self, x, y, width, height, face, line):
        context = self.context
        colour = self.known if face.label else self.unknown
        for stroke, thickness in ((self.ink, line + 2), (colour, line)):
            context.strokeStyle = stroke
            context.lineWidth = thickness
            context.beginPath()
            context.roundRect(x, y, width, height, 6)
            context.stroke()
        context.font = FONT
        text = _caption(face)
        text_width = context.measureText(text).width + 12
        text_height = TEXT_SIZE + 8
        text_x = max(0, min(x - 1, self.canvas.clientWidth - text_width))
        text_y = y - text_height - 3
        if text_y < 0:
            text_y = min(y + height + 3, self.canvas.clientHeight - text_height)
        context.fillStyle = colour
        context.beginPath()
        context.roundRect(text_x, text_y, text_width, text_height, 4)
        context.fill()
        context.fillStyle = self.ink
        context.fillText(text, text_x + 6, text_y + TEXT_SIZE + 2)


def _caption(face):
    name = face.label or texts.UNKNOWN
    if len(name) > LONGEST_NAME:
        name = name[: LONGEST_NAME - 1] + "…"
    return name if face.distance is None else f"{name} {face.distance:.2f}"

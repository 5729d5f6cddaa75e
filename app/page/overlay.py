"""Boxes, names, landmarks and estimates over the live picture, at the right place at any size.

The video may be mirrored by CSS; the canvas never is, so that text stays readable: a mirrored box
is computed instead.
"""

import js

import texts
from landmarks import dots, lines

SMALL_VIEW = 560  # css px of width under which captions are written smaller
ROOM = 1.4  # of the box's width, for what is written above and below it
MIN_CAPTION = 72  # css px a caption may always take


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
        self.paper = style.getPropertyValue("--face-paper").strip()
        self._last = ((), 1, 1, None)
        js.ResizeObserver.new(lambda *_: self.draw(*self._last)).observe(canvas)

    def mirror(self, mirrored):
        self.mirrored = mirrored
        self.draw(*self._last)

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
        self._text_size = 12 if view_width < SMALL_VIEW else 14
        context.font = f"600 {self._text_size}px system-ui, sans-serif"
        placed = [(face, self._place(face.box, width, scale, left, top)) for face in faces]
        for face, place in placed:
            self._box(place, self._colour(face), 3.5 if face is marked else 2)
            self._points(face, width, scale, left, top)
            self._traits(place, texts.traits(face))
        for face, place in sorted(placed, key=lambda pair: bool(pair[0].label)):
            self._caption(place, self._colour(face), face)

    def _colour(self, face):
        return self.known if face.label else self.unknown

    def _place(self, box, width, scale, left, top):
        x, y, box_width, box_height = box
        if self.mirrored:
            x = width - x - box_width
        return left + x * scale, top + y * scale, box_width * scale, box_height * scale

    def _box(self, place, colour, line):
        context = self.context
        for stroke, thickness in ((self.ink, line + 2), (colour, line)):
            context.strokeStyle = stroke
            context.lineWidth = thickness
            context.beginPath()
            context.roundRect(*place, 6)
            context.stroke()

    def _points(self, face, width, scale, left, top):
        if not face.landmarks:
            return
        context = self.context
        context.lineCap = context.lineJoin = "round"
        points = [self._spot(point, width, scale, left, top) for point in face.landmarks]
        along, touched = js.Path2D.new(lines(points)), js.Path2D.new(dots(points))
        colour = self._colour(face)
        for path, stroke, thickness in (
            (along, self.ink, 3),
            (along, colour, 1),
            (touched, self.ink, 5),
            (touched, colour, 3),
        ):
            context.strokeStyle, context.lineWidth = stroke, thickness
            context.stroke(path)

    def _spot(self, point, width, scale, left, top):
        x, y = point
        return left + (width - x if self.mirrored else x) * scale, top + y * scale

    def _traits(self, place, traits):
        """Write estimates below the box, above its lower edge where there is no room; those too
        wide for a small face are in the list alone."""
        context, canvas = self.context, self.canvas
        x, y, width, height = place
        room = max(width * ROOM, MIN_CAPTION)
        traits = [text for text in traits if context.measureText(text).width <= room]
        if not traits:
            return
        line = self._text_size + 4
        text_width = max(context.measureText(text).width for text in traits) + 12
        text_height = line * len(traits) + 4
        text_x = max(0, min(x + width / 2 - text_width / 2, canvas.clientWidth - text_width))
        text_y = min(y + height + 3, canvas.clientHeight - text_height)
        context.fillStyle = self.ink
        context.beginPath()
        context.roundRect(text_x, text_y, text_width, text_height, 4)
        context.fill()
        context.fillStyle = self.paper
        for number, text in enumerate(traits, 1):
            context.fillText(text, text_x + 6, text_y + number * line - 2)

    def _caption(self, place, colour, face):
        """Write name and distance above the box, below it where there is no room, or less."""
        context, canvas = self.context, self.canvas
        x, y, width, height = place
        room = max(width * ROOM, MIN_CAPTION)
        name = face.label or texts.UNKNOWN
        distance = "" if face.distance is None else f" {face.distance:.2f}"
        text = name + distance
        if context.measureText(text).width > room:
            text = name
        while len(name) > 2 and context.measureText(text).width > room:
            name = name[:-1]
            text = name + "…"
        text_width = context.measureText(text).width + 12
        text_height = self._text_size + 8
        text_x = x + width / 2 - text_width / 2
        text_x = max(0, min(text_x, canvas.clientWidth - text_width))
        text_y = y - text_height - 3
        if text_y < 0:
            text_y = min(y + height + 3, canvas.clientHeight - text_height)
        context.fillStyle = colour
        context.beginPath()
        context.roundRect(text_x, text_y, text_width, text_height, 4)
        context.fill()
        context.fillStyle = self.ink
        context.fillText(text, text_x + 6, text_y + self._text_size + 2)

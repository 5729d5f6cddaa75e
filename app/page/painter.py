"""Draws faces: boxes, names, landmarks and estimates, each of them only where it is switched on."""

import js

import texts
from landmarks import dots, lines

ROOM = 1.4  # of the box's width, for what is written above and below it
MIN_CAPTION = 6  # letter heights a caption may always take
COLOURS = ("--face-known", "--face-unknown", "--face-ink", "--face-paper")


class Frame:
    """Where a frame of `width` x `height` pixels lies on a drawing of another size, maybe mirrored;
    it is shown whole and in the middle."""

    def __init__(self, width, height, drawn_width, drawn_height, mirrored):
        self.width, self.mirrored = width, mirrored
        self.drawn_width, self.drawn_height = drawn_width, drawn_height
        self.scale = min(drawn_width / width, drawn_height / height)
        self.left = (drawn_width - width * self.scale) / 2
        self.top = (drawn_height - height * self.scale) / 2

    def box(self, box):
        x, y, width, height = box
        left, top = self.spot((x + width if self.mirrored else x, y))
        return left, top, width * self.scale, height * self.scale

    def spot(self, point):
        x, y = point
        x = self.width - x if self.mirrored else x
        return self.left + x * self.scale, self.top + y * self.scale


class Painter:
    """Draws on a 2d context with letters of `size` pixels; `layers` says by name what is drawn."""

    def __init__(self, style, layers):
        names = [style.getPropertyValue(name).strip() for name in COLOURS]
        self.known, self.unknown, self.ink, self.paper = names
        self.layers = layers
        self.context = self.frame = None
        self.size = 14

    def paint(self, context, frame, faces, size, marked=None):
        """Draw the faces of a frame; `marked` gets a thicker line."""
        self.context, self.frame, self.size = context, frame, size
        context.font = f"600 {size}px system-ui, sans-serif"
        placed = [(face, frame.box(face.box)) for face in faces]
        for face, place in placed:
            colour = self._colour(face)
            if self.layers["boxes"] or face is marked:
                self._box(place, colour, 3.5 if face is marked else 2)
            if self.layers["shownLandmarks"]:
                self._points(face)
            self._traits(place, self._estimates(face))
        for face, place in sorted(placed, key=lambda pair: bool(pair[0].label)):
            self._caption(place, self._colour(face), face)

    def _colour(self, face):
        return self.known if face.label else self.unknown

    def _line(self, thickness):
        return thickness * max(1, self.size / 14)

    def _box(self, place, colour, line):
        context = self.context
        for stroke, thickness in ((self.ink, line + 2), (colour, line)):
            context.strokeStyle = stroke
            context.lineWidth = self._line(thickness)
            context.beginPath()
            context.roundRect(*place, 6)
            context.stroke()

    def _points(self, face):
        if not face.landmarks:
            return
        context = self.context
        context.lineCap = context.lineJoin = "round"
        points = [self.frame.spot(point) for point in face.landmarks]
        along, touched = js.Path2D.new(lines(points)), js.Path2D.new(dots(points))
        colour = self._colour(face)
        for path, stroke, thickness in (
            (along, self.ink, 3),
            (along, colour, 1),
            (touched, self.ink, 5),
            (touched, colour, 3),
        ):
            context.strokeStyle, context.lineWidth = stroke, self._line(thickness)
            context.stroke(path)

    def _estimates(self, face):
        shown = texts.expression_lines(face) if self.layers["expressions"] else []
        return shown + (texts.age_lines(face) if self.layers["ageAndGender"] else [])

    def _room(self, width):
        return max(width * ROOM, MIN_CAPTION * self.size)

    def _traits(self, place, traits):
        """Write estimates below the box, above its lower edge where there is no room; those too
        wide for a small face are in the list alone."""
        context, frame = self.context, self.frame
        x, y, width, height = place
        room = self._room(width)
        traits = [text for text in traits if context.measureText(text).width <= room]
        if not traits:
            return
        line = self.size + 4
        text_width = max(context.measureText(text).width for text in traits) + 12
        text_height = line * len(traits) + 4
        text_x = max(0, min(x + width / 2 - text_width / 2, frame.drawn_width - text_width))
        text_y = min(y + height + 3, frame.drawn_height - text_height)
        self._plate(self.ink, text_x, text_y, text_width, text_height)
        context.fillStyle = self.paper
        for number, text in enumerate(traits, 1):
            context.fillText(text, text_x + 6, text_y + number * line - 2)

    def _words(self, face):
        """What is written above a face: the part that may be shortened, and the rest."""
        track = texts.track(face.track) if self.layers["tracks"] and face.track else ""
        if not self.layers["names"] or not face.compared:
            return track, ""
        name = texts.name_on_picture(face)
        distance = "" if face.distance is None else f" {face.distance:.2f}"
        return f"{track} {name}" if track else name, distance

    def _caption(self, place, colour, face):
        """Write name and distance above the box, below it where there is no room, or less."""
        name, distance = self._words(face)
        if not name:
            return
        context, frame = self.context, self.frame
        x, y, width, height = place
        room = self._room(width)
        text = name + distance
        if context.measureText(text).width > room:
            text = name
        while len(name) > 2 and context.measureText(text).width > room:
            name = name[:-1]
            text = name + "…"
        text_width = context.measureText(text).width + 12
        text_height = self.size + 8
        text_x = x + width / 2 - text_width / 2
        text_x = max(0, min(text_x, frame.drawn_width - text_width))
        text_y = y - text_height - 3
        if text_y < 0:
            text_y = min(y + height + 3, frame.drawn_height - text_height)
        self._plate(colour, text_x, text_y, text_width, text_height)
        context.fillStyle = self.ink
        context.fillText(text, text_x + 6, text_y + self.size + 2)

    def _plate(self, colour, *place):
        context = self.context
        context.fillStyle = colour
        context.beginPath()
        context.roundRect(*place, 4)
        context.fill()

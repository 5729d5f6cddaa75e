"""The canvas over the live picture: faces at the right place at any size.

The video may be mirrored by CSS; the canvas never is, so that text stays readable: a mirrored box
is computed instead.
"""

import js

from painter import Frame, Painter

SMALL_VIEW = 560  # css px of width under which captions are written smaller


class Overlay:
    """Draws faces onto `canvas`, which lies exactly over the video (object-fit: contain).

    `on_drawn(frame)` is told where the frame lies after every drawing.
    """

    def __init__(self, canvas, layers):
        self.canvas = canvas
        self.context = canvas.getContext("2d")
        self.painter = Painter(js.getComputedStyle(canvas), layers)
        self.mirrored = False
        self.on_drawn = None
        self._last = ((), 1, 1, None)
        js.ResizeObserver.new(lambda *_: self.redraw()).observe(canvas)

    def mirror(self, mirrored):
        self.mirrored = mirrored
        self.redraw()

    def clear(self):
        self.draw((), 1, 1)

    def redraw(self):
        self.draw(*self._last)

    def draw(self, faces, width, height, marked=None):
        """Draw the faces of a `width` x `height` frame; `marked` gets a thicker line."""
        self._last = (faces, width, height, marked)
        canvas, ratio = self.canvas, js.devicePixelRatio
        view_width, view_height = canvas.clientWidth, canvas.clientHeight
        canvas.width, canvas.height = round(view_width * ratio), round(view_height * ratio)
        self.context.setTransform(ratio, 0, 0, ratio, 0, 0)
        frame = Frame(width, height, view_width, view_height, self.mirrored)
        self.painter.paint(
            self.context, frame, faces, 12 if view_width < SMALL_VIEW else 14, marked
        )
        if self.on_drawn:
            self.on_drawn(frame)

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
        self._size = (0, 0)  # of the canvas in css px; to ask for it lays the page out anew
        js.ResizeObserver.new(lambda *_: self._fit()).observe(canvas)

    def mirror(self, mirrored):
        self.mirrored = mirrored
        self.redraw()

    def clear(self):
        self.draw((), 1, 1)

    def _fit(self):
        self._size = (self.canvas.clientWidth, self.canvas.clientHeight)
        self.redraw()

    def redraw(self):
        self.draw(*self._last)

    def draw(self, faces, width, height, marked=None):
        """Draw the faces of a `width` x `height` frame; `marked` gets a thicker line."""
        self._last = (faces, width, height, marked)
        ratio = js.devicePixelRatio
        view_width, view_height = self._size
        self._clear(round(view_width * ratio), round(view_height * ratio))
        self.context.setTransform(ratio, 0, 0, ratio, 0, 0)
        frame = Frame(width, height, view_width, view_height, self.mirrored)
        self.painter.paint(
            self.context, frame, faces, 12 if view_width < SMALL_VIEW else 14, marked
        )
        if self.on_drawn:
            self.on_drawn(frame)

    def _clear(self, width, height):
        """Empty the canvas, of so many pixels: to set its size, even to what it is, takes a new
        one."""
        canvas = self.canvas
        if (canvas.width, canvas.height) != (width, height):
            canvas.width, canvas.height = width, height
        else:
            self.context.resetTransform()
            self.context.clearRect(0, 0, width, height)

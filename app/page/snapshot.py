"""Pictures of the stage: as a file, and as a window that floats over all others.

Both are drawn from the newest frame that was worked on, so picture and overlay belong together.
"""

import js

import texts
from dom import by_id, field, on, save, show
from messages import spawn
from painter import Frame

LETTERS = 45  # of the picture's width; a caption is readable where the picture is shown whole


def draw_stage(canvas, stage, overlay=True):
    """Draw the newest frame of a stage as it is seen there, in its own size."""
    still, faces, answer = stage.last
    width, height = still.width, still.height
    if canvas.width != width or canvas.height != height:
        canvas.width, canvas.height = width, height
    context = canvas.getContext("2d")
    mirrored = stage.overlay.mirrored
    if mirrored:
        context.setTransform(-1, 0, 0, 1, width, 0)
    context.drawImage(still.picture, 0, 0)
    context.setTransform(1, 0, 0, 1, 0, 0)
    if overlay:
        frame = Frame(answer.width, answer.height, width, height, mirrored)
        size = max(12, round(width / LETTERS))
        stage.overlay.painter.paint(context, frame, faces, size)


class Snapshot:
    def __init__(self, stage):
        self.stage = stage
        self.buttons = (by_id("snapshot"), by_id("snapshot-plain"))
        for button, overlay in zip(self.buttons, (True, False)):
            on(button, "click", lambda event, overlay=overlay: self._take(overlay))

    def _take(self, overlay):
        if not self.stage.last:
            return
        canvas = js.document.createElement("canvas")
        draw_stage(canvas, self.stage, overlay)
        name = texts.snapshot_file(js.Date.new().toISOString())
        canvas.toBlob(lambda blob: save(blob, name), "image/png")


class Float:
    """The stage in a window of its own, as the browser's picture in picture."""

    def __init__(self, stage):
        self.stage, self.button = stage, by_id("stage-float")
        self.is_possible = bool(field(js.document, "pictureInPictureEnabled"))
        self.is_open = False
        self._video = self._canvas = None
        on(self.button, "click", lambda event: spawn(self._toggle()))

    def draw(self):
        if self.is_open and self.stage.last:
            draw_stage(self._canvas, self.stage)

    async def _toggle(self):
        if self.is_open:
            await js.document.exitPictureInPicture()
        elif self.stage.last:
            await self._open()

    async def _open(self):
        if not self._video:
            self._canvas = js.document.createElement("canvas")
            self._canvas.getContext("2d")  # without one there is no stream
            self._video = js.document.createElement("video")
            self._video.muted = True
            on(self._video, "leavepictureinpicture", lambda event: self._set_open(False))
        draw_stage(self._canvas, self.stage)
        self._video.srcObject = self._canvas.captureStream()
        self.is_open = True
        try:
            await self._video.play()
            await self._video.requestPictureInPicture()
        except Exception as error:
            print("picture in picture:", error)
            self._set_open(False)
            show(self.button, False)
            self.is_possible = False
            return
        self._set_open(True)

    def _set_open(self, is_open):
        self.is_open = is_open
        self.button.setAttribute("aria-pressed", "true" if is_open else "false")
        if not is_open and self._video.srcObject:
            for track in self._video.srcObject.getTracks():
                track.stop()
            self._video.srcObject = None
            if js.document.hidden:
                self.stage.rest()

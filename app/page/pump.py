"""Takes one picture after another from a video and has it worked on.

One frame is under way at a time. When its answer is there the newest one is taken, at once if the
video has shown one meanwhile; none is ever queued.
"""

import asyncio

import js

from dom import field
from messages import spawn
from worker import INTERRUPTED, FacesideError

AFTER_ERROR = 1  # s without frames after the engine refused one


class Still:
    """The bitmap of one frame; closed by its Stills when nobody needs it any more."""

    def __init__(self, bitmap):
        self.bitmap = bitmap


class Stills:
    """The stills that are open."""

    def __init__(self):
        self._open = []

    def add(self, bitmap):
        still = Still(bitmap)
        self._open.append(still)
        return still

    def keep_only(self, needed):
        kept = []
        for still in self._open:
            if still in needed:
                kept.append(still)
            else:
                still.bitmap.close()
        self._open = kept


class Pump:
    """`ask(bitmap)` is awaited for a frame; `show(bitmap, answer, milliseconds)` then owns the
    bitmap and is told how long taking it from the video took. What was asked before `halt` is
    never shown."""

    def __init__(self, video, ask, show):
        self.video = video
        self.running = False
        self._ask, self._show = ask, show
        self._turn = 0
        self._busy = self._waiting = False
        self._missed = False  # whether the video has shown a frame while another was worked on
        self._next_frame = self._on_frame

    def go(self):
        self.running = True
        self._await_frame()

    def halt(self):
        self.running = False
        self._turn += 1

    def nudge(self):
        """Go on without the screen's beat, which hidden pages do not get."""
        if js.document.hidden:
            self._on_frame()

    def _await_frame(self):
        if not self.running or self._waiting:
            return
        if js.document.hidden:
            if not self._busy:
                self._on_frame()
            return
        self._waiting = True
        if field(self.video, "requestVideoFrameCallback"):
            self.video.requestVideoFrameCallback(self._next_frame)
        else:
            js.requestAnimationFrame(self._next_frame)

    def _on_frame(self, *_):
        self._waiting = False
        if not self.running:
            return
        self._missed = self._busy
        if not self._busy:
            self._busy = True
            spawn(self._work())

    async def _work(self):
        try:
            await self._frame()
        except FacesideError as fault:
            if fault.code == INTERRUPTED:
                return  # the next frame waits until the engine has been started again
            await asyncio.sleep(AFTER_ERROR)
            raise
        finally:
            self._busy = False
            if self._missed:
                self._on_frame()
            else:
                self._await_frame()

    async def _frame(self):
        turn, began = self._turn, js.performance.now()
        try:
            bitmap = await js.createImageBitmap(self.video)
        except Exception:
            await asyncio.sleep(0.05)
            return  # the camera is just starting or stopping: the next frame will do
        taken = js.performance.now() - began
        self._await_frame()
        try:
            answer = await self._ask(bitmap)
        except FacesideError:
            bitmap.close()
            raise
        if turn == self._turn:
            self._show(bitmap, answer, taken)
        else:
            bitmap.close()

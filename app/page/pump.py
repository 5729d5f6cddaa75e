"""Takes one picture after another from a video and has it worked on.

One frame is under way at a time. When its answer is there, the frame that the video shows by then
follows at once, before the answer is drawn; none is ever queued.
"""

import asyncio

import js

from dom import field
from messages import spawn
from stills import take
from worker import INTERRUPTED, FacesideError

AFTER_ERROR = 1  # s without frames after the engine refused one
NOT_YET = 0.05  # s to wait where the camera is just starting or stopping


class Pump:
    """`ask(still)` is awaited for a frame; `show(still, answer, milliseconds)` then owns it and is
    told how long taking it from the video took. What was asked before `halt` is never shown."""

    def __init__(self, video, ask, show):
        self.video = video
        self.running = False
        self._ask, self._show = ask, show
        self._turn = 0
        self._busy = self._waiting = False
        self._missed = False  # whether the video has shown a frame since the last was taken
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
        """Work on one frame, and on the next as long as the video has shown one meanwhile."""
        asked = None
        try:
            asked = await self._asked()
            if not asked:
                await asyncio.sleep(NOT_YET)
            while asked:
                answer = await asked.answer
                following = await self._asked() if self._missed and self.running else None
                if following:
                    await asyncio.sleep(0)  # it is on its way before the answer is drawn
                self._end(asked, answer)
                asked = following
        except FacesideError as fault:
            asked.still.close()
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

    async def _asked(self):
        """The frame that the video shows, on its way to the engine; None where it shows none."""
        began, turn = js.performance.now(), self._turn
        still = await take(self.video)
        if not still:
            return None
        self._missed = False
        self._await_frame()
        return Asked(still, turn, js.performance.now() - began, self._ask)

    def _end(self, asked, answer):
        if asked.turn == self._turn:
            self._show(asked.still, answer, asked.milliseconds)
        else:
            asked.still.close()


class Asked:
    """A still that the engine is asked about, and its answer, to be awaited; `turn` is the pump's,
    by which it knows what was asked before it was halted."""

    def __init__(self, still, turn, milliseconds, ask):
        self.still, self.turn, self.milliseconds = still, turn, milliseconds
        self.answer = asyncio.create_task(ask(still))

"""Takes one picture after another from a video and has it worked on.

One frame is under way at a time, and meanwhile the next is taken from the video: it follows at
once when the answer is there, before that is drawn. One that has grown old by then is replaced;
none is ever queued.
"""

import asyncio

import js

from dom import field
from messages import spawn
from worker import INTERRUPTED, FacesideError

AFTER_ERROR = 1  # s without frames after the engine refused one
FRESH = 40  # ms, little more than a frame of most cameras: how old one may be that was taken ahead


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


class Taken:
    """The bitmap of a frame, when it was taken from the video and how long that took, ms; `turn`
    is the pump's, by which it knows what was taken before it was halted."""

    def __init__(self, bitmap, at, turn):
        self.bitmap, self.at, self.turn = bitmap, at, turn
        self.milliseconds = js.performance.now() - at

    def is_fresh(self):
        return js.performance.now() - self.at < FRESH

    def close(self):
        self.bitmap.close()


class Pump:
    """`ask(bitmap)` is awaited for a frame; `show(bitmap, answer, milliseconds)` then owns the
    bitmap and is told how long taking it from the video took. What was asked before `halt` is
    never shown."""

    def __init__(self, video, ask, show):
        self.video = video
        self.running = False
        self._ask, self._show = ask, show
        self._turn = 0
        self._busy = self._waiting = self._taking = False
        self._missed = False  # whether the video has shown a frame while another was worked on
        self._ahead = None  # what was taken meanwhile
        self._next_frame = self._on_frame

    def go(self):
        self.running = True
        self._await_frame()

    def halt(self):
        self.running = False
        self._turn += 1
        self._keep_ahead(None)

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
            return
        self._await_frame()
        if not self._taking and not (self._ahead and self._ahead.is_fresh()):
            self._taking = True
            spawn(self._take_ahead())

    async def _take_ahead(self):
        taken = await self._take()
        self._taking = False
        if taken and taken.turn == self._turn and self._busy:
            self._keep_ahead(taken)
        elif taken:
            taken.close()

    def _keep_ahead(self, taken):
        if self._ahead:
            self._ahead.close()
        self._ahead = taken

    def _following(self):
        """The frame taken ahead, if it is fresh; the caller owns it."""
        if not self._ahead or not self._ahead.is_fresh():
            return None
        taken, self._ahead, self._missed = self._ahead, None, False
        return taken

    async def _work(self):
        """Work on one frame, and on the next as long as that has been taken ahead."""
        try:
            taken = await self._take()
            if not taken:
                await asyncio.sleep(0.05)
                return  # the camera is just starting or stopping: the next frame will do
            self._await_frame()
            asked = self._asked(taken)
            while taken:
                answer = await asked
                following = self._following()
                if following:
                    asked = self._asked(following)
                    await asyncio.sleep(0)  # it is on its way before the answer is drawn
                self._end(taken, answer)
                taken = following
        except FacesideError as fault:
            taken.close()
            if fault.code == INTERRUPTED:
                return  # the next frame waits until the engine has been started again
            await asyncio.sleep(AFTER_ERROR)
            raise
        finally:
            self._busy = False
            self._keep_ahead(None)
            if self._missed:
                self._on_frame()
            else:
                self._await_frame()

    async def _take(self):
        began, turn = js.performance.now(), self._turn
        try:
            return Taken(await js.createImageBitmap(self.video), began, turn)
        except Exception:
            return None

    def _asked(self, taken):
        return asyncio.create_task(self._ask(taken.bitmap))

    def _end(self, taken, answer):
        if taken.turn == self._turn:
            self._show(taken.bitmap, answer, taken.milliseconds)
        else:
            taken.close()

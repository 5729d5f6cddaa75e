"""Photos worked on one after another: how many, how quick, how long still; stopped at once.

A photo that the engine is busy with when the person stops is abandoned: its answer counts no more.
"""

import asyncio

import js

import texts
from dom import by_id, offer, on, show
from messages import spawn
from worker import is_ready


class PhotoQueue:
    """Works through `photos`; `on_step(photo)` after each, `on_end()` when nothing is left or the
    person has stopped."""

    def __init__(self, photos, on_step, on_end):
        self.photos, self._on_step, self._on_end = photos, on_step, on_end
        self.progress, self.bar = by_id("photos-progress"), by_id("photos-bar")
        self.status = by_id("photos-status")
        self.cancel, self.resume = by_id("photos-cancel"), by_id("photos-resume")
        self.stopped = False
        self._run = 0  # which run is wanted; others are abandoned
        self._working = False
        self._done = self._started = 0
        on(self.cancel, "click", lambda event: self.stop())
        on(self.resume, "click", lambda event: self.go_on())

    def pending(self):
        return [photo for photo in self.photos if photo.is_pending()]

    def wake(self):
        """Work on whatever waits, unless the person has stopped."""
        if not self._working and not self.stopped and self.pending():
            self._run += 1
            self._working = True
            self._done, self._started = 0, js.performance.now()
            self.tell()
            spawn(self._work(self._run))

    def stop(self):
        if not self._working:
            return
        self.stopped = True
        self._end(self._run)
        self.resume.focus()

    def go_on(self):
        self.stopped = False
        self.wake()
        self.cancel.focus()

    def clear(self):
        """Forget that work was under way: there are no photos any more."""
        self._run += 1
        self._working = self.stopped = False
        self.tell()

    async def _work(self, run):
        try:
            photo = self._next()
            while photo and run == self._run:
                await photo.work(lambda: run == self._run)
                if run != self._run:
                    return
                self._done += 1
                self._on_step(photo)
                self.tell()
                await asyncio.sleep(0)
                photo = self._next()
        finally:
            if run == self._run and self._working:
                self._end(run)

    def _end(self, run):
        self._run += 1
        self._working = False
        for photo in self.photos:
            photo.put_back()
        self.tell()
        self.status.textContent = self.progress.textContent
        self._on_end()

    def _next(self):
        fresh = stale = None
        for photo in self.photos:
            if photo.state == "waiting" or photo.state == "working":
                fresh = photo
                break
            if photo.stale and not stale:
                stale = photo
        return fresh or stale

    def tell(self):
        """Show how far the work is."""
        left = len(self.pending())
        offer(self.cancel, self._working, self.progress)
        show(self.bar, self._working)
        offer(self.resume, self.stopped and left > 0, self.progress)
        if self._working:
            total = self._done + left
            self.bar.max, self.bar.value = total, self._done
            text = texts.photo_progress(min(self._done + 1, total), total)
            if not is_ready():
                text += " · " + texts.WAITING_FOR_ENGINE
            elif self._done >= 3:
                seconds = (js.performance.now() - self._started) / 1000
                rate = self._done / max(seconds, 0.001)
                text += " · " + texts.photo_rate(rate, left / rate)
        else:
            done = [photo for photo in self.photos if photo.state == "done"]
            failed = sum(1 for photo in self.photos if photo.state == "failed")
            faces = sum(len(photo.faces) for photo in done)
            text = texts.photos_done(len(self.photos), faces, failed)
            if left:
                text += ", " + texts.photos_left(left)
        self.progress.textContent = text

"""Frames of the camera that outlast the moment: for the faces seen in them, and what is done with
them.

A frame is taken without a copy where the browser can lend it. A camera has few to lend, so one that
is kept while newer ones come is copied then.
"""

import js

from messages import spawn


class Still:
    """One frame: its `picture`, for canvases and the engine, and its size in pixels."""

    def __init__(self, picture, lent):
        self.picture, self.lent = picture, lent
        self.width = picture.displayWidth if lent else picture.width
        self.height = picture.displayHeight if lent else picture.height
        self._closed = False

    def close(self):
        self._closed = True
        self.picture.close()

    async def own(self):
        """Give the frame back to the camera and keep a copy."""
        if self._closed:
            return  # before its turn came
        copy = await js.createImageBitmap(self.picture)
        if self._closed:
            copy.close()
        else:
            self.picture.close()
            self.picture = copy


async def take(video):
    """The frame that a video shows, None where it shows none."""
    frame = js.facesideEarly.frame(video)
    if frame:
        return Still(frame, True)
    try:
        return Still(await js.createImageBitmap(video), False)
    except Exception:
        return None


class Stills:
    """The stills that are open, the newest at the end."""

    def __init__(self):
        self._open = []

    def add(self, still):
        self._open.append(still)

    def keep_only(self, needed):
        newest = self._open[-1] if self._open else None
        kept = []
        for still in self._open:
            if still not in needed:
                still.close()
                continue
            kept.append(still)
            if still.lent and still is not newest:
                still.lent = False
                spawn(still.own())
        self._open = kept

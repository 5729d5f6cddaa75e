"""What other tabs change in the people kept is known here at once, and the other way round.

Tabs that share a database hear each other, under whichever paths of one address they were opened.
What is told while the engine starts is done once it has: it may have read the people before.
"""

import js

import lock
from dom import on
from messages import error, spawn
from worker import FacesideError, call, on_keep, tell_change

NAME = "faceside"  # as the database


class Tabs:
    """The line to the other tabs."""

    def __init__(self):
        self._channel = js.BroadcastChannel.new(NAME)
        self._behind = self._reading = False
        on_keep(lambda: self._channel.postMessage("people"))
        lock.on_tell(lambda word: self._channel.postMessage(word))
        on(self._channel, "message", self._on_message)
        on(js.window, "pageshow", lambda event: event.persisted and spawn(self._follow()))

    def _on_message(self, event):
        if event.data == "people":
            spawn(self._follow())
        elif event.data == "gone":
            spawn(self._follow_loss())
        else:
            spawn(lock.follow(event.data))

    async def _follow_loss(self):
        """The database was deleted or closed past the page."""
        if await call("follow_loss"):
            error(FacesideError("people-deleted"))
        tell_change()

    async def _follow(self):
        """Read again what is kept; once for all changes told while it is being read."""
        self._behind = True
        if self._reading:
            return
        self._reading = True
        try:
            while self._behind:
                self._behind = False
                await call("refresh_gallery")
        finally:
            self._reading = False
        tell_change()

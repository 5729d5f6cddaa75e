"""The photos view: choose, drop or paste; one photo after another; names kept up to date."""

import asyncio

import js

import texts
from dom import by_id, on, show
from messages import spawn
from photo_card import PhotoCard
from worker import FacesideError, is_ready, on_change


class Photos:
    def __init__(self):
        self.list, self.toolbar = by_id("photo-list"), by_id("photos-toolbar")
        self.progress, self.bar = by_id("photos-progress"), by_id("photos-bar")
        self.input, self.title = by_id("photo-input"), by_id("photos-title")
        self.drop = by_id("drop")
        self.cards = []
        self._first = 0  # where the batch under way starts in cards
        self._working = False
        on(self.input, "change", self._on_chosen)
        on(by_id("photos-clear"), "click", self._on_clear)
        on(js.document, "dragover", self._on_drag)
        on(js.document, "dragleave", self._on_leave)
        on(js.document, "drop", self._on_drop)
        on(js.document, "paste", self._on_paste)
        on_change(self.refresh)

    def add(self, files):
        """Queue files; each becomes a card at once."""
        if not self._pending():
            self._first = len(self.cards)
        for file in files:
            name = getattr(file, "name", "") or texts.PASTED
            self.cards.append(PhotoCard(self.list, file, name, self._remove))
        self._tell()
        self._wake()

    def refresh(self):
        """Name every face again: the people have changed."""
        for card in self.cards:
            card.stale = card.element.dataset.state in ("working", "done")
        self._wake()

    def _wake(self):
        if not self._working and self.cards:
            self._working = True
            spawn(self._work())

    async def _work(self):
        try:
            card = self._next()
            while card:
                try:
                    await card.work()
                except FacesideError as fault:
                    card.fail(fault)
                self._tell()
                await asyncio.sleep(0)
                card = self._next()
        finally:
            self._working = False

    def _next(self):
        pending = self._pending()
        if pending:
            return pending[0]
        for card in self.cards:
            if card.stale:
                return card
        return None

    def _pending(self):
        return [card for card in self.cards if card.element.dataset.state in ("waiting", "working")]

    def _tell(self):
        show(self.toolbar, bool(self.cards))
        waiting = len(self._pending())
        batch = len(self.cards) - self._first
        show(self.bar, waiting > 0)
        if waiting:
            self.bar.max, self.bar.value = batch, batch - waiting
            text = texts.photo_progress(batch - waiting + 1, batch)
            self.progress.textContent = (
                text if is_ready() else text + " · " + texts.WAITING_FOR_ENGINE
            )
        else:
            failed = sum(1 for card in self.cards if card.element.dataset.state == "failed")
            faces = sum(len(card.faces) for card in self.cards)
            self.progress.textContent = texts.photos_done(len(self.cards), faces, failed)

    def on_ready(self):
        self._tell()

    def _remove(self, card):
        index = self.cards.index(card)
        self.cards.remove(card)
        if index < self._first:
            self._first -= 1
        card.remove()
        near = self.cards[min(index, len(self.cards) - 1)].element if self.cards else self.title
        near.focus()
        self._tell()

    def _on_clear(self, event):
        for card in self.cards:
            card.remove()
        self.cards, self._first = [], 0
        self.title.focus()
        self._tell()

    def _on_chosen(self, event):
        files = list(self.input.files)
        self.input.value = ""
        self.add(files)

    def _on_drag(self, event):
        if _carries_files(event):
            event.preventDefault()
            self.drop.setAttribute("data-over", "true")

    def _on_leave(self, event):
        if not event.relatedTarget:
            self.drop.removeAttribute("data-over")

    def _on_drop(self, event):
        self.drop.removeAttribute("data-over")
        if _carries_files(event):
            event.preventDefault()
            self._take(list(event.dataTransfer.files))

    def _on_paste(self, event):
        if event.clipboardData:
            self._take(list(event.clipboardData.files))

    def _take(self, files):
        if files and not js.document.querySelector("dialog[open]"):
            js.location.hash = "photos"
            self.add(files)


def _carries_files(event):
    return bool(event.dataTransfer) and "Files" in list(event.dataTransfer.types)

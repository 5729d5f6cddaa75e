"""The photos view: choose, drop or paste; filter, export, a page of cards at a time."""

import json

import js

import messages
import texts
from dom import by_id, make, offer, on, show
from files import KINDS, carries_files, dropped_entries, files_of, is_video, of_folder, save
from messages import spawn
from photo import Photo
from photo_card import PhotoCard
from photo_groups import PhotoGroups
from photo_queue import PhotoQueue
from videos import Videos
from worker import call, on_change

CARDS = 24  # on one page
TELL_AFTER = 500  # ms between two counts of the filter while photos are worked on


class Photos:
    def __init__(self):
        self.list, self.toolbar = by_id("photo-list"), by_id("photos-toolbar")
        self.title, self.drop = by_id("photos-title"), by_id("drop")
        self.filter, self.results = by_id("photos-filter"), by_id("photos-results")
        self.failures, self.pager = by_id("photos-failures"), by_id("photos-pager")
        self.previous, self.next = by_id("photos-previous"), by_id("photos-next")
        self.photos, self.cards = [], {}  # cards by the photo's number
        self._page = self._told = 0
        self.queue = PhotoQueue(self.photos, self._on_step, self._on_end)
        self.groups, self.videos = PhotoGroups(), Videos()
        for name in ("photo-input", "folder-input"):
            on(by_id(name), "change", self._on_chosen)
        on(by_id("photos-clear"), "click", lambda event: self.clear())
        on(self.filter, "change", lambda event: self._turn_to(0))
        on(self.previous, "click", lambda event: self._turn_to(self._page - 1))
        on(self.next, "click", lambda event: self._turn_to(self._page + 1))
        for kind in KINDS:
            on(by_id(f"photos-{kind}"), "click", lambda event, kind=kind: spawn(self.export(kind)))
        on(js.document, "dragover", self._on_drag)
        on(js.document, "dragleave", self._on_leave)
        on(js.document, "drop", self._on_drop)
        on(js.document, "paste", self._on_paste)
        on_change(lambda: spawn(self.refresh()))

    def add(self, files, left_out=0):
        """Queue photos, and offer videos to be looked through."""
        for file in files:
            name = getattr(file, "webkitRelativePath", "") or getattr(file, "name", "")
            if is_video(file):
                self.videos.add(file, name)
            else:
                self.photos.append(Photo(file, name or texts.PASTED))
        if left_out:
            messages.success(texts.left_out(left_out))
        if self.photos:
            self.queue.stopped = False
            self.queue.wake()
            self._show()

    async def refresh(self):
        """Name every face again: the people, or the settings, have changed."""
        seen = [photo for photo in self.photos if photo.state == "done"]
        self.videos.refresh()
        if not seen:
            for photo in self.photos:
                photo.stale = photo.state == "working"
            return
        numbers = js.JSON.parse(json.dumps([photo.number for photo in seen]))
        names = json.loads(await call("names", numbers))
        for photo in self.photos:
            matches = names.get(str(photo.number))
            if matches is not None and len(matches) == len(photo.faces):
                photo.rename(matches)
            elif photo.state in ("done", "working"):
                photo.stale = True
        self._show()
        self.queue.wake()
        if not self.queue.pending():
            self._group()

    async def export(self, kind):
        """Write all that was found to a file."""
        files = [
            [photo.number, photo.name]
            + ([photo.fault.code, photo.fault.message] if photo.state == "failed" else ["", ""])
            for photo in self.photos
            if photo.state in ("done", "failed")
        ]
        text = await call("export_photos", json.dumps(files), kind)
        save("faceside-photos", kind, text)

    def clear(self):
        """Take all photos and videos away."""
        self._forget(self.photos)
        self.photos.clear()
        self.videos.clear()
        self.groups.clear()
        self.queue.clear()
        self._page = 0
        self.filter.value = "all"
        self.title.focus()
        self._show()

    def on_lock(self, locked):
        """Forget who was seen; the photos are looked at again when the people are unlocked."""
        if locked:
            self.queue.clear()
            self.queue.stopped = True
            for photo in self.photos:
                photo.forget()
            self.groups.clear()
            self.videos.forget()
            self.filter.value = "all"
        else:
            self.queue.stopped = False
            self.queue.wake()
        self._show()

    def forget_videos(self):
        """Have the videos wait to be looked through again."""
        self.videos.forget()

    def on_ready(self):
        self.queue.tell()

    def _on_step(self, photo):
        card = self.cards.get(photo.number)
        if card:
            card.update()
        now = js.performance.now()
        if now - self._told > TELL_AFTER:
            self._told = now
            self._show()

    def _on_end(self):
        self._show()
        self._group()

    def _group(self):
        self.groups.refresh([photo.number for photo in self.photos if photo.state == "done"])

    def _forget(self, photos):
        for photo in photos:
            photo.removed = True
        spawn(call("forget_photos", js.JSON.parse(json.dumps([p.number for p in photos]))))

    def _show(self):
        """Bring the filter, the failures and the cards of the page up to date."""
        show(self.toolbar, bool(self.photos))
        show(self.results, bool(self.photos))
        self._count()
        self._list_failures()
        wanted = [photo for photo in self.photos if photo.suits(self.filter.value)]
        last = max(0, (len(wanted) - 1) // CARDS)
        self._page = max(0, min(self._page, last))
        first = self._page * CARDS
        self._place(wanted[first : first + CARDS])
        show(self.pager, last > 0)
        by_id("photos-range").textContent = texts.page_of(
            first + 1, min(first + CARDS, len(wanted)), len(wanted)
        )
        offer(self.previous, self._page > 0, self.next)
        offer(self.next, self._page < last, self.previous)

    def _place(self, photos):
        """Have just the cards of these photos on the screen, in their order."""
        wanted = {photo.number for photo in photos}
        had_focus = self.list.contains(js.document.activeElement)
        for number in list(self.cards):
            if number not in wanted:
                self.cards.pop(number).close()
        for place, photo in enumerate(photos):
            card = self.cards.get(photo.number)
            if card:
                card.update()
            else:
                card = self.cards[photo.number] = PhotoCard(photo, self._remove)
            there = self.list.children[place] if place < self.list.childElementCount else None
            if there is None or there != card.element:
                self.list.insertBefore(card.element, there)
        if had_focus and not self.list.contains(js.document.activeElement):
            self.title.focus()

    def _count(self):
        """The choices of the filter, each with how many photos it shows."""
        names, chosen = {}, self.filter.value or "all"
        for photo in self.photos:
            for label in {face.label for face in photo.faces if face.label}:
                names[label] = names.get(label, 0) + 1
        choices = [
            (kind, text, sum(1 for photo in self.photos if photo.suits(kind)))
            for kind, text in texts.FILTERS
        ]
        choices += [("name:" + name, name, names[name]) for name in sorted(names)]
        if chosen not in [kind for kind, _, _ in choices]:
            chosen = "all"
        options = [
            (kind, texts.filter_choice(text, number))
            for kind, text, number in choices
            if number or kind in ("all", chosen)
        ]
        shown = [(option.value, option.textContent) for option in list(self.filter.options)]
        if shown != options:
            self.filter.replaceChildren()
            for kind, text in options:
                make("option", text, self.filter, value=kind)
            self.filter.value = chosen

    def _list_failures(self):
        failed = [photo for photo in self.photos if photo.state == "failed"]
        show(self.failures, bool(failed))
        if len(failed) == self.failures.querySelector("ul").childElementCount:
            return
        self.failures.querySelector("summary").textContent = texts.failures(len(failed))
        place = self.failures.querySelector("ul")
        place.replaceChildren()
        for photo in failed:
            item = make("li", parent=place, data_code=photo.fault.code)
            make("strong", photo.name, item, dir="auto")
            make("span", photo.fault.message, item)
            make("code", photo.fault.code, item)

    def _turn_to(self, page):
        self._page = page
        self._show()
        self.results.scrollIntoView()

    def _remove(self, photo):
        index = self.photos.index(photo)
        self.photos.remove(photo)
        self._forget([photo])
        self._show()
        self.queue.tell()
        near = self.photos[min(index, len(self.photos) - 1)] if self.photos else None
        card = self.cards.get(near.number) if near else None
        (card.element if card else self.title).focus()
        self._group()

    def _on_chosen(self, event):
        files = list(event.target.files)
        left_out = 0
        if event.target.id == "folder-input":
            files, left_out = of_folder(files)
        event.target.value = ""
        self.add(files, left_out)

    def _on_drag(self, event):
        if carries_files(event):
            event.preventDefault()
            self.drop.setAttribute("data-over", "true")

    def _on_leave(self, event):
        if not event.relatedTarget:
            self.drop.removeAttribute("data-over")

    def _on_drop(self, event):
        self.drop.removeAttribute("data-over")
        if carries_files(event) and not event.defaultPrevented:
            event.preventDefault()
            if js.document.querySelector("dialog[open]"):
                return
            js.location.hash = "photos"
            entries = dropped_entries(event.dataTransfer)
            if entries:
                spawn(self._take_entries(entries))
            else:
                self.add(list(event.dataTransfer.files))

    async def _take_entries(self, entries):
        files, left_out = await files_of(entries)
        self.add(files, left_out)

    def _on_paste(self, event):
        if event.clipboardData and not event.defaultPrevented:
            files = list(event.clipboardData.files)
            if files and not js.document.querySelector("dialog[open]"):
                js.location.hash = "photos"
                self.add(files)

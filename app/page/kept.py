"""What is kept on this device: everything the browser holds for this address, counted, and whether
it may clear it."""

import json

import js

import offline
import texts
import views
from dom import by_id, field, make, offer, on, show
from messages import spawn
from privacy_room import load
from worker import FacesideError, call, is_ready, on_change

AREAS = ("local", "session")  # of the Web Storage


class Kept:
    """The list, and the button that asks the browser to keep it."""

    def __init__(self):
        self.list = by_id("kept-list")
        self.used, self.kept = by_id("storage-used"), by_id("storage-kept")
        self.ask = by_id("storage-ask")
        self._looking = self._again = False
        on(self.ask, "click", lambda event: spawn(self._ask()))
        on_change(self.refresh)
        offline.on_change(self._tell_offline)

    def refresh(self):
        """Count again, if somebody is looking."""
        if views.current() == "privacy":
            spawn(self._refresh())

    async def _refresh(self):
        """Count; once more where that was asked for meanwhile."""
        self._again = True
        if self._looking:
            return
        self._looking = True
        try:
            while self._again:
                self._again = False
                await self._tell_storage()
                await self._count()
        finally:
            self._looking = False

    async def _count(self):
        module = await load("kept.mjs")
        people = await self._of_people()
        found = _plain(await module.look())
        rows = _people_rows(people) + _kept_rows(found)
        self.list.replaceChildren()
        for name, title, lines in rows:
            show_fact(self.list, name, title, lines)
        self.list.setAttribute("aria-busy", "false")

    async def _of_people(self):
        """What the engine counts; None before it has started and where it has died."""
        if is_ready():
            try:
                return _plain(await call("kept_of_people"))
            except FacesideError:
                pass

    async def _tell_storage(self, asked=False):
        storage = field(js.navigator, "storage")
        if not storage:
            self.used.textContent = texts.STORAGE_UNKNOWN
            return
        estimate, kept = await storage.estimate(), await storage.persisted()
        found = _plain(estimate)
        details = found.get("usageDetails", {})
        self.used.textContent = texts.storage_used(
            found.get("usage", 0),
            found.get("quota", 0),
            details.get("indexedDB"),
            details.get("caches"),
        )
        self.kept.textContent = texts.storage_kept(kept, asked)
        offer(self.ask, not kept, by_id("storage-title"))

    async def _ask(self):
        await js.navigator.storage.persist()
        await self._tell_storage(asked=True)

    def _tell_offline(self, state):
        if state.name != "keeping":
            self.refresh()
        by_id("storage-offline").textContent = texts.offline_state(state)
        show(by_id("storage-offline"))


def _plain(record):
    """A JavaScript record as a dict; its numbers as they are would be too short for 2 GB."""
    return json.loads(js.JSON.stringify(record))


def show_fact(parent, name, title, lines):
    """A row of a list of facts: (name in the browser's words or None, sentence) for each line."""
    row = make("div", parent=parent, data_kept=name)
    make("dt", title, row)
    for own, text in lines or [(None, texts.NONE)]:
        line = make("dd", parent=row)
        if own is not None:
            make("code", own, line, translate="no")
        if text:
            make("span", text, line)


def _people_rows(people):
    if people is None:
        return []
    if "locked" in people:
        told = texts.people_locked(people["locked"])
        return [("people", texts.PEOPLE_KEPT, [(None, told)])]
    parts = (
        ("photos", texts.PHOTOS_KEPT),
        ("descriptors", texts.DESCRIPTORS_KEPT),
        ("notes", texts.NOTES_KEPT),
    )
    rows = [(name, title, [(None, texts.counted(*people[name]))]) for name, title in parts]
    told = texts.people_kept(people["people"], people["samples"])
    return [("people", texts.PEOPLE_KEPT, [(None, told)])] + rows


def _kept_rows(found):
    lines = {
        "databases": [(name, texts.records_kept(number)) for name, number in found["databases"]],
        "caches": [(row[0], texts.files_kept(row[1], row[2])) for row in found["caches"]],
        "workers": [(scope, "") for scope in found["workers"]],
        "files": [(path, texts.byte_size(number)) for path, number in found["files"]],
        "cookies": [(None, str(found["cookies"]))] if found["cookies"] else [],
    }
    for area in AREAS:
        lines[area] = [(key, texts.byte_size(number)) for key, number in found[area]]
    order = "local databases caches workers session files cookies".split()
    return [(name, texts.KEPT[name], lines[name]) for name in order]

"""What the page has of this device: threads for the nets, and room for the people and the site."""

import json

import js

import offline
import stored
import texts
import views
from dom import by_id, field, make, offer, on, show
from messages import spawn
from worker import on_change


class Threads:
    """How many threads the nets run on; holds from the next load of the page on."""

    def __init__(self):
        self.select, self.state = by_id("threads"), by_id("threads-state")
        self.reload = by_id("threads-reload")
        on(self.select, "change", self._on_choice)
        on(self.reload, "click", lambda event: js.location.reload())

    def begin(self, backend, threads):
        """Show what is in force, and what may be chosen."""
        isolated = field(js, "crossOriginIsolated", False)
        self.state.textContent = texts.running(backend, threads, isolated)
        most = int(js.navigator.hardwareConcurrency or 1) if isolated else 1
        self.select.replaceChildren()
        make("option", texts.AUTOMATIC, self.select, value="")
        for number in range(1, most + 1):
            make("option", str(number), self.select, value=str(number))
        self.select.value = str(stored.threads() or "")
        self.select.disabled = most == 1
        self._begun_with = self.select.value

    def _on_choice(self, event):
        stored.keep_threads(self.select.value)
        offer(self.reload, self.select.value != self._begun_with, self.select)


class Storage:
    """How much is kept, and whether the browser may clear it."""

    def __init__(self):
        self.used, self.kept = by_id("storage-used"), by_id("storage-kept")
        self.ask = by_id("storage-ask")
        on(self.ask, "click", lambda event: spawn(self._ask()))
        on(js.window, "hashchange", lambda event: self.refresh())
        on_change(self.refresh)
        offline.on_change(self._tell_offline)
        self.refresh()

    def refresh(self):
        if views.current() == "settings":
            spawn(self._refresh())

    async def _refresh(self, asked=False):
        storage = field(js.navigator, "storage")
        if not storage:
            self.used.textContent = texts.STORAGE_UNKNOWN
            return
        estimate, kept = await storage.estimate(), await storage.persisted()
        found = json.loads(js.JSON.stringify(estimate))  # as numbers, 2 GB would be too many
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
        await self._refresh(asked=True)

    def _tell_offline(self, state):
        by_id("storage-offline").textContent = texts.offline_state(state)
        show(by_id("storage-offline"))

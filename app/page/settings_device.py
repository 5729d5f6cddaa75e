"""What the page keeps on this device by itself: how it looks, threads for the nets, and room for
the people and the site."""

import json

import js

import language
import offline
import stored
import texts
import views
from choice import Choice
from dom import by_id, field, offer, on, show
from messages import spawn
from worker import on_change


class Threads:
    """How many threads the nets run on; holds from the next load of the page on."""

    def __init__(self, on_change):
        self.state = by_id("threads-state")
        self.choice = Choice("threads", stored.THREADS, on_change)

    def begin(self, backend, threads):
        """Show what is in force, and what may be chosen."""
        isolated = field(js, "crossOriginIsolated", False)
        self.state.textContent = texts.running(backend, threads, isolated)
        most = int(js.navigator.hardwareConcurrency or 1) if isolated else 1
        numbers = [str(number) for number in range(1, most + 1)]
        self.choice.offer(texts.AUTOMATIC, [(number, number) for number in numbers])
        self.choice.select.disabled = most == 1


class Looks:
    """Light or dark, at once, and the language, from the next load of the page on."""

    def __init__(self, on_change):
        self.appearance = Choice("appearance", js.facesideEarly.APPEARANCE, self._on_appearance)
        self.language = Choice("language", language.KEY, on_change)
        self._on_change = on_change
        self.appearance.offer(texts.AS_DEVICE, [("light", texts.LIGHT), ("dark", texts.DARK)])
        codes = language.available()
        self.language.offer(texts.AS_DEVICE, [(code, language.name_of(code)) for code in codes])
        show(self.language.select.closest(".setting"), len(codes) > 1)

    def _on_appearance(self):
        js.facesideEarly.appear(self.appearance.select.value)
        self._on_change()


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

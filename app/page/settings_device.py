"""What the page keeps on this device by itself: how it looks, and threads for the nets."""

import js

import language
import stored
import texts
from choice import Choice
from dom import by_id, field, show


class Threads:
    """How many threads the nets run on; holds from the next load of the page on."""

    def __init__(self, on_change):
        self.state = by_id("threads-state")
        self.choice = Choice("threads", stored.THREADS, on_change)

    def begin(self, threads):
        """Show what is in force, and what may be chosen."""
        isolated = field(js, "crossOriginIsolated", False)
        self.state.textContent = texts.running(threads, isolated)
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

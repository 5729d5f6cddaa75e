"""What is drawn over the picture, switched one by one and kept on this device.

Boxes, names and track numbers are drawn of what is known anyway; landmarks, expressions, age and
gender are computed only where they are switched on, so these are settings of the engine.
"""

import stored
from dom import by_id, on
from messages import spawn

KEPT = "layers"
OF_THE_ENGINE = ("shownLandmarks", "expressions", "ageAndGender")


class Layers:
    """`shown` says by name what is drawn; `on_change()` when that has changed."""

    def __init__(self, on_change):
        self.controls = {
            control.dataset.layer: control
            for control in list(by_id("layers").querySelectorAll("[data-layer]"))
        }
        kept = stored.recall_view(KEPT)
        self.shown = {name: control.checked for name, control in self.controls.items()}
        self.shown.update({name: bool(kept[name]) for name in self._own() if name in kept})
        self._on_change, self._change = on_change, None
        for name, control in self.controls.items():
            control.checked = self.shown[name]
            on(control, "change", lambda event, name=name: self._on_switch(name))

    def follow(self, info, change):
        """Show the settings in force; `change({name: value})` has the engine change them."""
        self._change = change
        for name in OF_THE_ENGINE:
            control = self.controls[name]
            control.disabled = False
            control.checked = self.shown[name] = getattr(info, name)
        self._on_change()

    def _own(self):
        return [name for name in self.controls if name not in OF_THE_ENGINE]

    def _on_switch(self, name):
        wanted = self.controls[name].checked
        if name in OF_THE_ENGINE:
            spawn(self._ask(name, wanted))
        else:
            self.shown[name] = wanted
            stored.keep_view(KEPT, {name: self.shown[name] for name in self._own()})
            self._on_change()

    async def _ask(self, name, wanted):
        try:
            await self._change({name: wanted})
        finally:
            self.controls[name].checked = self.shown[name]

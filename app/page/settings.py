"""The settings view: how faces are found and told apart on this device, and by which models."""

import asyncio

import js
from pyscript.ffi import to_js

import messages
import stored
import texts
from dom import by_id, field, make, offer, on, show
from lock_settings import LockSettings
from messages import spawn
from setting import Setting
from settings_backends import Backends
from settings_device import Looks, Threads
from settings_distances import Distances
from worker import FacesideError, call

EVERY = 0.2  # s between two looks at the bytes


class Settings:
    """`on_change(info)` is told what is in force after every change, `on_backends(names)` what the
    nets run on."""

    def __init__(self, on_change, on_backends):
        self.view, self.fields = by_id("settings"), by_id("settings-fields")
        self.title, self.state = by_id("settings-title"), by_id("settings-state")
        self.models_panel, self.models_list = by_id("models"), by_id("models-list")
        self.reset = by_id("settings-reset")
        self.rows = [
            Setting(element, self._on_setting)
            for element in list(self.view.querySelectorAll("[data-setting]"))
        ]
        self.info = self.models = None
        self._on_change = on_change
        self.distances = Distances()
        looks, self.threads = Looks(self._show_changes), Threads(self._show_changes)
        lock = LockSettings(self._show_changes)
        self.backends = Backends(self._show_changes, on_backends)
        self.choices = (
            looks.appearance,
            looks.language,
            self.backends.choice,
            self.threads.choice,
            lock.after,
        )
        self._turn = asyncio.Lock()
        on(self.reset, "click", self._on_reset)

    def begin(self, info):
        """Show the settings of an engine that has just started."""
        self.models = info.models
        self.fields.disabled = False
        self.threads.begin(info.threads)
        self.backends.begin()
        self._show(info)
        self.distances.refresh()

    def _on_setting(self, row, value):
        spawn(self.change({row.name: value}, row))

    def _on_reset(self, event):
        for choice in self.choices:
            if choice.differs():
                choice.choose("")
        spawn(self.change({row.name: None for row in self.rows}))

    async def change(self, wishes, row=None):
        """Have the engine change settings; what it refuses is told at the row, the rest stays."""
        async with self._turn:
            for other in self.rows:
                other.tell("")
            self.state.setAttribute("aria-busy", "true")  # not every percent is read out
            files = _Files(self.models)
            watching = asyncio.create_task(self._watch(files))
            try:
                info = await call("configure", to_js(wishes))
            except FacesideError as fault:
                self._show(self.info)
                if not row:
                    raise
                row.tell(fault.message)
                return
            finally:
                watching.cancel()
                self.state.removeAttribute("aria-busy")
            self._show(info)
            self._keep(info)
            self._on_change(info)

    async def _watch(self, files):
        await asyncio.sleep(EVERY)
        while True:
            model, share = files.under_way()
            self.state.textContent = texts.loading(model, share) if model else texts.CHANGING
            await asyncio.sleep(EVERY)

    def _show(self, info):
        self.info = info
        for row in self.rows:
            row.update(info, self.models)
        self._show_changes()
        self._show_models([getattr(self.models, name) for name in info.nets])

    def _show_changes(self):
        if not self.info:
            return
        changed = js.Object.keys(self.info.chosen).length
        changed += sum(choice.differs() for choice in self.choices)
        self.state.textContent = texts.settings_state(changed)
        offer(self.reset, changed > 0, self.title)

    def _show_models(self, models):
        show(self.models_panel)
        self.models_list.replaceChildren()
        for model in models:
            item = make("li", parent=self.models_list, data_model=model.name)
            make("h4", model.title, item)
            make("p", texts.model_facts(model), item, class_="muted")
            make("p", model.attribution, item, lang="en")
            make("p", texts.TRAINING_DATA + " ", item).appendChild(
                make("span", model.trainingData, lang="en")
            )

    def _keep(self, info):
        if not stored.keep(*stored.of(info, self.models)):
            messages.error(FacesideError("settings-not-kept"))


class _Files:
    """How far the files of models have come since this was made."""

    def __init__(self, models):
        self.bytes = js.facesideEarly.bytes
        self.models = [getattr(models, name) for name in js.Object.keys(models)]
        self.root = js.URL.new("./models/", js.location.href).href
        for model in self.models:
            for file in model.files:
                setattr(self.bytes, self.root + file, 0)

    def under_way(self):
        """(model, share 0 to 1) of one that has come in part, or (None, 0)."""
        for model in self.models:
            loaded = sum(field(self.bytes, self.root + file, 0) for file in model.files)
            if 0 < loaded < model.bytes:
                return model, loaded / model.bytes
        return None, 0

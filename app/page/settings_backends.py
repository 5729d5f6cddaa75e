"""Which backend each net runs on: the choice, what each has needed here, and what went wrong."""

import asyncio
import json

import js

import messages
import stored
import texts
from choice import Choice
from dom import by_id, make, on, show
from messages import spawn
from worker import FacesideError, call

LATER = 2  # s after the start: finding out about the GPU must not keep the first faces waiting
WASM, AUTO = "wasm", "auto"
OTHERS = ("webgpu", "webgl", "webnn")


class Backends:
    """`on_use(names)` is told which backends are in use, whenever that changes."""

    def __init__(self, on_change, on_use):
        self.list, self.state = by_id("backends"), by_id("backends-state")
        self.gpu, self.fault = by_id("backends-gpu"), by_id("backend-fault")
        self.time = by_id("backends-time")
        self.choice = Choice("backend", stored.BACKEND, self._on_choice)
        self.in_use = [WASM]
        self._on_change, self._on_use = on_change, on_use
        self._lost = None
        on(js.window, "faceside-backends", lambda event: spawn(self._refresh()))
        on(self.time, "click", lambda event: spawn(self._time()))

    def begin(self):
        """Have the engine settle its nets; it has just started, on WASM."""
        names = (WASM,) + OTHERS
        self.choice.offer(texts.AUTOMATIC, [(name, texts.BACKENDS[name]) for name in names])
        spawn(self._begin())

    async def _begin(self):
        await self._refresh()
        await asyncio.sleep(LATER)
        await self._use()

    def _on_choice(self):
        self._on_change()
        spawn(self._use())

    async def _use(self):
        kept = js.JSON.parse(json.dumps(stored.recall_view(stored.TIMES)))
        self._show(await call("use_backend", self.choice.select.value or AUTO, kept))

    async def _time(self):
        self.time.disabled = True
        self.state.textContent = texts.BACKENDS_TIMING
        try:
            self._show(await call("time_backends"))
        finally:
            self.time.disabled = False

    async def _refresh(self):
        self._show(await call("backends"))

    def _show(self, found):
        found = json.loads(js.JSON.stringify(found))
        nets = found["nets"]
        self.list.replaceChildren()
        for net in nets:
            item = make("li", parent=self.list, data_net=net["name"], data_backend=net["backend"])
            make("h4", texts.backend_net(net["title"], net["backend"]), item)
            tried = [
                (name, net["ms"].get(name), net["faults"].get(name)) for name in (WASM,) + OTHERS
            ]
            text = texts.backend_times(tried)
            if text:
                make("p", text, item, class_="muted")
        if found["device"]:
            stored.keep_view(stored.TIMES, {"device": found["device"], "times": found["times"]})
            self._tell_gpu(found["gpus"])
        self._tell_faults(nets)
        if not self.time.disabled:
            self.state.textContent = texts.BACKENDS_STATES[found["state"]]
        self._tell_lost(found.get("lost"))
        in_use = [name for name in OTHERS + (WASM,) if any(n["backend"] == name for n in nets)]
        if in_use and in_use != self.in_use:
            self.in_use = in_use
            self._on_use(in_use)

    def _tell_gpu(self, gpus):
        self.gpu.textContent = "" if gpus else texts.NO_GPU
        for gpu in gpus:
            make("span", texts.GPU + " ", self.gpu)
            make("span", gpu["name"], self.gpu, translate="no")
            make("span", ". " + (texts.GPU_IS_SOFTWARE + " ") * gpu["software"], self.gpu)
        show(self.time, bool(gpus))

    def _tell_faults(self, nets):
        chosen = self.choice.select.value
        codes = [net["faults"][chosen] for net in nets if chosen in net["faults"]]
        self.fault.textContent = texts.backend_refused(chosen, codes) if codes else ""

    def _tell_lost(self, lost):
        if lost and lost != self._lost:
            messages.error(FacesideError("backend-lost", texts.backend_lost(lost)))
        self._lost = lost

"""The loading view: named steps with percentages from bytes, then gone; a failure with a way on.

It starts the engine, and starts it again where its worker has ended.
"""

import asyncio

import js

import facade
import stored
import texts
import worker
from dom import by_id, on, show
from worker import FacesideError

EVERY = 0.2  # s between two looks at the bytes
SLOW_AFTER = 30  # s without a new byte
APART = 60000  # ms; an engine that ends twice within this is not started again
FIRST = "engine"  # the name of the script of the first worker

# step: the files it waits for, by the start and the end of their address
STEPS = (
    ("python", (("vendor/pyodide/", ".wasm"), ("vendor/pyodide/", ".zip"))),
    ("packages", (("vendor/pyodide/", ".whl"),)),
    ("runtime", (("vendor/onnxruntime/", ".wasm"),)),
)
IN_START = ("runtime", "models")  # fetched while the engine starts, the others before


class Loading:
    """Follows the engine's start; `on_ready(info)` when it is ready, each time it is."""

    def __init__(self, on_ready):
        self.panel, self.failed = by_id("loading"), by_id("loading-failed")
        self.retry = by_id("loading-retry")
        self.bar, self.total = by_id("loading-bar"), by_id("loading-total")
        self.sizes = {}
        self._use(*stored.recall())
        self.phase = "python"
        self._on_ready = on_ready
        self._run = 0  # which start is wanted; others are abandoned
        self._was_ready = False
        self._ended = None  # when the engine ended last, ms
        self._silent = 0
        self._loaded = -1
        self._again = asyncio.Event()
        self.retry.onclick = None
        if not js.facesideEarly.failure:
            self._unfail()
        on(self.retry, "click", self._on_retry)

    async def run(self):
        self._step("interface", "done")
        asyncio.create_task(self._watch())
        self.sizes = await _sizes()
        if js.facesideEarly.failure:  # from before anybody listened
            self.fail_for_good(FacesideError("engine-failed"))
        else:
            await self._start(FIRST)

    def use(self, info, models):
        """Have the engine start as it is now, should it have to be started again."""
        self._use(*stored.of(info, models))

    def may_go_on(self):
        """Whether an engine that has just ended is started again: it had started once, and has not
        ended a moment ago as well."""
        before, self._ended = self._ended, js.performance.now()
        return self._was_ready and (before is None or self._ended - before > APART)

    async def again(self):
        """Start the engine again, in another worker."""
        was_done, self.phase = self.phase == "done", "python"
        self._silent, self._loaded = 0, -1
        for step, _ in self.steps + (("warmup", ()),):
            self._step(step, "waiting")
        self._unfail()
        show(self.panel)
        if was_done:
            asyncio.create_task(self._watch())
        await self._start(js.facesideEarly.again())

    async def _start(self, name):
        self._run += 1
        run = self._run
        await worker.connect(name)
        while True:
            self.phase = "models"
            try:
                info = await worker.start(self.settings, stored.threads())
                break
            except FacesideError as fault:
                if fault.code == worker.INTERRUPTED:
                    return
                self.phase = "failed"
                facade.failed(fault)
                self._fail(fault)
                self._again.clear()
                await self._again.wait()
                if run != self._run:
                    return
                self._unfail()
        self.phase, self._was_ready = "done", True
        show(self.panel, False)
        facade.ready()
        self._on_ready(info)

    def _use(self, settings, models):
        self.settings = settings
        self.steps = STEPS + (("models", tuple(("models/" + file, "") for file in models)),)

    def fail_for_good(self, fault):
        """Only loading the page again helps."""
        self.phase = "dead"
        worker.give_up(fault)
        facade.failed(fault)
        self._fail(fault)
        self.retry.textContent = texts.RELOAD

    def _on_retry(self, event):
        if self.phase == "failed":
            self._again.set()
        else:
            js.location.reload()

    async def _watch(self):
        while self.phase != "done":
            if self.phase in ("python", "models"):
                self._draw(_loaded_files(js.facesideEarly.bytes))
            await asyncio.sleep(EVERY)

    def _draw(self, files):
        counts = [(step, _progress(patterns, self.sizes, files)) for step, patterns in self.steps]
        begun = self.phase == "models"  # whether anything later than this step has begun
        for step, (loaded, size) in reversed(counts):
            complete = size and loaded >= size
            if (complete and (begun or step in IN_START)) or (begun and step not in IN_START):
                self._step(step, "done")
            elif loaded:
                self._step(step, "working", texts.percent(loaded / size))
            begun = begun or loaded > 0
        loaded = sum(loaded for _, (loaded, _) in counts)
        size = sum(size for _, (_, size) in counts)
        if size:
            self.bar.value = loaded / size * 100
            self.total.textContent = texts.megabytes(loaded, size)
        else:
            self.bar.removeAttribute("value")
        if self.phase == "models" and loaded >= size:
            self._step("warmup", "working")
            self.total.textContent = texts.WARMING_UP
        self._notice_silence(loaded)

    def _notice_silence(self, loaded):
        """Offer to load the page again when nothing has come for long; it may still come."""
        if loaded != self._loaded and self._silent > SLOW_AFTER:
            self._unfail()
        self._silent = 0 if loaded != self._loaded else self._silent + EVERY
        self._loaded = loaded
        if self._silent > SLOW_AFTER and self.failed.hidden:
            self._fail(FacesideError("engine-slow"))
            self.retry.textContent = texts.RELOAD

    def _step(self, name, state, text=""):
        step = self.panel.querySelector(f'[data-step="{name}"]')
        step.setAttribute("data-state", state)
        step.querySelector("output").textContent = text

    def _fail(self, fault):
        self.panel.setAttribute("data-state", "failed")
        show(self.panel)
        show(self.failed)
        by_id("loading-message").textContent = fault.message
        by_id("loading-code").textContent = fault.code
        self.retry.textContent = texts.TRY_AGAIN
        for kind, step in (("model-", "models"), ("runtime-", "runtime")):
            if fault.code.startswith(kind):
                self._step(step, "failed")
        for step in list(self.panel.querySelectorAll("li[data-state=working]")):
            step.setAttribute("data-state", "failed")

    def _unfail(self):
        self.panel.setAttribute("data-state", "working")
        show(self.failed, False)
        self.total.textContent = texts.STARTING
        for step in list(self.panel.querySelectorAll("li[data-state=failed]")):
            step.setAttribute("data-state", "waiting")


async def _sizes():
    """{address relative to the site's root: bytes}; empty where the site has no sizes.json."""
    try:
        response = await js.fetch("./sizes.json")
        record = await response.json() if response.ok else js.Object.new()
    except Exception:
        record = js.Object.new()
    return {name: getattr(record, name) for name in js.Object.keys(record)}


def _loaded_files(record):
    """{address relative to the site's root: bytes loaded} from the engine's messages."""
    root = js.URL.new("./", js.location.href).href
    files = {}
    for url in js.Object.keys(record):
        if url.startswith(root):
            files[url[len(root) :].split("?")[0]] = getattr(record, url)
    return files


def _progress(patterns, sizes, files):
    loaded = size = 0
    for start, end in patterns:
        for name in sizes:
            if name.startswith(start) and name.endswith(end):
                size += sizes[name]
                loaded += min(sizes[name], files.get(name, 0))
    return loaded, size

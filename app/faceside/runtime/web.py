"""onnxruntime-web in Pyodide; with web_backends.py the only file that touches it."""

import asyncio
import math
import time

import js
import numpy as np
from pyodide.ffi import JsException, to_js
from pyodide.http import pyfetch

from ..cards import Card, check_model, missing_model
from ..errors import FacesideError
from .backends import agree, joined, shares
from .fixed_net import fixed
from .float_net import in_floats
from .web_backends import Backend, Backends, gpus

MAX_THREADS = 4  # more gain nothing with nets this small and take memory on phones
MAX_SHAPES = 3  # of a net's input that are kept ready: camera frames, and photos two ways
TIMED_RUNS, TIMED_SECONDS = 7, 1.0  # runs of which the median counts, and when to stop sooner
FAILURES = (JsException, FacesideError, ValueError)


class WebRuntime:
    """Opens models by address; each runs on WASM until another backend is chosen for it.

    Args:
        base: address of the folder that holds the models, absolute (a worker has no base of its
            own); ``models/`` beside the page's configuration when None.
        ort: the WASM build of onnxruntime-web; that of PyScript's configuration when None.

    Attributes:
        sessions: those that are open.
        on_change: called without arguments when a session was opened, and when a backend that was
            in use has failed.
    """

    def __init__(self, base: str | None = None, ort=None):
        if ort is None:
            from pyscript.js_modules import onnxruntime as ort
        site = getattr(js, "facesideBase", None) or str(js.location.href)
        self.base = base or str(site) + "models/"
        self.ort = ort
        self.backends = Backends(ort, str(site) + "vendor/onnxruntime/gpu/")
        self.sessions: list[WebSession] = []
        self.on_change = lambda: None
        self.use_threads(MAX_THREADS)

    def use_threads(self, number: int) -> None:
        """Run on so many threads, at most as many as there are cores, and on one where the page is
        not cross-origin isolated; before the first model is opened."""
        self.threads = self.backends.wasm.threads = max(1, min(number, _most_threads()))
        self.ort.env.wasm.numThreads = self.threads

    async def open(self, card: Card) -> "WebSession":
        """Fetch, check and load the model of a card."""
        data = await self.fetch(card)
        wasm = self.backends.wasm
        try:
            base = OrtSession(wasm, await wasm.create(data))
        except JsException as error:
            raise FacesideError(
                "runtime-failed",
                f"This browser could not load the model {card.name}; reload the page or use "
                f"another browser ({error.message}).",
            ) from None
        session = WebSession(self, card, base)
        self.sessions.append(session)
        self.on_change()
        return session

    async def fetch(self, card: Card) -> bytes:
        """The bytes of a model, checked."""
        address = self.base + card.file
        try:
            response = await pyfetch(address)
            if not response.ok:
                raise missing_model(card, address)
            data = await response.bytes()
        except (OSError, JsException):
            raise FacesideError(
                "model-missing",
                f"The model file {card.file} could not be fetched from {address}; "
                "check the connection and try again.",
            ) from None
        check_model(card, data)
        return data

    async def gpus(self) -> dict[str, str]:
        """The name of the GPU by the backend that uses it, of those that this browser has."""
        return await gpus()

    @property
    def description(self) -> str:
        """What else decides how quick WASM is."""
        return f"onnxruntime {self.ort.env.versions.web}, {self.threads} threads"

    def give_up(self, backend: Backend, reason: str) -> None:
        """Use a backend no more: its nets run on WASM from now on."""
        if not backend.failure:
            backend.failure = reason
            js.console.warn(f"{backend.name} is given up: {reason}")
            self.on_change()


def _most_threads() -> int:
    """One a core where the page is cross-origin isolated, else one."""
    if not getattr(js, "crossOriginIsolated", False):
        return 1
    return int(js.navigator.hardwareConcurrency or 1)


class WebSession:
    """One model: loaded on WASM, and on one other backend where that is chosen.

    Attributes:
        card: what the model is.
        runs: how often it was run.
        seen: what it was last run on.
    """

    def __init__(self, runtime: WebRuntime, card: Card, base: "OrtSession"):
        self.card = card
        self.runs = 0
        self.seen: dict[str, np.ndarray] = {}
        self._runtime = runtime
        self._base = base
        self._other: OrtSession | FixedSession | None = None
        self._turn = asyncio.Lock()

    @property
    def backend(self) -> str:
        """The name of the backend that it runs on."""
        return self._working.backend.name

    @property
    def _working(self) -> "OrtSession | FixedSession":
        """What runs it: the other backend unless that has failed."""
        return self._base if self._other is None or self._other.backend.failure else self._other

    async def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all outputs, by name, from arrays by name; what another backend fails at is done
        by WASM.

        Raises:
            FacesideError: ``runtime-failed``, out of memory for example.
        """
        self.runs += 1
        self.seen = inputs
        async with self._turn:  # nothing is closed while it is at work
            working = self._working
            if working is not self._base:
                try:
                    return await working.run(inputs)
                except FAILURES as error:
                    self._runtime.give_up(working.backend, str(error))
            return await self._base.run(inputs)

    async def use(self, other: "OrtSession | FixedSession | None") -> None:
        """Run on another backend from now on, see `opened`; on WASM when None."""
        async with self._turn:
            before, self._other = self._other, other
            if before and not before.backend.failure:
                await before.close()

    async def opened(self, name: str) -> "OrtSession | FixedSession":
        """The model on another backend, to be given to `use`.

        Raises:
            FacesideError: ``backend-…``, ``model-…``.
        """
        backend = await self._runtime.backends.get(name)
        data = await self._runtime.fetch(self.card)
        if backend.fixed:
            return FixedSession(backend, data)
        try:
            return OrtSession(backend, await backend.create(in_floats(data)))
        except JsException as error:
            raise FacesideError("backend-failed", f"{name}: {error.message}") from None

    async def timed(self, other: "OrtSession | FixedSession | None" = None) -> float:
        """Milliseconds of one run on what the net was last run on, the median of several.

        Args:
            other: the model on another backend; WASM when None.

        Raises:
            FacesideError: ``backend-differs`` where its outputs are not those of WASM,
                ``backend-failed``.
        """
        inputs = await self.check(other or self._base)
        times = []
        while len(times) < TIMED_RUNS and sum(times) < TIMED_SECONDS:
            started = time.perf_counter()
            await _tried(other or self._base, inputs)
            times.append(time.perf_counter() - started)
        return 1000 * float(np.median(times))

    async def check(self, other: "OrtSession | FixedSession") -> dict[str, np.ndarray]:
        """What the net was last run on, after making sure that another backend computes the same
        of it as WASM.

        Raises:
            FacesideError: ``backend-differs``, ``backend-failed``.
        """
        inputs = {name: array.copy() for name, array in self.seen.items()}
        ours = await self._base.run(inputs)
        theirs = await _tried(other, inputs)
        if not agree(theirs, ours):
            raise FacesideError("backend-differs", f"{other.backend.name} computes other numbers.")
        return inputs

    async def close(self) -> None:
        """Give its memory back."""
        self._runtime.sessions.remove(self)
        await self.use(None)
        await self._base.close()


async def _tried(other: "OrtSession | FixedSession", inputs: dict) -> dict[str, np.ndarray]:
    try:
        return await other.run(inputs)
    except FAILURES as error:
        raise FacesideError("backend-failed", f"{other.backend.name}: {error}") from None


class OrtSession:
    """One session of onnxruntime-web.

    Args:
        backend: what it runs on.
        session: the session.
        dtype: of the tensors it takes, ``uint8`` or ``float32``.
    """

    def __init__(self, backend: Backend, session, dtype: str = "uint8"):
        self.backend = backend
        self._session = session
        self._tensor = backend.build.ort.Tensor
        self._dtype = dtype
        self._outputs = list(session.outputNames)
        self._feeds = {}  # by shape: what is given to the session, and the numbers of its tensor

    async def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all outputs, by name, from the one array by name.

        Raises:
            FacesideError: ``runtime-failed``, out of memory for example; ``backend-lost``.
        """
        ((name, batch),) = inputs.items()
        parts = shares(len(batch), self.backend.threads)
        results = [await self._run(name, batch[part]) for part in parts]
        return results[0] if len(results) == 1 else joined(results)

    async def _run(self, name: str, batch: np.ndarray) -> dict[str, np.ndarray]:
        async with self.backend.build.turn:
            try:
                results = await self.backend.run(self._session, self._fed(name, batch))
            except JsException as error:
                raise FacesideError(
                    "runtime-failed",
                    f"This browser could not run a net ({error.message}); close other tabs or "
                    "use a smaller picture, and try again.",
                ) from None
        self.backend.require_context()
        return {name: _array_of(getattr(results, name)) for name in self._outputs}

    def _fed(self, name: str, batch: np.ndarray):
        """A batch in the tensor of its shape, which is kept while that is one of the last."""
        batch = np.ascontiguousarray(batch, self._dtype)
        feeds, buffer = self._feeds.pop(batch.shape, None) or self._new_feeds(name, batch.shape)
        while len(self._feeds) >= MAX_SHAPES:
            del self._feeds[next(iter(self._feeds))]
        self._feeds[batch.shape] = feeds, buffer
        buffer.assign(batch.reshape(-1))
        return feeds

    def _new_feeds(self, name: str, shape: tuple[int, ...]):
        kind = js.Uint8Array if self._dtype == "uint8" else js.Float32Array
        buffer = kind.new(math.prod(shape))
        feeds = js.Object.new()
        setattr(feeds, name, self._tensor.new(self._dtype, buffer, to_js(shape)))
        return feeds, buffer

    async def close(self) -> None:
        """Give its memory back."""
        async with self.backend.build.turn:
            await self._session.release()


class FixedSession:
    """A model on a backend that takes fixed dimensions alone: a session for each shape, to which
    the pictures of a batch are given one after the other.

    Args:
        backend: what it runs on.
        data: the bytes of the model.
    """

    def __init__(self, backend: Backend, data: bytes):
        self.backend = backend
        self._data = data
        self._sessions: dict[tuple[int, ...], OrtSession] = {}  # the last used at the end
        self._turn = asyncio.Lock()

    async def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all outputs, by name, from the one array by name.

        Raises:
            FacesideError: ``runtime-failed``, ``backend-lost``.
            JsException: the backend lacks an operation.
        """
        ((name, batch),) = inputs.items()
        async with self._turn:  # nobody closes a session that is at work
            session = await self._session_for((1, *batch.shape[1:]))
            parts = [await session.run({name: batch[i : i + 1]}) for i in range(len(batch))]
        return joined(parts)

    async def _session_for(self, shape: tuple[int, ...]) -> OrtSession:
        session = self._sessions.pop(shape, None)
        if session is None:
            created = await self.backend.create(fixed(self._data, shape))
            session = OrtSession(self.backend, created, "float32")
        while len(self._sessions) >= MAX_SHAPES:
            await self._sessions.pop(next(iter(self._sessions))).close()
        self._sessions[shape] = session
        return session

    async def close(self) -> None:
        """Give its memory back."""
        async with self._turn:
            while self._sessions:
                await self._sessions.popitem()[1].close()


def _array_of(tensor) -> np.ndarray:
    values = np.empty(list(tensor.dims), np.float32)
    tensor.data.assign_to(values.reshape(-1))
    tensor.dispose()
    return values

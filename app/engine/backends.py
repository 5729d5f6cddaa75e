"""Which backend each net runs on: WASM until the page has a quiet moment, then whatever is chosen,
or what is quickest on this device."""

import asyncio
import traceback

import js
import numpy as np

from faceside import FacesideError
from faceside.options import require_one_of
from faceside.runtime.backends import AUTO, BACKENDS, WASM, is_software, quickest

from .records import to_record
from .work import Work

QUIET = 2.0  # s after the first face before anything else is tried
LOOK = 0.5  # s between two looks for that face
SHA = 12  # hexadecimal digits of a model's hash that tell its versions apart


class Backends:
    """The nets in use, and what is known of them on each backend.

    The page is told of every change by a message of the kind ``backends``.
    """

    def __init__(self, work: Work):
        self._work = work
        self._runtime = work.nets.runtime
        self._choice = AUTO
        self._device = ""
        self._gpus: dict[str, str] = {}
        self._times: dict[str, dict[str, float]] = {}  # by model: milliseconds by backend
        self._faults: dict[str, dict[str, str]] = {}  # by model: code by backend
        self._settled: set = set()  # the sessions that run on what is best for them
        self._runs: dict = {}  # of each session when it was opened or the settling began
        self._settling: asyncio.Task | None = None
        self._state = ""
        self._turn = asyncio.Lock()  # one net is tried at a time
        self._lost: str | None = None
        work.on_forget.append(self._forget_faces)

    async def backends(self) -> dict:
        """What each net runs on, and why.

        Returns:
            ``choice``; ``device``, a name that changes with the browser, the GPU, the number of
            threads and onnxruntime, "" before anything was chosen; ``gpus``, their names, and
            whether each is a program that stands in for one; ``state``, ``waiting`` for a face to
            time the nets on, ``settling`` while something is tried, or ""; ``lost``, the backend
            that was taken away while it was in use; ``nets``, each with the milliseconds and the
            faults by backend; ``times``, to be kept and given back to `use_backend`.
        """
        return {
            "choice": self._choice,
            "device": self._device,
            "gpus": [
                {"name": name, "software": is_software(name)}
                for name in sorted(set(self._gpus.values()))
            ],
            "state": self._state,
            "lost": self._lost,
            "nets": [self._net_record(session) for session in self._runtime.sessions],
            "times": self._times,
        }

    async def use_backend(self, choice: str, kept: dict | None = None) -> dict:
        """Run the nets on a backend, or with ``auto`` each on what is quickest; see `backends`.

        Args:
            choice: ``auto``, ``wasm``, ``webgpu``, ``webgl`` or ``webnn``.
            kept: ``device`` and ``times`` of an earlier visit; another device's count for nothing.

        Raises:
            FacesideError: ``option-invalid``.
        """
        require_one_of("backend", choice, (AUTO, *BACKENDS))
        await self._look_at_device()
        if kept and kept.get("device") == self._device:
            self._times = {**_plain_times(kept.get("times")), **self._times}
        self._choice = choice
        self._faults.clear()
        self._start()
        return await self.backends()

    async def time_backends(self) -> dict:
        """Time every net on every backend that there is, on what it has last seen; then as chosen.

        Where only a program stands in for a GPU, that takes a minute or two.
        """
        await self._look_at_device()
        self._faults.clear()
        for session in [session for session in self._runtime.sessions if session.seen]:
            async with self._turn:
                with self._work.upkeep.working():
                    await self._time(session, self._gpus)
            self._tell()
        self._start()
        return await self.backends()

    # What is tried, and when

    def _start(self) -> None:
        """Settle the nets anew, in the background."""
        self._runtime.on_change = self._on_change
        self._settled.clear()
        self._runs = {session: session.runs for session in self._runtime.sessions}
        self._wake()

    def _on_change(self) -> None:
        """A net was loaded, or a backend lost."""
        sessions = self._runtime.sessions
        self._settled &= set(sessions)
        self._runs = {session: self._runs.get(session, session.runs) for session in sessions}
        lost = self._runtime.backends.lost()
        if lost != self._lost:
            self._lost = lost
            self._tell()
        self._wake()

    def _wake(self) -> None:
        if self._settling is None or self._settling.done():
            self._settling = asyncio.ensure_future(self._settle())

    async def _settle(self) -> None:
        """Bring each net onto the backend that is chosen, or best."""
        while waiting := [s for s in self._runtime.sessions if s not in self._settled]:
            session = next(filter(self._can_settle, waiting), None)
            if session is None:
                self._tell_state("waiting")
                await asyncio.sleep(LOOK)
                continue
            self._tell_state("settling")
            if self._is_to_be_timed(session):
                await asyncio.sleep(QUIET)
            async with self._turn:
                await self._try_to_settle(session)
        self._tell_state("")

    async def _try_to_settle(self, session) -> None:
        choice = self._choice
        try:
            with self._work.upkeep.working():
                await self._settle_one(session)
        except Exception:
            js.console.error(traceback.format_exc())
        if choice == self._choice:
            self._settled.add(session)
        self._tell()

    def _can_settle(self, session) -> bool:
        """Whether a net has run, and on a face if it is to be timed."""
        is_later = session.runs > self._runs[session]
        return bool(session.seen) and (is_later or not self._is_to_be_timed(session))

    def _is_to_be_timed(self, session) -> bool:
        known = self._choice != AUTO or _key(session) in self._times
        return not known and bool(self._worth_trying())

    def _worth_trying(self) -> list[str]:
        """The backends that may be quicker: those with a GPU, where bytes may be fetched."""
        if getattr(getattr(js.navigator, "connection", None), "saveData", False):
            return []
        return [name for name, gpu in self._gpus.items() if not is_software(gpu)]

    async def _settle_one(self, session) -> None:
        if self._is_to_be_timed(session):
            await self._time(session, self._worth_trying())
        wanted = self._choice
        if wanted == AUTO:
            wanted = quickest(self._times.get(_key(session), {WASM: 0.0}))
        if wanted != session.backend:
            await self._move(session, wanted)

    async def _time(self, session, candidates) -> None:
        """Time a net on WASM and on others; one that fails is timed no more."""
        times = {WASM: await session.timed()}
        for name in candidates:
            other = None
            try:
                other = await session.opened(name)
                times[name] = await session.timed(other)
            except FacesideError as error:
                self._note(session, name, error.code)
            finally:
                if other:
                    await other.close()
        self._times[_key(session)] = times

    async def _move(self, session, name: str) -> None:
        """Have a net run on a backend, if that computes what WASM does; else on WASM."""
        if name == WASM:
            await session.use(None)
            return
        other = None
        try:
            other = await session.opened(name)
            await session.check(other)
            await session.use(other)
        except FacesideError as error:
            self._note(session, name, error.code)
            await session.use(None)
            if other:
                await other.close()

    def _note(self, session, name: str, code: str) -> None:
        self._faults.setdefault(session.card.name, {})[name] = code

    # What the page is told

    async def _look_at_device(self) -> None:
        if not self._device:
            self._gpus = await self._runtime.gpus()
            gpus = "; ".join(f"{name}: {gpu}" for name, gpu in sorted(self._gpus.items()))
            self._device = f"{js.navigator.userAgent} | {gpus} | {self._runtime.description}"

    def _net_record(self, session) -> dict:
        return {
            "name": session.card.name,
            "title": session.card.title,
            "backend": session.backend,
            "ms": self._times.get(_key(session), {}),
            "faults": self._faults.get(session.card.name, {}),
        }

    def _tell_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._tell()

    def _tell(self) -> None:
        js.postMessage(to_record({"kind": "backends"}))

    def _forget_faces(self) -> None:
        for session in self._runtime.sessions:
            session.seen = {name: np.zeros_like(array) for name, array in session.seen.items()}


def _key(session) -> str:
    """The model, and its version."""
    return f"{session.card.name} {session.card.sha256[:SHA]}"


def _plain_times(kept) -> dict[str, dict[str, float]]:
    """The times that a device has kept; what is damaged is left out."""
    if not isinstance(kept, dict):
        return {}
    return {
        key: {name: float(ms) for name, ms in times.items() if name in BACKENDS}
        for key, times in kept.items()
        if isinstance(times, dict) and isinstance(times.get(WASM), int | float)
    }

"""The line to the engine: one awaitable call, plain answers, coded errors.

    people = await worker.call("people")

Calls other than `start` wait until the engine is ready. Whoever shows people listens with
`on_change` and is told after every call that changed who is recognised; whoever wants to know of
changes of what is kept alone, made by this page, listens with `on_keep`.
"""

import asyncio

import js
from pyscript import workers
from pyscript.ffi import to_js

import texts
from dom import field

CHANGES_PEOPLE = (
    "enroll enroll_guided name_faces rename forget delete_person delete_photo delete_everything "
    "undo note set_terms import_gallery"
).split()

_engine = None
_ready = asyncio.Event()
_failure = None
_listeners = []
_keep_listeners = []
_done_listeners = []
_failure_listeners = []


class FacesideError(Exception):
    """An error a person can act on: a stable `code` and one sentence."""

    def __init__(self, code, message=None):
        self.code = code
        self.message = texts.ERRORS.get(code) or message or texts.ERRORS["unexpected"]
        super().__init__(self.message)


def on_change(listener):
    """Have `listener()` called after every change of the people kept or of how they are found."""
    _listeners.append(listener)


def on_keep(listener):
    """Have `listener()` called after every change that this page has made of the people kept."""
    _keep_listeners.append(listener)


def on_done(listener):
    """Have `listener(name, arguments, value)` called after every call that has worked."""
    _done_listeners.append(listener)


def on_failure(listener):
    """Have `listener(error)` called when the worker itself has died."""
    _failure_listeners.append(listener)


def is_ready():
    return _ready.is_set()


async def until_ready():
    await _ready.wait()


async def connect():
    """Wait for the worker's Python to be up."""
    global _engine
    _engine = await workers["engine"]
    js.document.querySelector("script[name=engine]").xworker.addEventListener("error", _on_error)


async def start(settings, threads=None):
    """Load the nets and the gallery; the engine's description of itself."""
    global _failure
    info = await _ask("start", to_js(settings), threads)
    _failure = None
    _ready.set()
    return info


async def call(name, *arguments):
    """The value of the engine's answer; raises FacesideError with its code and sentence."""
    if _failure:
        raise _failure
    await _ready.wait()
    value = await _ask(name, *arguments)
    for listener in _done_listeners:
        listener(name, arguments, value)
    if name in CHANGES_PEOPLE:
        tell_keep()
    elif name == "configure":
        tell_change()
    return value


def tell_change():
    """Tell everyone who listens that who is recognised has changed."""
    for listener in _listeners:
        listener()


def tell_keep():
    """The same where it is because this page has changed what is kept."""
    tell_change()
    for listener in _keep_listeners:
        listener()


async def _ask(name, *arguments):
    try:
        answer = await _engine.ask(name, *arguments)
    except Exception as error:
        print("engine:", name, error)
        raise died()
    error = getattr(answer, "error", None)
    if error:
        raise FacesideError(error.code, error.message)
    return answer.value


def died(code="engine-failed", message=None):
    """Remember that the worker is gone, tell everyone once, and return the error."""
    global _failure
    first = _failure is None
    _failure = FacesideError(code, message)
    _ready.set()
    if first:
        for listener in _failure_listeners:
            listener(_failure)
    return _failure


def end():
    """End the worker for good: everything has been forgotten, and nothing is to write it back."""
    global _failure
    _failure_listeners.clear()
    _failure = FacesideError("everything-forgotten")
    _ready.set()
    xworker = field(js.document.querySelector("script[name=engine]"), "xworker")
    if xworker:
        xworker.terminate()


def _on_error(event):
    print("engine:", getattr(event, "message", ""))
    died()

"""The line to the engine: one awaitable call, plain answers, coded errors.

    people = await worker.call("people")

Calls other than `start` wait until the engine is ready. Where its worker ends meanwhile, calls
that may be repeated are, once it has been started again; of enrolments the next worker is asked
whether they were kept, and those that were not raise engine-not-kept; others raise
engine-interrupted.

Whoever shows people listens with `on_change` and is told after every call that changed who is
recognised; whoever wants to know of changes of what is kept alone, made by this page, listens with
`on_keep`.
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

# What does no harm when asked twice, and has no picture or file that may have been too much.
REPEATED = (
    "configure distances forget_photos label_of labels list_people lock_state names note people "
    "person recompute_next recompute_state refresh_gallery"
).split()

# These keep what is new, by the moment at which they were asked for.
ENROL = "enroll enroll_guided name_faces".split()

INTERRUPTED, NOT_KEPT = "engine-interrupted", "engine-not-kept"

# A net that fails is told of; where that goes on, the runtime is broken and the engine is started
# anew, at most once a minute: pictures too large for this device must not end the page.
RUNTIME = "runtime-failed"
BROKEN_AFTER = 3  # answers in a row of those that run nets
RENEWED_EVERY = 60000  # ms
RUN_NETS = (
    "describe enroll faces_to_choose frame guide identify look look_at_frame recompute_next"
).split()

_engine = None
_broken, _renewed = 0, -RENEWED_EVERY  # answers in a row, and when it was started anew, ms
_ended = False  # whether the worker has ended that was connected last
_ready = asyncio.Event()
_failure = None  # why there is no engine any more
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
    """Have `listener(error)` called when the worker itself has ended."""
    _failure_listeners.append(listener)


def is_ready():
    return _ready.is_set()


async def until_ready():
    await _ready.wait()


async def connect(name):
    """Wait for the Python of a worker to be up, by the name of its script."""
    global _engine, _ended
    _ended = False
    _engine = await workers[name]


async def start(settings, threads=None):
    """Load the nets and the gallery; the engine's description of itself."""
    info = await _ask("start", to_js(settings), threads)
    _ready.set()
    return info


async def call(name, *arguments):
    """The value of the engine's answer; raises FacesideError with its code and sentence."""
    asked = (js.facesideEarly.moment(),) + arguments if name in ENROL else arguments
    await _until_there()
    try:
        value = await _ask(name, *asked)
    except FacesideError as fault:
        if fault.code != INTERRUPTED:
            raise
        value = await _after_all(name, asked)
    for listener in _done_listeners:
        listener(name, arguments, value)
    if name in CHANGES_PEOPLE:
        tell_keep()
    elif name == "configure":
        tell_change()
    return value


async def _after_all(name, asked):
    """The answer to a call that an engine has ended in, from the next one."""
    if name in REPEATED:
        await _until_there()
        return await _ask(name, *asked)
    if name not in ENROL:
        raise FacesideError(INTERRUPTED)
    try:
        await _until_there()
        answer = await _ask("enrolled", *asked[:2])
    except FacesideError:  # it has ended for good, or people are locked: nobody can tell
        raise FacesideError(INTERRUPTED)
    if not answer.added:
        raise FacesideError(NOT_KEPT)
    return answer


def tell_change():
    """Tell everyone who listens that who is recognised has changed."""
    for listener in _listeners:
        listener()


def tell_keep():
    """The same where it is because this page has changed what is kept."""
    tell_change()
    for listener in _keep_listeners:
        listener()


async def _until_there():
    await _ready.wait()
    if _failure:
        raise _failure


async def _ask(name, *arguments):
    engine = _engine
    try:
        answer = await js.facesideEarly.until(engine.ask(name, *arguments))
    except Exception as error:
        print("engine:", name, error)
        if engine and engine is _engine:  # else it is known, and another one may be on its way
            js.facesideEarly.end(str(error))
        raise FacesideError(INTERRUPTED)
    error = getattr(answer, "error", None)
    if name in RUN_NETS:
        _follow_runtime(error)
    if error:
        raise FacesideError(error.code, error.message)
    return answer.value


def _follow_runtime(error):
    global _broken, _renewed
    _broken = _broken + 1 if error and error.code == RUNTIME else 0
    now = js.performance.now()
    if _broken >= BROKEN_AFTER and now - _renewed > RENEWED_EVERY:
        _broken, _renewed = 0, now
        js.facesideEarly.end(error.message)


def give_up(fault):
    """Have every call raise an error from now on."""
    global _failure
    _failure = fault
    _ready.set()


def _end(*_):
    """The worker has ended: have calls wait, and tell everyone once."""
    global _ended, _engine
    if not _ended:
        _ended, _engine = True, None
        _ready.clear()
        for listener in _failure_listeners:
            listener()


def end():
    """End the worker for good: everything has been forgotten, and nothing is to write it back."""
    global _ended
    _ended = True
    give_up(FacesideError("everything-forgotten"))
    xworker = field(js.document.querySelector("script[data-engine]"), "xworker")
    if xworker:
        xworker.terminate()


js.window.addEventListener("faceside-engine-ended", _end)

"""The worker's script: the page asks by name and gets ``{value}`` or ``{error: {code, message}}``.

What can be asked are ``start``, ``configure`` and the public functions of the PARTS; the page calls
`ask(name, …)`.
"""

import inspect
import traceback

import js
from pyodide.ffi import JsProxy

from engine.backends import Backends
from engine.comparing import Comparing
from engine.distances import Distances
from engine.guided import Guided
from engine.importing import Importing
from engine.keeping import Keeping
from engine.lasting import settle
from engine.live import Live
from engine.lock import Lock, lock_record
from engine.people import People
from engine.photos import Photos
from engine.privacy import Privacy
from engine.recomputing import Recomputing
from engine.records import error_record, net_record, to_record
from engine.scripts import Scripts
from engine.settings import Settings
from engine.videos import Videos
from engine.work import Work
from faceside import FacesideError, Nets
from faceside.gallery import Gallery
from faceside.landmarks import CLOSED, CONTOURS
from faceside.nets import NETS
from faceside.stores.indexeddb_lockable import LockableStore
from faceside.stores.memory import MemoryStore

PARTS = (
    Live,
    Guided,
    Photos,
    Videos,
    Comparing,
    People,
    Importing,
    Lock,
    Recomputing,
    Distances,
    Backends,
    Scripts,
    Privacy,
    Keeping,
)

__export__ = ["ask"]

TO_CLOSE = ("[object ImageBitmap]", "[object VideoFrame]")  # the browser has few of these to lend

work: Work | None = None
answers = {}  # by name: what the parts of the engine answer, once it has started


async def ask(name, *args):
    """The answer to one wish of the page, as a plain record; never raises over the border."""
    given = []
    try:
        value = await _answer_for(name)(*[await _plain(arg, given) for arg in args])
        return to_record({"value": value})
    except FacesideError as error:
        return to_record({"error": error_record(error)})
    except Exception as error:
        js.console.error(traceback.format_exc())
        message = (
            f"Something unexpected went wrong ({type(error).__name__}); try again, "
            "and reload the page if it happens twice."
        )
        return to_record({"error": {"code": "engine-error", "message": message}})
    finally:
        for picture in given:
            picture.close()


def _answer_for(name):
    if name == "start":
        return start
    if work is None:
        raise FacesideError("engine-not-started", "The engine is still loading; wait a moment.")
    return answers[name]


async def _plain(arg, given: list):
    """Plain objects and arrays as dicts and lists; pictures stay what they are and are listed to be
    closed. Those that the page has given away are taken by their tickets."""
    if isinstance(arg, JsProxy):
        kind = js.Object.prototype.toString.call(arg)
        if kind in TO_CLOSE:
            given.append(arg)
        if kind == "[object Object]" and hasattr(arg, "ticket"):
            given.append(await js.facesideGiven(arg.ticket))
            return given[-1]
        if kind in ("[object Object]", "[object Array]"):
            return arg.to_py()
    return arg


async def start(options=None, threads=None):
    """Load the nets and open the gallery, with the settings that the device has kept; may be
    called again after an error; on so many threads, None for as many as are of use."""
    global work
    nets = work.nets if work else Nets()
    if threads and not work:
        nets.runtime.use_threads(threads)
    store, closed = await _open_store()
    started = Work(nets, Gallery(store), Settings.from_stored(options or {}))
    missing = await _warm_up(started)
    answers.update(_answers_of(started))
    work = started
    people = await work.gallery.people()
    settle(len(people))
    damaged = _damaged(store)
    return {
        **work.settings.to_record(),
        "models": {name: net_record(name) for name in NETS},
        "contours": _contours(),
        "threads": nets.runtime.threads,
        "people": len(people),
        "lock": lock_record(store),
        "warnings": [error_record(error) for error in (closed, missing, damaged) if error],
    }


def _answers_of(started: Work) -> dict:
    """The public functions of every part, by name."""
    parts = [part(started) for part in PARTS]
    named = [
        (name, function)
        for part in parts
        for name, function in inspect.getmembers(part, inspect.iscoroutinefunction)
        if not name.startswith("_")
    ]
    assert len(dict(named)) == len(named), "two parts answer the same wish"
    return {**dict(named), "configure": started.configure}


def _contours() -> list:
    """First point, end and whether it is closed, of each line drawn along the 68 points."""
    drawn = {name: part for name, part in CONTOURS.items() if name != "mouth"}  # lips are two rings
    return [[part.start, part.stop, name in CLOSED] for name, part in drawn.items()]


async def _warm_up(started: Work) -> FacesideError | None:
    """Load the nets chosen; where that fails the default ones, and return the reason to show."""
    try:
        await started.warm_up()
    except FacesideError as error:
        if started.settings.nets == Settings().nets:
            raise
        started.settings = Settings()
        await started.warm_up()
        return FacesideError(error.code, f"{error} Until then the default settings are used.")
    return None


def _tell_tabs(name: str) -> None:
    """Have every tab look, this one as well, what has become of the people."""
    channel = js.BroadcastChannel.new(name)
    channel.postMessage("gone")
    channel.close()


def _damaged(store) -> FacesideError | None:
    """What to tell of records that cannot be read."""
    number = getattr(store, "damaged", 0)
    if not number:
        return None
    return FacesideError(
        "samples-damaged",
        f"Samples kept on this device that cannot be read and are left out: {number}; add these "
        "people again, or import a file that was exported before.",
    )


async def _open_store():
    """IndexedDB, locked or not; where the browser refuses it, memory, with the reason to show."""
    store = LockableStore()
    try:
        await store.prepare()
        await store.all()
        store.clear_store.on_lost = lambda: _tell_tabs(store.name)
        return store, None
    except FacesideError as error:
        return MemoryStore(), error

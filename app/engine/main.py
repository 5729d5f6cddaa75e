"""The worker's script: every function here can be called from the page and answers
``{value}`` or ``{error: {code, message}}``."""

import traceback

import js
from pyodide.ffi import JsProxy

from engine.records import error_record, net_record, to_record
from engine.service import Service
from engine.settings import Settings
from faceside import FacesideError, Nets
from faceside.gallery import Gallery
from faceside.landmarks import CLOSED, CONTOURS
from faceside.nets import NETS
from faceside.stores.indexeddb import IndexedDBStore
from faceside.stores.memory import MemoryStore

service: Service | None = None


def answers(work):
    """Make a function answer plain records and never raise over the border."""

    async def answer(*args):
        try:
            value = await work(*(_plain(arg) for arg in args))
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

    return answer


def _plain(arg):
    """Plain objects as dicts; pictures stay what they are."""
    if isinstance(arg, JsProxy) and js.Object.prototype.toString.call(arg) == "[object Object]":
        return arg.to_py()
    return arg


def running() -> Service:
    """The service, once started."""
    if service is None:
        raise FacesideError("engine-not-started", "The engine is still loading; wait a moment.")
    return service


@answers
async def start(options=None):
    """Load the nets and open the gallery, with the settings that the device has kept; may be
    called again after an error."""
    global service
    nets = service.nets if service else Nets()
    store, closed = await _open_store()
    started = Service(nets, Gallery(store), Settings.from_stored(options or {}))
    missing = await _warm_up(started)
    service = started
    return {
        **service.settings.to_record(),
        "models": {name: net_record(name) for name in NETS},
        "contours": _contours(),
        "backend": "wasm",
        "threads": nets.runtime.threads,
        "people": len(await service.gallery.people()),
        "warnings": [error_record(error) for error in (closed, missing) if error],
    }


def _contours() -> list:
    """First point, end and whether it is closed, of each line drawn along the 68 points."""
    drawn = {name: part for name, part in CONTOURS.items() if name != "mouth"}  # lips are two rings
    return [[part.start, part.stop, name in CLOSED] for name, part in drawn.items()]


async def _warm_up(service: Service) -> FacesideError | None:
    """Load the nets chosen; where that fails the default ones, and return the reason to show."""
    try:
        await service.warm_up()
    except FacesideError as error:
        if service.settings.nets == Settings().nets:
            raise
        service.use(Settings())
        await service.warm_up()
        return FacesideError(error.code, f"{error} Until then the default settings are used.")
    return None


async def _open_store():
    """IndexedDB; where the browser refuses it, memory, with the reason to show."""
    store = IndexedDBStore()
    try:
        await store.all()
        return store, None
    except FacesideError as error:
        return MemoryStore(), error


@answers
async def frame(bitmap):
    """One live frame."""
    return await running().frame(bitmap)


@answers
async def look(source, preview=True):
    """A photo with its faces named and, if wanted, a preview."""
    return await running().look(source, preview)


@answers
async def describe(source, options=None):
    """The faces of a picture."""
    return await running().describe(source, options or {})


@answers
async def identify(source, options=None):
    """The faces of a picture with their matches."""
    return await running().identify(source, options or {})


@answers
async def enroll(label, source, box=None):
    """Keep a face under a label."""
    return await running().enroll(label, source, box)


@answers
async def people():
    """Everyone enrolled."""
    return await running().people()


@answers
async def rename(label, to):
    """Give a person another label."""
    return await running().rename(label, to)


@answers
async def forget(label):
    """Delete a person."""
    return await running().forget(label)


@answers
async def exportGallery():
    """The whole gallery as JSON text."""
    return await running().gallery.to_json()


@answers
async def importGallery(text):
    """Add the people of a JSON text."""
    return await running().import_gallery(text)


@answers
async def configure(options):
    """Change settings."""
    return await running().configure(options)


__export__ = [
    "start",
    "frame",
    "look",
    "describe",
    "identify",
    "enroll",
    "people",
    "rename",
    "forget",
    "exportGallery",
    "importGallery",
    "configure",
]

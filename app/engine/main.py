"""The worker's script: every function here can be called from the page and answers
``{value}`` or ``{error: {code, message}}``."""

import traceback

import js
from pyodide.ffi import JsProxy

from engine.records import to_record
from engine.service import Service
from faceside import FacesideError, Nets
from faceside.gallery import Gallery
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
            return to_record({"error": {"code": error.code, "message": str(error)}})
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
    """Load the nets and open the gallery; may be called again after an error."""
    global service
    nets = service.nets if service else Nets()
    store, warning = await _open_store()
    gallery = Gallery(store)
    started = Service(nets, gallery)
    await started.warm_up()
    service = started
    return {
        **service.in_force(),
        "backend": "wasm",
        "threads": nets.runtime.threads,
        "people": len(await gallery.people()),
        "warning": warning,
    }


async def _open_store():
    """IndexedDB; where the browser refuses it, memory, with the reason to show."""
    store = IndexedDBStore()
    try:
        await store.all()
        return store, None
    except FacesideError as error:
        return MemoryStore(), {"code": error.code, "message": str(error)}


@answers
async def frame(bitmap):
    """One live frame."""
    return await running().frame(bitmap)


@answers
async def look(source):
    """A photo with its faces named and a preview."""
    return await running().look(source)


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
    return running().configure(options)


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

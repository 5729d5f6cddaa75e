"""window.faceside: the same engine for scripts on the page.

    await faceside.ready;
    const [face] = await faceside.identify(document.querySelector("img"));
    console.log(face.match.label, face.match.distance);

Each function returns a promise; a failure is an Error with `code` and a sentence.
"""

import asyncio
import sys

import js

from dom import field
from sources import kind_of, plain, source_of
from worker import FacesideError, call

BYTES = ("ArrayBuffer", "Uint8Array")
# MicroPython may collect a promise while it hands it to JavaScript: hold it until it settles.
_open = {}
_numbers = iter(range(1 << 30))


async def _with_source(image, send):
    source = await source_of(image)
    try:
        return await send(source.send())
    finally:
        source.close()


async def describe(image=None, options=None, *_):
    return await _with_source(image, lambda value: call("describe", value, plain(options)))


async def identify(image=None, options=None, *_):
    return await _with_source(image, lambda value: call("identify", value, plain(options)))


async def enroll(label="", image=None, options=None, *_):
    any_quality = field(options, "anyQuality", False) is True if options else False

    async def send(value):
        return await call("enroll", _text(label), value, None, any_quality)

    return await _with_source(image, send)


async def people(*_):
    return await call("people")


async def forget(label="", *_):
    return await call("forget", _text(label))


async def exportGallery(options=None, *_):
    words = field(options, "passphrase") if options else None
    if words is not None:
        return await call("export_locked", _text(words))
    if options and field(options, "compact", False) is True:
        return await call("export_file", None, True)
    return await call("export_gallery")


async def importGallery(file="", options=None, *_):
    words = field(options, "passphrase") if options else None
    kind = kind_of(file)
    if kind in BYTES:
        file = js.Blob.new(js.Array.of(file))
    elif kind not in ("Blob", "File"):
        file = _text(file)
    return await call("import_gallery", file, None if words is None else _text(words))


def _text(value):
    """What JavaScript gave as text; "" for what is none, which the engine then refuses."""
    return (
        value if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""
    )


def publish():
    """Put the functions on window.faceside; each waits by itself until the engine is ready."""
    api = js.faceside
    for function in (describe, identify, enroll, people, forget, exportGallery, importGallery):
        setattr(api, function.__name__, _promising(function))


def ready():
    js.facesideEarly.resolve()
    js.faceside.ready = js.Promise.resolve()


def failed(fault):
    """Reject `faceside.ready`; should a later try work, `ready` is a new promise by then."""
    js.facesideEarly.reject(_error(fault))


def _promising(function):
    def call_it(*arguments):
        number = next(_numbers)
        _open[number] = js.Promise.new(
            lambda resolve, reject: asyncio.create_task(
                _settle(number, function(*arguments), resolve, reject)
            )
        )
        return _open[number]

    return call_it


async def _settle(number, work, resolve, reject):
    try:
        resolve(await work)
    except FacesideError as fault:
        reject(_error(fault))
    except Exception as fault:
        sys.print_exception(fault)
        reject(_error(FacesideError("unexpected")))
    finally:
        del _open[number]


def _error(fault):
    error = js.Error.new(fault.message)
    error.code = fault.code
    return error

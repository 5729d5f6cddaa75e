"""window.faceside: the same engine for scripts on the page.

    await faceside.ready;
    const [face] = await faceside.identify(document.querySelector("img"));
    console.log(face.match.label, face.match.distance);

Each function returns a promise; a failure is an Error with `code` and a sentence.
"""

import asyncio
import sys

import js

from sources import source_of
from worker import FacesideError, call


# MicroPython may collect a promise while it is being handed to JavaScript: hold it until it settles.
_open = {}
_numbers = iter(range(1 << 30))


async def _with_source(image, send):
    source = await source_of(image)
    try:
        return await send(source.value)
    finally:
        source.close()


async def describe(image, *options):
    return await _with_source(image, lambda value: call("describe", value, *options))


async def identify(image, *options):
    return await _with_source(image, lambda value: call("identify", value, *options))


async def enroll(label, image):
    return await _with_source(image, lambda value: call("enroll", label, value))


async def people():
    return await call("people")


async def forget(label):
    return await call("forget", label)


async def exportGallery():
    return await call("exportGallery")


async def importGallery(text):
    return await call("importGallery", text)


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

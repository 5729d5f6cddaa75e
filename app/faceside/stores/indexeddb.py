"""Samples in the browser's IndexedDB, for Pyodide in a page or a worker.

Database "faceside", version 1, with one object store "samples": records ``{id, label, recognizer,
created, descriptor: Float32Array, photo: Uint8Array | null}``, index "label". Every change is one
transaction, and it counts once the browser has written it to the disk. What another tab changes
shows up with the next `all` (Gallery.refresh).
"""

import asyncio

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy, to_js

from ..descriptors import check_descriptor
from ..errors import FacesideError
from ..samples import Sample

NAME, VERSION, SAMPLES = "faceside", 1, "samples"
PATIENCE = 15.0  # seconds for the database to open; a browser may wait for other tabs for ever


class IndexedDBStore:
    """A Store in the browser, opened by the first call.

    Args:
        name: the database's name.
        descriptor_length: how many numbers a descriptor has.
    """

    def __init__(self, name: str = NAME, descriptor_length: int = 128):
        self.name = name
        self.descriptor_length = descriptor_length
        self.damaged = 0  # records that the last `all` could not read and left out
        self._database = None
        self._closing: Listeners | None = None

    async def all(self):
        request = await self._run("readonly", lambda samples, _: samples.getAll())
        read = [self._sample(record) for record in request.result]
        self.damaged = read.count(None)
        return [sample for sample in read if sample is not None]

    async def add(self, samples, replace=False):
        records = [_record(sample) for sample in samples]

        def work(samples, _):
            if replace:
                samples.clear()
            return [samples.add(record) for record in records]

        return [request.result for request in await self._run("readwrite", work)]

    async def rename(self, label, to):
        def change(samples, record):
            record.label = to
            samples.put(record)

        return await self._each(label, "getAll", change)

    async def remove(self, label):
        return await self._each(label, "getAllKeys", lambda samples, key: samples.delete(key))

    async def clear(self):
        await self._run("readwrite", lambda samples, _: samples.clear())

    async def _each(self, label, method: str, change) -> int:
        """Do something to each record of a label, and return how many there were."""

        def work(samples, listeners):
            request = getattr(samples.index("label"), method)(label)
            listeners.add(
                request, "success", lambda _: [change(samples, found) for found in request.result]
            )
            return request

        return (await self._run("readwrite", work)).result.length

    def close(self) -> None:
        """Close the database; the next call opens it again."""
        if self._database is not None:
            self._closing.remove()
            self._database.close()
            self._database = self._closing = None

    async def _run(self, mode: str, work):
        """Run ``work(object store, listeners)`` in one transaction; return its result once done.

        A transaction ends as soon as control goes back to the browser, so work must not await.
        """
        await self._open()
        listeners = Listeners()
        try:
            transaction = self._database.transaction(SAMPLES, mode, _object(durability="strict"))
            done = listeners.wait(transaction, "complete", "abort")
            try:
                result = work(transaction.objectStore(SAMPLES), listeners)
            except BaseException:
                transaction.abort()
                raise
            if await done == "abort":
                raise _explained(transaction.error)
            return result
        except JsException as error:
            raise _explained(error) from error
        finally:
            listeners.remove()

    async def _open(self) -> None:
        if self._database is not None:
            return
        listeners = Listeners()
        try:
            request = js.indexedDB.open(self.name, VERSION)
            listeners.add(request, "upgradeneeded", _make_database)
            answer = listeners.wait(request, "success", "error")
            try:
                outcome = await asyncio.wait_for(answer, PATIENCE)
            except TimeoutError:
                request.onsuccess = create_once_callable(lambda event: request.result.close())
                raise _blocked("it does not answer") from None
            if outcome == "error":
                raise _explained(request.error)
            self._database = request.result
        except (JsException, AttributeError) as error:  # no indexedDB, or none for this page
            raise _explained(error) from error
        finally:
            listeners.remove()
        self._closing = Listeners()
        self._closing.add(self._database, "versionchange", lambda event: self.close())
        self._closing.add(self._database, "close", lambda event: self.close())

    def _sample(self, record) -> Sample | None:
        try:
            descriptor = check_descriptor(record.descriptor.to_py(), self.descriptor_length)
            photo = record.photo and record.photo.to_bytes()
            return Sample(
                record.label, descriptor, record.recognizer, photo, record.created, record.id
            )
        except (FacesideError, JsException, AttributeError):
            return None


class Listeners:
    """Event listeners that can be taken back all at once, so that none stays in memory."""

    def __init__(self):
        self._added = []

    def add(self, target, event: str, work) -> None:
        """Call ``work(event)`` when the target reports an event."""
        proxy = create_proxy(work)
        target.addEventListener(event, proxy)
        self._added.append((target, event, proxy))

    def wait(self, target, *events: str) -> asyncio.Future:
        """Return a future of the name of whichever event comes first."""
        future = asyncio.get_running_loop().create_future()
        for event in events:
            self.add(target, event, lambda e: future.done() or future.set_result(e.type))
        return future

    def remove(self) -> None:
        """Take every listener back."""
        for target, event, proxy in self._added:
            target.removeEventListener(event, proxy)
            proxy.destroy()
        self._added.clear()


def _make_database(event) -> None:
    samples = event.target.result.createObjectStore(
        SAMPLES, _object(keyPath="id", autoIncrement=True)
    )
    samples.createIndex("label", "label")


def _record(sample: Sample):
    return _object(
        label=sample.label,
        recognizer=sample.recognizer,
        created=sample.created,
        descriptor=to_js(sample.descriptor),
        photo=sample.photo and to_js(sample.photo),
    )


def _object(**fields):
    record = js.Object.new()
    for name, value in fields.items():
        setattr(record, name, value)
    return record


def _explained(error) -> FacesideError:
    """Return the sentence for a DOMException, or for storage that is not there at all."""
    name = getattr(error, "name", None) or "not available"
    if name == "QuotaExceededError":
        return FacesideError(
            "storage-full",
            "The browser has no room left for this page: delete people or free disk space. "
            "Nothing was changed.",
        )
    return _blocked("a newer release of this page made it" if name == "VersionError" else name)


def _blocked(reason: str) -> FacesideError:
    return FacesideError(
        "storage-blocked",
        f"The browser does not let this page store people ({reason}): allow site data, leave "
        "private browsing, close other tabs of this page, then reload.",
    )

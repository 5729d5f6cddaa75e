"""Samples in the browser's IndexedDB, for Pyodide in a page or a worker.

Database "faceside", version 2, with two object stores: "samples" with records ``{id, label,
recognizer, created, descriptor: Float32Array, photo: Uint8Array | null, others: {recognizer:
Float32Array} | undefined}`` and index "label"; "notes" with records ``{label, text}``. Version 1
had no notes. Every change is one transaction, and it counts once the browser has written it to the
disk. What another tab changes shows up with the next `all` (Gallery.refresh).
"""

import asyncio

import js
from pyodide.ffi import JsException, create_once_callable, to_js

from ..errors import FacesideError
from ..samples import NOTHING
from .indexeddb_records import from_records, others_of, to_records
from .indexeddb_transaction import NOTES, SAMPLES, Listeners, Transaction, js_object

NAME, VERSION = "faceside", 2
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
        read = []

        def take(records):
            read.extend(from_records(records, self.descriptor_length))

        await self._run("readonly", lambda work: work.read(take))
        self.damaged = read.count(None)
        return [sample for sample in read if sample is not None]

    async def notes(self):
        request = await self._run("readonly", lambda work: work.notes.getAll())
        return {record.label: record.text for record in request.result}

    async def add(self, samples, replace=False, notes=NOTHING, progress=None):
        samples, ids = list(samples), []

        def told(more):
            ids.extend(more)
            if progress:
                progress(len(ids))

        def change(work):
            if replace:
                work.clear()
            work.note(notes)
            work.add(lambda start, end: to_records(samples[start:end]), len(samples), told)

        await self._run("readwrite", change)
        return ids

    async def restore(self, samples, notes=NOTHING):
        samples = list(samples)

        def change(work):
            work.note(notes)
            work.add(lambda start, end: to_records(samples[start:end], True), len(samples))

        await self._run("readwrite", change)

    async def change(self, samples, notes=NOTHING):
        news = [(s.id, s.label, others_of(s)) for s in samples]

        def change(work):
            work.note(notes)
            for id, label, others in news:
                work.alter(work.samples.getAll(id), label=label, others=others)

        await self._run("readwrite", change)

    async def rename(self, label, to, notes=""):
        def change(work):
            work.note({label: "", to: notes})
            return work.alter(work.samples.index("label").getAll(label), label=to)

        return (await self._run("readwrite", change)).result.length

    async def discard(self, samples, notes=NOTHING):
        def change(work):
            work.note(notes)
            for sample in samples:
                work.samples.delete(sample.id)

        await self._run("readwrite", change)

    async def remove(self, label):
        def change(work):
            work.note({label: ""})
            request = work.samples.index("label").getAllKeys(label)
            return work.each(request, work.samples.delete)

        return (await self._run("readwrite", change)).result.length

    async def clear(self):
        await self._run("readwrite", lambda work: work.clear())

    def close(self) -> None:
        """Close the database; the next call opens it again."""
        if self._database is not None:
            self._closing.remove()
            self._database.close()
            self._database = self._closing = None

    async def _run(self, mode: str, work):
        """Run ``work(Transaction)`` in one transaction; return its result once done.

        A transaction ends as soon as control goes back to the browser, so work must not await.
        """
        await self._open()
        listeners = Listeners()
        try:
            names = to_js([SAMPLES, NOTES])
            transaction = self._database.transaction(names, mode, js_object(durability="strict"))
            done = listeners.wait(transaction, "complete", "abort")
            try:
                result = work(Transaction(transaction, listeners))
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


def _make_database(event) -> None:
    """Make what a database of an earlier version, or a new one, lacks."""
    database = event.target.result
    if event.oldVersion < 1:
        samples = database.createObjectStore(SAMPLES, js_object(keyPath="id", autoIncrement=True))
        samples.createIndex("label", "label")
    if event.oldVersion < 2:
        database.createObjectStore(NOTES, js_object(keyPath="label"))


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

"""Samples in the browser's IndexedDB, for Pyodide in a page or a worker.

Database "faceside", version 2, with two object stores: "samples" with records ``{id, label,
recognizer, created, descriptor: Float32Array, photo: Uint8Array | null, others: {recognizer:
Float32Array} | undefined}`` and index "label"; "notes" with records ``{label, text}`` and the terms
of labels.Notes, where there are any. Version 1 had no notes. Every change is one transaction, and
it counts once the browser has written it to the disk. What another tab changes shows up with the
next `all` (Gallery.refresh).
"""

from ..samples import NOTHING
from .indexeddb_database import Database, wipe
from .indexeddb_records import from_records, notes_of, others_of, to_records
from .indexeddb_transaction import NOTES, SAMPLES, Transaction, js_object

NAME, VERSION = "faceside", 2


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
        self.on_lost = lambda: None  # called when somebody else deletes or closes the database
        self._database = Database(name, VERSION, _make_database, lambda: self.on_lost())

    async def all(self):
        read = []

        def take(records):
            read.extend(from_records(records, self.descriptor_length))

        await self._run("readonly", lambda work: work.read(take))
        self.damaged = read.count(None)
        return [sample for sample in read if sample is not None]

    async def notes(self):
        request = await self._run("readonly", lambda work: work.notes.getAll())
        return notes_of(request.result)

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
        labels = [(sample.id, sample.label) for sample in samples]

        def change(work):
            work.note(notes)
            for id, label in labels:
                work.alter(work.samples.getAll(id), label=label)

        await self._run("readwrite", change)

    async def describe(self, samples):
        news = [(sample.id, others_of(sample)) for sample in samples]

        def change(work):
            for id, others in news:
                work.describe(work.samples.getAll(id), others)

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
        self._database.close()

    async def wipe(self) -> None:
        """Delete the database, as far as the browser can be made to."""
        self.close()
        await wipe(self.name)

    async def _run(self, mode: str, work):
        """Run ``work(Transaction)`` in one transaction; return its result once done."""
        return await self._database.run(
            mode, [SAMPLES, NOTES], lambda given, listeners: work(Transaction(given, listeners))
        )


def _make_database(event) -> None:
    """Make what a database of an earlier version, or a new one, lacks."""
    database = event.target.result
    if not database.objectStoreNames.contains(SAMPLES):
        samples = database.createObjectStore(SAMPLES, js_object(keyPath="id", autoIncrement=True))
        samples.createIndex("label", "label")
    if not database.objectStoreNames.contains(NOTES):
        database.createObjectStore(NOTES, js_object(keyPath="label"))

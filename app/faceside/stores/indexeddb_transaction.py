"""One transaction of IndexedDB: what is asked and altered in it, and how to listen to it.

A transaction ends as soon as it has nothing left to do, so nothing here awaits: what comes next is
begun when the browser reports that the last part is done. Between two parts the page goes on.
"""

import asyncio

import js
from pyodide.ffi import create_proxy

from ..labels import terms_of

SAMPLES, NOTES = "samples", "notes"  # the object stores
PART = 500  # samples read or added in one go, some tens of milliseconds


class Records:
    """The records of one object store within a transaction, and the transaction's listeners."""

    def __init__(self, records, listeners: "Listeners"):
        self.records = records
        self.listeners = listeners

    def then(self, request, work):
        """Call ``work(result)`` with what a request finds; return the request."""
        self.listeners.add(request, "success", lambda _: work(request.result))
        return request

    def each(self, request, work):
        """Call ``work(found)`` with each of the many that a request finds; return the request."""
        return self.then(request, lambda result: [work(found) for found in result])

    def read(self, take, after=0) -> None:
        """Call ``take(records)`` with all records, some at a time, in the order of their ids."""

        def go_on(records):
            take(records)
            if records.length == PART:
                self.read(take, records[PART - 1].id)

        self.then(self.records.getAll(js.IDBKeyRange.lowerBound(after, True), PART), go_on)

    def add(self, records_of, number: int, told=None) -> None:
        """Add records, some at a time; one that has the id of another takes its place.

        Args:
            records_of: gives the records ``records_of(start, end)`` of a part.
            number: how many there are.
            told: called with the ids that each part was given, a range, once it is there.
        """
        if number:
            self._add_from(0, records_of, number, told)

    def _add_from(self, start, records_of, number, told) -> None:
        end = min(start + PART, number)
        for record in records_of(start, end):
            request = self.records.put(record)

        def go_on(last):
            if told:
                told(range(last - (end - start) + 1, last + 1))
            if end < number:
                self._add_from(end, records_of, number, told)

        self.then(request, go_on)


class Transaction(Records):
    """What one transaction works with: the object stores of samples and notes."""

    def __init__(self, transaction, listeners: "Listeners"):
        super().__init__(transaction.objectStore(SAMPLES), listeners)
        self.samples, self.notes = self.records, transaction.objectStore(NOTES)

    def alter(self, request, **fields):
        """Set fields of every sample that a request finds; return the request."""

        def set_fields(record):
            for name, value in fields.items():
                setattr(record, name, value)
            self.samples.put(record)

        return self.each(request, set_fields)

    def describe(self, request, others):
        """Keep more descriptors of every sample that a request finds; return the request."""

        def add(record):
            record.others = js.Object.assign(
                js.Object.new(), getattr(record, "others", None), others
            )
            self.samples.put(record)

        return self.each(request, add)

    def note(self, notes) -> None:
        """Keep notes by label; an empty text takes those of a label away."""
        for label, text in notes.items():
            if text:
                self.notes.put(js_object(label=label, text=str(text), **terms_of(text)))
            else:
                self.notes.delete(label)

    def clear(self) -> None:
        """Remove everything."""
        self.samples.clear()
        self.notes.clear()


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


def js_object(**fields):
    """Return a plain JavaScript object."""
    record = js.Object.new()
    for name, value in fields.items():
        setattr(record, name, value)
    return record

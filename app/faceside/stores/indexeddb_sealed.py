"""Samples encrypted in the browser's IndexedDB, for Pyodide in a page or a worker.

Database "faceside-locked", version 1, with two object stores: "records" with ``{id, iv, data}``,
one for each sample and for the notes of each person, without an index; "lock" with the record of
keyring.Lock under "lock", and under "changes" how often the records have changed. Without that
record nothing here counts. Labels are looked up in memory, so a change that another tab came before
is made again on what is there by then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import js

from ..errors import FacesideError
from ..locking import web
from ..locking.keyring import Lock, gallery_locked
from ..locking.packing import pack_note, pack_sample, unpack
from ..samples import NOTHING, Sample
from .indexeddb_database import Database, exists, wipe
from .indexeddb_transaction import PART, Records, js_object
from .memory import noted

RECORDS, LOCK = "records", "lock"  # the object stores
CHANGES = "changes"
CONTEXT = b"faceside record 1"


@dataclass(frozen=True)
class Kept:
    """What the records held when they were read last."""

    samples: Mapping[int, Sample] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    note_ids: Mapping[str, int] = field(default_factory=dict)
    changes: int = 0

    def of(self, label: str) -> list[Sample]:
        """The samples of a person."""
        return [sample for sample in self.samples.values() if sample.label == label]


@dataclass(frozen=True)
class Change:
    """What becomes of the records: samples added, or put in the place of those with their ids; ids
    deleted; notes by label, empty ones taken away; whether all others go first."""

    add: tuple[Sample, ...] = ()
    put: tuple[Sample, ...] = ()
    delete: tuple[int, ...] = ()
    notes: Mapping[str, str] = NOTHING
    clear: bool = False


class SealedStore:
    """A Store of encrypted records; `unlocked` with the key before anything else is asked.

    Args:
        name: the database's name.
        descriptor_length: how many numbers a descriptor has.

    A change raises FacesideError gallery-locked where there is no key, or the lock is another by
    now.
    """

    def __init__(self, name: str, descriptor_length: int = 128):
        self.name = name
        self.descriptor_length = descriptor_length
        self.damaged = 0  # records that were read last and could not be opened
        self._database = Database(name, 1, _make_database)
        self._lock: Lock | None = None
        self._key = None
        self._kept: Kept | None = None

    async def lock(self) -> Lock | None:
        """The lock, None where there is none."""
        if not await exists(self.name):
            return None
        return _to_lock((await self._run("readonly", lambda work: work.lock.get(LOCK))).result)

    def unlocked(self, lock: Lock, key) -> None:
        """Use this key from now on."""
        self._lock, self._key, self._kept = lock, key, None

    def close(self) -> None:
        """Forget the key and all that was read."""
        self._lock = self._key = self._kept = None
        self._database.close()

    @property
    def is_open(self) -> bool:
        """Whether there is a key."""
        return self._key is not None

    def opens(self, lock: Lock | None) -> bool:
        """Whether the key in use is the one within a lock."""
        return self.is_open and lock is not None and lock.id == self._lock.id

    async def fill(self, samples, notes, progress=None) -> None:
        """Make the records of samples with ids, and of notes, where there is no lock yet."""
        samples = list(samples)
        for start in range(0, len(samples), PART):
            sealed = await self._sealed(Change(put=tuple(samples[start : start + PART])))
            await self._run("readwrite", lambda work, sealed=sealed: _put(work, sealed))
            if progress:
                progress(start + PART)
        sealed = await self._sealed(Change(notes=notes))
        await self._run("readwrite", lambda work: _put(work, sealed))

    async def put_lock(self, lock: Lock) -> None:
        """Keep a lock: from then on the records count."""
        record = _to_record(lock)
        await self._run("readwrite", lambda work: work.lock.put(record, LOCK))

    async def remove_lock(self) -> None:
        """Take the lock away: from then on the records count no more."""
        await self._run("readwrite", lambda work: work.lock.delete(LOCK))

    async def wipe(self) -> None:
        """Delete the database, as far as the browser can be made to."""
        self.close()
        await wipe(self.name)

    async def all(self):
        await self._read()
        return list(self._kept.samples.values())

    async def notes(self):
        return dict((await self._known()).notes)

    async def add(self, samples, replace=False, notes=NOTHING, progress=None):
        added = tuple(samples)
        return await self._write(
            lambda kept: Change(add=added, notes=notes, clear=replace), progress
        )

    async def restore(self, samples, notes=NOTHING):
        back = tuple(samples)
        await self._write(lambda kept: Change(put=back, notes=notes))

    async def change(self, samples, notes=NOTHING):
        labels = {sample.id: sample.label for sample in samples}

        def plan(kept):
            there = [s for s in kept.samples.values() if s.id in labels]
            return Change(put=tuple(s.altered(label=labels[s.id]) for s in there), notes=notes)

        await self._write(plan)

    async def describe(self, samples):
        news = {sample.id: sample.others for sample in samples}

        def plan(kept):
            there = [s for s in kept.samples.values() if s.id in news]
            return Change(put=tuple(s.with_others(news[s.id]) for s in there))

        await self._write(plan)

    async def rename(self, label, to, notes=""):
        def plan(kept):
            renamed = tuple(sample.altered(label=to) for sample in kept.of(label))
            return Change(put=renamed, notes={label: "", to: notes})

        number = len((await self._known()).of(label))
        await self._write(plan)
        return number

    async def discard(self, samples, notes=NOTHING):
        ids = tuple(sample.id for sample in samples)
        await self._write(lambda kept: Change(delete=ids, notes=notes))

    async def remove(self, label):
        gone = []

        def plan(kept):
            gone[:] = [sample.id for sample in kept.of(label)]
            return Change(delete=tuple(gone), notes={label: ""})

        await self._write(plan)
        return len(gone)

    async def clear(self):
        await self._write(lambda kept: Change(clear=True))

    def _require_open(self) -> None:
        """See that it has not been locked meanwhile."""
        if not self.is_open:
            raise gallery_locked()

    async def _known(self) -> Kept:
        if self._kept is None:
            await self._read()
        return self._kept

    async def _read(self) -> None:
        """Read all records, again where another tab has changed them meanwhile."""
        while True:
            before = await self._changes()
            kept = await self._read_records()
            if before == await self._changes():
                self._require_open()
                self._kept = replace(kept, changes=before)
                return

    async def _read_records(self) -> Kept:
        samples, notes, note_ids, after, damaged = {}, {}, {}, 0, 0
        while True:
            found = await self._run("readonly", lambda work, after=after: work.next(after))
            self._require_open()
            records = found.result
            opened = await web.unseal_many(self._key, records, CONTEXT)
            for id, data in zip(web.ids_of(records), opened, strict=True):
                thing = data and unpack(data, id, self.descriptor_length)
                if isinstance(thing, Sample):
                    samples[id] = thing
                elif thing:
                    notes[thing[0]], note_ids[thing[0]] = thing[1], id
                else:
                    damaged += 1
            if records.length < PART:
                self.damaged = damaged
                return Kept(samples, notes, note_ids)
            after = records[PART - 1].id

    async def _changes(self) -> int:
        request = await self._run("readonly", lambda work: work.lock.get(CHANGES))
        return request.result or 0

    async def _write(self, plan: Callable[[Kept], Change], progress=None) -> list[int]:
        """Make a change of what is there; the ids of the samples added."""
        while True:
            self._require_open()
            kept = await self._known()
            change = plan(kept)
            sealed = await self._sealed(change, kept.note_ids, progress)
            ids = await self._commit(kept, change, sealed)
            if ids is not None:
                self._kept = _after(kept, change, ids) if self.is_open else None
                return ids[: len(change.add)]
            self._kept = None

    async def _sealed(self, change: Change, note_ids=NOTHING, progress=None) -> list:
        """The records of a change in JavaScript arrays of at most PART: samples added, samples put,
        then notes that have a text."""
        things = [(None, pack_sample, (sample,)) for sample in change.add]
        things += [(sample.id, pack_sample, (sample,)) for sample in change.put]
        ids = NOTHING if change.clear else note_ids
        things += [(ids.get(n[0]), pack_note, n) for n in change.notes.items() if n[1]]
        sealed = []
        for start in range(0, len(things), PART):
            part = things[start : start + PART]
            self._require_open()
            pieces = [pack(*what) for _, pack, what in part]
            records = await web.seal_many(self._key, pieces, CONTEXT)
            for place, (id, _, _) in enumerate(part):
                if id is not None:
                    records[place].id = id
            sealed.append(records)
            if progress:
                progress(min(start + PART, len(change.add)))
        return sealed

    async def _commit(self, kept: Kept, change: Change, sealed: list) -> list[int] | None:
        """Write a change, if the records are as they were read; None where they are not.

        Raises:
            FacesideError: gallery-locked, where the lock is another by now.
        """
        ids, locks = [], []

        def work(work):
            def begin(changes):
                locks.append(_to_lock(lock.result))
                if not self.opens(locks[0]) or (changes or 0) != kept.changes:
                    work.transaction.abort()
                    return
                work.lock.put(kept.changes + 1, CHANGES)
                if change.clear:
                    work.records.clear()
                empty = [label for label, text in change.notes.items() if not text]
                gone = [kept.note_ids[label] for label in empty if label in kept.note_ids]
                for id in (*change.delete, *gone):
                    work.records.delete(id)
                _put(work, sealed, ids)

            lock = work.lock.get(LOCK)
            work.then(work.lock.get(CHANGES), begin)
            return True

        if await self._run("readwrite", work, may_abort=True):
            return ids
        if locks and not self.opens(locks[0]):
            raise gallery_locked()
        return None

    async def _run(self, mode: str, work, may_abort: bool = False):
        return await self._database.run(
            mode,
            [RECORDS, LOCK],
            lambda given, listeners: work(_Work(given, listeners)),
            may_abort,
        )


class _Work(Records):
    """What one transaction works with."""

    def __init__(self, transaction, listeners):
        super().__init__(transaction.objectStore(RECORDS), listeners)
        self.transaction, self.lock = transaction, transaction.objectStore(LOCK)

    def next(self, after: int):
        """Ask for the records that follow an id, PART at most."""
        return self.records.getAll(js.IDBKeyRange.lowerBound(after, True), PART)


def _put(work: _Work, sealed: list, ids: list | None = None) -> None:
    """Put encrypted records, a part after the other; ``ids`` is filled with theirs."""
    for records in sealed:
        for record in records:
            work.then(work.records.put(record), (ids if ids is not None else []).append)


def _after(kept: Kept, change: Change, ids: list[int]) -> Kept:
    """What is kept after a change whose records have these ids."""
    samples = {} if change.clear else dict(kept.samples)
    note_ids = {} if change.clear else dict(kept.note_ids)
    for id in change.delete:
        samples.pop(id, None)
    for sample, id in zip((*change.add, *change.put), ids, strict=False):
        samples[id] = sample.altered(id=id)
    written = [label for label, text in change.notes.items() if text]
    note_ids |= zip(written, ids[len(change.add) + len(change.put) :], strict=True)
    notes = noted({} if change.clear else kept.notes, change.notes)
    note_ids = {label: id for label, id in note_ids.items() if label in notes}
    return Kept(dict(sorted(samples.items())), notes, note_ids, kept.changes + 1)


def _make_database(event) -> None:
    database = event.target.result
    database.createObjectStore(RECORDS, js_object(keyPath="id", autoIncrement=True))
    database.createObjectStore(LOCK)


def _to_record(lock: Lock):
    return js_object(
        version=1,
        derivation="PBKDF2-SHA-256",
        iterations=lock.iterations,
        id=web.to_js(lock.id),
        salt=web.to_js(lock.salt),
        nonce=web.to_js(lock.nonce),
        wrapped=web.to_js(lock.wrapped),
    )


def _to_lock(record) -> Lock | None:
    """The lock of a record.

    Raises:
        FacesideError: storage-blocked, where another release has written it.
    """
    if not record:
        return None
    if record.version != 1:
        raise FacesideError(
            "storage-blocked",
            "A newer release of this page has locked the people kept here: load the page again.",
        )
    parts = [getattr(record, name).to_bytes() for name in ("id", "salt", "nonce", "wrapped")]
    id, salt, nonce, wrapped = parts
    return Lock(id, record.iterations, salt, nonce, wrapped)

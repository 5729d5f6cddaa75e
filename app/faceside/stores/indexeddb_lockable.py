"""The people of the browser, kept in the clear or locked by a passphrase.

Two databases: "faceside" in the clear and "faceside-locked" encrypted. The record of the lock
decides: where it is there, the locked one counts and the clear one is deleted; where it is not, it
is the other way round. So whatever ends halfway leaves the one or the other whole, and the next
start deletes what does not count.

Tabs change people together; turning the lock on or off is done by one alone, and every change looks
first which of the two counts.
"""

from contextlib import asynccontextmanager, suppress

from ..errors import FacesideError
from ..locking import ciphers
from ..locking.keyring import changed_lock, gallery_locked, new_lock, open_lock
from ..samples import NOTHING
from .indexeddb import NAME, IndexedDBStore
from .indexeddb_database import exists, turn
from .indexeddb_sealed import SealedStore

LOCKED = "-locked"  # the end of the locked database's name


class LockableStore:
    """A Store that can be locked. While it is, it reads as empty and changes raise FacesideError
    gallery-locked; `prepare` comes first.

    Args:
        name: the name of the database in the clear.
        descriptor_length: how many numbers a descriptor has.
    """

    def __init__(self, name: str = NAME, descriptor_length: int = 128):
        self.name = name
        self.clear_store = IndexedDBStore(name, descriptor_length)
        self.sealed = SealedStore(name + LOCKED, descriptor_length)
        self.has_lock = False

    @property
    def is_locked(self) -> bool:
        """Whether the people can be read by the passphrase alone, for now."""
        return self.has_lock and not self.sealed.is_open

    @property
    def damaged(self) -> int:
        """How many records could not be read when they were read last, and are left out."""
        return self._counting.damaged

    async def prepare(self) -> None:
        """Find out which database counts, and delete the other one."""
        async with turn(self.name, alone=True):
            self.has_lock = await self.sealed.lock() is not None
            await self._wipe_the_other()

    async def follow(self) -> None:
        """Find out what another tab has made of the lock."""
        lock = await self.sealed.lock()
        self.has_lock = lock is not None
        if not self.sealed.opens(lock):
            self.sealed.close()

    async def turn_on(self, passphrase: str, progress=None) -> bool:
        """Encrypt everything, and delete what is in the clear; whether that is deleted already.

        Raises:
            FacesideError: passphrase-too-short, passphrase-too-long, lock-on, lock-unavailable,
                storage-….
        """
        cipher = ciphers()
        async with turn(self.name, alone=True):
            if await self.sealed.lock():
                await self.follow()
                raise FacesideError("lock-on", "The lock has been turned on in another tab.")
            lock, key = await new_lock(cipher, passphrase)
            samples, notes = await self.clear_store.all(), await self.clear_store.notes()
            await self.sealed.wipe()
            self.sealed.unlocked(lock, key)
            try:
                await self.sealed.fill(samples, notes, progress)
                await self.sealed.put_lock(lock)
            except BaseException:
                self.sealed.close()  # what was written so far does not count
                raise
            self.has_lock = True
            return await self._wiped_the_other()

    async def turn_off(self, passphrase: str) -> None:
        """Keep everything in the clear again.

        Raises:
            FacesideError: passphrase-wrong, storage-….
        """
        async with turn(self.name, alone=True):
            await self._unlock(passphrase)
            samples, notes = await self.sealed.all(), await self.sealed.notes()
            await self.clear_store.clear()
            await self.clear_store.restore(samples, notes)
            await self.sealed.remove_lock()
            self.has_lock = False
            await self._wiped_the_other()

    async def unlock(self, passphrase: str) -> None:
        """Open what is locked.

        Raises:
            FacesideError: passphrase-wrong.
        """
        async with turn(self.name):
            await self._unlock(passphrase)

    def close(self) -> None:
        """Forget the key."""
        self.sealed.close()

    async def change_passphrase(self, passphrase: str, new: str) -> None:
        """Have another passphrase open what is locked.

        Raises:
            FacesideError: passphrase-wrong, passphrase-too-short, passphrase-too-long.
        """
        async with turn(self.name, alone=True):
            lock = await changed_lock(ciphers(), await self._lock(), passphrase, new)
            await self.sealed.put_lock(lock)

    async def begin_anew(self) -> None:
        """Delete everything, also without the passphrase."""
        async with turn(self.name, alone=True):
            if await exists(self.name):
                await self.clear_store.wipe()
            await self.sealed.wipe()
            self.has_lock = False

    async def all(self):
        return [] if self.is_locked else await self._counting.all()

    async def notes(self):
        return {} if self.is_locked else await self._counting.notes()

    async def add(self, samples, replace=False, notes=NOTHING, progress=None):
        async with self._changing() as store:
            return await store.add(samples, replace, notes, progress)

    async def restore(self, samples, notes=NOTHING):
        async with self._changing() as store:
            await store.restore(samples, notes)

    async def change(self, samples, notes=NOTHING):
        async with self._changing() as store:
            await store.change(samples, notes)

    async def describe(self, samples):
        async with self._changing() as store:
            await store.describe(samples)

    async def rename(self, label, to, notes=""):
        async with self._changing() as store:
            return await store.rename(label, to, notes)

    async def discard(self, samples, notes=NOTHING):
        async with self._changing() as store:
            await store.discard(samples, notes)

    async def remove(self, label):
        async with self._changing() as store:
            return await store.remove(label)

    async def clear(self):
        async with self._changing() as store:
            await store.clear()

    @property
    def _counting(self):
        return self.sealed if self.has_lock else self.clear_store

    @asynccontextmanager
    async def _changing(self):
        """Give the store that counts; nobody turns the lock on or off meanwhile."""
        async with turn(self.name):
            if self.is_locked or (await self.sealed.lock() is not None) != self.has_lock:
                raise gallery_locked()
            yield self._counting

    async def _lock(self):
        lock = await self.sealed.lock()
        if lock is None:
            raise FacesideError("lock-off", "There is no lock any more: load the page again.")
        return lock

    async def _unlock(self, passphrase: str) -> None:
        lock = await self._lock()
        self.sealed.unlocked(lock, await open_lock(ciphers(), lock, passphrase))
        self.has_lock = True

    async def _wiped_the_other(self) -> bool:
        """Delete what does not count; where a browser does not do it now, the next start will."""
        with suppress(FacesideError):
            await self._wipe_the_other()
            return True
        return False

    async def _wipe_the_other(self) -> None:
        if self.has_lock:
            if await exists(self.name):
                await self.clear_store.wipe()
        elif await exists(self.sealed.name):
            await self.sealed.wipe()

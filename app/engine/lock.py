"""The lock of the people kept on this device: turned on and off, opened and closed.

While it is closed nobody is recognised: everything that was read of the people is out of memory.
"""

from faceside import FacesideError
from faceside.locking import ciphers
from faceside.locking.container import START, LockedFile, is_locked
from faceside.locking.keyring import gallery_locked

from .lasting import settle
from .sources import read_bytes
from .work import Work


class Lock:
    """What is asked about the lock. Every answer but a share is the state of `lock_state`."""

    def __init__(self, work: Work):
        self._work = work
        self._store = work.gallery.store
        self._share: float | None = None

    async def lock_state(self) -> dict:
        """Whether there is a lock, whether it is closed, and whether there can be one."""
        return lock_record(self._store)

    async def turn_lock_on(self, passphrase: str) -> dict:
        """Have the people open by this passphrase alone; ``wiped`` is false where the browser has
        not deleted them in the clear yet.

        Raises:
            FacesideError: ``passphrase-…``, ``lock-…``, ``storage-…``.
        """
        number = len([s for p in await self._work.gallery.people() for s in p.samples])

        def tell(done):
            self._share = min(1.0, done / max(1, number))

        self._share = 0.0
        try:
            wiped = await self._lockable().turn_on(passphrase, tell)
        finally:
            self._share = None
        return {**lock_record(self._store), "wiped": wiped}

    async def lock_progress(self) -> float | None:
        """How far turning the lock on is, 0 to 1; None where it is not under way."""
        return self._share

    async def turn_lock_off(self, passphrase: str) -> dict:
        """Keep the people in the clear again.

        Raises:
            FacesideError: ``passphrase-wrong``, ``storage-…``.
        """
        await self._lockable().turn_off(passphrase)
        return await self._begun()

    async def lock(self) -> dict:
        """Close the lock, if there is one."""
        if self._store.has_lock:
            self._store.close()
            await self._forget()
        return lock_record(self._store)

    async def unlock(self, passphrase: str) -> dict:
        """Open the lock.

        Raises:
            FacesideError: ``passphrase-wrong``.
        """
        await self._lockable().unlock(passphrase)
        return await self._begun()

    async def change_passphrase(self, passphrase: str, new: str) -> dict:
        """Have another passphrase open the lock.

        Raises:
            FacesideError: ``passphrase-…``.
        """
        await self._lockable().change_passphrase(passphrase, new)
        return lock_record(self._store)

    async def begin_anew(self) -> dict:
        """Delete everything that is locked, without the passphrase."""
        await self._lockable().begin_anew()
        await self._forget()
        return await self._begun()

    async def follow_lock(self) -> dict:
        """Find out what another tab has made of the lock."""
        if is_lockable(self._store):
            await self._store.follow()
            if self._store.is_locked:
                await self._forget()
            else:
                return await self._begun()
        return lock_record(self._store)

    async def follow_loss(self) -> bool:
        """Read again what is kept, after the database was deleted or closed past this page; whether
        people are gone by that. Somebody may have been enrolled since."""
        before = await self._keys()
        record = await self.follow_lock()
        return not record["on"] and not before <= await self._keys()

    async def _keys(self) -> set[tuple]:
        people = await self._work.gallery.people()
        return {sample.key for person in people for sample in person.samples}

    def _lockable(self):
        if not is_lockable(self._store):
            raise FacesideError(
                "lock-unavailable",
                "This browser keeps no people for this page, so there is nothing to lock.",
            )
        return self._store

    async def _begun(self) -> dict:
        await self._work.gallery.refresh()
        settle(len(await self._work.gallery.people()))
        return lock_record(self._store)

    async def _forget(self) -> None:
        await self._work.gallery.let_go()
        self._work.forget()


async def unlocked(source, passphrase: str | None):
    """What a file that may be locked by a passphrase holds: the source itself where it is not, else
    bytes.

    Raises:
        FacesideError: ``file-locked``, ``passphrase-wrong``, ``container-damaged``,
            ``file-unreadable``.
    """
    if isinstance(source, str):
        return source

    async def read(start: int, end: int) -> bytes:
        return await read_bytes(source.slice(start, end))

    begin = await read(0, START)
    if not is_locked(begin):
        return source
    if passphrase is None:
        raise FacesideError("file-locked", "This file is locked: give its passphrase.")
    file = LockedFile(begin)
    await file.unlock(passphrase)
    return b"".join([piece async for piece in file.pieces(int(source.size), read)])


def is_lockable(store) -> bool:
    """Whether a store can be locked."""
    return hasattr(store, "has_lock")


def lock_record(store) -> dict:
    """The state of the lock for the page."""
    if not is_lockable(store):
        return {"possible": False, "on": False, "locked": False}
    try:
        ciphers()
        possible = True
    except FacesideError:
        possible = False
    return {"possible": possible, "on": store.has_lock, "locked": store.is_locked}


def require_unlocked(store) -> None:
    """See that the people can be read.

    Raises:
        FacesideError: ``gallery-locked``.
    """
    if is_lockable(store) and store.is_locked:
        raise gallery_locked()

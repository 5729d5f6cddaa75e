"""A database of the browser's IndexedDB: opened by the first call, whole transactions, wiped."""

import asyncio
from contextlib import asynccontextmanager, suppress

import js
from pyodide.ffi import JsException, create_once_callable, to_js

from ..errors import FacesideError
from .indexeddb_transaction import Listeners, js_object

PATIENCE = 15.0  # seconds for a database to open; a browser may wait for other tabs for ever
SWEEP = "faceside-sweep"  # a database that is made to be deleted
PAUSE = 0.5  # s


class Database:
    """A database by its name and version; ``make(event)`` makes what an older one lacks, ``lost()``
    is called when it is deleted or closed by somebody else."""

    def __init__(self, name: str, version: int, make, lost=lambda: None):
        self.name, self.version = name, version
        self._make, self._lost = make, lost
        self._database = None
        self._closing: Listeners | None = None
        self._turn = asyncio.Lock()

    def close(self) -> None:
        """Close the database; the next call opens it again."""
        if self._database is not None:
            self._closing.remove()
            self._database.close()
            self._database = self._closing = None

    async def run(self, mode: str, stores: list[str], work, may_abort: bool = False):
        """Run ``work(transaction, listeners)`` in one transaction over object stores; return its
        result once done.

        A transaction ends as soon as control goes back to the browser, so work must not await.

        Args:
            may_abort: whether work may abort the transaction, for which None is returned.

        Raises:
            FacesideError: storage-full, storage-blocked.
        """
        listeners = Listeners()
        try:
            transaction = await self._begin(mode, stores)
            done = listeners.wait(transaction, "complete", "abort")
            try:
                result = work(transaction, listeners)
            except BaseException:
                transaction.abort()
                raise
            if await done == "abort":
                if may_abort and transaction.error is None:
                    return None
                raise _explained(transaction.error)
            return result
        except JsException as error:
            raise _explained(error) from error
        finally:
            listeners.remove()

    async def _begin(self, mode: str, stores: list[str]):
        """A new transaction; the database is opened again where the browser is closing it."""
        how = js_object(durability="strict")
        database = await self._open()
        try:
            return database.transaction(to_js(stores), mode, how)
        except JsException as error:
            if error.name != "InvalidStateError":
                raise
        self.close()
        return (await self._open()).transaction(to_js(stores), mode, how)

    async def _open(self):
        async with self._turn:
            return await self._connect() if self._database is None else self._database

    async def _connect(self):
        listeners = Listeners()
        try:
            request = js.indexedDB.open(self.name, self.version)
            listeners.add(request, "upgradeneeded", self._make)
            listeners.add(request, "success", lambda event: self._keep(request.result))
            answer = listeners.wait(request, "success", "error")
            try:
                outcome = await asyncio.wait_for(answer, PATIENCE)
            except TimeoutError:
                request.onsuccess = create_once_callable(lambda event: request.result.close())
                raise _blocked("it does not answer") from None
            if outcome == "error":
                raise _explained(request.error)
            return request.result
        except (JsException, AttributeError) as error:  # no indexedDB, or none for this page
            raise _explained(error) from error
        finally:
            listeners.remove()

    def _keep(self, database) -> None:
        """Remember a database the moment it is opened: whoever deletes it may tell of that before
        anything else here goes on, and waits until it is closed."""
        self._database = database
        self._closing = Listeners()
        self._closing.add(database, "versionchange", self._on_closing)
        self._closing.add(database, "close", self._on_closing)

    def _on_closing(self, event) -> None:
        is_newer = bool(getattr(event, "newVersion", None))
        self.close()
        if not is_newer:
            self._lost()


async def exists(name: str) -> bool:
    """Whether there is a database of this name; no, where the browser does not tell."""
    if not hasattr(js.indexedDB, "databases"):
        return False
    try:
        return any(found.name == name for found in await js.indexedDB.databases())
    except (JsException, AttributeError) as error:
        raise _explained(error) from error


async def wipe(name: str) -> None:
    """Delete a database so that its content is no longer in the browser's files.

    Chromium 156 deletes by rewriting the files that hold the database (LevelDB), and removes an
    old file when the next rewriting ends and nobody reads it any more: so another database is
    deleted after it, twice. Where each database has files of its own (SQLite, as in Firefox) they
    are removed at once. tests/browser/test_locked.py looks into the files.

    Raises:
        FacesideError: storage-blocked.
    """
    await _delete(name)
    sweep = Database(SWEEP, 1, lambda event: event.target.result.createObjectStore(SWEEP))
    for _ in range(2):
        await sweep.run("readwrite", [SWEEP], lambda work, _: work.objectStore(SWEEP).put(0, 0))
        sweep.close()
        await _delete(SWEEP)
        await asyncio.sleep(PAUSE)


async def _delete(name: str) -> None:
    listeners = Listeners()
    try:
        request = js.indexedDB.deleteDatabase(name)
        answer = listeners.wait(request, "success", "error")
        if await asyncio.wait_for(answer, PATIENCE) == "error":
            raise _explained(request.error)
    except TimeoutError:
        raise _blocked("another tab of this page has them open") from None
    except (JsException, AttributeError) as error:
        raise _explained(error) from error
    finally:
        listeners.remove()


@asynccontextmanager
async def turn(name: str, alone: bool = False):
    """Around what tabs may do together, or one of them alone; where the browser has no such locks,
    nobody waits."""
    locks = getattr(js.navigator, "locks", None)
    if not locks:
        yield
        return
    granted, over = asyncio.Event(), asyncio.Event()

    async def hold(_):
        granted.set()
        await over.wait()

    how = js_object(mode="exclusive" if alone else "shared")
    request = asyncio.ensure_future(locks.request(name, how, create_once_callable(hold)))
    waiting = asyncio.ensure_future(granted.wait())
    try:
        await asyncio.wait([request, waiting], return_when=asyncio.FIRST_COMPLETED)
        yield
    finally:
        over.set()
        waiting.cancel()
        with suppress(JsException):  # refused, as in a frame of another site: no locks there
            await request


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

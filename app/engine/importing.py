"""Bringing in the people of a file: read piece by piece, kept in one go, telling how far it is.

Between the pieces the engine answers whatever else is asked.
"""

import asyncio

from pyodide.ffi import JsProxy

from faceside.gallery import Contents
from faceside.gallery_files import Reader, joined, reader_of

from .lasting import settle
from .lock import unlocked
from .sources import read_bytes
from .work import Work

PIECE = 1 << 20  # bytes, or characters, read in one go; some 400 descriptors


class Importing:
    """The import under way, one at a time."""

    def __init__(self, work: Work):
        self._gallery = work.gallery
        self._share: float | None = None
        self._turn = asyncio.Lock()

    async def import_gallery(self, source, passphrase: str | None = None) -> dict:
        """Add the people of a gallery file, given as text or as a Blob, all or none.

        Returns:
            How many people and samples were added, how many samples have no photo, how many were
            here already, and by which recognizers those added are.

        Raises:
            FacesideError: ``gallery-unreadable``, ``file-unreadable``, ``storage-…``;
                ``file-locked`` where a passphrase is missing, ``passphrase-wrong``,
                ``container-damaged``.
        """
        async with self._turn:
            try:
                contents = await self._contents(await unlocked(source, passphrase))
                begin, number = self._share, len(contents.samples)
                added, duplicates = await self._gallery.load(
                    contents, progress=lambda done: self._tell(begin, 1.0, done, number)
                )
                settle(len(added))
            finally:
                self._share = None
        return {
            "people": len({sample.label for sample in added}),
            "samples": len(added),
            "photoless": sum(sample.photo is None for sample in added),
            "duplicates": duplicates,
            "recognizers": sorted({name for sample in added for name in sample.recognizers}),
        }

    async def import_progress(self) -> float | None:
        """How far the import under way is, from 0 to 1; None where there is none."""
        return self._share

    async def _contents(self, source) -> Contents:
        """What a file holds, read and then checked."""
        reader = await self._read(source)
        read, checked = reader.shares
        parts, done = [], 0
        for part in reader.parts():
            parts.append(part)
            done += len(part.samples)
            self._tell(read, checked, done, reader.entries)
            await asyncio.sleep(0)
        self._share = checked
        return joined(parts)

    async def _read(self, source) -> Reader:
        size = source.size if isinstance(source, JsProxy) else len(source)
        reader = reader_of(await _piece(source, 0, PIECE), self._gallery.descriptor_length)
        for start in range(0, size, PIECE):
            self._tell(0.0, reader.shares[0], start, size)
            await asyncio.sleep(0)
            reader.feed(await _piece(source, start, start + PIECE))
        return reader

    def _tell(self, begin: float, end: float, done: int, of: int) -> None:
        self._share = begin + (end - begin) * min(1.0, done / max(1, of))


async def _piece(source, start: int, end: int) -> str | bytes:
    if isinstance(source, JsProxy):
        return await read_bytes(source.slice(start, end))
    return source[start:end]

"""Bringing in the people of a file: read piece by piece, kept in one go, telling how far it is.

Between the pieces the engine answers whatever else is asked.
"""

import asyncio

from pyodide.ffi import JsProxy

from faceside.documents import DocumentReader
from faceside.gallery import Contents
from faceside.gallery_json import contents_of, read_people

from .lasting import settle
from .work import Work

PIECE = 1 << 20  # bytes, or characters, read in one go; some 400 descriptors
PEOPLE = 200  # checked in one go
# Where each step begins in the whole of it, by the times that 100,000 people took.
STEPS = {"read": 0.0, "check": 0.6, "keep": 0.7, "kept": 1.0}


class Importing:
    """The import under way, one at a time."""

    def __init__(self, work: Work):
        self._gallery = work.gallery
        self._share: float | None = None
        self._turn = asyncio.Lock()

    async def import_gallery(self, source) -> dict:
        """Add the people of a JSON text or a Blob of one, all or none.

        Returns:
            How many people and samples were added, how many samples have no photo, how many were
            here already, and by which recognizers those added are.

        Raises:
            FacesideError: ``gallery-unreadable``, ``storage-…``.
        """
        async with self._turn:
            try:
                contents = await self._checked(await self._read(source))
                number = len(contents.samples)
                added, duplicates = await self._gallery.load(
                    contents, progress=lambda done: self._tell("keep", done, number)
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

    async def _read(self, source) -> tuple[object, int]:
        """What a file holds, and how many entries it has."""
        reader = DocumentReader()
        size = source.size if isinstance(source, JsProxy) else len(source)
        for start in range(0, size, PIECE):
            self._tell("read", start, size)
            await asyncio.sleep(0)
            reader.feed(await _piece(source, start, start + PIECE))
        return reader.end(), reader.entries

    async def _checked(self, read: tuple[object, int]) -> Contents:
        document, number = read
        people = []
        for person in read_people(document, self._gallery.descriptor_length):
            people.append(person)
            if len(people) % PEOPLE == 0:
                self._tell("check", len(people), number)
                await asyncio.sleep(0)
        return contents_of(people)

    def _tell(self, step: str, done: int, of: int) -> None:
        starts = list(STEPS.values())
        place = list(STEPS).index(step)
        begin, end = starts[place], starts[place + 1]
        self._share = begin + (end - begin) * min(1.0, done / max(1, of))


async def _piece(source, start: int, end: int) -> str | bytes:
    if isinstance(source, JsProxy):
        return (await source.slice(start, end).arrayBuffer()).to_bytes()
    return source[start:end]

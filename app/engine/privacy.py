"""What the privacy view asks of the worker: what it has asked for, how much is kept of people."""

import js
from pyodide.code import run_js

from faceside.gallery import Person

from .work import Work

ROOM = "app/privacy/"  # of the site: JavaScript that the page and the worker share


class Privacy:
    """What is asked about the worker and the people kept, in numbers alone."""

    def __init__(self, work: Work):
        self._work = work

    async def requests(self) -> list:
        """(origin, requests, of these refused by the browser) of this worker since it started."""
        return js.facesideRequests().to_py()

    async def try_ways_out(self) -> list:
        """(way, whether the browser refused it, by which directive) of every way out of here."""
        ways = await _module("ways.mjs")
        return (await ways.tryWays()).to_py()

    async def kept_of_people(self) -> dict:
        """How many people, samples, photos, descriptors and notes are kept, and their bytes; of
        locked ones the bytes alone."""
        store = self._work.gallery.store
        if getattr(store, "is_locked", False):
            kept = await _module("kept.mjs")
            sealed = store.sealed
            return {"locked": await kept.bytesOf(sealed.name, "records")}
        return _numbers(await self._work.gallery.people())


def _numbers(people: list[Person]) -> dict:
    samples = [sample for person in people for sample in person.samples]
    photos = [len(sample.photo) for sample in samples if sample.photo]
    rows = [row for sample in samples for row in (sample.descriptor, *sample.others.values())]
    notes = [len(person.notes.encode()) for person in people if len(person.notes)]
    return {
        "people": len(people),
        "samples": len(samples),
        "photos": [len(photos), sum(photos)],
        "descriptors": [len(rows), sum(row.nbytes for row in rows)],
        "notes": [len(notes), sum(notes)],
    }


async def _module(name: str):
    return await run_js("(address) => import(address)")(f"{js.facesideBase}{ROOM}{name}")

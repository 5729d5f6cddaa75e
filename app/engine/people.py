"""What is asked about the people who are kept: enrol, list, change, delete and undo, in files."""

import asyncio
from itertools import count

import js
from pyodide.ffi import to_js

from faceside import Box, FacesideError, detect_all_faces
from faceside.enrolment import portrait, sample_of
from faceside.gallery import Contents, Person
from faceside.gallery_binary import binary_pieces
from faceside.labels import TERMS, Notes, check_label, terms_of
from faceside.locking.container import lock_bytes
from faceside.quality import GOOD_ENOUGH
from faceside.samples import Sample

from . import enrolling
from .album import jpeg_blob
from .lasting import settle
from .listing import Listings
from .lock import require_unlocked
from .sources import read_source
from .work import Work


class People:
    """The people of the gallery."""

    def __init__(self, work: Work):
        self._work = work
        self._gallery = work.gallery
        self._listings = Listings(work.gallery)
        self._undoable = {}  # by token: what takes the change back
        self._tokens = count(1)
        work.on_forget.append(self._forget)

    async def enroll(
        self,
        asked: float,
        label: str,
        source,
        box: dict | None = None,
        any_quality: bool = False,
    ) -> dict:
        """Keep one face of a picture under a label, unless it is too bad to be recognised by;
        ``asked`` is as in enrolling.

        Raises:
            FacesideError: ``label-…``, ``image-…``, ``no-face``, ``several-faces``, ``face-…``,
                ``storage-…``.
        """
        label = check_label(label)
        picture = await read_source(source)
        faces = await self._work.found(picture, self._work.settings)
        meant = Box(**{name: float(box[name]) for name in Box._fields}) if box else None
        quality = None if any_quality else GOOD_ENOUGH
        sample = sample_of(label, picture, faces, meant, quality)
        return await enrolling.keep(self._gallery, asked, label, [sample])

    async def enrolled(self, asked: float, label: str) -> dict:
        """The answer to an enrolment that may have been lost with the worker that was asked.

        Raises:
            FacesideError: ``gallery-locked``, ``label-…``.
        """
        require_unlocked(self._gallery.store)
        return await enrolling.answer_of(self._gallery, asked, label)

    async def faces_to_choose(self, source) -> list[dict]:
        """The faces of a picture, for the one that is meant to be enrolled: the box of each and
        the photo that would be kept of it, a Blob of a JPEG file.

        Raises:
            FacesideError: ``image-…``.
        """
        picture = await read_source(source)
        with self._work.upkeep.working():
            options = self._work.settings.photo
            faces = await detect_all_faces(picture, options, nets=self._work.nets)
        return [
            {"box": face.box._asdict(), "photo": jpeg_blob(portrait(picture, box))}
            for face, box in zip(faces, faces.boxes, strict=True)
        ]

    async def refresh_gallery(self) -> None:
        """Read again what is kept, after another tab has changed it."""
        await self._gallery.refresh()
        settle(len(await self._gallery.people()))

    async def people(self) -> list[dict]:
        """Everyone enrolled, by label, each with the newest photo.

        Raises:
            FacesideError: ``gallery-locked``.
        """
        require_unlocked(self._gallery.store)
        return [_card(person) for person in await self._gallery.people()]

    async def list_people(self, search: str = "", start: int = 0, most: int = 100) -> dict:
        """Some of the people whose label contains a text, in the order of their labels; how many
        there are of them and in all; and how many no sample of whom is by the recognizer in force,
        by the recognizer that they were enrolled with."""
        listing = await self._listings.current()
        found = listing.search(search)
        return {
            "people": [_card(person) for person in found[start : start + most]],
            "found": len(found),
            "total": len(listing.people),
            "unmatched": listing.unmatched(self._work.settings.recognizer),
        }

    async def labels(self, search: str = "", most: int = 50) -> list[str]:
        """The first labels that contain a text."""
        listing = await self._listings.current()
        return [person.label for person in listing.search(search)[:most]]

    async def person(self, label: str) -> dict:
        """Everything kept about one person.

        Raises:
            FacesideError: ``label-unknown``, ``label-…``.
        """
        person = await self._gallery.person(label)
        recognizer = self._work.settings.recognizer
        samples = [_photo(sample, recognizer) for sample in person.samples]
        notes = Notes(person.notes, **terms_of(person.notes))
        return {
            "label": person.label,
            "notes": str(notes),
            "terms": {name: getattr(notes, name) for name in TERMS},
            "photos": samples,
        }

    async def label_of(self, id: int) -> str:
        """Whose sample has an id.

        Raises:
            FacesideError: ``label-unknown``.
        """
        for person in await self._gallery.people():
            if any(sample.id == id for sample in person.samples):
                return person.label
        raise FacesideError("label-unknown", "Nobody kept here has this photo.")

    async def check_label(self, label: str) -> str:
        """A name for a new person as it would be kept.

        Raises:
            FacesideError: ``label-…``.
        """
        return check_label(label)

    async def note(self, label: str, text: str) -> str:
        """Keep notes about a person; they are returned as they are kept."""
        return await self._gallery.note(label, text)

    async def rename(self, label: str, to: str, merge: bool = False) -> dict:
        """Give a person another label, with ``merge`` also one that somebody has already; with
        the token for `undo`."""
        before = [p for p in await self._gallery.people() if p.label in (label, check_label(to))]
        person = await self._gallery.rename(label, to, bool(merge))
        samples = tuple(sample for person in before for sample in person.samples)
        notes = {person.label: ""} | {person.label: person.notes for person in before}
        undo = self._keep(lambda: self._gallery.relabel(Contents(samples, notes)))
        return {"label": person.label, "samples": len(person.samples), "undo": undo}

    async def forget(self, label: str) -> int:
        """Delete a person with all samples for good; the number of samples deleted."""
        return len((await self._gallery.forget(label)).samples)

    async def delete_person(self, label: str) -> int:
        """Delete a person with all samples and notes; the token for `undo`."""
        return self._keep_removed(await self._gallery.forget(label))

    async def delete_photo(self, id: int) -> int:
        """Delete one sample; the token for `undo`."""
        return self._keep_removed(await self._gallery.discard([id]))

    async def delete_everything(self) -> int:
        """Delete everybody; the token for `undo`."""
        return self._keep_removed(await self._gallery.clear())

    async def undo(self, token: int) -> bool:
        """Take a change back; false where that is no longer possible."""
        take_back = self._undoable.pop(token, None)
        if take_back is None:
            return False
        try:
            await take_back()
        except Exception:
            self._undoable[token] = take_back
            raise
        return True

    async def end_undo(self, token: int) -> None:
        """Let go of what a change took away: it will not be taken back."""
        self._undoable.pop(token, None)

    async def export_gallery(self) -> str:
        """The whole gallery as JSON text."""
        require_unlocked(self._gallery.store)
        return await self._gallery.to_json()

    async def export_file(self, label: str | None = None, compact: bool = False):
        """Everybody, or one person, as a Blob of JSON or of a compact file."""
        if compact:
            return await self._compact_file(label)
        text = await self._gallery.to_json(label)
        return js.Blob.new(to_js([text]), type="application/json")

    async def _compact_file(self, label: str | None):
        pieces = [js.Blob.new(to_js([piece])) async for piece in self._compact(label)]
        return js.Blob.new(to_js(pieces), type="application/octet-stream")

    async def export_locked(self, passphrase: str):
        """Everybody as a Blob of a compact file that is locked by a passphrase.

        Raises:
            FacesideError: ``passphrase-…``, ``gallery-locked``, ``lock-unavailable``.
        """
        require_unlocked(self._gallery.store)
        data = b"".join([bytes(piece) async for piece in self._compact(None)])
        content = await lock_bytes(data, passphrase)
        return js.Blob.new(to_js([to_js(content)]), type="application/octet-stream")

    async def _compact(self, label: str | None):
        contents = await self._gallery.contents(label)
        for piece in binary_pieces(contents.samples, contents.notes):
            yield piece
            await asyncio.sleep(0)  # let the engine answer in between

    def _forget(self) -> None:
        self._undoable.clear()
        self._listings.forget()

    def _keep_removed(self, contents: Contents) -> int:
        return self._keep(lambda: self._gallery.restore(contents))

    def _keep(self, take_back) -> int:
        token = next(self._tokens)
        self._undoable[token] = take_back
        return token


def _card(person: Person) -> dict:
    return {
        "label": person.label,
        "id": person.samples[0].id,
        "samples": len(person.samples),
        "recognizers": sorted({name for s in person.samples for name in s.recognizers}),
        "thumbnail": person.photo,
    }


def _photo(sample: Sample, recognizer: str) -> dict:
    return {
        "id": sample.id,
        "photo": sample.photo,
        "created": sample.created,
        "recognizers": list(sample.recognizers),
        "known": sample.by(recognizer) is not None,
    }

"""What is asked about the people who are kept: enrol, list, rename, forget, export, import."""

from faceside import Box
from faceside.enrolment import sample_of
from faceside.labels import check_label
from faceside.quality import GOOD_ENOUGH

from .sources import read_source
from .work import Work


class People:
    """The people of the gallery."""

    def __init__(self, work: Work):
        self._work = work
        self._gallery = work.gallery

    async def enroll(
        self, label: str, source, box: dict | None = None, any_quality: bool = False
    ) -> dict:
        """Keep one face of a picture under a label, unless it is too bad to be recognised by.

        Raises:
            FacesideError: ``label-…``, ``image-…``, ``no-face``, ``several-faces``, ``face-…``,
                ``storage-…``.
        """
        label = check_label(label)
        picture = await read_source(source)
        faces = await self._work.found(picture, self._work.settings)
        meant = Box(**{name: float(box[name]) for name in Box._fields}) if box else None
        quality = None if any_quality else GOOD_ENOUGH
        await self._gallery.enroll_many([sample_of(label, picture, faces, meant, quality)])
        return {"label": label, "samples": await self._count(label)}

    async def people(self) -> list[dict]:
        """Everyone enrolled, by label, each with the newest photo."""
        return [
            {
                "label": person.label,
                "samples": len(person.samples),
                "recognizers": sorted({sample.recognizer for sample in person.samples}),
                "thumbnail": person.photo,
            }
            for person in await self._gallery.people()
        ]

    async def rename(self, label: str, to: str) -> dict:
        """Give a person another label."""
        person = await self._gallery.rename(label, to)
        return {"label": person.label, "samples": len(person.samples)}

    async def forget(self, label: str) -> int:
        """Delete a person with all samples; the number of samples deleted."""
        return await self._gallery.forget(label)

    async def export_gallery(self) -> str:
        """The whole gallery as JSON text."""
        return await self._gallery.to_json()

    async def import_gallery(self, text: str) -> dict:
        """Add the people of a JSON text, all or none; how many samples of how many people."""
        added = await self._gallery.load_json(text)
        return {"people": len({sample.label for sample in added}), "samples": len(added)}

    async def _count(self, label: str) -> int:
        people = await self._gallery.people()
        return next((len(person.samples) for person in people if person.label == label), 0)

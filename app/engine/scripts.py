"""What scripts on the page ask for: the faces of a picture, by options of their own."""

from faceside import Faces

from .lock import require_unlocked
from .records import face_record
from .settings import Settings
from .sources import read_source
from .wishes import read_wishes
from .work import Work


class Scripts:
    """``describe`` and ``identify`` of the JavaScript contract."""

    def __init__(self, work: Work):
        self._work = work

    async def describe(self, source, options: dict | None = None) -> list[dict]:
        """Everything asked for about each face of a picture."""
        options = options or {}
        faces = await self._wished(source, options, self._for(options))
        return [face_record(face) for face in faces]

    async def identify(self, source, options: dict | None = None) -> list[dict]:
        """The same with the best match in the gallery.

        Raises:
            FacesideError: ``gallery-locked``.
        """
        require_unlocked(self._work.gallery.store)
        options = options or {}
        settings = self._for(options)
        faces = await self._wished(source, {**options, "descriptors": True}, settings)
        matches = await self._work.matches(faces, settings)
        return [face_record(*pair) for pair in zip(faces, matches, strict=True)]

    def _for(self, options: dict) -> Settings:
        """The settings, with the recognizer that a script asks for."""
        settings, name = self._work.settings, options.get("recognizer")
        return settings if name is None else settings.changed({"recognizer": name})

    async def _wished(self, source, options: dict, settings: Settings) -> Faces:
        wishes = read_wishes(options)
        picture = await read_source(source, as_shown=wishes.detector.compat is not None)
        task = wishes.task(picture, self._work.nets, settings.landmarks, settings.recognizer)
        with self._work.upkeep.working():
            return await task

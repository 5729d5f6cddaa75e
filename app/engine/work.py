"""What every part of the engine works with: the nets, the gallery and the settings in force."""

import asyncio

import numpy as np

from faceside import DetectorOptions, Faces, Nets, Picture, detect_all_faces
from faceside.gallery import Gallery
from faceside.image import resize
from faceside.matching import FaceMatch

from .album import Album
from .records import shown_record
from .settings import Settings
from .upkeep import Upkeep

LIVE_SIDE = 640  # camera frames are worked on at this longest side, or the detector's if larger


class Work:
    """One set of nets, one gallery and the settings, shared by the parts of the engine."""

    def __init__(self, nets: Nets, gallery: Gallery, settings: Settings):
        self.nets = nets
        self.gallery = gallery
        self.album = Album()
        self.settings = settings
        self.upkeep = Upkeep(nets)
        self.on_forget = []  # what else lets go of people when they are locked
        self._one_change = asyncio.Lock()

    def forget(self) -> None:
        """Let go of all that tells of people: they are locked."""
        self.album.clear()
        for let_go in self.on_forget:
            let_go()

    async def warm_up(self) -> None:
        """Load the nets in use and run each once, so that the first picture is quick too."""
        with self.upkeep.working():
            await self._warm_up(self.settings)

    async def _warm_up(self, settings: Settings) -> None:
        noise = Picture(_noise(LIVE_SIDE * 3 // 4, LIVE_SIDE))
        task = self.task(noise, settings.live, settings)
        await task.detect(noise)
        await task.complete(noise, Faces([[200, 150, 100, 120]], [1]))

    async def configure(self, options: dict) -> dict:
        """Change settings; those in force afterwards.

        Nets that are newly needed are loaded and tried first; where that fails nothing changes.
        Those no longer needed are released.

        Raises:
            FacesideError: ``option-invalid``, ``model-…``, ``runtime-failed``.
        """
        async with self._one_change:
            settings = self.settings.changed(options)
            try:
                if settings.nets != self.settings.nets:
                    with self.upkeep.working():
                        await self._warm_up(settings)
                self.settings = settings
            finally:
                self.upkeep.keep_only(self.settings.nets)
            return self.settings.to_record()

    def drawn(self, picture: Picture, options: DetectorOptions, settings: Settings):
        """The task for what is drawn over the faces of a picture, found with these options."""
        task = detect_all_faces(picture, options, nets=self.nets)
        if settings.shown_landmarks:
            task = task.with_landmarks(settings.landmarks)
        if settings.expressions:
            task = task.with_expressions()
        if settings.age_and_gender:
            task = task.with_age_and_gender()
        return task

    def task(self, picture: Picture, options: DetectorOptions, settings: Settings):
        """The same, and who they are."""
        task = self.drawn(picture, options, settings).with_landmarks(settings.landmarks)
        return task.with_descriptors(settings.recognizer)

    async def found(self, picture: Picture, settings: Settings) -> Faces:
        """The faces of a photo, with descriptors and all that is drawn."""
        with self.upkeep.working():
            return await self.task(picture, settings.photo, settings)

    async def described(self, picture: Picture, settings: Settings) -> Faces:
        """The faces of a photo with descriptors, and nothing else."""
        task = detect_all_faces(picture, settings.photo, nets=self.nets)
        with self.upkeep.working():
            task = task.with_landmarks(settings.landmarks)
            return await task.with_descriptors(settings.recognizer)

    async def shown(self, faces: Faces, settings: Settings) -> list[dict]:
        """Records of faces for the page to draw, with their matches where they are described."""
        described = faces.descriptors is not None
        matches = await self.matches(faces, settings) if described else [None] * len(faces)
        return [
            shown_record(face, match, settings.shown_landmarks)
            for face, match in zip(faces, matches, strict=True)
        ]

    async def matches(self, faces: Faces, settings: Settings) -> list[FaceMatch]:
        """Who each of the faces is, by their descriptors."""
        if not len(faces):
            return []
        matcher = await self.gallery.matcher(settings.recognizer, settings.threshold)
        return matcher.find_best_matches(faces.descriptors)


def _noise(height: int, width: int) -> np.ndarray:
    """Pixels of which no two backends compute the same by chance, as they would of plain grey; by
    Knuth's multiplicative hash, as numpy's own random numbers take long to import."""
    numbers = np.arange(height * width * 3, dtype=np.uint32) * np.uint32(2654435761)
    return (numbers >> 24).astype(np.uint8).reshape(height, width, 3)


def shrunk(pixels: np.ndarray, longest: int) -> np.ndarray:
    """Pixels ``(h, w, 3)`` no longer than ``longest`` on either side."""
    scale = min(1.0, longest / max(pixels.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    return resize(pixels, width, height)

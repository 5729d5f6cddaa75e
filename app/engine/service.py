"""What the page can wish for, on one set of nets and one gallery."""

import asyncio
import time
from dataclasses import replace

import numpy as np

from faceside import Box, DetectorOptions, Faces, Nets, Picture, detect_all_faces
from faceside.cards import all_cards
from faceside.enrolment import sample_of
from faceside.gallery import Gallery
from faceside.image import encode_jpeg, resize
from faceside.labels import check_label
from faceside.matching import FaceMatch
from faceside.tracking import Tracker, TrackerOptions

from .records import face_record, shown_record
from .settings import Settings
from .sources import read_frame, read_source
from .upkeep import Upkeep
from .wishes import read_wishes

LIVE_SIDE = 640  # camera frames are worked on at this longest side, or the detector's if larger
PREVIEW_SIDE = 1280


class Service:
    """The engine behind the page."""

    def __init__(self, nets: Nets, gallery: Gallery, settings: Settings):
        self.nets = nets
        self.gallery = gallery
        self.settings = settings
        self.tracker = _tracker_for(settings)
        self.upkeep = Upkeep(nets)
        self._one_change = asyncio.Lock()

    async def warm_up(self) -> None:
        """Load the nets in use and run each once, so that the first picture is quick too."""
        with self.upkeep.working():
            await self._warm_up(self.settings)

    async def _warm_up(self, settings: Settings) -> None:
        grey = Picture(np.full((LIVE_SIDE * 3 // 4, LIVE_SIDE, 3), 128, np.uint8))
        task = self._task(grey, settings.live, settings)
        await task.detect(grey)
        await task.complete(grey, Faces([[200, 150, 100, 120]], [1]))

    async def frame(self, bitmap) -> dict:
        """Find and name the faces of one camera frame; closes the bitmap."""
        started = time.perf_counter()
        settings = self.settings
        width, height = bitmap.width, bitmap.height
        picture = read_frame(bitmap, max(LIVE_SIDE, settings.live.input_size))
        with self.upkeep.working():
            task = self._drawn(picture, settings.live, settings)
            faces = await task.detect(picture)
            detected = time.perf_counter()
            faces = await task.complete(picture, faces)
            numbers, faces = await self._tracked(picture, faces, settings, started)
            faces = faces.scaled(picture.reduction)
        records = await self._shown(faces, settings)
        for record, number in zip(records, numbers.tolist(), strict=True):
            record["track"] = number
        ended = time.perf_counter()
        ms = {"detect": detected - started, "describe": ended - detected, "total": ended - started}
        milliseconds = {stage: 1000 * seconds for stage, seconds in ms.items()}
        return {"width": width, "height": height, "faces": records, "ms": milliseconds}

    async def _tracked(self, picture: Picture, faces: Faces, settings: Settings, now: float):
        """The track numbers of the faces of a frame, and the faces with their tracks' descriptors;
        only those that are new, or have waited, are described."""
        tracker = self.tracker
        numbers = tracker.follow(faces.boxes, now)
        due = tracker.due(numbers, now)
        if due.any():
            task = detect_all_faces(picture, settings.live, nets=self.nets)
            task = task.with_landmarks(settings.landmarks).with_descriptors(settings.recognizer)
            described = await task.complete(picture, faces[due])
            tracker.learn(numbers[due], described.descriptors, now)
        if len(faces):
            descriptors = tracker.descriptors(numbers)
            faces = replace(faces, descriptors=descriptors, recognizer=settings.recognizer)
        return numbers, faces

    async def look(self, source, preview: bool = True) -> dict:
        """Find and name the faces of a photo, with a preview that shows just what was worked on."""
        settings = self.settings
        picture = await read_source(source)
        faces = await self._found(picture, settings)
        width, height = picture.size
        answer = {"width": width, "height": height, "faces": await self._shown(faces, settings)}
        if preview:
            answer["preview"] = encode_jpeg(_shrunk(picture.pixels, PREVIEW_SIDE), quality=85)
        return answer

    async def describe(self, source, options: dict) -> list[dict]:
        """Everything asked for about each face of a picture."""
        faces = await self._wished(source, options, self._for(options))
        return [face_record(face) for face in faces]

    async def identify(self, source, options: dict) -> list[dict]:
        """The same with the best match in the gallery."""
        settings = self._for(options)
        faces = await self._wished(source, {**options, "descriptors": True}, settings)
        matches = await self._matches(faces, settings)
        return [face_record(*pair) for pair in zip(faces, matches, strict=True)]

    async def enroll(self, label: str, source, box: dict | None) -> dict:
        """Keep one face of a picture under a label.

        Raises:
            FacesideError: ``label-…``, ``image-…``, ``no-face``, ``several-faces``, ``storage-…``.
        """
        label = check_label(label)
        picture = await read_source(source)
        faces = await self._found(picture, self.settings)
        meant = Box(**{name: float(box[name]) for name in Box._fields}) if box else None
        await self.gallery.enroll_many([sample_of(label, picture, faces, meant)])
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
            for person in await self.gallery.people()
        ]

    async def rename(self, label: str, to: str) -> dict:
        """Give a person another label."""
        person = await self.gallery.rename(label, to)
        return {"label": person.label, "samples": len(person.samples)}

    async def forget(self, label: str) -> int:
        """Delete a person with all samples; the number of samples deleted."""
        return await self.gallery.forget(label)

    async def import_gallery(self, text: str) -> dict:
        """Add the people of a JSON text, all or none; how many samples of how many people."""
        added = await self.gallery.load_json(text)
        return {"people": len({sample.label for sample in added}), "samples": len(added)}

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
                self.use(settings)
            finally:
                self.upkeep.keep_only(self.settings.nets)
            return self.settings.to_record()

    def use(self, settings: Settings) -> None:
        """Put settings in force from the next picture on."""
        if settings.recognizer != self.settings.recognizer:
            self.tracker = _tracker_for(settings)
        self.settings = settings

    def _drawn(self, picture: Picture, options: DetectorOptions, settings: Settings):
        """What is drawn over the faces of a picture, to be found with these options."""
        task = detect_all_faces(picture, options, nets=self.nets)
        if settings.shown_landmarks:
            task = task.with_landmarks(settings.landmarks)
        if settings.expressions:
            task = task.with_expressions()
        if settings.age_and_gender:
            task = task.with_age_and_gender()
        return task

    def _task(self, picture: Picture, options: DetectorOptions, settings: Settings):
        """The same, and who they are."""
        task = self._drawn(picture, options, settings).with_landmarks(settings.landmarks)
        return task.with_descriptors(settings.recognizer)

    async def _found(self, picture: Picture, settings: Settings) -> Faces:
        with self.upkeep.working():
            return await self._task(picture, settings.photo, settings)

    def _for(self, options: dict) -> Settings:
        """The settings, with the recognizer that a script asks for."""
        name = options.get("recognizer")
        return self.settings if name is None else self.settings.changed({"recognizer": name})

    async def _wished(self, source, options: dict, settings: Settings) -> Faces:
        wishes = read_wishes(options)
        picture = await read_source(source, as_shown=wishes.detector.compat is not None)
        task = wishes.task(picture, self.nets, settings.landmarks, settings.recognizer)
        with self.upkeep.working():
            return await task

    async def _shown(self, faces: Faces, settings: Settings) -> list[dict]:
        matches = await self._matches(faces, settings)
        return [
            shown_record(face, match, settings.shown_landmarks)
            for face, match in zip(faces, matches, strict=True)
        ]

    async def _matches(self, faces: Faces, settings: Settings) -> list[FaceMatch]:
        if not len(faces):
            return []
        matcher = await self.gallery.matcher(settings.recognizer, settings.threshold)
        return matcher.find_best_matches(faces.descriptors)

    async def _count(self, label: str) -> int:
        people = await self.gallery.people()
        return next((len(person.samples) for person in people if person.label == label), 0)


def _tracker_for(settings: Settings) -> Tracker:
    card = all_cards()[settings.recognizer]
    return Tracker(TrackerOptions(distance_threshold=card.distance_threshold))


def _shrunk(pixels: np.ndarray, longest: int) -> np.ndarray:
    scale = min(1.0, longest / max(pixels.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    return resize(pixels, width, height)

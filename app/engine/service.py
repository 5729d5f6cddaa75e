"""What the page can wish for, on one set of nets and one gallery."""

import time
from dataclasses import dataclass, replace

import numpy as np

from faceside import Box, DetectorOptions, Faces, FacesideError, Nets, Picture, detect_all_faces
from faceside.cards import all_cards
from faceside.enrolment import sample_of
from faceside.gallery import Gallery
from faceside.image import encode_jpeg, resize
from faceside.labels import check_label
from faceside.options import require_between
from faceside.pipeline import DetectionTask
from faceside.tracking import Tracker, TrackerOptions

from .records import face_record, live_record
from .sources import read_frame, read_source

LIVE_SIDE = 640  # camera frames are worked on at this longest side
PREVIEW_SIDE = 1280


@dataclass(frozen=True)
class Settings:
    """What the page can change.

    Attributes:
        photo: how faces are looked for in photos.
        live: how in camera frames; a smaller input, for speed.
        recognizer: the net that describes faces.
        distance_threshold: descriptors nearer than this are taken for the same person.
    """

    photo: DetectorOptions = DetectorOptions()
    live: DetectorOptions = DetectorOptions(input_size=320, max_faces=20)
    recognizer: str = "sface"
    distance_threshold: float = all_cards()["sface"].distance_threshold


class Service:
    """The engine behind the page."""

    def __init__(self, nets: Nets, gallery: Gallery, settings: Settings = Settings()):
        self.nets = nets
        self.gallery = gallery
        self.settings = settings
        self.tracker = Tracker(TrackerOptions(distance_threshold=settings.distance_threshold))

    async def warm_up(self) -> None:
        """Load the nets in use and run each once, so that the first picture is quick too."""
        grey = Picture(np.full((LIVE_SIDE * 3 // 4, LIVE_SIDE, 3), 128, np.uint8))
        task = self._live_task(grey)
        await task.detect(grey)
        await task.complete(grey, Faces([[200, 150, 100, 120]], [1]))

    async def frame(self, bitmap) -> dict:
        """Find and name the faces of one camera frame; closes the bitmap."""
        started = time.perf_counter()
        width, height = bitmap.width, bitmap.height
        picture = read_frame(bitmap, LIVE_SIDE)
        task = self._live_task(picture)
        faces = await task.detect(picture)
        detected = time.perf_counter()
        numbers, faces = await self._tracked(task, picture, faces, started)
        records = await self._named(faces.scaled(picture.reduction), live_record)
        for record, number in zip(records, numbers.tolist(), strict=True):
            record["track"] = number
        ended = time.perf_counter()
        ms = {"detect": detected - started, "describe": ended - detected, "total": ended - started}
        milliseconds = {stage: 1000 * seconds for stage, seconds in ms.items()}
        return {"width": width, "height": height, "faces": records, "ms": milliseconds}

    async def _tracked(self, task: DetectionTask, picture: Picture, faces: Faces, now: float):
        """The track numbers of the faces of a frame, and the faces with their tracks' descriptors;
        only those that are new, or have waited, are described."""
        numbers = self.tracker.follow(faces.boxes, now)
        due = self.tracker.due(numbers, now)
        if due.any():
            described = await task.complete(picture, faces[due])
            self.tracker.learn(numbers[due], described.descriptors, now)
        if len(faces):
            descriptors = self.tracker.descriptors(numbers)
            faces = replace(faces, descriptors=descriptors, recognizer=task.recognizer)
        return numbers, faces

    async def look(self, source) -> dict:
        """Find and name the faces of a photo, with a preview that shows just what was worked on."""
        picture = await read_source(source)
        faces = await self._described(picture)
        width, height = picture.size
        preview = encode_jpeg(_shrunk(picture.pixels, PREVIEW_SIDE), quality=85)
        records = await self._named(faces, live_record)
        return {"width": width, "height": height, "preview": preview, "faces": records}

    async def describe(self, source, options: dict) -> list[dict]:
        """Everything asked for about each face of a picture."""
        return [face_record(face) for face in await self._task(await read_source(source), options)]

    async def identify(self, source, options: dict) -> list[dict]:
        """The same with the best match in the gallery."""
        options = {**options, "descriptors": True}
        faces = await self._task(await read_source(source), options)
        return await self._named(faces, face_record)

    async def enroll(self, label: str, source, box: dict | None) -> dict:
        """Keep one face of a picture under a label.

        Raises:
            FacesideError: ``label-…``, ``image-…``, ``no-face``, ``several-faces``, ``storage-…``.
        """
        label = check_label(label)
        picture = await read_source(source)
        faces = await self._described(picture)
        meant = Box(**{name: float(box[name]) for name in Box._fields}) if box else None
        await self.gallery.enroll_many([sample_of(label, picture, faces, meant)])
        return {"label": label, "samples": await self._count(label)}

    async def people(self) -> list[dict]:
        """Everyone enrolled, by label, each with the newest photo."""
        return [
            {
                "label": person.label,
                "samples": len(person.samples),
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

    def configure(self, options: dict) -> dict:
        """Change settings; those in force afterwards."""
        threshold = options.get("distanceThreshold")
        if threshold is not None:
            require_between("distanceThreshold", threshold, 0, 10)
            self.settings = replace(self.settings, distance_threshold=threshold)
        return self.in_force()

    def in_force(self) -> dict:
        """The settings as a plain record."""
        return {
            "detector": self.settings.photo.detector,
            "recognizer": self.settings.recognizer,
            "distanceThreshold": self.settings.distance_threshold,
        }

    def _live_task(self, picture: Picture) -> DetectionTask:
        task = detect_all_faces(picture, self.settings.live, nets=self.nets)
        return task.with_descriptors(self.settings.recognizer)

    async def _described(self, picture: Picture) -> Faces:
        task = detect_all_faces(picture, self.settings.photo, nets=self.nets)
        return await task.with_descriptors(self.settings.recognizer)

    async def _task(self, picture: Picture, options: dict) -> Faces:
        wishes = read_wishes(options)
        task = detect_all_faces(picture, wishes.detector, nets=self.nets)
        if wishes.landmarks:
            task = task.with_landmarks()
        if wishes.descriptors:
            task = task.with_descriptors(self.settings.recognizer)
        return await task

    async def _named(self, faces: Faces, record) -> list[dict]:
        matcher = await self.gallery.matcher(
            self.settings.recognizer, self.settings.distance_threshold
        )
        if not len(faces):
            return []
        matches = matcher.find_best_matches(faces.descriptors)
        return [record(face, match) for face, match in zip(faces, matches, strict=True)]

    async def _count(self, label: str) -> int:
        people = await self.gallery.people()
        return next((len(person.samples) for person in people if person.label == label), 0)


@dataclass(frozen=True)
class Wishes:
    """The options of ``describe`` and ``identify``, read."""

    detector: DetectorOptions
    landmarks: bool
    descriptors: bool


def read_wishes(options: dict) -> Wishes:
    """Read the options of the JavaScript contract.

    Raises:
        FacesideError: ``option-invalid`` for an unknown option or a value out of range.
    """
    known = {"detector", "landmarks", "descriptors", "maxFaces", "minScore"}
    unknown = sorted(set(options) - known)
    if unknown:
        raise FacesideError(
            "option-invalid",
            f"{unknown[0]} is no option here; there are {', '.join(sorted(known))}.",
        )
    detector = DetectorOptions(
        options.get("detector", "yunet"),
        min_score=options.get("minScore"),
        max_faces=options.get("maxFaces", 100),
    )
    return Wishes(
        detector, bool(options.get("landmarks", True)), bool(options.get("descriptors", True))
    )


def _shrunk(pixels: np.ndarray, longest: int) -> np.ndarray:
    scale = min(1.0, longest / max(pixels.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    return resize(pixels, width, height)

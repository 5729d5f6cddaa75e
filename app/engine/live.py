"""What the live view asks for: the faces of one camera frame after another, named and followed."""

import time
from dataclasses import replace

from faceside import Faces, Picture, detect_all_faces
from faceside.cards import all_cards
from faceside.tracking import Tracker, TrackerOptions

from .settings import Settings
from .sources import read_frame
from .work import LIVE_SIDE, Work


class Live:
    """Camera frames, with a memory of who was where."""

    def __init__(self, work: Work):
        self._work = work
        self._recognizer = self._tracker = None

    async def frame(self, bitmap) -> dict:
        """Find and name the faces of one camera frame; closes the bitmap."""
        started = time.perf_counter()
        work, settings = self._work, self._work.settings
        width, height = bitmap.width, bitmap.height
        picture = read_frame(bitmap, max(LIVE_SIDE, settings.live.input_size))
        with work.upkeep.working():
            task = work.drawn(picture, settings.live, settings)
            faces = await task.detect(picture)
            detected = time.perf_counter()
            faces = await task.complete(picture, faces)
            numbers, faces = await self._tracked(picture, faces, settings, started)
            faces = faces.scaled(picture.reduction)
        records = await work.shown(faces, settings)
        for record, number in zip(records, numbers.tolist(), strict=True):
            record["track"] = number
        ended = time.perf_counter()
        ms = {"detect": detected - started, "describe": ended - detected, "total": ended - started}
        milliseconds = {stage: 1000 * seconds for stage, seconds in ms.items()}
        return {"width": width, "height": height, "faces": records, "ms": milliseconds}

    async def _tracked(self, picture: Picture, faces: Faces, settings: Settings, now: float):
        """The track numbers of the faces of a frame, and the faces with their tracks' descriptors;
        only those that are new, or have waited, are described."""
        tracker = self._tracker_for(settings.recognizer)
        numbers = tracker.follow(faces.boxes, now)
        due = tracker.due(numbers, now)
        if due.any():
            task = detect_all_faces(picture, settings.live, nets=self._work.nets)
            task = task.with_landmarks(settings.landmarks).with_descriptors(settings.recognizer)
            described = await task.complete(picture, faces[due])
            tracker.learn(numbers[due], described.descriptors, now)
        if len(faces):
            descriptors = tracker.descriptors(numbers)
            faces = replace(faces, descriptors=descriptors, recognizer=settings.recognizer)
        return numbers, faces

    def _tracker_for(self, recognizer: str) -> Tracker:
        """The tracker; a new one where the descriptors are no longer of the same recognizer."""
        if recognizer != self._recognizer:
            threshold = all_cards()[recognizer].distance_threshold
            self._tracker = Tracker(TrackerOptions(distance_threshold=threshold))
            self._recognizer = recognizer
        return self._tracker

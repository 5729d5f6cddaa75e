"""What the live view asks for: the faces of one camera frame after another, named and followed."""

from dataclasses import replace

from faceside import Faces, Picture, detect_all_faces
from faceside.cards import all_cards
from faceside.smoothing import Smoother
from faceside.tracking import Tracker, TrackerOptions

from .clock import Clock
from .settings import Settings
from .sources import read_frame
from .work import LIVE_SIDE, Work


class Live:
    """Camera frames, with a memory of who was where."""

    def __init__(self, work: Work):
        self._work = work
        self._recognizer = self._tracker = None
        self._smoother = Smoother()

    async def frame(self, bitmap, wishes: dict | None = None) -> dict:
        """Find and name the faces of one camera frame; closes the bitmap.

        Args:
            bitmap: the frame.
            wishes: ``expressions`` (bool) in place of the setting; ``names`` (bool), false to leave
                out who the faces are.

        Returns:
            Size, faces and the milliseconds that each stage took.
        """
        clock = Clock()
        work, wishes = self._work, wishes or {}
        settings = replace(
            work.settings, expressions=wishes.get("expressions", work.settings.expressions)
        )
        names = wishes.get("names", True)
        width, height = bitmap.width, bitmap.height
        picture = read_frame(bitmap, max(LIVE_SIDE, settings.live.input_size))
        clock.stage("read")
        with work.upkeep.working():
            task = work.drawn(picture, settings.live, settings)
            faces = await task.detect(picture)
            clock.stage("detect")
            faces = await task.complete(picture, faces)
            clock.stage("attributes")
            tracker = self._tracker_for(settings.recognizer)
            numbers = tracker.follow(faces.boxes, clock.started, faces.keypoints)
            if names:
                faces = await self._described(picture, faces, numbers, settings, clock.started)
            faces = self._smoother.follow(numbers, faces, clock.started)
            faces = faces.scaled(picture.reduction)
        records = await work.shown(faces, settings)
        for record, number in zip(records, numbers.tolist(), strict=True):
            record["track"] = number
        clock.stage("descriptors")
        return {"width": width, "height": height, "faces": records, "ms": clock.milliseconds()}

    async def _described(self, picture: Picture, faces: Faces, numbers, settings: Settings, now):
        """The faces with their tracks' descriptors; only those that are new, or have waited, are
        described."""
        tracker = self._tracker
        due = tracker.due(numbers, now)
        if due.any():
            task = detect_all_faces(picture, settings.live, nets=self._work.nets)
            task = task.with_landmarks(settings.landmarks).with_descriptors(settings.recognizer)
            described = await task.complete(picture, faces[due])
            tracker.learn(numbers[due], described.descriptors, now)
        if not len(faces):
            return faces
        descriptors = tracker.descriptors(numbers)
        return replace(faces, descriptors=descriptors, recognizer=settings.recognizer)

    def _tracker_for(self, recognizer: str) -> Tracker:
        """The tracker; a new one where the descriptors are no longer of the same recognizer."""
        if recognizer != self._recognizer:
            threshold = all_cards()[recognizer].distance_threshold
            self._tracker = Tracker(TrackerOptions(distance_threshold=threshold))
            self._recognizer = recognizer
        return self._tracker

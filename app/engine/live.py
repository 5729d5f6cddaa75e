"""What the live view asks for: the faces of one camera frame after another, named and followed."""

from dataclasses import asdict, replace

import numpy as np

from faceside import Faces, Picture, detect_all_faces
from faceside.cards import all_cards
from faceside.smoothing import Smoother
from faceside.tracking import Tracker, TrackerOptions

from .clock import Clock
from .presence import Presence
from .settings import Settings
from .sources import read_frame, size_of
from .work import LIVE_SIDE, Work


class Live:
    """Camera frames, with a memory of who was where."""

    def __init__(self, work: Work):
        self._work = work
        self._recognizer = self._tracker = None
        self._presence: Presence | None = None
        self._smoother = Smoother()
        work.on_forget.append(self._forget)

    async def begin_presence(self) -> None:
        """Begin a challenge with the next frame; `frame` then answers with its state."""
        self._tracker_for(self._work.settings.recognizer)
        self._presence.begin()

    async def end_presence(self) -> None:
        """Give the challenge up, if there is one."""
        if self._presence:
            self._presence.end()

    async def frame(self, image, wishes: dict | None = None) -> dict:
        """Find and name the faces of one camera frame.

        Args:
            image: the frame, an ImageBitmap or a VideoFrame.
            wishes: ``expressions`` (bool) in place of the setting; ``names`` (bool), false to leave
                out who the faces are.

        Returns:
            Size, faces and the milliseconds that each stage took; ``presence``, the state of the
            challenge or None. A face that is present has the seconds for which it still is,
            ``present``.
        """
        clock, work, wishes = Clock(), self._work, wishes or {}
        settings = replace(
            work.settings, expressions=wishes.get("expressions", work.settings.expressions)
        )
        names = wishes.get("names", True)
        small = read_frame(image, settings.live.input_size)
        clock.stage("read")
        with work.upkeep.working():
            task = work.drawn(small, settings.live, settings)
            faces = (await task.detect(small)).scaled(small.reduction)
            clock.stage("detect")
            tracker = self._tracker_for(settings.recognizer)
            presence = self._presence  # of this tracker; both are let go of when people are locked
            numbers = tracker.follow(faces.boxes, clock.started, faces.keypoints)
            due = tracker.due(numbers, clock.started) if names else np.zeros(len(faces), bool)
            if len(faces) and (due.any() or task.has_later_stages):
                picture = read_frame(image, max(LIVE_SIDE, settings.live.input_size))
                faces = await task.complete(picture, faces.scaled(1 / picture.reduction))
                clock.stage("attributes")
                await self._learn(
                    tracker, picture, faces[due], numbers[due], settings, clock.started
                )
                faces = faces.scaled(picture.reduction)
            if names and len(faces):
                faces = replace(
                    faces,
                    descriptors=tracker.descriptors(numbers),
                    recognizer=settings.recognizer,
                )
            challenge = await self._challenge(
                presence, image, faces, numbers, settings, clock.started
            )
            faces = self._smoother.follow(numbers, faces, clock.started)
        records = await work.shown(faces, settings)
        for record, number in zip(records, numbers.tolist(), strict=True):
            record["track"] = number
        if names and len(faces):
            left = presence.seconds_left(numbers, faces.descriptors, clock.started)
            for record, seconds in zip(records, left, strict=True):
                record["present"] = seconds
        clock.stage("descriptors")
        ms = {"attributes": 0.0, **clock.milliseconds()}
        width, height = size_of(image)
        answer = {"width": width, "height": height, "faces": records, "ms": ms}
        return answer | {"presence": challenge}

    async def _challenge(
        self, presence: Presence, image, faces: Faces, numbers, settings: Settings, now: float
    ):
        """Take the frame into account where a challenge is under way; its state as a record."""
        if not presence.is_asking:
            return None
        picture = read_frame(image, max(LIVE_SIDE, settings.live.input_size))
        task = detect_all_faces(picture, settings.live, nets=self._work.nets)
        faces = replace(faces, landmarks=None, descriptors=None, recognizer=None)
        faces = await task.with_landmarks(settings.landmarks).complete(
            picture, faces.scaled(1 / picture.reduction)
        )
        index, descriptor = presence.checked(faces, numbers), None
        if index is not None and presence.due(now):
            described = await task.with_descriptors(settings.recognizer).complete(
                picture, faces[[index]]
            )
            descriptor = described.descriptors[0]
        return asdict(presence.follow(picture, faces, numbers, index, descriptor, now))

    async def _learn(
        self, tracker: Tracker, picture: Picture, faces: Faces, numbers, settings: Settings, now
    ):
        """Describe faces for their tracks; only those that are new, or have waited, come here."""
        if len(faces):
            task = detect_all_faces(picture, settings.live, nets=self._work.nets)
            task = task.with_landmarks(settings.landmarks).with_descriptors(settings.recognizer)
            described = await task.complete(picture, faces)
            tracker.learn(numbers, described.descriptors, now)

    def _forget(self) -> None:
        self._recognizer = self._tracker = self._presence = None

    def _tracker_for(self, recognizer: str) -> Tracker:
        """The tracker; a new one where the descriptors are no longer of the same recognizer."""
        if recognizer != self._recognizer:
            threshold = all_cards()[recognizer].distance_threshold
            self._tracker = Tracker(TrackerOptions(distance_threshold=threshold))
            self._recognizer, self._presence = recognizer, Presence(recognizer)
        return self._tracker

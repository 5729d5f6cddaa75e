"""Describing the kept photos again after a change of recognizer, one photo at a time.

What is left to do is what the samples say: those with a photo that the recognizer in force has not
described. So it can be paused, cancelled and gone on with at any time, also after a reload.
"""

import numpy as np

from faceside import Faces, FacesideError, read_image
from faceside.samples import Sample

from .work import Work

LISTED = 20  # people who cannot be described again, at most


class Recomputing:
    """The work, and what has failed since the start."""

    def __init__(self, work: Work):
        self._work = work
        self._gallery = work.gallery
        self._failed: dict[tuple, str] = {}  # why, by recognizer, detector and sample

    async def recompute_state(self) -> dict:
        """How far it is: how many photos there are to describe in all and how many are left, and
        the people with samples that cannot be described again, with the reason."""
        return self._state(await self._everybody())

    async def recompute_next(self) -> dict:
        """Describe the next photo that is left; the state afterwards."""
        people = await self._everybody()
        sample = next((s for person in people for s in person.samples if self._left(s)), None)
        if sample is None:
            return self._state(people)
        recognizer, key = self._work.settings.recognizer, self._key(sample)
        try:
            descriptor = await self._describe(sample)
        except FacesideError as error:
            if not error.code.startswith(("image-", "no-face")):
                raise
            self._failed[key] = error.code
        else:
            await self._gallery.describe(sample.id, descriptor, recognizer)
        return self._state(await self._everybody())

    async def recompute_again(self) -> None:
        """Forget what has failed, so that it is tried again."""
        self._failed.clear()

    async def _everybody(self):
        return await self._gallery.people()

    async def _describe(self, sample: Sample) -> np.ndarray:
        picture = read_image(sample.photo)
        faces = await self._work.described(picture, self._work.settings)
        return faces.descriptors[_main_face(faces, picture.size)]

    def _key(self, sample: Sample) -> tuple:
        settings = self._work.settings
        return settings.recognizer, settings.detector, sample.id

    def _missing(self, sample: Sample) -> bool:
        return sample.by(self._work.settings.recognizer) is None

    def _left(self, sample: Sample) -> bool:
        return (
            bool(sample.photo) and self._missing(sample) and self._key(sample) not in self._failed
        )

    def _state(self, people) -> dict:
        samples = [sample for person in people for sample in person.samples]
        listed = []
        for person in people:
            missing = [sample for sample in person.samples if self._missing(sample)]
            photoless = sum(sample.photo is None for sample in missing)
            failed = sum(self._key(sample) in self._failed for sample in missing)
            if photoless or failed:
                who = {"label": person.label, "id": person.samples[0].id}
                listed.append({**who, "photoless": photoless, "failed": failed})
        return {
            "recognizer": self._work.settings.recognizer,
            "photos": sum(sample.photo is not None for sample in samples),
            "left": sum(map(self._left, samples)),
            "problems": listed[:LISTED],
            "moreProblems": max(0, len(listed) - LISTED),
        }


def _main_face(faces: Faces, size: tuple[int, int]) -> int:
    """The face that a portrait is of: the one that covers most of it.

    Raises:
        FacesideError: ``no-face``.
    """
    if not len(faces):
        raise FacesideError("no-face", "No face was found in the photo; add another one.")
    low = np.clip(faces.boxes[:, :2], 0, size)
    high = np.clip(faces.boxes[:, :2] + faces.boxes[:, 2:], 0, size)
    return int((high - low).prod(axis=1).argmax())

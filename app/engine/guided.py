"""Several samples of one person in one go: the camera's frames are judged step by step."""

import numpy as np

from faceside import Box, Faces, FacesideError, Picture, detect_all_faces
from faceside.cards import all_cards
from faceside.enrolment import choose_face, portrait
from faceside.labels import check_label
from faceside.options import require_one_of
from faceside.quality import measure_quality
from faceside.samples import Sample

from . import enrolling
from .clock import Clock
from .poses import STEPS, pose_problem
from .records import error_record, shown_record
from .sources import read_frame, size_of
from .work import Work

GUIDED_SIDE = 1280  # pixels; samples are kept, so they are taken of larger frames than are shown


class Guided:
    """Guided enrolment. What was taken is with the page until all of it is enrolled."""

    def __init__(self, work: Work):
        self._work = work

    async def guide(self, image, step: str, wish: dict) -> dict:
        """Judge the face of one camera frame at a step.

        Args:
            image: the frame, an ImageBitmap or a VideoFrame.
            step: one of poses.STEPS.
            wish: ``box`` of the face that was meant last, ``descriptor`` of the first sample, both
                None at first; ``take`` (bool), whether a face that is as wished becomes a sample.

        Returns:
            Size, the one face and milliseconds as for a frame; ``problem`` (an error or None) and
            ``sample`` (descriptor, recognizer and photo, or None).
        """
        require_one_of("step", step, STEPS)
        clock, work = Clock(), self._work
        width, height = size_of(image)
        picture = read_frame(image, GUIDED_SIDE)
        clock.stage("read")
        problem = sample = None
        with work.upkeep.working():
            settings = work.settings
            faces = await detect_all_faces(picture, settings.live, nets=work.nets).detect(picture)
            clock.stage("detect")
            try:
                faces = faces[[_meant(faces, wish.get("box"), picture.reduction)]]
                faces = await self._judged(picture, faces, step)
                clock.stage("attributes")
                if wish.get("take"):
                    sample = await self._sample(picture, faces, wish.get("descriptor"))
            except FacesideError as error:
                problem = error_record(error)
        clock.stage("descriptors")
        records = [shown_record(face, None, False) for face in faces.scaled(picture.reduction)]
        ms = {"attributes": 0.0, **clock.milliseconds()}
        answer = {"width": width, "height": height, "faces": records, "ms": ms}
        return answer | {"problem": problem, "sample": sample}

    async def enroll_guided(self, asked: float, label: str, samples: list[dict]) -> dict:
        """Keep the samples of a guided enrolment under a label, all or none; ``asked`` is as in
        enrolling.

        Raises:
            FacesideError: ``label-…``, ``storage-…``.
        """
        label = check_label(label)
        taken = [
            Sample(
                label,
                np.array(sample["descriptor"], np.float32),
                sample["recognizer"],
                bytes(sample["photo"]),
            )
            for sample in samples
        ]
        return await enrolling.keep(self._work.gallery, asked, label, taken)

    async def _judged(self, picture: Picture, faces: Faces, step: str) -> Faces:
        """The face with its landmarks; raises what it lacks."""
        work = self._work
        task = detect_all_faces(picture, work.settings.live, nets=work.nets)
        task = task.with_landmarks(work.settings.landmarks)
        if step == "smile":
            task = task.with_expressions()
        faces = await task.complete(picture, faces)
        (quality,) = measure_quality(picture.pixels, faces, picture.reduction)
        happy = next(iter(faces)).expressions["happy"] if step == "smile" else 0.0
        problem = pose_problem(step, quality, happy)
        if problem:
            raise problem
        return faces

    async def _sample(self, picture: Picture, faces: Faces, first) -> dict:
        work = self._work
        recognizer = work.settings.recognizer
        task = detect_all_faces(picture, work.settings.live, nets=work.nets)
        task = task.with_landmarks(work.settings.landmarks).with_descriptors(recognizer)
        faces = await task.complete(picture, faces)
        descriptor = faces.descriptors[0]
        if first is not None:
            distance = np.linalg.norm(np.array(first, np.float32) - descriptor)
            if distance > all_cards()[recognizer].distance_threshold:
                raise FacesideError(
                    "another-face",
                    "This looks like somebody else than before: one person at a time, please.",
                )
        photo = portrait(picture, faces.boxes[0])
        return {"descriptor": descriptor, "recognizer": recognizer, "photo": photo}


def _meant(faces: Faces, box: dict | None, reduction: float) -> int:
    """The face that was meant before; the largest one at first, and where that one has gone."""
    if not len(faces):
        raise FacesideError("guide-no-face", "No face is seen: come into the picture.")
    if box:
        try:
            before = Box(**{name: float(box[name]) / reduction for name in Box._fields})
            return choose_face(faces, before)
        except FacesideError:
            pass
    return int(np.prod(faces.boxes[:, 2:], axis=1).argmax())

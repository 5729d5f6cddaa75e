"""From a picture to faces: tasks that are awaited, in the browser, in a notebook and in a script.

    faces = await detect_all_faces("group.jpg").with_landmarks().with_descriptors()

A task is a plain plan that can be copied and awaited as often as one likes; nothing runs before.
"""

import asyncio
from dataclasses import dataclass, replace

from .cards import cards_of
from .faces import Face, Faces
from .image import Picture, read_image
from .nets import AGE_GENDER_NETS, EXPRESSION_NETS, LANDMARKS, NETS, RECOGNIZERS
from .options import DetectorOptions, require_one_of
from .runtime import Runtime, Session, default_runtime


class Nets:
    """The nets in use: each loaded when it is first asked for and kept.

    Args:
        runtime: what opens the models; this interpreter's own when None.
    """

    def __init__(self, runtime: Runtime | None = None):
        self.runtime = runtime or default_runtime()
        self._loading: dict[str, asyncio.Future] = {}

    async def get(self, name: str):
        """The net of this name, loaded; two who ask at once share one loading.

        Raises:
            FacesideError: ``model-missing``, ``model-damaged``; the next call tries again.
        """
        if name not in self._loading:
            self._loading[name] = asyncio.ensure_future(self._load(name))
        try:
            net, _ = await asyncio.shield(self._loading[name])
            return net
        except Exception:
            self._loading.pop(name, None)
            raise

    async def _load(self, name: str) -> tuple[object, list[Session]]:
        sessions: list[Session] = []
        try:
            for card in cards_of(name):
                sessions.append(await self.runtime.open(card))
        except Exception:
            await _close(sessions)
            raise
        return NETS[name](*sessions), sessions

    @property
    def loaded(self) -> set[str]:
        """The names of the nets that are loaded or being loaded."""
        return set(self._loading)

    async def release(self, name: str) -> None:
        """Give the memory of a net back; it loads anew when next asked for."""
        loading = self._loading.pop(name, None)
        if loading is not None:
            _, sessions = await loading
            await _close(sessions)


async def _close(sessions: list[Session]) -> None:
    for session in sessions:
        await session.close()


_default_nets: Nets | None = None


def default_nets() -> Nets:
    """The nets used by tasks that were given none, shared by all of them."""
    global _default_nets
    if _default_nets is None:
        _default_nets = Nets()
    return _default_nets


@dataclass(frozen=True, eq=False)
class DetectionTask:
    """What to find in one picture; await it to get :class:`~faceside.faces.Faces`.

    Attributes:
        image: anything :func:`~faceside.image.read_image` takes.
        options: how faces are looked for.
        nets: the nets to use; the shared ones when None.
        landmarks: name of the landmark net, or None.
        recognizer: name of the recognizer, or None.
        expressions: name of the expression net, or None.
        age_gender: name of the net of age and gender, or None.
    """

    image: object
    options: DetectorOptions
    nets: Nets | None = None
    landmarks: str | None = None
    recognizer: str | None = None
    expressions: str | None = None
    age_gender: str | None = None

    def with_landmarks(self, net: str = "landmarks68", *, tiny: bool = False) -> "DetectionTask":
        """Also find 68 points in each face, with ``tiny`` by the smaller net for them."""
        net = "landmarks68_tiny" if tiny else net
        require_one_of("landmarks", net, LANDMARKS)
        return replace(self, landmarks=net)

    def with_expressions(self, net: str = "expression") -> "DetectionTask":
        """Also tell each face's expression; by its landmarks where these are asked for as well and
        the detector has no keypoints."""
        require_one_of("expressions", net, EXPRESSION_NETS)
        return replace(self, expressions=net)

    def with_age_and_gender(self, net: str = "age_gender") -> "DetectionTask":
        """Also tell each face's age and gender, in the same way."""
        require_one_of("age_gender", net, AGE_GENDER_NETS)
        return replace(self, age_gender=net)

    def with_descriptors(self, recognizer: str = "sface") -> "DetectionTask":
        """Also describe each face by 128 numbers that tell people apart.

        Faces are aligned by their landmarks, so these come along, asked for or not.
        """
        require_one_of("recognizer", recognizer, RECOGNIZERS)
        return replace(self, recognizer=recognizer, landmarks=self.landmarks or "landmarks68")

    @property
    def has_later_stages(self) -> bool:
        """Whether anything is asked for beyond the detection."""
        return any((self.landmarks, self.recognizer, self.expressions, self.age_gender))

    def __await__(self):
        return self.run().__await__()

    async def run(self) -> Faces:
        """Do it.

        Returns:
            The faces, in pixels of the upright picture.

        Raises:
            FacesideError: the picture cannot be read (``image-…``), or a model is not there
                (``model-…``).
        """
        picture = read_image(self.image)
        faces = await self.complete(picture, await self.detect(picture))
        return faces.scaled(picture.reduction)

    async def detect(self, picture: Picture) -> Faces:
        """The first stage alone; the faces in pixels of ``picture.pixels``."""
        detector = await (self.nets or default_nets()).get(self.options.detector)
        return await detector.detect(picture.pixels, self.options)

    async def complete(self, picture: Picture, faces: Faces) -> Faces:
        """The later stages alone, on faces already found.

        Args:
            picture: the picture they were found in.
            faces: at least their boxes, in pixels of ``picture.pixels``.

        Returns:
            The same faces with the columns asked for.
        """
        nets = self.nets or default_nets()
        compat = self.options.compat is not None
        if self.landmarks:
            net = await nets.get(self.landmarks)
            faces = replace(faces, landmarks=await net.find(picture.pixels, faces, compat))
        if self.expressions:
            net = await nets.get(self.expressions)
            faces = replace(faces, expressions=await net.predict(picture.pixels, faces, compat))
        if self.age_gender:
            net = await nets.get(self.age_gender)
            ages, males = await net.predict(picture.pixels, faces, compat)
            faces = replace(faces, ages=ages, male_probabilities=males)
        if self.recognizer:
            net = await nets.get(self.recognizer)
            descriptors = await net.describe(picture.pixels, faces, compat)
            faces = replace(faces, descriptors=descriptors, recognizer=self.recognizer)
        return faces


@dataclass(frozen=True, eq=False)
class SingleDetectionTask:
    """The task for one face; await it to get a :class:`~faceside.faces.Face` or None."""

    task: DetectionTask

    def with_landmarks(
        self, net: str = "landmarks68", *, tiny: bool = False
    ) -> "SingleDetectionTask":
        """Also find 68 points in the face, with ``tiny`` by the smaller net for them."""
        return SingleDetectionTask(self.task.with_landmarks(net, tiny=tiny))

    def with_expressions(self, net: str = "expression") -> "SingleDetectionTask":
        """Also tell the face's expression."""
        return SingleDetectionTask(self.task.with_expressions(net))

    def with_age_and_gender(self, net: str = "age_gender") -> "SingleDetectionTask":
        """Also tell the face's age and gender."""
        return SingleDetectionTask(self.task.with_age_and_gender(net))

    def with_descriptor(self, recognizer: str = "sface") -> "SingleDetectionTask":
        """Also describe the face by 128 numbers."""
        return SingleDetectionTask(self.task.with_descriptors(recognizer))

    def __await__(self):
        return self.run().__await__()

    async def run(self) -> Face | None:
        """Do it: the face of the highest score, None where there is none."""
        faces = await self.task
        return faces.face(0) if len(faces) else None


def detect_all_faces(
    image, options: DetectorOptions | str | None = None, *, nets: Nets | None = None
):
    """Find every face of a picture.

    Args:
        image: a path, bytes of a file, a Pillow image or an array, see
            :func:`~faceside.image.read_image`.
        options: how to look, or the name of a detector; YuNet when None.
        nets: loaded nets to use; the shared ones when None.

    Returns:
        A task to await, or to extend with ``with_landmarks()`` and ``with_descriptors()``.
    """
    if options is None or isinstance(options, str):
        options = DetectorOptions(options or "yunet")
    return DetectionTask(image, options, nets)


def detect_single_face(
    image, options: DetectorOptions | str | None = None, *, nets: Nets | None = None
):
    """Find the face of the highest score, like :func:`detect_all_faces`."""
    if options is None or isinstance(options, str):
        options = DetectorOptions(options or "yunet")
    return SingleDetectionTask(DetectionTask(image, replace(options, max_faces=1), nets))

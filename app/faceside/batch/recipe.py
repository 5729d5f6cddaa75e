"""What is looked for in every picture of a batch: plain options that every worker gets."""

from dataclasses import asdict, dataclass, field

from ..cards import cards_of
from ..options import DetectorOptions
from ..pipeline import DetectionTask, Nets, detect_all_faces


@dataclass(frozen=True)
class Recipe:
    """What to find in a picture; descriptors always.

    Attributes:
        detector: how faces are looked for.
        landmark_net: name of the net whose 68 points align the faces.
        recognizer: name of the recognizer.
        landmarks: also keep the 68 points of each face.
        expressions: also tell each face's expression.
        age_gender: also tell each face's age and gender.

    Raises:
        FacesideError: ``option-invalid`` for a net that there is not, when a task is made.
    """

    detector: DetectorOptions = field(default_factory=DetectorOptions)
    landmark_net: str = "landmarks68"
    recognizer: str = "sface"
    landmarks: bool = False
    expressions: bool = False
    age_gender: bool = False

    def task(self, image=None, nets: Nets | None = None) -> DetectionTask:
        """The task for one picture, as a script would write it."""
        task = detect_all_faces(image, self.detector, nets=nets).with_landmarks(self.landmark_net)
        if self.expressions:
            task = task.with_expressions()
        if self.age_gender:
            task = task.with_age_and_gender()
        return task.with_descriptors(self.recognizer)

    def nets(self) -> list[str]:
        """The names of the nets that take part."""
        task = self.task()
        stages = (task.landmarks, task.expressions, task.age_gender, task.recognizer)
        return [self.detector.detector, *(net for net in stages if net)]

    def models(self) -> dict[str, str]:
        """The sha256 of every model that takes part, by the name of its card."""
        return {card.name: card.sha256 for net in self.nets() for card in cards_of(net)}

    def to_record(self) -> dict:
        """The options as plain data, for JSON."""
        return asdict(self)

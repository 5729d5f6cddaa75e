"""The options that scripts on the page give to ``describe`` and ``identify``."""

from dataclasses import dataclass

from faceside import DetectorOptions, FacesideError, Nets, Picture, detect_all_faces
from faceside.nets import LANDMARKS
from faceside.options import MtcnnOptions, require_one_of
from faceside.pipeline import DetectionTask

from .settings import require_known

DETECTOR = {
    "detector": "detector",
    "inputSize": "input_size",
    "enlarge": "enlarge",
    "minScore": "min_score",
    "iouThreshold": "iou_threshold",
    "maxFaces": "max_faces",
    "compat": "compat",
}
MTCNN = {
    "minFaceSize": "min_face_size",
    "scaleFactor": "scale_factor",
    "maxNumScales": "max_num_scales",
    "scoreThresholds": "score_thresholds",
    "scaleSteps": "scale_steps",
}
STAGES = {"landmarks": True, "descriptors": True, "expressions": False, "ageAndGender": False}


@dataclass(frozen=True)
class Wishes:
    """What to find in a picture: how faces are looked for, and which stages follow; ``landmarks``
    may also be the name of a net."""

    detector: DetectorOptions
    stages: dict[str, bool | str]

    def task(self, picture: Picture, nets: Nets, landmarks: str, recognizer: str) -> DetectionTask:
        """The task that does it, with these nets for landmarks and descriptors where no others are
        asked for."""
        task = detect_all_faces(picture, self.detector, nets=nets)
        wanted = self.stages["landmarks"]
        if wanted:
            task = task.with_landmarks(landmarks if wanted is True else wanted)
        if self.stages["expressions"]:
            task = task.with_expressions()
        if self.stages["ageAndGender"]:
            task = task.with_age_and_gender()
        if self.stages["descriptors"]:
            task = task.with_descriptors(recognizer)
        return task


def read_wishes(options: dict) -> Wishes:
    """Read the options of the JavaScript contract; one that is undefined is left out.

    Raises:
        FacesideError: ``option-invalid`` for an unknown option or a value out of range.
    """
    require_known("option", options, [*DETECTOR, *MTCNN, *STAGES, "recognizer"])
    given = {name: value for name, value in options.items() if value is not None}
    stages = {name: given.get(name, default) for name, default in STAGES.items()}
    for name, value in stages.items():
        if name == "landmarks" and isinstance(value, str):
            require_one_of(name, value, LANDMARKS)
        elif not isinstance(value, bool):
            raise FacesideError("option-invalid", f"{name} is {value!r}; it must be true or false.")
    return Wishes(_detector_options(given), stages)


def _detector_options(given: dict) -> DetectorOptions:
    names = DETECTOR | MTCNN if given.get("detector") == "mtcnn" else DETECTOR
    require_known(f"option of {given.get('detector', 'yunet')}", set(given) & set(MTCNN), names)
    ours = {names[name]: value for name, value in given.items() if name in names}
    try:
        return MtcnnOptions(**ours) if names is not DETECTOR else DetectorOptions(**ours)
    except FacesideError as error:  # a sentence that begins with the option's Python name
        name, _, rest = str(error).partition(" ")
        theirs = {ours: theirs for theirs, ours in names.items()}
        raise FacesideError(error.code, f"{theirs.get(name, name)} {rest}") from None

"""What a challenge asks for, and from where on a motion counts."""

from dataclasses import dataclass

from ..cards import all_cards
from ..options import require_between
from ..quality import GOOD_ENOUGH


@dataclass(frozen=True)
class LivenessOptions:
    """What is asked for, and from where on it counts.

    The limits were measured on films and on photos that were moved before a camera, see
    docs/liveness.md.

    Attributes:
        seconds: 1 to 60, for each motion.
        ready_seconds: 1 to 600, to look straight at the camera in the beginning.
        still: seconds of looking straight before the first motion; what the face is like then is
            what all motions are measured against.
        straight, max_pitch: degrees of yaw and of pitch to either side that count as straight;
            cameras stand above or below a face rather than beside it.
        min_eye_gap: pixels between the middles of the eyes; in smaller faces no lid is seen.
        turn: how far the tip of the nose moves against the eyes, in distances of the eyes; 0.1 is
            about 15 degrees.
        relief: the least that the nose stands out by, in distances of the eyes, as its way and the
            foreshortening of the face tell it; about 0.3 in a face, 0 in a picture.
        ahead: the most that the nose may be aside where the head is not to be turned.
        memory: seconds; how the face looked in them just before is what eyes are compared with.
        closed, opened: likeness of both eyes (correlation, -1 to 1) with that, at most when
            closed, at least when open again.
        tilt: how much the face may get narrower or lower meanwhile, in parts of it; a photo tilted
            by 25 degrees gets lower by 0.1.
        around: the least likeness of what is around the eyes meanwhile.
        blink_seconds: the shortest and the longest that eyes are closed; a blink takes 100 to 400
            ms (Soukupova and Cech, "Real-time eye blink detection using facial landmarks", 2016).
        closer: growth of the face.
        hold: seconds that a turn or nearness must last.
        gap: seconds without the face after which it is lost.
        rival: size of another face in the picture from which on there is a second one, in sizes of
            the face.
        describe_every: seconds after which the face is compared with the first look again.
        distance_threshold: descriptors further apart (Euclidean) are another person's; SFace's when
            left alone.
        lasts: seconds for which somebody counts as present afterwards.

    Raises:
        FacesideError: ``option-invalid``, naming the option, its value and what is allowed.
    """

    seconds: float = 8.0
    ready_seconds: float = 20.0
    still: float = 1.0
    straight: float = 20.0
    max_pitch: float = GOOD_ENOUGH.max_pitch
    min_eye_gap: float = 25.0
    turn: float = 0.1
    relief: float = 0.17
    ahead: float = 0.05
    memory: float = 0.8
    closed: float = 0.6
    opened: float = 0.75
    tilt: float = 0.1
    around: float = 0.8
    blink_seconds: tuple[float, float] = (0.05, 0.5)
    closer: float = 1.25
    hold: float = 0.15
    gap: float = 1.0
    rival: float = 0.6
    describe_every: float = 0.5
    distance_threshold: float = all_cards()["sface"].distance_threshold
    lasts: float = 60.0

    def __post_init__(self):
        require_between("seconds", self.seconds, 1, 60)
        require_between("ready_seconds", self.ready_seconds, 1, 600)
        require_between("lasts", self.lasts, 1, 3600)
        for name in ("turn", "relief", "ahead", "closed", "opened", "around"):
            require_between(name, getattr(self, name), 0, 1)


DEFAULT = LivenessOptions()

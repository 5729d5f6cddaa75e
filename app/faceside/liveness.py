"""Is a living person before the camera? A challenge of motions, asked for in random order.

    challenge = Challenge(random_order())
    while challenge.state.stage not in ("present", "failed"):
        look = take_look(pixels, faces, 0, now, track, descriptor if challenge.due(now) else None)
        state = challenge.follow(look, now)  # None where no face was found

A picture, however it is moved, tilted or turned, is flat: laid back onto three points of the face
by an affine map, everything in it stays where it was. So every look is laid onto the middles of the
eyes and of the mouth first, and in that flattened face the challenge looks for what a picture
cannot do: the nose moves against the eyes when a head turns, and the eyes close while all around
them stays the same. It is no protection against a film of the right motions; see docs/liveness.md,
which also has the measurements that the limits come from.
"""

import secrets
from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from .cards import all_cards
from .descriptors import centroid
from .faces import Faces
from .geometry import affine_transforms, transform_points
from .image import chips
from .options import require_between, require_integer
from .quality import GOOD_ENOUGH, GREY, head_poses

TURNS = ("left", "right")  # the person's own
MOTIONS = ("blink", *TURNS, "closer")
NOSE_TIP = 30
# The flattened face: its side in pixels, and where the middles of the eyes and of the mouth come to
# lie; eyes and mouth are about as far apart as in a face that looks straight ahead.
SIDE, EYE_GAP = 96, 40
ANCHORS = np.array([(28, 36), (68, 36), (48, 80)], float)
# Where it is looked at: the iris and the lids over it, and what lies around both eyes.
EYES = [(slice(32, 41), slice(x - 10, x + 11)) for x in (28, 68)]
AROUND = np.zeros((SIDE, SIDE), bool)
AROUND[18:68, 12:85] = True
for _eye in (12, 52):
    AROUND[28:45, _eye : _eye + 33] = False


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


@dataclass(frozen=True, eq=False)
class Look:
    """What one frame shows of the face that is checked.

    Attributes:
        time: of the frame, in seconds.
        track: the face's track number, see :class:`~faceside.tracking.Tracker`.
        size: the geometric mean of the sides of its box, in pixels.
        eye_gap: pixels from eye to eye.
        yaw, pitch: degrees, see :func:`~faceside.quality.head_poses`.
        nose: where the tip of the nose is across the flattened face, in distances of the eyes,
            growing to the viewer's right.
        breadth: from eye to eye over from the eyes to the mouth, in pixels of the frame.
        flat: ``(SIDE, SIDE)`` greys of the flattened face.
        rival: size of the largest other face in sizes of this one, 0 where it is alone.
        descriptor: ``(d,)``, or None where the face was not described.
    """

    time: float
    track: int
    size: float
    eye_gap: float
    yaw: float
    pitch: float
    nose: float
    breadth: float
    flat: np.ndarray
    rival: float = 0.0
    descriptor: np.ndarray | None = None


@dataclass(frozen=True)
class State:
    """How far a challenge is.

    Attributes:
        stage: ``ready`` (look straight), a motion that is asked for, ``back`` (look straight
            again), ``present`` or ``failed``.
        done: the motions that were done.
        total: how many there are.
        seconds: that are left for this stage.
        problem: why it failed, or what is in the way of being ready: ``late``, ``lost``, ``second``
            (another face in the picture), ``another`` (somebody else's face), ``wrong`` (another
            motion than was asked for), ``small``, ``aside``; None where all is well.
    """

    stage: str
    done: tuple[str, ...]
    total: int
    seconds: float
    problem: str | None = None


def random_order(motions: int = 3) -> tuple[str, ...]:
    """Motions to ask for, in an order that cannot be foretold: always a blink and a turn, which no
    still picture does, and no motion twice.

    Args:
        motions: how many, 2 to 4.

    Raises:
        FacesideError: ``option-invalid``.
    """
    require_integer("motions", motions, 2, len(MOTIONS))
    chance = secrets.SystemRandom()
    needed = ["blink", chance.choice(TURNS)]
    others = [motion for motion in MOTIONS if motion not in needed]
    order = needed + chance.sample(others, motions - len(needed))
    chance.shuffle(order)
    return tuple(order)


def take_look(
    pixels: np.ndarray,
    faces: Faces,
    index: int,
    time: float,
    track: int,
    descriptor: np.ndarray | None = None,
) -> Look:
    """What a frame shows of one of its faces.

    Args:
        pixels: ``(h, w, 3)`` uint8 RGB, not mirrored.
        faces: all faces of the frame, with 68 landmarks, in pixels of ``pixels``.
        index: which of them is checked.
        time: of the frame, in seconds.
        track: its track number.
        descriptor: ``(d,)`` of it, where it is known.
    """
    points = faces.landmarks[index].astype(float)
    middles = [points[part].mean(axis=0) for part in (slice(36, 42), slice(42, 48), slice(48, 60))]
    transforms = affine_transforms(np.array([middles]), ANCHORS)
    nose = transform_points(points[np.newaxis, NOSE_TIP : NOSE_TIP + 1], transforms)[0, 0, 0]
    left, right, mouth = middles
    eye_gap = float(np.linalg.norm(right - left))
    yaw, pitch, _ = head_poses(points[np.newaxis])[0].tolist()
    sizes = np.sqrt(faces.boxes[:, 2:].prod(axis=1))
    others = np.delete(sizes, index)
    return Look(
        time=time,
        track=track,
        size=float(sizes[index]),
        eye_gap=eye_gap,
        yaw=yaw,
        pitch=pitch,
        nose=float((nose - SIDE / 2) / EYE_GAP),
        breadth=eye_gap / max(float(np.linalg.norm(mouth - (left + right) / 2)), 1e-6),
        flat=chips(pixels, transforms, SIDE)[0] @ GREY,
        rival=float(others.max() / sizes[index]) if len(others) else 0.0,
        descriptor=descriptor,
    )


@dataclass
class _Blink:
    """Follows the eyes while a blink is asked for."""

    options: LivenessOptions
    closed_since: float | None = None
    was_open: bool = False

    def seen(self, time: float, eyes: float, around: float) -> bool:
        """Whether a blink has ended: open, closed for as long as a blink takes, open again."""
        limits = self.options
        if around < limits.around:
            self.closed_since, self.was_open = None, False  # something passes, or the face moves
        elif eyes >= limits.opened:
            lasted = -1.0 if self.closed_since is None else time - self.closed_since
            self.closed_since, self.was_open = None, True
            shortest, longest = limits.blink_seconds
            return shortest <= lasted <= longest
        elif self.closed_since is not None:
            if time - self.closed_since > limits.blink_seconds[1]:
                self.closed_since, self.was_open = None, False
        elif eyes <= limits.closed and self.was_open:
            self.closed_since = time
        return False


@dataclass
class _Held:
    """How long something has been so, without a break."""

    since: float | None = None

    def seconds(self, time: float, is_so: bool) -> float:
        if not is_so:
            self.since = None
            return -1.0
        if self.since is None:
            self.since = time
        return time - self.since


@dataclass
class Challenge:
    """Goes through the motions, one after another; any fault ends it.

    Blinking when nothing of the kind is asked for is no fault; a turn or coming closer is.

    Attributes:
        order: motions, see :func:`random_order`.
        options: the limits.
        state: how far it is.
    """

    order: tuple[str, ...]
    options: LivenessOptions = DEFAULT
    state: State = field(init=False)

    def __post_init__(self):
        self.state = State("ready", (), len(self.order), self.options.ready_seconds)
        self._began = None  # the stage
        self._last: Look | None = None
        self._described = -np.inf
        self._descriptors: list[np.ndarray] = []
        self._recent: deque[Look] = deque()  # looks straight ahead, of just before
        self._start_motion()

    @property
    def descriptor(self) -> np.ndarray | None:
        """The middle of the descriptors ``(d,)`` of the face when it looked straight; None where
        there are none."""
        return centroid(np.array(self._descriptors)) if self._descriptors else None

    @property
    def track(self) -> int | None:
        """The track number of the face; None before the first look."""
        return self._last.track if self._last else None

    def due(self, time: float) -> bool:
        """Whether the next look must bring a descriptor."""
        return time - self._described >= self.options.describe_every

    def follow(self, look: Look | None, time: float) -> State:
        """Take one frame into account.

        Args:
            look: of the face; None where it was not found.
            time: of the frame in seconds, later than that of the one before.
        """
        if self.state.stage in ("present", "failed"):
            return self.state
        if self._began is None:
            self._began = time
        ready = self.state.stage == "ready"
        allowed = self.options.ready_seconds if ready else self.options.seconds
        left = allowed - (time - self._began)
        self.state = replace(self.state, seconds=max(left, 0.0), problem=None)
        problem = self._fault(look, time) or ("late" if left <= 0 else None)
        if problem:
            return self._fail(problem)
        if look is not None:
            self._last = look
            if look.descriptor is not None:
                self._described = look.time
            if self.state.stage == "ready":
                self._ready(look)
            else:
                (self._back if self.state.stage == "back" else self._motion)(look)
                self._remember(look)
        return self.state

    def _fault(self, look: Look | None, time: float) -> str | None:
        """What ends the challenge, whatever is asked for."""
        last, began = self._last, self.state.stage != "ready"
        if last is not None and began and time - last.time > self.options.gap:
            return "lost"
        if look is None:
            return None
        if last is not None and began and look.track != last.track:
            return "lost"
        if began and look.rival >= self.options.rival:
            return "second"
        if began and look.descriptor is not None and self._is_strange(look.descriptor):
            return "another"
        return None

    def _is_strange(self, descriptor: np.ndarray) -> bool:
        first = self._descriptors[0]
        return float(np.linalg.norm(first - descriptor)) > self.options.distance_threshold

    def _remember(self, look: Look) -> None:
        """Keep what the face looks like straight ahead with its eyes open."""
        if abs(self._aside(look)) > self.options.ahead or self._blink.closed_since is not None:
            return
        if look.descriptor is not None:
            self._descriptors.append(look.descriptor)
        self._recent.append(look)
        while look.time - self._recent[0].time > self.options.memory:
            self._recent.popleft()

    # The stages

    def _ready(self, look: Look) -> None:
        problem = self._not_ready(look)
        if problem or (self._recent and look.track != self._recent[-1].track):
            self._recent.clear()
            self.state = replace(self.state, problem=problem)
            return
        self._recent.append(look)
        if look.time - self._recent[0].time < self.options.still or look.descriptor is None:
            return
        looks = list(self._recent)
        self._nose = float(np.median([look.nose for look in looks]))
        self._breadth = float(np.median([look.breadth for look in looks]))
        self._size = float(np.median([look.size for look in looks]))
        self._gap = float(np.median([look.eye_gap for look in looks]))
        self._descriptors = [look.descriptor]
        self._next(self.order[0], look.time)

    def _not_ready(self, look: Look) -> str | None:
        options = self.options
        if look.rival >= options.rival:
            return "second"
        if look.eye_gap < options.min_eye_gap:
            return "small"
        if abs(look.yaw) > options.straight or abs(look.pitch) > options.max_pitch:
            return "aside"
        return None

    def _motion(self, look: Look) -> None:
        wanted = self.state.stage
        held = {
            motion: timer.seconds(look.time, self._does(motion, look)) >= self.options.hold
            for motion, timer in self._timers.items()
        }
        if wanted == "blink":
            done = self._blink.seen(look.time, *self._likeness(look))
        else:
            done = held.pop(wanted)
        if any(held.values()):
            self._fail("wrong")
        elif done:
            self.state = replace(self.state, done=(*self.state.done, wanted))
            self._next("back", look.time)

    def _back(self, look: Look) -> None:
        """Straight again, and still the same person."""
        if abs(self._aside(look)) > self.options.ahead or look.descriptor is None:
            return
        done = len(self.state.done)
        self._next("present" if done == len(self.order) else self.order[done], look.time)

    # What is seen

    def _aside(self, look: Look) -> float:
        return look.nose - self._nose

    def _does(self, motion: str, look: Look) -> bool:
        options, aside = self.options, self._aside(look)
        if motion == "closer":
            grown = min(look.size / self._size, look.eye_gap / self._gap)
            return grown >= options.closer and abs(aside) < options.turn
        if motion == "right":
            aside = -aside
        return aside >= max(options.turn, options.relief * self._foreshortening(look))

    def _foreshortening(self, look: Look) -> float:
        """The tangent of the angle by which a flat face that looks so narrow is turned."""
        narrowed = min(max(look.breadth / self._breadth, 0.05), 1.0)
        return float(np.sqrt(1 - narrowed**2) / narrowed)

    def _likeness(self, look: Look) -> tuple[float, float]:
        """Of the eye that is more alike, and of all around the eyes, to just before; 0 where the
        head is turned or tilted."""
        if abs(self._aside(look)) > self.options.ahead or not self._recent:
            return 0.0, 0.0
        breadth = np.median([recent.breadth for recent in self._recent])
        if abs(look.breadth / breadth - 1) > self.options.tilt:
            return 0.0, 0.0
        usual = np.median([recent.flat for recent in self._recent], axis=0)
        eyes = max(correlation(look.flat[eye], usual[eye]) for eye in EYES)
        return eyes, correlation(look.flat[AROUND], usual[AROUND])

    # From stage to stage

    def _next(self, stage: str, time: float) -> None:
        self._began = time
        self._described = -np.inf
        self._start_motion()
        seconds = self.options.lasts if stage == "present" else self.options.seconds
        self.state = replace(self.state, stage=stage, seconds=seconds)

    def _start_motion(self) -> None:
        self._blink = _Blink(self.options)
        movements = TURNS if "closer" in self.state.done else (*TURNS, "closer")
        self._timers = {motion: _Held() for motion in movements}

    def _fail(self, problem: str) -> State:
        self.state = replace(self.state, stage="failed", problem=problem)
        return self.state


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """How alike two pictures of one shape are, whatever their brightness and contrast: -1 to 1; 0
    where one of them is of one colour."""
    a, b = (np.ravel(part) - np.mean(part) for part in (first, second))
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread > 0 else 0.0

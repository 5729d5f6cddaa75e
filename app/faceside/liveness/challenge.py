"""The challenge itself: from stage to stage, with one face, until it has done all or failed."""

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from ..descriptors import centroid
from .blink import Blink
from .looks import Look
from .motions import TURNS, Held, Rest
from .options import DEFAULT, LivenessOptions


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
        if not self._is_ahead(look) or self._blink.eyes_are_closed:
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
        self._rest = Rest.of(self._recent)
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
        wanted, options = self.state.stage, self.options
        held = {
            motion: timer.seconds(look.time, self._rest.does(motion, look, options)) >= options.hold
            for motion, timer in self._timers.items()
        }
        if wanted == "blink":
            done = self._blink.seen(look, self._recent if self._is_ahead(look) else ())
        else:
            done = held.pop(wanted)
        if any(held.values()):
            self._fail("wrong")
        elif done:
            self.state = replace(self.state, done=(*self.state.done, wanted))
            self._next("back", look.time)

    def _back(self, look: Look) -> None:
        """Straight again, and still the same person."""
        if not self._is_ahead(look) or look.descriptor is None:
            return
        done = len(self.state.done)
        self._next("present" if done == len(self.order) else self.order[done], look.time)

    def _is_ahead(self, look: Look) -> bool:
        return abs(self._rest.aside(look)) <= self.options.ahead

    # From stage to stage

    def _next(self, stage: str, time: float) -> None:
        self._began = time
        self._described = -np.inf
        self._start_motion()
        seconds = self.options.lasts if stage == "present" else self.options.seconds
        self.state = replace(self.state, stage=stage, seconds=seconds)

    def _start_motion(self) -> None:
        self._blink = Blink(self.options)
        movements = TURNS if "closer" in self.state.done else (*TURNS, "closer")
        self._timers = {motion: Held() for motion in movements}

    def _fail(self, problem: str) -> State:
        self.state = replace(self.state, stage="failed", problem=problem)
        return self.state

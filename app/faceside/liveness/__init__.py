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

from .challenge import Challenge, State
from .looks import Look, take_look
from .motions import MOTIONS, TURNS, random_order
from .options import LivenessOptions

__all__ = [
    "MOTIONS",
    "TURNS",
    "Challenge",
    "LivenessOptions",
    "Look",
    "State",
    "random_order",
    "take_look",
]

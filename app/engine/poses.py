"""The steps of a guided enrolment: how a face is to look at each, and what is still missing.

Left and right are those of the person, who is the viewer's other way round: a head turned to its
own left has a positive yaw (see faceside.quality).
"""

from faceside import FacesideError
from faceside.quality import GOOD_ENOUGH, Quality, QualityOptions, quality_problems

# Degrees. Poses are good to some ten of them (faceside.quality); people who look into a camera
# above or beside their screen are within twenty, turned heads beyond, all within the quality gate.
STRAIGHT = TURNED = 20
RAISED = 10
SIDEWAYS = 30  # at most, where another thing than turning is asked for
SMILE = 0.6  # probability of the expression "happy"
SENTENCES = {
    "straight": "Look straight into the camera.",
    "left": "Turn your head a little more to your left.",
    "right": "Turn your head a little more to your right.",
    "up": "Raise your chin a little more.",
    "smile": "Smile a little more.",
}
STEPS = tuple(SENTENCES)


def pose_problem(
    step: str, quality: Quality, happy: float = 0.0, options: QualityOptions = GOOD_ENOUGH
) -> FacesideError | None:
    """What a face still lacks at a step, the first thing to mend first; None when it is as wished.

    Args:
        step: one of STEPS.
        quality: of the face, in a picture that is not mirrored.
        happy: probability 0 to 1; counts for "smile" alone.
        options: what every sample must have.

    Returns:
        An error of quality_problems, or ``pose-straight``, ``pose-left``, ``pose-right``,
        ``pose-up``, ``pose-smile``.
    """
    problems = quality_problems(quality, options)
    if problems:
        return problems[0]
    ahead = abs(quality.yaw) <= STRAIGHT
    met = {
        "straight": ahead and abs(quality.pitch) <= STRAIGHT,
        "left": quality.yaw >= TURNED,
        "right": quality.yaw <= -TURNED,
        "up": quality.pitch >= RAISED and abs(quality.yaw) <= SIDEWAYS,
        "smile": happy >= SMILE and abs(quality.yaw) <= SIDEWAYS,
    }
    return None if met[step] else FacesideError(f"pose-{step}", SENTENCES[step])

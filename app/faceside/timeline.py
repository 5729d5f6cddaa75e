"""Who appears when: the moments a film was looked at, joined to spans of time.

spans = appearances([0.0, 1.0, 2.0, 7.0], step=1.0, duration=7.5)  # [(0.0, 3.0), (7.0, 7.5)]
"""

import numpy as np

from .options import require_between

PATIENCE = 2.5  # steps: one moment without the face, turned away or hidden, does not end a span


def appearances(times, step: float, duration: float) -> list[tuple[float, float]]:
    """The spans of time in which somebody is seen.

    Args:
        times: the moments at which somebody was found, in seconds; any order.
        step: seconds from one moment looked at to the next; somebody found stays that long.
        duration: length of the film in seconds.

    Returns:
        Begin and end of each span in seconds, ascending, not beyond the duration.

    Raises:
        FacesideError: ``option-invalid`` for a step or a duration that is not positive.
    """
    require_between("step", step, 1e-6, 1e9)
    require_between("duration", duration, 1e-6, 1e9)
    moments = np.unique(np.asarray(times, np.float64))
    if not len(moments):
        return []
    breaks = np.flatnonzero(np.diff(moments) > PATIENCE * step) + 1
    spans = np.split(moments, breaks)
    return [(float(span[0]), min(float(span[-1]) + step, duration)) for span in spans]

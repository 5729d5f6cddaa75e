"""When people are forgotten by themselves: by a clock that has not jumped.

A deletion cannot be taken back, and a clock can be wrong: so nobody is forgotten by a clock that
was set back, or that is far ahead of when it was seen last, unless somebody says that it is right.
"""

BACK = 1.0  # days that a clock may be behind when it was seen last: other zones, small corrections
AHEAD = 366.0  # days in which a page may well not have been opened


def is_steady(now: float | None, before: float | None) -> bool:
    """Whether a clock has gone on as clocks do.

    Args:
        now: what it says, in days since 1970-01-01 UTC; None where that is no time.
        before: what it said when it was seen last, None where it never was.
    """
    return None not in (now, before) and -BACK <= now - before <= AHEAD

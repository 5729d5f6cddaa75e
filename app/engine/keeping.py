"""On what terms people are kept: agreements, and the day after which somebody is forgotten."""

from datetime import datetime

from faceside.retention import is_steady

from .lock import require_unlocked
from .work import Work

DAY = 86400.0  # seconds


class Keeping:
    """What is asked about the terms of people."""

    def __init__(self, work: Work):
        self._work = work

    async def set_terms(self, label: str, terms: dict) -> dict:
        """Change terms of a person: ``forget_after``, ``agreed``, ``agreement``; all there are.

        Raises:
            FacesideError: ``label-…``, ``date-invalid``, ``notes-…``, ``storage-…``.
        """
        return await self._work.gallery.set_terms(label, **terms)

    async def forget_due(
        self, today: str, now: str, before: str | None, sure: bool = False
    ) -> dict:
        """Forget everybody whose last day is over; by a clock that has jumped only if somebody is
        ``sure`` that it is right.

        Args:
            today: the day it is here, as in 2027-12-31.
            now: the moment, as in 2027-12-31T23:59:59.000Z.
            before: the same when the clock was seen last; where that is not known the newest sample
                tells.

        Returns:
            ``forgotten``, labels, and ``waiting``, the number of those who were not forgotten
            because of the clock.

        Raises:
            FacesideError: ``gallery-locked``, ``storage-…``.
        """
        gallery = self._work.gallery
        require_unlocked(gallery.store)
        due = await gallery.due(today)
        if not due:
            return {"forgotten": [], "waiting": 0}
        seen = _days(before)
        if seen is None:
            people = await gallery.people()
            seen = max(sample.created for p in people for sample in p.samples) / DAY
        if not sure and not is_steady(_days(now), seen):
            return {"forgotten": [], "waiting": len(due)}
        return {"forgotten": await gallery.forget_due(today), "waiting": 0}

    async def number_kept(self) -> int:
        """How many people are kept."""
        return len(await self._work.gallery.people())


def _days(moment: str | None) -> float | None:
    """Days since 1970-01-01 UTC, None for what is no moment in the years 1 to 9999."""
    try:
        return datetime.fromisoformat(moment).timestamp() / DAY
    except (TypeError, ValueError):
        return None

"""How far apart the samples of the gallery are, for a person to see where the threshold stands."""

import numpy as np

from faceside.thresholds import false_accept_rate, false_match_probability

from .histogram import histogram
from .work import Work


class Distances:
    """What the gallery says about the threshold."""

    def __init__(self, work: Work):
        self._work = work

    async def distances(self) -> dict:
        """The distances between all samples by the recognizer in force, as a histogram, and how
        often the threshold takes strangers for somebody."""
        settings, samples, owners = self._work.settings, [], []
        people = await self._work.gallery.people()
        for number, person in enumerate(people):
            ours = [sample.by(settings.recognizer) for sample in person.samples]
            ours = [descriptor for descriptor in ours if descriptor is not None]
            samples += ours
            owners += [number] * len(ours)
        rate = false_accept_rate(settings.recognizer, settings.threshold)
        known = len(set(owners))
        return {
            "threshold": settings.threshold,
            "people": known,
            "falseAcceptRate": rate,
            "strangersNamed": false_match_probability(rate, known),
            **histogram(np.array(samples, np.float32), np.array(owners), settings.threshold),
        }

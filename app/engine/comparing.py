"""What the similarity view asks for: how far apart two faces are, and what that says."""

from faceside.grouping import distance_matrix
from faceside.thresholds import false_accept_rate

from .work import Work

# Share of the threshold, to either side of it, where a verdict would be a guess: in the LFW sample
# SFace puts 7 of 931 pairs of one person here, and 448 of the 495 pairs of strangers (of 324,290)
# that it takes for one person.
CLOSE = 0.05


class Comparing:
    """Faces of two pictures of the album."""

    def __init__(self, work: Work):
        self._work = work
        self._album = work.album

    async def compare(self, first: int, second: int) -> dict:
        """The distances of all faces of one picture to all of another, row after row, with the
        threshold in force; ``close`` is how far from it is too close to call, ``rates`` the false
        accept rate at each distance."""
        settings = self._work.settings
        a, b = (self._album[number].faces for number in (first, second))
        empty = not len(a) or not len(b)
        distances = [] if empty else distance_matrix(a.descriptors, b.descriptors).ravel().tolist()
        return {
            "distances": distances,
            "rates": [false_accept_rate(settings.recognizer, d) for d in distances],
            "threshold": settings.threshold,
            "close": CLOSE * settings.threshold,
        }

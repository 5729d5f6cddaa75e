"""Who is in the gallery, as a list to look through: made once until somebody changes it."""

from faceside.gallery import Gallery, Person


class Listing:
    """Everybody at one moment, in the order of their labels."""

    def __init__(self, people: list[Person]):
        self.people = people
        self._folded = [person.label.casefold() for person in people]
        self._unmatched: dict[str, dict[str, int]] = {}

    def search(self, text: str) -> list[Person]:
        """Those whose label contains every word of a text."""
        found = range(len(self.people))
        for word in text.casefold().split():
            found = [place for place in found if word in self._folded[place]]
        return [self.people[place] for place in found]

    def unmatched(self, recognizer: str) -> dict[str, int]:
        """How many no sample of whom is by a recognizer, by the one they were enrolled with."""
        if recognizer not in self._unmatched:
            numbers = self._unmatched[recognizer] = {}
            for person in self.people:
                theirs = person.samples[0].recognizer
                if theirs != recognizer and all(s.by(recognizer) is None for s in person.samples):
                    numbers[theirs] = numbers.get(theirs, 0) + 1
        return self._unmatched[recognizer]


class Listings:
    """The listing of a gallery as it is."""

    def __init__(self, gallery: Gallery):
        self._gallery = gallery
        self._made = None, None

    def forget(self) -> None:
        """Let go of the listing."""
        self._made = None, None

    async def current(self) -> Listing:
        """The listing, made anew where the gallery has changed."""
        people = await self._gallery.people()
        changes, listing = self._made
        if changes != self._gallery.changes:
            listing = Listing(people)
            self._made = self._gallery.changes, listing
        return listing

"""Who showed which expression when: samples of every person, bounded, and as CSV and JSON."""

import json

from smoothing import Smoothed

EVERY = 0.2  # s; a sample is the mean of the frames in it
KEPT_FOR = 300  # s of samples of a person
NAMES = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised")
LEAST_SAMPLES = 5  # of a stranger who has gone, to be worth a line of its own
MOST_PEOPLE = 8  # the one not seen for longest makes way
GAP = 1.0  # s without a sample after which the line is broken
AWAY_AFTER = 1.0  # s


class Person:
    """A person by the name, or a stranger by the track number, with samples
    (time, track, label, probabilities)."""

    def __init__(self, track, label):
        self.track, self.label = track, label
        self.bars = Smoothed()
        self.samples = []
        self.seen_at = 0
        self._sum, self._count = None, 0

    def take(self, values, track, label, now):
        self.bars.follow(values, now)
        if self._sum is None or now - self.seen_at > EVERY:
            self._sum, self._count = [0] * len(values), 0
        self.seen_at = now
        self._sum = [total + value for total, value in zip(self._sum, values)]
        self._count += 1
        if not self.samples or now - self.samples[-1][0] >= EVERY:
            mean = tuple(total / self._count for total in self._sum)
            self.samples.append((now, track, label, mean))
            self._sum = None
        while now - self.samples[0][0] > KEPT_FOR:
            del self.samples[0]

    def is_away(self, now):
        return now - self.seen_at > AWAY_AFTER

    def is_passing(self, now):
        """Whether this was a stranger who was gone at once."""
        return not self.label and self.is_away(now) and len(self.samples) < LEAST_SAMPLES

    def columns(self, since):
        """Times and the probabilities of each expression, None where the person was away."""
        rows, before = [], None
        for time, _, _, values in self.samples:
            if time < since:
                continue
            if before is not None and time - before > GAP:
                rows.append((before + EVERY,) + (None,) * len(values))
            rows.append((time,) + values)
            before = time
        return [list(column) for column in zip(*rows)]


class Timeline:
    """Everybody who was seen; NAMES are the expressions in the order of the probabilities."""

    def __init__(self):
        self.people = []
        self._of_track = {}

    def take(self, faces, now):
        """Take the faces of one frame: (track, label or "", probabilities by name)."""
        for track, label, expressions in faces:
            values = [expressions[name] for name in NAMES]
            self._person(track, label, now).take(values, track, label, now)
        for person in list(self.people):
            if person.is_passing(now):
                self._drop(person)
        if len(self.people) > MOST_PEOPLE:
            self._drop(min(self.people, key=lambda person: person.seen_at))

    def clear(self):
        self.people, self._of_track = [], {}

    def rows(self):
        """All samples in the order of time."""
        samples = [sample for person in self.people for sample in person.samples]
        return sorted(samples, key=lambda sample: sample[0])

    def to_csv(self, stamp):
        """A line a sample; `stamp(time)` writes a time."""
        lines = [",".join(("time", "track", "label") + NAMES)]
        for time, track, label, values in self.rows():
            numbers = [f"{value:.4f}" for value in values]
            lines.append(",".join([stamp(time), str(track), _quoted(label)] + numbers))
        return "\r\n".join(lines) + "\r\n"

    def to_json(self, stamp):
        """The same as JSON text: {samples: [{time, track, label, expressions: {name: number}}]}."""
        samples = [
            {
                "time": stamp(time),
                "track": track,
                "label": label,
                "expressions": {n: round(v, 4) for n, v in zip(NAMES, values)},
            }
            for time, track, label, values in self.rows()
        ]
        return json.dumps({"samples": samples})

    def _person(self, track, label, now):
        """The person of a track; a stranger who gets a name takes the samples along."""
        person = self._of_track.get(track)
        if person and (not label or person.label == label):
            return person
        named = [other for other in self.people if label and other.label == label]
        if named:
            found = named[0]
            if person and not person.label:
                found.samples = sorted(found.samples + person.samples, key=lambda s: s[0])
                self._drop(person)
        elif person and not person.label:
            person.label = label
            found = person
        else:
            found = Person(track, label)
            self.people.append(found)
        self._of_track[track] = found
        return found

    def _drop(self, person):
        self.people.remove(person)
        self._of_track = {t: p for t, p in self._of_track.items() if p is not person}


def _quoted(text):
    """A field of a CSV line."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text

"""What the photo view asks for about videos: frames looked at, and who appears when."""

import json
from collections import Counter

from faceside.tables import to_csv
from faceside.timeline import appearances

from .photos import Photos
from .sources import read_source
from .work import Work

COLUMNS = ["person", "start", "end"]


class Videos:
    """Frames of videos, which are pictures of the album with a time."""

    def __init__(self, work: Work):
        self._work = work
        self._album = work.album
        self._photos = Photos(work)

    async def look_at_frame(self, number: int, time: float, bitmap) -> int:
        """Find the faces of a frame of a video and put it into the album; how many there are."""
        settings = self._work.settings
        picture = await read_source(bitmap)
        faces = await self._work.found(picture, settings)
        self._album.keep(number, picture, faces, settings, float(time))
        return len(faces)

    async def timeline(self, numbers: list[int], step: float, duration: float) -> str:
        """Who appears when, JSON of ``[{label, faces, spans}]``: the label of a person, "" for one
        that is not known; ``[number, face]``, the best first; begin and end in seconds.

        A face is its group's as a whole: one that is not known by itself, being turned aside, gets
        the name that most of its group have.
        """
        people = await self._people(numbers)
        return json.dumps(
            [
                {"label": label, "faces": faces, "spans": self._spans(faces, step, duration)}
                for label, faces in people
            ]
        )

    async def export_timeline(self, name: str, numbers, step, duration, kind: str) -> str:
        """The same as the text of a "csv" or "json" file, for the video of this name."""
        people, strangers = [], 0
        for label, faces in await self._people(numbers):
            if not label:
                strangers += 1
            spans = self._spans(faces, step, duration)
            people.append({"person": label or f"unknown {strangers}", "spans": spans})
        if kind == "json":
            document = {"video": name, "duration": duration, "step": step, "people": people}
            return json.dumps(document, ensure_ascii=False, indent=1)
        rows = [
            {"person": person["person"], "start": start, "end": end}
            for person in people
            for start, end in person["spans"]
        ]
        return to_csv(rows, COLUMNS)

    async def _people(self, numbers) -> list[tuple[str, list]]:
        """Label and faces of each person, named ones first, then by how often they are seen."""
        current = self._album.current(numbers, self._work.settings)
        matches = await self._photos.matches_of(current)
        labels = {
            (n, face): match.label if match.matched else ""
            for n in current
            for face, match in enumerate(matches[n])
        }
        known: dict[str, list] = {}
        strangers = []
        for group in self._photos.grouped(list(labels)):
            named = Counter(labels[pair] for pair in group if labels[pair])
            if not named:
                good = [pair for pair in group if self._album[pair[0]].is_good(pair[1])]
                if good:  # one that is never seen well is nobody one could name
                    strangers.append(("", group))
                continue
            most = named.most_common(1)[0][0]
            for pair in group:
                known.setdefault(labels[pair] or most, []).append(pair)
        people = sorted(known.items(), key=lambda item: (-len(item[1]), item[0]))
        return people + strangers

    def _spans(self, faces, step: float, duration: float) -> list:
        times = [self._album[number].time for number, _ in faces]
        return appearances(times, step, duration)

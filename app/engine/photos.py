"""What the photo view asks for: photos looked at one by one, and what is known of all of them.

Lists of many numbers go over as JSON text, which the page reads quicker than records.
"""

import json
import math

import numpy as np

from faceside.enrolment import sample_from_portrait
from faceside.faces import EXPRESSIONS, attribute_record
from faceside.grouping import best_first, group_faces, grouping_threshold
from faceside.image import encode_jpeg
from faceside.labels import check_label
from faceside.tables import to_csv

from . import enrolling
from .album import jpeg_blob
from .sources import read_source
from .work import Work, shrunk

PREVIEW_SIDE = 960  # pixels: a card is at most 400 wide, on dense screens twice that
# Samples kept of a group at most: a gallery finds the nearest sample, and beyond some views of a
# person more of the same add nothing but time.
MOST_SAMPLES = 8
COLUMNS = "file face x y width height score label distance".split()
TRAITS = [*EXPRESSIONS, "age", "gender", "genderProbability"]


class Photos:
    """Photos of this visit, by number."""

    def __init__(self, work: Work):
        self._work = work
        self._album = work.album

    async def look(self, number: int, source, preview: bool = True) -> dict:
        """Find and name the faces of a photo and put it into the album; with a preview that shows
        just what was worked on."""
        work, settings = self._work, self._work.settings
        picture = await read_source(source)
        faces = await work.found(picture, settings)
        self._album.keep(number, picture, faces, settings)
        width, height = picture.size
        answer = {"width": width, "height": height, "faces": await work.shown(faces, settings)}
        if preview:
            small = shrunk(picture.pixels, PREVIEW_SIDE)
            answer["preview"] = jpeg_blob(encode_jpeg(small, quality=80))
        return answer

    async def forget_photos(self, numbers: list[int]) -> None:
        """Take photos out of the album."""
        self._album.forget(numbers)

    async def names(self, numbers: list[int]) -> str:
        """Who is in photos looked at before: JSON of ``{number: [[label, distance], …]}``, without
        those that other settings would find other faces in."""
        settings = self._work.settings
        current = self._album.current(numbers, settings)
        matches = await self.matches_of(current)
        records = {n: [[m.label, _finite(m.distance)] for m in matches[n]] for n in current}
        return json.dumps(records)

    async def groups(self, numbers: list[int]) -> str:
        """The unknown faces of photos by likeness, JSON of ``{groups, singles, apart}``: lists of
        ``[number, face]``, the best face of each group first; apart are those too small, too
        blurred or too far turned to tell."""
        current = self._album.current(numbers, self._work.settings)
        matches = await self.matches_of(current)
        unknown = [
            (n, face) for n in current for face, match in enumerate(matches[n]) if not match.matched
        ]
        good = [pair for pair in unknown if self._album[pair[0]].is_good(pair[1])]
        apart = [pair for pair in unknown if not self._album[pair[0]].is_good(pair[1])]
        groups = self.grouped(good)
        singles = [group[0] for group in groups if len(group) == 1]
        groups = [group for group in groups if len(group) > 1]
        return json.dumps({"groups": groups, "singles": singles, "apart": apart})

    def grouped(self, faces: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
        """Faces ``(number, face)`` in groups by likeness, the largest first, the best face of each
        first."""
        if not faces:
            return []
        threshold = grouping_threshold(self._work.settings.recognizer)
        pictures = [number for number, _ in faces]
        labels = group_faces(self._descriptors(faces), threshold, pictures)
        goodness = np.array([self._album[n].goodness(face) for n, face in faces])
        order = np.lexsort((-goodness, labels))
        parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
        return [[faces[i] for i in part] for part in parts]

    async def portraits(self, faces: list[list[int]]) -> list:
        """The heads of faces ``[number, face]``, Blobs of JPEG files."""
        return [self._album[number].portraits[face] for number, face in faces]

    async def name_faces(self, asked: float, label: str, faces: list[list[int]]) -> dict:
        """Keep faces ``[number, face]`` as samples of one person, all or none: the good ones, or
        where there is none the best one, at most MOST_SAMPLES, as unlike each other as they are;
        ``asked`` is as in enrolling.

        Raises:
            FacesideError: ``label-…``, ``photo-gone``, ``storage-…``.
        """
        label = check_label(label)
        good = [f for f in faces if self._album[f[0]].is_good(f[1])]
        good = good or sorted(faces, key=lambda f: -self._album[f[0]].goodness(f[1]))[:1]
        goodness = [self._album[number].goodness(face) for number, face in good]
        chosen = best_first(self._descriptors(good), goodness, MOST_SAMPLES)
        samples = [await self._sample(label, *good[i]) for i in chosen]
        return await enrolling.keep(self._work.gallery, asked, label, samples)

    async def _sample(self, label: str, number: int, face: int):
        page = self._album[number]
        photo = (await page.portraits[face].arrayBuffer()).to_bytes()
        return sample_from_portrait(label, page.faces[face], photo)

    async def export_photos(self, files: str, kind: str) -> str:
        """Everything found, as the text of a "csv" or "json" file; ``files`` is JSON of ``[number,
        name, code, sentence]`` of each photo, the last two empty for those that were read."""
        files = json.loads(files)
        matches = await self.matches_of([f[0] for f in files if f[0] in self._album])
        photos = [self._photo(*file, matches.get(file[0], [])) for file in files]
        if kind == "json":
            return json.dumps({"photos": photos}, ensure_ascii=False, indent=1)
        rows = [row for photo in photos for row in _rows(photo)]
        traits = [name for name in TRAITS if any(name in row for row in rows)]
        return to_csv(rows, [*COLUMNS, *traits, "error"])

    def _photo(self, number: int, name: str, code: str, sentence: str, matches) -> dict:
        if code:
            return {"file": name, "faces": [], "error": {"code": code, "message": sentence}}
        faces = self._album[number].faces if number in self._album else []
        return {
            "file": name,
            "faces": [
                {"box": face.box._asdict(), "score": face.score}
                | {"label": match.label, "distance": _finite(match.distance)}
                | attribute_record(face)
                for face, match in zip(faces, matches, strict=True)
            ],
        }

    async def matches_of(self, numbers) -> dict:
        """The matches of all faces of pictures, in one go for those of one recognizer."""
        settings = self._work.settings
        pages = {n: self._album[n].faces for n in numbers}
        ours = [n for n, faces in pages.items() if faces.recognizer == settings.recognizer]
        found = {n: [] for n in numbers}
        filled = [n for n in ours if len(pages[n])]
        if filled:
            matcher = await self._work.gallery.matcher(settings.recognizer, settings.threshold)
            rows = np.concatenate([pages[n].descriptors for n in filled])
            matches = iter(matcher.find_best_matches(rows))
            for n in filled:
                found[n] = [next(matches) for _ in range(len(pages[n]))]
        return found

    def _descriptors(self, faces) -> np.ndarray:
        return np.array([self._album[number].faces.descriptors[face] for number, face in faces])


def _finite(distance: float) -> float | None:
    return distance if math.isfinite(distance) else None


def _rows(photo: dict) -> list[dict]:
    """The lines of a photo in a table: one a face; one alone for a photo without any."""
    start = {"file": photo["file"], "error": photo.get("error", {}).get("code")}
    rows = []
    for number, face in enumerate(photo["faces"], 1):
        values = {**face, **face["box"], **face.get("expressions", {}), "face": number}
        rows.append(start | values)
    return rows or [start]

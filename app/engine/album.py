"""The pictures of this visit: of each the faces, who they could be, and how they look.

Descriptors and boxes are kept here; small JPEG pictures are Blobs, which the browser keeps outside
this program's memory and may put on the disk.
"""

from dataclasses import dataclass

import js
from pyodide.ffi import to_js

from faceside import Faces, FacesideError, Picture
from faceside.enrolment import portrait
from faceside.quality import Quality, measure_quality, quality_problems

from .settings import Settings


@dataclass(frozen=True, eq=False)
class Page:
    """One picture of the album.

    Attributes:
        faces: with descriptors, in pixels of the upright picture.
        qualities: one a face.
        portraits: one Blob a face, a JPEG file of the head.
        way: the settings that decide what is found in a picture.
        time: seconds, of a frame of a video.
    """

    faces: Faces
    qualities: list[Quality]
    portraits: list
    way: tuple
    time: float | None = None

    def is_good(self, face: int) -> bool:
        """Whether a face is good enough to be enrolled."""
        return not quality_problems(self.qualities[face])

    def goodness(self, face: int) -> float:
        """How well a face can be recognised by, from 0; for choosing among several."""
        quality = self.qualities[face]
        size = min(quality.size / 112, 1.0)  # SFace sees no more than 112 pixels
        return float(self.faces.scores[face]) * size * quality.sharpness


class Album:
    """Pictures by the number that the page has given them."""

    def __init__(self):
        self._pages: dict[int, Page] = {}

    def keep(self, number: int, picture: Picture, faces: Faces, settings: Settings, time=None):
        """Put a picture into the album, in the place of what has its number."""
        found = faces.scaled(1 / picture.reduction)
        qualities = measure_quality(picture.pixels, found, picture.reduction)
        portraits = [jpeg_blob(portrait(picture, box)) for box in faces.boxes]
        kept = faces if settings.shown_landmarks else faces.with_columns(landmarks=None)
        kept = kept.with_columns(keypoints=None)
        self._pages[number] = Page(kept, qualities, portraits, way_of(settings), time)

    def forget(self, numbers) -> None:
        """Take pictures out, as far as they are there."""
        for number in numbers:
            self._pages.pop(number, None)

    def clear(self) -> None:
        """Take all pictures out."""
        self._pages.clear()

    def __contains__(self, number: int) -> bool:
        return number in self._pages

    def __getitem__(self, number: int) -> Page:
        if number not in self._pages:
            raise FacesideError(
                "photo-gone", "This photo is no longer there: choose the file again."
            )
        return self._pages[number]

    def current(self, numbers, settings: Settings) -> list[int]:
        """Those of the numbers whose pictures were worked on with these settings."""
        way = way_of(settings)
        return [n for n in numbers if n in self._pages and self._pages[n].way == way]


def way_of(settings: Settings) -> tuple:
    """What decides which faces are found in a photo and what is known of them."""
    return (settings.photo, settings.nets, settings.shown_landmarks)


def jpeg_blob(data: bytes):
    """The bytes of a JPEG file as a Blob."""
    return js.Blob.new([to_js(data)], to_js({"type": "image/jpeg"}, dict_converter=_RECORD))


_RECORD = js.Object.fromEntries

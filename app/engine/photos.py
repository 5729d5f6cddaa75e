"""What the photo view asks for."""

from faceside.image import encode_jpeg

from .sources import read_source
from .work import Work, shrunk

PREVIEW_SIDE = 1280


class Photos:
    """Photos, one at a time."""

    def __init__(self, work: Work):
        self._work = work

    async def look(self, source, preview: bool = True) -> dict:
        """Find and name the faces of a photo, with a preview that shows just what was worked on."""
        work, settings = self._work, self._work.settings
        picture = await read_source(source)
        faces = await work.found(picture, settings)
        width, height = picture.size
        answer = {"width": width, "height": height, "faces": await work.shown(faces, settings)}
        if preview:
            answer["preview"] = encode_jpeg(shrunk(picture.pixels, PREVIEW_SIDE), quality=85)
        return answer

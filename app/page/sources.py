"""Anything a script may call a picture, turned into what the engine takes.

Blob, ImageData, ImageBitmap and VideoFrame travel as they are; img, video and canvas become an
ImageBitmap.
"""

import asyncio

import js

import texts
from dom import field
from worker import FacesideError

VIDEO_WAIT = 5  # s for the first frame of a video that has started loading
PLAIN = (bool, int, float, str, type(None))
READABLE = ("Blob", "File", "ImageBitmap", "ImageData", "VideoFrame")
WIDTH = {"ImageBitmap": "width", "VideoFrame": "displayWidth"}  # 0 where it is closed


class Source:
    """A picture for the engine; what was made for it is given away when it is sent."""

    def __init__(self, value, made=False):
        self.value = value
        self._made = made

    def send(self):
        """What to ask the engine with, once."""
        return js.facesideEarly.give(self.value) if self._made else self.value

    def close(self):
        if self._made:
            self.value.close()


async def source_of(image):
    """The Source of a Blob, URL, ImageBitmap, ImageData, VideoFrame, img, video or canvas."""
    if isinstance(image, str):
        return Source(await _fetch(image))
    kind = kind_of(image)
    if kind in READABLE:
        if kind in WIDTH and not getattr(image, WIDTH[kind]):
            raise FacesideError("image-unreadable", texts.PICTURE_UNREADABLE)
        return Source(image)
    if kind == "HTMLImageElement":
        await _or_fault(image.decode(), "image-unreadable")
    elif kind == "HTMLVideoElement":
        await _until_playable(image)
    elif kind == "URL":
        return Source(await _fetch(image.href))
    elif kind not in ("HTMLCanvasElement", "OffscreenCanvas"):
        raise FacesideError("source-unknown")
    return Source(await _or_fault(js.createImageBitmap(image), "image-unreadable"), made=True)


def plain(options):
    """A copy of an options object that can travel to the engine, whatever it held.

    What cannot be copied would throw inside JavaScript, which MicroPython cannot catch.
    """
    copy = js.Object.new()
    if options is not None:
        for name in js.Object.keys(options):
            value = getattr(options, name)
            setattr(copy, name, value if isinstance(value, PLAIN) else str(value))
    return copy


def kind_of(image):
    """The name of the class of a JavaScript object, "" for what is none."""
    if image is None or not hasattr(image, "constructor"):
        return ""
    return field(image.constructor, "name", "")


async def _fetch(url):
    response = await _or_fault(js.fetch(url), "image-not-fetched")
    if not response.ok:
        raise FacesideError("image-not-fetched")
    return await _or_fault(response.blob(), "image-not-fetched")


async def _until_playable(video):
    waited = 0
    while video.readyState < video.HAVE_CURRENT_DATA:
        if waited >= VIDEO_WAIT or (not video.currentSrc and not video.srcObject):
            raise FacesideError("video-not-ready")
        await asyncio.sleep(0.05)
        waited += 0.05


async def _or_fault(promise, code):
    try:
        return await promise
    except Exception as error:
        print(code, error)
        raise FacesideError(code, texts.PICTURE_UNREADABLE)

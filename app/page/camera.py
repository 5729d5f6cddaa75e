"""The camera: start, stop, choose. Raises FacesideError with a code for each way it can fail.

camera = Camera(video)
await camera.start(device_id, (640, 480))
camera.stop()
"""

import js
from pyscript.ffi import to_js

from dom import field, on
from worker import FacesideError

CODES = {
    "NotAllowedError": "camera-refused",
    "SecurityError": "camera-refused",
    "NotFoundError": "no-camera",
    "OverconstrainedError": "no-camera",
    "NotReadableError": "camera-busy",
    "AbortError": "camera-busy",
}
# Enough for faces a few metres away; more costs time on every frame and finds little.
USUAL_SIZE = (1280, 720)
SIZES = ((320, 240), (640, 480), (800, 600), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))


class Camera:
    """One camera on one video element; `on_unplugged()` is called when the device goes away."""

    def __init__(self, video, on_unplugged):
        self.video = video
        self.on_unplugged = on_unplugged
        self.stream = None
        self._attempt = 0
        self._ended = self._on_ended

    @property
    def running(self):
        return self.stream is not None

    async def start(self, device_id="", size=USUAL_SIZE):
        """Start (or change to) a camera, at the size of its own that is nearest to the one wished;
        false if `stop` was called before it was up."""
        self.stop()
        self._attempt += 1
        attempt = self._attempt
        stream = await self._open(device_id, size)
        if attempt != self._attempt:
            _stop_tracks(stream)
            return False
        self.stream = stream
        on(self._track(), "ended", self._ended)
        self.video.srcObject = stream
        try:
            await self.video.play()
        except Exception:
            pass  # stopped or changed meanwhile, or it plays as soon as the page is visible
        return attempt == self._attempt

    def stop(self):
        self._attempt += 1
        if self.stream is None:
            return
        stream, self.stream = self.stream, None
        self.video.srcObject = None
        _stop_tracks(stream)

    def settings(self):
        """The running track's settings record (deviceId, facingMode, width, height), or None."""
        return self._track().getSettings() if self.stream else None

    def size(self):
        """(width, height) of the running camera's picture, or None."""
        settings = self.settings()
        return (settings.width, settings.height) if settings else None

    def sizes(self):
        """The sizes (width, height) that the running camera offers; all where it does not say."""
        if not self.stream or not field(self._track(), "getCapabilities"):
            return SIZES
        can = self._track().getCapabilities()
        width, height = field(can, "width"), field(can, "height")
        if not width or not height:
            return SIZES
        return tuple(
            (w, h)
            for w, h in SIZES
            if width.min <= w <= width.max and height.min <= h <= height.max
        )

    def faces_the_user(self):
        """Whether to mirror the picture; a camera that does not say is taken for a webcam."""
        return not self.stream or field(self.settings(), "facingMode", "user") != "environment"

    async def _open(self, device_id, size):
        devices = _media_devices()
        try:
            return await devices.getUserMedia(to_js(_wish(device_id, size)))
        except Exception as error:
            name = getattr(error.args[0], "name", "") if error.args else ""
            if name == "OverconstrainedError" and device_id:
                return await self._open("", size)
            raise FacesideError(CODES.get(name, "camera-busy"))

    def _track(self):
        return self.stream.getVideoTracks()[0]

    def _on_ended(self, event):
        if self.stream and event.target == self._track():
            self.stop()
            self.on_unplugged()


async def devices():
    """The cameras as (device id, label) pairs; both are empty until the camera is allowed."""
    found = await _media_devices().enumerateDevices()
    return [(d.deviceId, d.label) for d in found if d.kind == "videoinput"]


def on_devices_changed(handler):
    if field(js.navigator, "mediaDevices"):
        on(js.navigator.mediaDevices, "devicechange", handler)


def _media_devices():
    found = field(js.navigator, "mediaDevices")
    if not found:
        raise FacesideError("camera-unsupported")
    return found


def _wish(device_id, size):
    width, height = size
    video = {"width": {"ideal": width}, "height": {"ideal": height}}
    if device_id:
        video["deviceId"] = {"exact": device_id}
    else:
        video["facingMode"] = "user"
    return {"audio": False, "video": video}


def _stop_tracks(stream):
    for track in stream.getTracks():
        track.stop()

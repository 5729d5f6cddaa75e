"""The live view: camera picture, faces over it, the people in it.

One frame is under way at a time; the next one is taken when the answer is there, so the newest
frame wins and none is ever queued. The still of the latest answer is kept, so that enrolling uses
the very picture a person saw.
"""

import asyncio

import js

import camera
import dialogs
import messages
import texts
from dom import by_id, field, has_focus, make, on, show
from faces import box_record, draw_crop, faces_of
from messages import spawn
from overlay import Overlay
from seen import Seen
from worker import FacesideError, call, is_ready, until_ready

STATS_EVERY = 500  # ms
AFTER_ERROR = 1  # s without frames after the engine refused one


class Still:
    """The bitmap of one frame; closed by Live when nobody needs it any more."""

    def __init__(self, bitmap):
        self.bitmap = bitmap


class Live:
    def __init__(self):
        self.view, self.video = by_id("live"), by_id("video")
        self.stage, self.empty = by_id("stage"), by_id("stage-empty")
        self.start_button, self.stop_button = by_id("camera-start"), by_id("camera-stop")
        self.select, self.mirror = by_id("camera-device"), by_id("camera-mirror")
        self.stats = by_id("live-stats")
        self.camera = camera.Camera(self.video, self._on_unplugged)
        self.overlay = Overlay(by_id("overlay"), self.video)
        self.seen = Seen(self._on_add)
        self.frames = 0
        self.busy = self.waiting = False
        self.paused = False  # the camera was on when the view was left
        self.stills = []
        self.lent = None
        self._times, self._stats_at = [], 0
        self._next_frame = self._on_frame
        on(self.start_button, "click", lambda event: spawn(self.start()))
        on(self.stop_button, "click", lambda event: self.stop())
        on(self.select, "change", lambda event: spawn(self.change()))
        on(self.mirror, "change", lambda event: self._set_mirrored(self.mirror.checked))
        on(self.video, "resize", lambda event: self._fit())
        camera.on_devices_changed(lambda event: spawn(self.list_devices()))
        self._set_mirrored(True)

    async def start(self):
        """Start the chosen camera; its errors come out as messages."""
        for code in ("no-camera", "camera-refused", "camera-busy", "camera-unplugged"):
            messages.clear(code)
        self._state("starting")
        try:
            if not await self.camera.start(self.select.value):
                return
        except FacesideError:
            self._state("off")
            raise
        self._set_mirrored(self.camera.faces_the_user())
        self._fit()
        self._state("on")
        await self.list_devices()
        if not is_ready():
            self.seen.clear(texts.WAITING_FOR_ENGINE)
            await until_ready()
        self._await_frame()

    def stop(self):
        self.paused = False
        self._stop()

    async def change(self):
        if self.camera.running:
            await self.start()

    def pause(self):
        """Switch the camera off because nobody looks; `resume` switches it on again."""
        if self.camera.running:
            self._stop()
            self.paused = True

    def resume(self):
        if self.paused:
            self.paused = False
            spawn(self.start())

    async def list_devices(self):
        try:
            found = await camera.devices()
        except FacesideError:
            found = []
        settings = self.camera.settings()
        chosen = field(settings, "deviceId", "") if settings else self.select.value
        self.select.replaceChildren()
        for number, (device, label) in enumerate(found):
            make("option", label or texts.camera(number + 1), self.select, value=device)
        if not found:
            make("option", texts.NOBODY_CHOSEN, self.select, value="")
        self.select.disabled = len(found) < 2
        if any(device == chosen for device, _ in found):
            self.select.value = chosen

    def _stop(self):
        self.camera.stop()
        self.overlay.clear()
        self.seen.clear(texts.CAMERA_OFF)
        self.stats.textContent = ""
        self._times = []
        self._close_stills()
        self._state("off")

    def _on_unplugged(self):
        self.stop()
        messages.error(FacesideError("camera-unplugged"))

    def _state(self, state):
        self.view.setAttribute("data-camera", state)
        running = state == "on"
        focus = has_focus(self.start_button) or has_focus(self.stop_button)
        show(self.empty, not running)
        show(self.stop_button, running)
        self.start_button.setAttribute("aria-disabled", "true" if state == "starting" else "false")
        if focus:
            (self.stop_button if running else self.start_button).focus()
        if state == "starting":
            self.seen.clear(texts.CAMERA_STARTING)
        elif state == "off":
            self.seen.clear(texts.CAMERA_OFF)

    def _set_mirrored(self, mirrored):
        self.mirror.checked = mirrored
        self.overlay.mirror(mirrored)
        self.stage.setAttribute("data-mirrored", "true" if mirrored else "false")

    def _fit(self):
        if self.video.videoWidth:
            ratio = f"{self.video.videoWidth} / {self.video.videoHeight}"
            self.stage.style.setProperty("--ratio", ratio)

    def _await_frame(self):
        if not self.camera.running or self.busy or self.waiting:
            return
        self.waiting = True
        if field(self.video, "requestVideoFrameCallback"):
            self.video.requestVideoFrameCallback(self._next_frame)
        else:
            js.requestAnimationFrame(self._next_frame)

    def _on_frame(self, *_):
        self.waiting = False
        if self.camera.running and not self.busy:
            self.busy = True
            spawn(self._work())

    async def _work(self):
        try:
            await self._frame()
        except FacesideError:
            await asyncio.sleep(AFTER_ERROR)
            raise
        finally:
            self.busy = False
            self._await_frame()

    async def _frame(self):
        try:
            bitmap = await js.createImageBitmap(self.video)
        except Exception:
            return  # the camera is just starting or stopping: the next frame will do
        stream = self.camera.stream
        try:
            answer = await call("frame", bitmap)
        except FacesideError:
            bitmap.close()
            raise
        if stream is None or stream is not self.camera.stream:
            bitmap.close()
            return
        still = Still(bitmap)
        self.stills.append(still)
        faces = faces_of(answer.faces)
        self.seen.update(faces, still)
        marked = self.seen.marked
        self.overlay.draw(faces, answer.width, answer.height, marked.face if marked else None)
        self._close_stills()
        self._count(answer.ms.total)

    def _close_stills(self):
        """Close the stills no row shows any more; the newest row's and a dialog's stay."""
        needed = self.seen.stills()
        kept = []
        for still in self.stills:
            if still in needed or still is self.lent:
                kept.append(still)
            else:
                still.bitmap.close()
        self.stills = kept

    def _count(self, milliseconds):
        self.frames += 1
        self.view.setAttribute("data-frames", str(self.frames))
        now = js.performance.now()
        self._times = [t for t in self._times if now - t < 2000] + [now]
        if len(self._times) > 1 and now - self._stats_at > STATS_EVERY:
            self._stats_at = now
            rate = (len(self._times) - 1) * 1000 / (now - self._times[0])
            self.stats.textContent = texts.live_stats(self.frames, rate, milliseconds)

    def _on_add(self, row):
        still, box = row.still, row.face.box
        self.lent = still

        async def submit(name, insist):
            answer = await call("enroll", name, still.bitmap, box_record(box), insist)
            messages.success(texts.enrolled(answer.label, answer.samples))

        def closed():
            self.lent = None
            self._close_stills()

        def draw(canvas):
            draw_crop(canvas, still.bitmap, box)

        dialogs.ask_name(draw, submit, closed, by_id("seen-title").focus)

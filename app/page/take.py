"""The dialog that takes photos of a person with the camera."""

import js

import camera
import texts
from dialogs import QUALITY
from dom import by_id, make, on, show
from messages import spawn
from worker import FacesideError, call


class Take:
    """`label()` tells whom the photos are of, `samples()` how many of the person there are."""

    def __init__(self, label, samples):
        self.dialog, self.video = by_id("take"), by_id("take-video")
        self.state, self.button = by_id("take-state"), by_id("take-photo")
        self.anyway, self.select = by_id("take-anyway"), by_id("take-device")
        self.camera = camera.Camera(self.video, self._on_unplugged)
        self._label, self._samples = label, samples
        self._refused = None  # the bitmap that was found wanting
        self._busy = False
        on(self.button, "click", lambda event: spawn(self._take()))
        on(self.anyway, "click", lambda event: spawn(self._insist()))
        on(self.select, "change", lambda event: spawn(self._start()))
        on(by_id("take-close"), "click", lambda event: self.close())
        on(self.dialog, "close", lambda event: self._stop())
        on(js.document, "visibilitychange", lambda event: js.document.hidden and self.close())
        on(js.window, "pagehide", lambda event: self.close())

    async def open(self):
        by_id("take-title").textContent = texts.take_title(self._label())
        self._came_from = js.document.activeElement
        self.dialog.showModal()
        self.button.focus()
        await self._start()

    def close(self):
        if self.dialog.open:
            self.dialog.close()

    async def _start(self):
        self.button.disabled = True
        self.state.textContent = texts.CAMERA_STARTING
        try:
            if not await self.camera.start(self.select.value):
                return
        except FacesideError as fault:
            self.state.textContent = fault.message
            return
        self.video.setAttribute(
            "data-mirrored", "true" if self.camera.faces_the_user() else "false"
        )
        self.button.disabled = False
        self.button.focus()
        self.state.textContent = texts.TAKE_HINT
        await self._list_devices()

    async def _list_devices(self):
        found = await camera.devices()
        current = self.camera.settings()
        self.select.replaceChildren()
        for number, (id, label) in enumerate(found):
            make("option", label or texts.camera(number + 1), self.select, value=id)
        if current:
            self.select.value = current.deviceId
        show(by_id("take-devices"), len(found) > 1)

    async def _take(self):
        if self._busy:
            return
        try:
            bitmap = await js.createImageBitmap(self.video)
        except Exception:
            return  # the camera is just starting or stopping
        await self._add(bitmap)

    async def _insist(self):
        bitmap, self._refused = self._refused, None
        self.button.focus()
        if bitmap:
            await self._add(bitmap, True)

    async def _add(self, bitmap, insist=False):
        self._let_go()
        self._busy = True
        self.state.textContent = texts.WORKING
        try:
            answer = await call("enroll", self._label(), bitmap, None, insist)
            self.state.textContent = texts.taken(answer.samples)
        except FacesideError as fault:
            alone = fault.code == "several-faces"
            self.state.textContent = texts.TAKE_ALONE if alone else fault.message
            if fault.code in QUALITY and self.dialog.open:
                self._refused, bitmap = bitmap, None
        finally:
            self._busy = False
            if bitmap:
                bitmap.close()
        show(self.anyway, self._refused is not None)

    def _let_go(self):
        if self._refused:
            self._refused.close()
            self._refused = None
        show(self.anyway, False)

    def _stop(self):
        self.camera.stop()
        self._let_go()
        if self._came_from and self._came_from.isConnected:
            self._came_from.focus()

    def _on_unplugged(self):
        self.button.disabled = True
        self.state.textContent = texts.ERRORS["camera-unplugged"]

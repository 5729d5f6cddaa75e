"""The dialog that takes photos of a person with the camera."""

import js

import camera
import texts
from dom import by_id, make, on, show
from face_choice import FaceChoice
from messages import spawn
from worker import FacesideError, call


class Take:
    """`label()` tells whom the photos are of, `question` whether they have agreed to be kept."""

    def __init__(self, label, question):
        self.dialog, self.video = by_id("take"), by_id("take-video")
        self.state, self.button = by_id("take-state"), by_id("take-photo")
        self.choices, self.select = by_id("take-choices"), by_id("take-device")
        self.camera = camera.Camera(self.video, self._on_unplugged)
        self._label, self._question = label, question
        self._kept = None  # the bitmap being added
        self._choice = None  # what is offered for it
        self._busy = False
        on(self.button, "click", lambda event: spawn(self._take()))
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
        self._tell(texts.CAMERA_STARTING)
        try:
            if not await self.camera.start(self.select.value):
                return
        except FacesideError as fault:
            self._tell(fault.message)
            return
        self.video.setAttribute(
            "data-mirrored", "true" if self.camera.faces_the_user() else "false"
        )
        self.button.disabled = False
        self.button.focus()
        self._tell(texts.TAKE_HINT)
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
        if self._busy or (self._choice and self._choice.busy):
            return
        try:
            bitmap = await js.createImageBitmap(self.video)
        except Exception:
            return  # the camera is just starting or stopping
        self._let_go()
        self._busy, self._kept = True, bitmap
        self._tell(texts.WORKING)
        try:
            await self._add(bitmap)
        finally:
            self._busy = False
            if self._kept is bitmap and not self.choices.querySelector("button"):
                self._let_go()

    async def _add(self, bitmap):
        label = self._label()
        place = make("div", parent=self.choices, class_="card-actions")
        try:
            self._added(await call("enroll", label, bitmap))
        except FacesideError as fault:
            self._choice = FaceChoice(label, bitmap, place, self._tell, self._added)
            await self._choice.offer(fault)

    def _added(self, answer):
        self._let_go()
        self.button.focus()
        self._tell(texts.taken(answer.samples))
        spawn(self._question.keep(answer.label))

    def _tell(self, text):
        self.state.textContent = text

    def _let_go(self):
        """Forget the last picture and what was offered for it."""
        self.choices.replaceChildren()
        self._choice = None
        if self._kept:
            self._kept.close()
            self._kept = None

    def _stop(self):
        self.camera.stop()
        self._let_go()
        if self._came_from and self._came_from.isConnected:
            self._came_from.focus()

    def _on_unplugged(self):
        self.button.disabled = True
        self._tell(texts.ERRORS["camera-unplugged"])

"""The camera picture with the faces drawn over it: one stage, shown in whichever view needs it.

A view shows it with `show_in(view, watcher)`, in its `[data-slot]` elements. The watcher has

    async ask(still)               the engine's answer for a frame
    show(faces, still, answer)     what to do with it; `still` stays open while it is in stills()
    stills()                       those still needed
    marked()                       the face that gets a thicker line, or None
    clear(sentence)                nothing is shown any more, and why
    leave()                        another one watches from now on
"""

import messages
import texts
from camera import Camera
from camera_choice import CameraChoice
from dom import by_id, field, has_focus, on, show
from faces import faces_of
from layers import Layers
from messages import spawn
from overlay import Overlay
from pump import Pump
from rate import Rate
from snapshot import Float, Snapshot
from speed import Speed
from stills import Stills
from worker import FacesideError, is_ready, until_ready

CAMERA_ERRORS = ("no-camera", "camera-refused", "camera-busy", "camera-unplugged")


class Stage:
    def __init__(self):
        self.element, self.block = by_id("stage"), by_id("stage-block")
        self.options = by_id("stage-options")
        self.view, self.video = by_id("live"), by_id("video")
        self.frozen, self.empty = by_id("frozen"), by_id("stage-empty")
        self.start_button, self.stop_button = by_id("camera-start"), by_id("camera-stop")
        self.pause_button, self.mirror = by_id("stage-pause"), by_id("camera-mirror")
        self.camera = Camera(self.video, self._on_unplugged)
        self.choice = CameraChoice(self.camera, lambda: spawn(self._change()))
        self.layers = Layers(self._on_layers)
        self.overlay = Overlay(by_id("overlay"), self.layers.shown)
        self.pump = Pump(self.video, self._ask, self._show)
        self.stills = Stills()
        self.rate, self.speed = Rate(self.view, by_id("live-stats")), Speed()
        self.watcher = None
        self.last = None  # (still, faces, answer) of the newest frame worked on
        self.paused = False
        self.resting = False  # the camera was on when nobody looked any more
        self.snapshot, self.float = Snapshot(self), Float(self)
        self.more, self.menu = by_id("stage-more"), by_id("stage-menu")
        on(self.start_button, "click", lambda event: spawn(self.start()))
        on(self.stop_button, "click", lambda event: self.stop())
        on(self.pause_button, "click", lambda event: self._on_pause())
        on(self.mirror, "change", lambda event: self._set_mirrored(self.mirror.checked))
        on(self.video, "resize", lambda event: self._fit())
        self._set_mirrored(True)

    def show_in(self, view, watcher):
        """Put the stage and its options into a view and tell its watcher what is seen."""
        self.watch(watcher)
        slot = view.querySelector("[data-slot=stage]")
        if self.block.parentNode != slot:
            slot.appendChild(self.block)
            view.querySelector("[data-slot=options]").appendChild(self.options)
            if self.camera.running:
                spawn(self._play())

    def watch(self, watcher):
        """Have the frames asked and shown by another watcher."""
        if self.watcher is watcher:
            return
        before, self.watcher = self.watcher, watcher
        if before:
            before.leave()
        watcher.clear(self.sentence())
        self.pump.halt()
        if self.paused:
            self._go_on()
        elif self.camera.running and is_ready():
            self.pump.go()

    async def start(self):
        """Start the chosen camera; its errors come out as messages."""
        for code in CAMERA_ERRORS:
            messages.clear(code)
        self._halt()
        self._state("starting")
        try:
            if not await self.camera.start(self.choice.device(), self.choice.size()):
                return
        except FacesideError:
            self._state("off")
            raise
        self._set_mirrored(self.camera.faces_the_user())
        self._fit()
        self._state("on")
        await self.choice.refresh()
        if not is_ready():
            self.watcher.clear(texts.WAITING_FOR_ENGINE)
            await until_ready()
        if self.camera.running:
            self.pump.go()

    def stop(self):
        self.resting = False
        self._stop()

    def rest(self):
        """Switch the camera off because nobody looks; `resume` switches it on again."""
        if self.float.is_open:
            self.pump.nudge()
            return
        if self.camera.running:
            self.resting = True
            if self.paused:
                self.camera.stop()
            else:
                self._stop()

    def resume(self):
        if self.resting and not self.paused:
            spawn(self.start())
        self.resting = False

    def release_stills(self):
        """Close the stills that are no longer needed."""
        self.stills.keep_only(self.watcher.stills() + [self.last[0] if self.last else None])

    async def _change(self):
        if self.camera.running:
            await self.start()

    async def _play(self):
        try:
            await self.video.play()
        except Exception:
            pass  # stopped or changed meanwhile

    async def _ask(self, still):
        return await self.watcher.ask(still)

    def _show(self, still, answer, taken):
        self.stills.add(still)
        faces = faces_of(answer.faces)
        self.last = (still, faces, answer)
        self.watcher.show(faces, still, answer)
        self.overlay.draw(faces, answer.width, answer.height, self.watcher.marked())
        self.float.draw()
        self.release_stills()
        self.rate.count(answer.ms.total)
        self.speed.add(self.rate.a_second, taken, answer.ms)
        if self.pause_button.hidden:
            self._offer_actions(True)

    def _stop(self):
        self.camera.stop()
        self._halt()
        self._state("off")

    def _halt(self):
        """Forget what was seen."""
        self.pump.halt()
        self.paused, self.last = False, None
        show(self.frozen, False)
        self.overlay.clear()
        self.rate.clear()
        self.watcher.clear(self.sentence())
        self.release_stills()

    def _on_unplugged(self):
        self.stop()
        messages.error(FacesideError("camera-unplugged"))

    def _on_pause(self):
        if self.paused:
            self._go_on()
        elif self.last:
            self._pause()

    def _pause(self):
        """Keep the picture and what is drawn over it as they were when last worked on."""
        self.paused = True
        self.pump.halt()
        still = self.last[0]
        self.frozen.width, self.frozen.height = still.width, still.height
        self.frozen.getContext("2d").drawImage(still.picture, 0, 0)
        self._tell_paused()

    def _go_on(self):
        self.paused = False
        self._tell_paused()
        if self.camera.running:
            self.pump.go()
        else:
            spawn(self.start())

    def _tell_paused(self):
        show(self.frozen, self.paused)
        self.element.setAttribute("data-paused", "true" if self.paused else "false")
        words = texts.GO_ON if self.paused else texts.PAUSE
        self.pause_button.querySelector("span").textContent = words
        glyph = "#glyph-play" if self.paused else "#glyph-pause"
        self.pause_button.querySelector("use").setAttribute("href", glyph)

    def _state(self, state):
        self.view.setAttribute("data-camera", state)
        running = state == "on"
        buttons = [self.start_button, self.stop_button, self.pause_button] + self._actions()
        focus = any(has_focus(button) for button in buttons)
        show(self.empty, not running)
        show(self.stop_button, running)
        self._tell_paused()
        if not running:
            self._offer_actions(False)
        self.start_button.setAttribute("aria-disabled", "true" if state == "starting" else "false")
        if focus:
            (self.stop_button if running else self.start_button).focus()
        self.watcher.clear(self.sentence())

    def _actions(self):
        return list(self.snapshot.buttons) + [self.float.button, self.more]

    def _offer_actions(self, offered):
        """Show what can be done with a picture, once there is one."""
        if not offered and field(self.menu, "hidePopover"):
            self.menu.hidePopover()
        for button in [self.pause_button, self.more] + list(self.snapshot.buttons):
            show(button, offered)
        show(self.float.button, offered and self.float.is_possible)

    def sentence(self):
        state = self.view.getAttribute("data-camera")
        words = {"off": texts.CAMERA_OFF, "starting": texts.CAMERA_STARTING}
        return words.get(state, texts.WAITING_FOR_PICTURE)

    def _set_mirrored(self, mirrored):
        self.mirror.checked = mirrored
        self.overlay.mirror(mirrored)
        self.element.setAttribute("data-mirrored", "true" if mirrored else "false")

    def _on_layers(self):
        self.overlay.redraw()
        self.float.draw()

    def _fit(self):
        if self.video.videoWidth:
            ratio = f"{self.video.videoWidth} / {self.video.videoHeight}"
            self.block.style.setProperty("--ratio", ratio)

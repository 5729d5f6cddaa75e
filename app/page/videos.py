"""Videos in the photos view: looked through at a chosen rate, for a timeline of who is seen."""

import asyncio
import json

import js

import dialogs
import messages
import texts
from dom import button, by_id, make, revoke, show
from files import KINDS, save
from messages import spawn
from photo import next_number
from video_timeline import VideoTimeline
from worker import FacesideError, call

RATES = (0.5, 1, 2, 5)  # frames a second
USUAL_RATE = 1
LONGEST_SIDE = 1280  # pixels a frame is drawn at
LOAD_WAIT = 15  # s for a video, or for a place in it
END_WAIT = 0.3  # s
FAR = 1e7  # s; where the length of a video is not known, seeking there finds it


class Videos:
    """The videos chosen, each with its card."""

    def __init__(self):
        self.list, self.cards = by_id("video-list"), []

    def add(self, file, name):
        self.cards.append(VideoCard(self.list, file, name, self._remove))
        self.cards[-1].start_button.focus()

    def refresh(self):
        for card in self.cards:
            card.refresh()

    def forget(self):
        """Have all of them wait again, with nobody known."""
        for card in self.cards:
            card.forget()

    def clear(self):
        for card in self.cards:
            card.close()
        self.cards = []

    def _remove(self, card):
        self.cards.remove(card)
        card.close()
        by_id("photos-title").focus()


class VideoCard:
    """A video; data-state is waiting, working, done, stopped or failed."""

    def __init__(self, parent, file, name, on_remove):
        self.file, self.name = file, name
        self._url = js.URL.createObjectURL(file)
        self._run = 0
        self._frames = []  # numbers in the engine's album
        self.step = self.duration = None
        self.element = make("article", parent=parent, class_="video-card panel", aria_label=name)
        head = make("div", parent=self.element, class_="card-head")
        words = make("div", parent=head, class_="words")
        make("h3", name, words, dir="auto")
        self.note = make("p", texts.VIDEO_WAITING, words, class_="muted note", role="status")
        remove = texts.remove(name)
        button("×", lambda event: on_remove(self), head, class_="icon", aria_label=remove)
        self.video = make("video", parent=self.element, controls="", playsinline="", muted="")
        self.video.preload = "auto"
        self.video.src = self._url
        self._make_tools()
        self.bar = make("progress", parent=self.element, max="1", value="0", aria_label=name)
        show(self.bar, False)
        self.timeline = VideoTimeline(self.element, self.video, self._name)
        self._set("waiting", texts.VIDEO_WAITING)

    def _make_tools(self):
        tools = make("div", parent=self.element, class_="toolbar")
        label = make("label", texts.FRAMES_A_SECOND + " ", tools, class_="field")
        self.rate = make("select", parent=label)
        for rate in RATES:
            make("option", f"{rate:g}", self.rate, value=f"{rate:g}")
        self.rate.value = f"{USUAL_RATE:g}"
        self.start_button = button(texts.LOOK_THROUGH, self._on_start, tools, class_="primary")
        self.stop_button = button(texts.CANCEL, self._on_stop, tools)
        self.exports = [
            button(
                texts.EXPORTS[kind],
                lambda event, kind=kind: spawn(self._export(kind)),
                tools,
                data_export=kind,
            )
            for kind in KINDS
        ]

    def refresh(self):
        """Name the people of the timeline again."""
        if self._frames and self.element.dataset.state in ("done", "stopped"):
            spawn(self._tell())

    def forget(self):
        """Wait again to be looked through."""
        if self.element.dataset.state == "failed":
            return
        self._run += 1
        self._forget()
        self.timeline.clear()
        self._set("waiting", texts.VIDEO_WAITING)

    def close(self):
        self._run += 1
        self._forget()
        self.video.removeAttribute("src")
        self.video.load()
        revoke(self._url)
        self.element.remove()

    def _set(self, state, note):
        working = state == "working"
        focused = self.element.contains(js.document.activeElement)
        self.element.setAttribute("data-state", state)
        self.note.textContent = note
        show(self.bar, working)
        show(self.start_button, not working)
        show(self.stop_button, working)
        self.rate.disabled = working
        for export in self.exports:
            show(export, state in ("done", "stopped") and bool(self._frames))
        if focused and not js.document.activeElement.offsetParent:
            (self.stop_button if working else self.start_button).focus()

    def _forget(self):
        if self._frames:
            spawn(call("forget_photos", js.JSON.parse(json.dumps(self._frames))))
        self._frames = []

    def _on_start(self, event):
        spawn(self._look_through())

    def _on_stop(self, event):
        self._run += 1
        self._set("stopped", texts.VIDEO_STOPPED)
        if self._frames:
            spawn(self._tell())

    async def _look_through(self):
        self._run += 1
        run = self._run
        self._forget()
        self.timeline.clear()
        self._set("working", texts.WORKING)
        try:
            self.video.pause()
            self.duration = await self._length()
            self.step = 1 / float(self.rate.value)
            moment, started = 0, js.performance.now()
            while run == self._run and moment < self.duration:
                await self._look(moment, run)
                moment += self.step
                if run == self._run:
                    self._tell_progress(min(moment / self.duration, 1), started)
        except FacesideError as fault:
            if run == self._run:
                self._set("failed", fault.message)
                self.element.setAttribute("data-code", fault.code)
            return
        if run == self._run:
            await self._tell()
            self._set("done", texts.video_done(len(self._frames), len(self.timeline.people)))

    async def _look(self, moment, run):
        await self._seek(moment)
        options = js.Object.new()
        scale = min(1, LONGEST_SIDE / max(self.video.videoWidth, self.video.videoHeight))
        options.resizeWidth = round(self.video.videoWidth * scale)
        options.resizeHeight = round(self.video.videoHeight * scale)
        try:
            bitmap = await js.createImageBitmap(self.video, options)
        except Exception:
            raise FacesideError("video-unreadable")
        if run != self._run:
            bitmap.close()
            return
        number = next_number()
        self._frames.append(number)
        await call("look_at_frame", number, moment, bitmap)

    def _tell_progress(self, share, started):
        self.bar.value = share
        seconds = (js.performance.now() - started) / 1000
        left = seconds * (1 - share) / share
        self.note.textContent = texts.video_progress(share, left)

    async def _length(self):
        """Seconds that the video lasts; some files do not say, and must be sought through."""
        await _until(lambda: self.video.readyState >= 2 or self.video.error)
        if self.video.error or not self.video.videoWidth:
            raise FacesideError("video-unreadable")
        if not js.Number.isFinite(self.video.duration):
            await self._seek_through()
        if not js.Number.isFinite(self.video.duration) or self.video.duration <= 0:
            raise FacesideError("video-unreadable")
        return self.video.duration

    async def _seek_through(self):
        """Have the browser find the end of a file that does not say where it is; what it takes for
        the end grows as it reads on."""
        end = None
        while end is None or end != self.video.duration:
            end = self.video.duration
            self.video.currentTime = FAR
            await asyncio.sleep(END_WAIT)
            await _until(lambda: not self.video.seeking)

    async def _seek(self, moment):
        if abs(self.video.currentTime - moment) > 0.001:
            self.video.currentTime = moment
            await asyncio.sleep(0)
        await _until(
            lambda: (not self.video.seeking and self.video.readyState >= 2) or self.video.error
        )
        if self.video.error or self.video.seeking:
            raise FacesideError("video-unreadable")

    async def _tell(self):
        numbers = js.JSON.parse(json.dumps(self._frames))
        people = json.loads(await call("timeline", numbers, self.step, self.duration))
        await self.timeline.show(people, self.duration)

    async def _export(self, kind):
        numbers = js.JSON.parse(json.dumps(self._frames))
        text = await call("export_timeline", self.name, numbers, self.step, self.duration, kind)
        save("faceside-timeline", kind, text)

    def _name(self, faces, image):
        async def submit(name, insist):
            answer = await call("name_faces", name, js.JSON.parse(json.dumps(faces)))
            messages.success(texts.group_named(answer.label, answer.added, len(faces)))

        def draw(canvas):
            context = canvas.getContext("2d")
            context.clearRect(0, 0, canvas.width, canvas.height)
            context.drawImage(image, 0, 0, canvas.width, canvas.height)

        dialogs.ask_name(draw, submit, refocus=self.start_button.focus)


async def _until(condition):
    """Wait until something holds, at most LOAD_WAIT seconds."""
    waited = 0
    while not condition() and waited < LOAD_WAIT:
        await asyncio.sleep(0.02)
        waited += 0.02

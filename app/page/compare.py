"""The compare view: are the people in two pictures the same? Distance, verdict, and how sure."""

import js

import texts
from dom import by_id, field, make, on, revoke, show
from faces import faces_of
from files import carries_files
from messages import spawn
from photo import next_number
from worker import FacesideError, call, on_change


class Side:
    """One of the two pictures: its faces are buttons, of which one is chosen."""

    def __init__(self, name, on_choice):
        self.element = by_id("compare-" + name)
        self.stage = self.element.querySelector(".picture")
        self.note = self.element.querySelector(".note")
        self.number = next_number()
        self.file = self._url = None
        self.faces, self.chosen = [], None
        self._size = (1, 1)
        self._turn = 0
        self._on_choice = on_choice
        box = self.element.querySelector("input")
        on(box, "change", lambda event: self._on_file(box))
        on(self.element, "dragover", self._on_drag)
        on(self.element, "dragleave", lambda event: self.element.removeAttribute("data-over"))
        on(self.element, "drop", self._on_drop)

    def take(self, file):
        """Show another picture and look for its faces."""
        self.file = file
        spawn(self.look())

    def clear(self):
        self._turn += 1
        self.file = self.chosen = None
        self.faces = []
        self.stage.replaceChildren()
        revoke(self._url)
        self._url = None
        self._set("empty", "")

    async def look(self):
        self._turn += 1
        turn, file = self._turn, self.file
        self.faces, self.chosen = [], None
        self._set("working", texts.WORKING)
        self._on_choice()
        try:
            answer = await call("look", self.number, file, True)
        except FacesideError as fault:
            if turn == self._turn:
                self.stage.replaceChildren()
                self._set("failed", fault.message)
                self.element.setAttribute("data-code", fault.code)
            return
        if turn != self._turn:
            return
        self.faces = faces_of(answer.faces)
        self._size = (answer.width, answer.height)
        self._show(answer.preview)
        self._set("done", texts.faces_here(len(self.faces)))
        self._on_choice()

    def choose(self, index):
        self.chosen = index
        for place, frame in enumerate(list(self.stage.querySelectorAll("button"))):
            frame.setAttribute("aria-pressed", "true" if place == index else "false")

    def _set(self, state, note):
        self.element.setAttribute("data-state", state)
        self.note.textContent = note

    def _show(self, preview):
        revoke(self._url)
        self._url = js.URL.createObjectURL(preview)
        self.stage.replaceChildren()
        width, height = self._size
        make(
            "img",
            parent=self.stage,
            src=self._url,
            alt=texts.faces_in(field(self.file, "name", texts.PASTED)),
            width=str(width),
            height=str(height),
        )
        for index, face in enumerate(self.faces):
            frame = make("button", parent=self.stage, type="button", class_="frame")
            name = texts.face_number(index + 1, len(self.faces), face.label)
            frame.setAttribute("aria-label", name)
            frame.setAttribute("aria-pressed", "false")
            make("span", face.label or str(index + 1), frame, class_="name", dir="auto")
            x, y, across, down = face.box
            for side, value, whole in (
                ("left", x, width),
                ("top", y, height),
                ("width", across, width),
                ("height", down, height),
            ):
                frame.style.setProperty(side, f"{100 * value / whole:.3f}%")
            on(frame, "click", lambda event, index=index: self._pick(index))

    def _pick(self, index):
        self.choose(index)
        self._on_choice(picked=True)

    def _on_file(self, box):
        files = list(box.files)
        box.value = ""
        if files:
            self.take(files[0])

    def _on_drag(self, event):
        if carries_files(event):
            event.preventDefault()
            event.stopPropagation()
            self.element.setAttribute("data-over", "true")

    def _on_drop(self, event):
        self.element.removeAttribute("data-over")
        files = list(event.dataTransfer.files) if carries_files(event) else []
        if files:
            event.preventDefault()
            event.stopPropagation()
            self.take(files[0])


class Compare:
    def __init__(self):
        self.sides = [Side("first", self._changed), Side("second", self._changed)]
        self.result, self.verdict = by_id("compare-result"), by_id("compare-verdict")
        self.facts, self.hint = by_id("compare-facts"), by_id("compare-hint")
        self._turn = 0
        on(by_id("compare-clear"), "click", lambda event: self.clear())
        on(js.document, "paste", self._on_paste)
        on_change(self._refresh)
        self._tell_nothing()

    def clear(self):
        for side in self.sides:
            side.clear()
        by_id("compare-title").focus()
        self._tell_nothing()

    def _refresh(self):
        for side in self.sides:
            if side.file:
                spawn(side.look())

    def _changed(self, picked=False):
        self._tell_nothing()
        if all(side.faces for side in self.sides):
            spawn(self._compare(picked))

    async def _compare(self, picked):
        self._turn += 1
        turn = self._turn
        first, second = self.sides
        answer = await call("compare", first.number, second.number)
        if turn != self._turn or not (first.faces and second.faces):
            return
        columns = len(second.faces)
        distances, rates = list(answer.distances), list(answer.rates)
        pairs = [
            (distance, divmod(place, columns), rates[place])
            for place, distance in enumerate(distances)
            if not picked
            or (
                first.chosen in (None, place // columns)
                and second.chosen in (None, place % columns)
            )
        ]
        distance, (one, other), rate = min(pairs)
        first.choose(one)
        second.choose(other)
        self._tell(distance, rate, answer.threshold, answer.close)

    def _tell(self, distance, rate, threshold, close):
        verdict = "same" if distance < threshold else "different"
        if abs(distance - threshold) < close:
            verdict = "close"
        self.result.setAttribute("data-verdict", verdict)
        self.verdict.textContent = texts.VERDICTS[verdict]
        self.facts.textContent = texts.compared(distance, threshold, rate)
        many = max(len(side.faces) for side in self.sides) > 1
        self.hint.textContent = texts.CHOOSE_FACES if many else ""

    def _tell_nothing(self):
        self._turn += 1
        self.result.removeAttribute("data-verdict")
        self.verdict.textContent = texts.NOTHING_TO_COMPARE
        self.facts.textContent = self.hint.textContent = ""
        show(by_id("compare-clear"), any(side.file for side in self.sides))

    def _on_paste(self, event):
        """A picture pasted here goes to the side that is empty, or to the second."""
        if js.location.hash != "#compare" or not event.clipboardData:
            return
        files = list(event.clipboardData.files)
        if files:
            event.preventDefault()
            for side, file in zip([s for s in self.sides if not s.file] or self.sides[1:], files):
                side.take(file)

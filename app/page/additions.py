"""Photos added to a person: one after another, each that fails told of by its name."""

import js

import messages
import texts
from dialogs import QUALITY
from dom import button, by_id, field, jpeg_url, make, on, revoke
from faces import box_record, draw_crop, faces_of
from messages import spawn
from worker import FacesideError, call


class Additions:
    """The rows of what could not be added by itself; `label()` tells whom photos are added to."""

    def __init__(self, list_, label):
        self.list, self._label = list_, label
        self._waiting = []
        self._working = False

    def clear(self):
        self._waiting = []
        self.list.replaceChildren()

    def add(self, files):
        """Add photos (files) to the person, one after another."""
        self._waiting += [(self._label(), file) for file in files]
        if self._waiting and not self._working:
            self._working = True
            spawn(self._work())

    async def _work(self):
        added, samples = 0, 0
        label = None
        try:
            while self._waiting:
                label, file = self._waiting.pop(0)
                try:
                    samples = (await call("enroll", label, file)).samples
                    added += 1
                except FacesideError as fault:
                    if label == self._label():
                        await self._row(label, file, fault)
        finally:
            self._working = False
        if added:
            messages.success(texts.photos_added(label, added, samples))

    async def _row(self, label, file, fault):
        name = field(file, "name", "") or texts.PASTED
        row = make("li", parent=self.list, class_="addition", data_code=fault.code)
        make("strong", name, row, dir="auto")
        sentence = make("p", fault.message, row, role="alert")
        actions = make("div", parent=row, class_="card-actions")
        box = None
        if fault.code == "several-faces":
            sentence.textContent = texts.CHOOSE_FACE
            await self._offer_faces(label, file, row, actions)
        elif fault.code in QUALITY:
            self._offer_anyway(label, file, box, row, actions)
        button(
            "×",
            lambda event: self._remove(row),
            row,
            class_="icon",
            aria_label=texts.dismiss(name),
        )

    async def _offer_faces(self, label, file, row, actions):
        answer = await call("look", file)
        image, url = js.Image.new(), jpeg_url(answer.preview)
        faces = faces_of(answer.faces)

        def draw(event):
            scale = image.naturalWidth / answer.width
            for number, canvas in enumerate(list(actions.querySelectorAll("canvas"))):
                draw_crop(canvas, image, faces[number].box, scale)
            revoke(url)

        for number, face in enumerate(faces):
            choice = button(
                None,
                lambda event, box=face.box: spawn(self._choose(label, file, box, row)),
                actions,
                class_="face-choice",
                aria_label=texts.choose_face(number + 1, len(faces)),
            )
            make("canvas", parent=choice, class_="crop large", width="192", height="192")
        on(image, "load", draw)
        image.src = url

    def _offer_anyway(self, label, file, box, row, actions):
        button(
            texts.ADD_ANYWAY,
            lambda event: spawn(self._choose(label, file, box, row, True)),
            actions,
        )

    async def _choose(self, label, file, box, row, insist=False):
        record = box_record(box) if box else None
        try:
            answer = await call("enroll", label, file, record, insist)
        except FacesideError as fault:
            row.querySelector("p").textContent = fault.message
            if fault.code in QUALITY:
                actions = row.querySelector(".card-actions")
                actions.replaceChildren()
                self._offer_anyway(label, file, box, row, actions)
                actions.firstElementChild.focus()
            return
        self._remove(row)
        messages.success(texts.enrolled(answer.label, answer.samples))

    def _remove(self, row):
        near = row.nextElementSibling or row.previousElementSibling
        row.remove()
        (near.querySelector("button") if near else by_id("person-title")).focus()

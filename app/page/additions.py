"""Photos added to a person: one after another, each that fails told of by its name."""

import consent
import messages
import texts
from dom import button, by_id, field, make
from face_choice import FaceChoice
from messages import spawn
from worker import FacesideError, call


class Additions:
    """The rows of what could not be added by itself; `label()` tells whom photos are added to,
    `question` whether they have agreed."""

    def __init__(self, list_, label, question):
        self.list, self._label, self._question = list_, label, question
        self._waiting = []
        self._working = False

    def clear(self):
        self._waiting = []
        self.list.replaceChildren()

    def add(self, files):
        """Add photos (files) to the person, one after another."""
        terms = self._question.answer()
        self._waiting += [(self._label(), file, terms) for file in files]
        if self._waiting and not self._working:
            self._working = True
            spawn(self._work())

    async def _work(self):
        added, samples = 0, 0
        label = kept = None
        try:
            while self._waiting:
                label, file, terms = self._waiting.pop(0)
                try:
                    samples = (await call("enroll", label, file)).samples
                    added += 1
                    if kept != label:
                        await consent.keep(label, terms)
                        kept = label
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
        sentence = make("p", parent=row, role="alert")
        actions = make("div", parent=row, class_="card-actions")
        button(
            "×",
            lambda event: self._remove(row),
            row,
            class_="icon",
            aria_label=texts.dismiss(name),
        )

        def tell(text):
            sentence.textContent = text

        def done(answer):
            self._remove(row)
            messages.success(texts.enrolled(answer.label, answer.samples))
            spawn(self._question.keep(answer.label))

        await FaceChoice(label, file, actions, tell, done).offer(fault, focus=False)

    def _remove(self, row):
        near = row.nextElementSibling or row.previousElementSibling
        row.remove()
        (near.querySelector("button") if near else by_id("person-title")).focus()

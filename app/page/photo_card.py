"""One photo: its picture with the faces framed, and the list of them."""

import dialogs
import messages
import texts
from dom import button, jpeg_url, make, make_svg, offer, on, revoke
from faces import box_record, draw_crop, faces_of, label_of, row
from landmarks import dots, lines
from worker import call


class PhotoCard:
    """A photo with its faces; data-state is waiting, working, done or failed."""

    def __init__(self, parent, blob, name, on_remove):
        self.blob, self.name = blob, name
        self.faces = []
        self.stale = False
        self.removed = False
        self._url = None
        self._width = self._height = 1
        self._on_remove = on_remove
        self.element = make(
            "article", parent=parent, class_="photo-card", aria_label=name, tabindex="-1"
        )
        self.picture = make("div", parent=self.element, class_="picture")
        head = make("div", parent=self.element, class_="card-head")
        words = make("div", parent=head, class_="words")
        make("h3", name, words, dir="auto")
        self.note = make("p", parent=words, class_="muted note")
        button("×", self._on_remove_click, head, class_="icon", aria_label=texts.remove(name))
        self.list = make("ul", parent=self.element, class_="faces")
        self.set_state("waiting", texts.WAITING)

    def set_state(self, state, note):
        self.element.setAttribute("data-state", state)
        self.note.textContent = note

    async def work(self):
        """Find and name the faces; on a second time the picture is there already."""
        self.stale = False
        first = self._url is None
        if first:
            self.set_state("working", texts.WORKING)
        answer = await call("look", self.blob, first)
        if self.removed:
            return
        self.faces = faces_of(answer.faces)
        if first:
            self._show(answer)
        self._list()

    def fail(self, fault):
        self.set_state("failed", fault.message)
        self.element.setAttribute("data-code", fault.code)

    def remove(self):
        self.removed = True
        revoke(self._url)
        self.element.remove()

    def _on_remove_click(self, event):
        self._on_remove(self)

    def _show(self, answer):
        self._url = jpeg_url(answer.preview)
        self._width, self._height = answer.width, answer.height
        image = make(
            "img",
            parent=self.picture,
            alt=texts.faces_in(self.name),
            width=str(answer.width),
            height=str(answer.height),
        )
        on(image, "load", lambda event: self._draw_crops())
        image.src = self._url
        self.image = image

    def _list(self):
        known = sum(1 for face in self.faces if face.label)
        self.set_state("done", texts.faces_known(len(self.faces), known))
        self.element.setAttribute("data-faces", str(len(self.faces)))
        for drawn in list(self.picture.querySelectorAll(".frame, .points")):
            drawn.remove()
        self._points()
        rows = list(self.list.children)
        for extra in rows[len(self.faces) :]:
            extra.remove()
        for number, face in enumerate(self.faces):
            self._frame(face)
            element = rows[number] if number < len(rows) else self._new_row(number)
            label_of(element, face)
            offer(element.querySelector("button"), not face.label, self.element)
        if self.image.complete:
            self._draw_crops()

    def _new_row(self, number):
        element = row(self.list, number)
        button(
            texts.ADD,
            lambda event: self._add(number, element),
            element,
            aria_label=texts.add_person(number + 1),
        )
        return element

    def _points(self):
        """Draw the landmarks, in one drawing that lies over the picture."""
        if not any(face.landmarks for face in self.faces):
            return
        box = f"0 0 {self._width} {self._height}"
        drawing = make_svg("svg", self.picture, class_="points", viewBox=box, aria_hidden="true")
        for face in self.faces:
            known = "true" if face.label else "false"
            part = make_svg("g", drawing, data_known=known)
            for kind, path in (("lines", lines), ("dots", dots)):
                make_svg("path", part, class_=kind, d=path(face.landmarks))

    def _frame(self, face):
        x, y, width, height = face.box
        frame = make(
            "span",
            parent=self.picture,
            class_="frame",
            data_known="true" if face.label else "false",
        )
        for name, value, whole in (
            ("left", x, self._width),
            ("top", y, self._height),
            ("width", width, self._width),
            ("height", height, self._height),
        ):
            frame.style.setProperty(name, f"{100 * value / whole:.3f}%")
        if face.label:
            make("span", face.label, frame, class_="name", dir="auto")
        traits = texts.traits(face)
        if traits:
            make("span", "\n".join(traits), frame, class_="traits")

    def _draw_crops(self):
        if self.removed or not self.image.naturalWidth:
            return
        scale = self.image.naturalWidth / self._width
        for number, element in enumerate(list(self.list.children)):
            draw_crop(element.querySelector("canvas"), self.image, self.faces[number].box, scale)

    def _add(self, number, element):
        box = self.faces[number].box
        scale = self.image.naturalWidth / self._width

        async def submit(name, insist):
            answer = await call("enroll", name, self.blob, box_record(box), insist)
            messages.success(texts.enrolled(answer.label, answer.samples))

        def draw(canvas):
            draw_crop(canvas, self.image, box, scale)

        dialogs.ask_name(draw, submit, refocus=self.element.focus)

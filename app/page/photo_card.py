"""A photo on the screen: its picture with the faces framed, and the list of them."""

import js

import dialogs
import messages
import texts
from dom import button, make, make_svg, offer, on, revoke
from faces import box_record, draw_crop, label_of, row
from landmarks import dots, lines
from worker import call

HIGH = 0.1  # of the photo's height; a face above it has no room for its name over the frame


class PhotoCard:
    """Shows a Photo for as long as it is on the screen; data-state is the photo's."""

    def __init__(self, photo, on_remove):
        self.photo = photo
        self.image = self._url = None
        self.element = make("article", class_="photo-card", aria_label=photo.name, tabindex="-1")
        self.picture = make("div", parent=self.element, class_="picture")
        head = make("div", parent=self.element, class_="card-head")
        words = make("div", parent=head, class_="words")
        make("h3", photo.name, words, dir="auto")
        self.note = make("p", parent=words, class_="muted note")
        button(
            "×",
            lambda event: on_remove(photo),
            head,
            class_="icon",
            aria_label=texts.remove(photo.name),
        )
        self.list = make("ul", parent=self.element, class_="faces")
        self.update()

    def update(self):
        """Show how the photo is now."""
        photo = self.photo
        self.element.setAttribute("data-state", photo.state)
        self.note.textContent = photo.note()
        if photo.fault:
            self.element.setAttribute("data-code", photo.fault.code)
        if photo.preview and not self.image:
            self._show()
        if self.image:
            self._list()

    def close(self):
        revoke(self._url)
        self._url = None
        self.element.remove()

    def _show(self):
        self._url = js.URL.createObjectURL(self.photo.preview)
        self.image = make(
            "img",
            parent=self.picture,
            alt=texts.faces_in(self.photo.name),
            width=str(self.photo.width),
            height=str(self.photo.height),
        )
        on(self.image, "load", lambda event: self._draw_crops())
        self.image.src = self._url

    def _list(self):
        faces = self.photo.faces
        self.element.setAttribute("data-faces", str(len(faces)))
        for drawn in list(self.picture.querySelectorAll(".frame, .points")):
            drawn.remove()
        self._points()
        rows = list(self.list.children)
        for extra in rows[len(faces) :]:
            extra.remove()
        for number, face in enumerate(faces):
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
        if not any(face.landmarks for face in self.photo.faces):
            return
        box = f"0 0 {self.photo.width} {self.photo.height}"
        drawing = make_svg("svg", self.picture, class_="points", viewBox=box, aria_hidden="true")
        for face in self.photo.faces:
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
            ("left", x, self.photo.width),
            ("top", y, self.photo.height),
            ("width", width, self.photo.width),
            ("height", height, self.photo.height),
        ):
            frame.style.setProperty(name, f"{100 * value / whole:.3f}%")
        if y < HIGH * self.photo.height:
            frame.setAttribute("data-high", "")
        if face.label:
            make("span", face.label, frame, class_="name", dir="auto")
        traits = texts.traits(face)
        if traits:
            make("span", "\n".join(traits), frame, class_="traits")

    def _draw_crops(self):
        if not self._url or not self.image.naturalWidth:
            return
        scale = self.image.naturalWidth / self.photo.width
        for number, element in enumerate(list(self.list.children)):
            draw_crop(
                element.querySelector("canvas"), self.image, self.photo.faces[number].box, scale
            )

    def _add(self, number, element):
        box = self.photo.faces[number].box
        scale = self.image.naturalWidth / self.photo.width

        async def submit(name, insist):
            answer = await call("enroll", name, self.photo.file, box_record(box), insist)
            messages.success(texts.enrolled(answer.label, answer.samples))

        def draw(canvas):
            draw_crop(canvas, self.image, box, scale)

        dialogs.ask_name(draw, submit, refocus=self.element.focus)

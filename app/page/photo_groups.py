"""The unknown faces of all photos, sorted by likeness: a whole group is named at once.

A face that does not belong is taken out by pressing it, and stays out.
"""

import json

import js

import dialogs
import messages
import texts
from dom import button, by_id, make, on, revoke, show
from messages import spawn
from worker import call

GROUPS_AT_ONCE, FACES_AT_ONCE = 20, 12


class PhotoGroups:
    def __init__(self):
        self.panel, self.list = by_id("groups"), by_id("group-list")
        self.title, self.more = by_id("groups-title"), by_id("groups-more")
        self.singles, self.apart = by_id("groups-singles"), by_id("groups-apart")
        self._out = set()  # faces (number, face) taken out
        self._shown = GROUPS_AT_ONCE
        self._turn = 0
        self._numbers = []
        self._groups = []
        on(self.more, "click", self._on_more)
        for box in (self.singles, self.apart):
            on(box, "toggle", lambda event: self._fill_box(event.currentTarget))

    def refresh(self, numbers):
        """Group the unknown faces of these photos."""
        self._numbers = numbers
        spawn(self._refresh())

    def clear(self):
        self._turn += 1
        self._out.clear()
        self._shown = GROUPS_AT_ONCE
        self._groups, self._boxes = [], {}
        self.list.replaceChildren()
        show(self.panel, False)

    async def _refresh(self):
        self._turn += 1
        turn = self._turn
        found = json.loads(await call("groups", js.JSON.parse(json.dumps(self._numbers))))
        if turn != self._turn:
            return
        had_focus = self.list.contains(js.document.activeElement)
        self._groups = found["groups"]
        self._show_groups()
        self._boxes = {"groups-singles": found["singles"], "groups-apart": found["apart"]}
        for box, summary in (
            (self.singles, texts.seen_once(len(found["singles"]))),
            (self.apart, texts.too_poor(len(found["apart"]))),
        ):
            faces = self._boxes[box.id]
            show(box, bool(faces))
            box.querySelector("summary").textContent = summary
            box.querySelector("ul").replaceChildren()
            if box.open:
                self._fill_box(box)
        anybody = bool(self._groups or found["singles"] or found["apart"])
        show(self.panel, anybody)
        if had_focus and not self.list.contains(js.document.activeElement):
            (self.title if anybody else by_id("photos-title")).focus()

    def _show_groups(self):
        self.list.replaceChildren()
        for number, faces in enumerate(self._groups[: self._shown]):
            self._group(number, faces)
        show(self.more, len(self._groups) > self._shown)
        self.title.textContent = texts.groups_title(len(self._groups))

    def _on_more(self, event):
        first = self._shown
        self._shown += GROUPS_AT_ONCE
        self._show_groups()
        self.list.children[first].querySelector("button").focus()

    def _group(self, number, faces):
        element = make("li", parent=self.list, class_="group panel", data_faces=str(len(faces)))
        head = make("div", parent=element, class_="group-head")
        title = make("h4", texts.group_title(number + 1, len(faces)), head)
        name = button(
            texts.NAME_GROUP,
            lambda event: self._name(faces, element),
            head,
            class_="primary",
            aria_label=texts.name_group(number + 1),
        )
        crops = make("ul", parent=element, class_="crops", aria_label=title.textContent)

        def tell():
            left = [face for face in faces if tuple(face) not in self._out]
            title.textContent = texts.group_title(number + 1, len(left))
            name.setAttribute("aria-disabled", "false" if left else "true")

        self._crops(crops, faces[:FACES_AT_ONCE], number, tell)
        tell()
        if len(faces) > FACES_AT_ONCE:
            rest = faces[FACES_AT_ONCE:]

            def show_rest(event):
                more.remove()
                self._crops(crops, rest, number, tell, FACES_AT_ONCE)
                crops.children[FACES_AT_ONCE].querySelector("button").focus()

            more = button(texts.show_more(len(rest)), show_rest, element)

    def _crops(self, parent, faces, group, tell, first=0):
        images = [
            self._toggle(make("li", parent=parent), face, first + i, group, tell)
            for i, face in enumerate(faces)
        ]
        spawn(_draw(images, faces))

    def _toggle(self, parent, face, index, group, tell):
        """The button that takes a face out of its group and back; the picture on it."""
        key = tuple(face)

        def mark():
            toggle.setAttribute("aria-pressed", "false" if key in self._out else "true")

        def press(event):
            (self._out.remove if key in self._out else self._out.add)(key)
            mark()
            tell()

        toggle = button(
            None, press, parent, class_="face", aria_label=texts.face_in_group(index + 1, group + 1)
        )
        mark()
        return make("img", parent=toggle, class_="crop", alt="", width="72", height="72")

    def _fill_box(self, box):
        place = box.querySelector("ul")
        if not box.open or place.childElementCount:
            return
        self._fill_some(place, self._boxes[box.id], box.id == "groups-singles")

    def _fill_some(self, place, faces, can_name):
        """Show some faces of a box, and a button for more."""
        images = []
        for face in faces[: 2 * FACES_AT_ONCE]:
            parent = make("li", parent=place)
            if can_name:
                parent = self._single(parent, face)
            images.append(
                make("img", parent=parent, class_="crop", alt="", width="72", height="72")
            )
        spawn(_draw(images, faces[: 2 * FACES_AT_ONCE]))
        rest = faces[2 * FACES_AT_ONCE :]
        if rest:
            item = make("li", parent=place)

            def show_rest(event):
                item.remove()
                first = place.childElementCount
                self._fill_some(place, rest, can_name)
                added = place.children[first].querySelector("button")
                (added or box_title).focus()

            box_title = place.parentElement.querySelector("summary")
            button(texts.show_more(len(rest)), show_rest, item)

    def _single(self, parent, face):
        return button(
            None,
            lambda event: self._name([face], parent),
            parent,
            class_="face",
            aria_label=texts.ADD,
        )

    def _name(self, faces, element):
        chosen = [face for face in faces if tuple(face) not in self._out]
        if not chosen:
            return
        image = element.querySelector("[aria-pressed=true] img") or element.querySelector("img")

        async def submit(name, insist):
            chosen_record = js.JSON.parse(json.dumps(chosen))
            answer = await call("name_faces", name, chosen_record)
            messages.success(texts.group_named(answer.label, answer.added, len(chosen)))

        def draw(canvas):
            context = canvas.getContext("2d")
            context.clearRect(0, 0, canvas.width, canvas.height)
            context.drawImage(image, 0, 0, canvas.width, canvas.height)

        dialogs.ask_name(draw, submit, refocus=self.title.focus)


async def _draw(images, faces):
    """Show the heads of faces (number, face) in img elements."""
    blobs = await call("portraits", js.JSON.parse(json.dumps(faces)))
    for image, blob in zip(images, list(blobs)):
        show_blob(image, blob)


def show_blob(image, blob):
    """Show a picture; its address is given back as soon as it is there."""
    url = js.URL.createObjectURL(blob)
    on(image, "load", lambda event: revoke(url))
    on(image, "error", lambda event: revoke(url))
    image.src = url

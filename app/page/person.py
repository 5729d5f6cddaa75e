"""The page of one person: all photos, more of them, notes."""

import js

import additions
import addresses
import messages
import take
import texts
from consent import Consent
from dom import button, by_id, field, jpeg_url, make, on, revoke_soon, show
from exporting import export
from messages import spawn
from notes import Notes
from terms import Terms
from worker import FacesideError, call, is_ready

RECOMMENDED = 3  # samples a person: facer's registration asks for three


class PersonPage:
    """`rename(label)` and `delete(label)` do what their buttons say; `agreed` is the label of
    somebody to be added, and what they agreed to."""

    def __init__(self, rename, delete):
        self.element, self.title = by_id("person"), by_id("person-title")
        self.list, self.progress = by_id("person-photos"), by_id("person-progress")
        self.notes, self.terms = Notes(), Terms()
        self.label = None
        self.agreed = (None, None)
        self.consent, self._is_asked = Consent(self.element.querySelector(".drop")), False
        self._urls = []
        self.additions = additions.Additions(
            by_id("person-additions"), lambda: self.label, self.consent
        )
        self.take = take.Take(lambda: self.label, self.consent)
        on(by_id("person-rename"), "click", lambda event: rename(self.label))
        on(by_id("person-delete"), "click", lambda event: delete(self.label))
        on(by_id("person-export"), "click", lambda event: spawn(export(self.label)))
        on(by_id("person-take"), "click", lambda event: spawn(self.take.open()))
        on(by_id("person-input"), "change", self._on_chosen)
        for event in ("drop", "paste", "dragover", "dragleave"):
            # before the photo view, which takes what is dropped anywhere else
            js.window.addEventListener(event, self._on_files, True)

    def open(self, label):
        """Show the page of this person, who may have no photo yet; None hides it."""
        show(self.element, label is not None)
        if label == self.label:
            return
        self.take.close()
        spawn(self.notes.save())
        self.label = label
        self._ask(False)
        self.additions.clear()
        self.title.textContent = label or ""
        if label is not None and is_ready():
            spawn(self.refresh())

    async def refresh(self):
        """Show what is kept of the person now."""
        label = self.label
        if label is None:
            return
        try:
            person = await call("person", label)
        except FacesideError as fault:
            if fault.code != "label-unknown":
                raise
            person = None
        if label != self.label:
            return
        focused = self._focused_place()
        photos = list(person.photos) if person else []
        if photos:
            self._settle_address(photos[0].id)
        self._show_photos(photos)
        sample_progress(self.progress, len(photos))
        show(by_id("person-empty"), not photos)
        for name in ("rename", "delete", "export"):
            show(by_id("person-" + name), bool(photos))
        self.notes.show(label, person.notes if person else "")
        self.terms.show(label, person.terms if person else None)
        self._ask(not (person and person.terms.agreed))
        show(by_id("person-terms"), bool(photos))
        show(by_id("person-notes-panel"), bool(photos) or self.notes.is_unsaved())
        if focused is not None:
            self._focus_photo(focused)

    def clear(self):
        """Take everything about the person off the page."""
        self.open(None)
        self.agreed = (None, None)
        self._show_photos([])
        self.title.textContent = by_id("take-title").textContent = ""
        self.additions.clear()
        self.notes.clear()
        self.terms.clear()

    def _ask(self, wanted):
        """Ask for consent beside the photos to add, until there is one."""
        if wanted and not self._is_asked:
            (label, terms), self.agreed = self.agreed, (None, None)
            self.consent.begin(terms if label == self.label else None)
        elif not wanted:
            self.consent.end()
        self._is_asked = wanted

    def _settle_address(self, id):
        """Have the address name a photo and no person."""
        address = addresses.address_of(self.label, id)
        part = js.location.hash.partition("/")[2]
        if js.location.hash.startswith("#people/") and not part[1:].isdigit():
            js.history.replaceState(None, "", address)

    def _show_photos(self, photos):
        revoke_soon(self._urls)
        self._urls = []
        self.list.replaceChildren()
        for number, photo in enumerate(photos):
            self._photo(photo, number + 1)

    def _photo(self, photo, number):
        item = make("li", parent=self.list, class_="person-photo", data_id=str(photo.id))
        data = field(photo, "photo")
        if data:
            url = jpeg_url(data)
            self._urls.append(url)
            alt = texts.photo_of(self.label, number)
            make("img", parent=item, src=url, alt=alt, width="256", height="256")
        else:
            make("p", texts.NO_PHOTO, item, class_="no-photo muted")
        made = js.Date.new(photo.created * 1000).toLocaleDateString()
        make("p", made if photo.known else texts.not_described(made), item, class_="muted")
        button(
            texts.DELETE,
            lambda event: spawn(self._delete_photo(photo.id)),
            item,
            aria_label=texts.delete_photo(number),
        )

    async def _delete_photo(self, id):
        undo = await call("delete_photo", id)
        messages.success(texts.PHOTO_DELETED, undo)

    def _focused_place(self):
        active = js.document.activeElement
        items = list(self.list.children)
        return next((place for place, item in enumerate(items) if item.contains(active)), None)

    def _focus_photo(self, place):
        items = list(self.list.children)
        if items:
            items[min(place, len(items) - 1)].querySelector("button").focus()
        else:
            self.title.focus()

    def _on_chosen(self, event):
        control = by_id("person-input")
        files = list(control.files)
        control.value = ""
        self.additions.add(files)

    def _on_files(self, event):
        carrier = event.clipboardData if event.type == "paste" else event.dataTransfer
        if self.label is None or not carrier or "Files" not in list(carrier.types):
            return
        if js.document.querySelector("dialog[open]"):
            return
        event.preventDefault()
        event.stopPropagation()
        self.element.setAttribute("data-over", "true" if event.type == "dragover" else "false")
        if event.type in ("drop", "paste"):
            self.additions.add(list(carrier.files))


def sample_progress(element, samples):
    """Fill in how many of the recommended samples there are, with a meter."""
    element.replaceChildren()
    make("span", texts.sample_progress(samples, RECOMMENDED), element)
    make(
        "meter",
        parent=element,
        min="0",
        max=str(RECOMMENDED),
        value=str(min(samples, RECOMMENDED)),
        aria_hidden="true",
    )

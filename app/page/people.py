"""The people view: who is kept on this device; rename, delete, export, import."""

import js

import dialogs
import messages
import texts
from dom import button, by_id, field, jpeg_url, make, on, revoke, show
from messages import spawn
from worker import FacesideError, call, on_change


class People:
    def __init__(self):
        self.list, self.empty = by_id("people-list"), by_id("people-empty")
        self.title = by_id("people-title")
        self.export_button, self.import_input = by_id("people-export"), by_id("people-import")
        self.recognizer = self.models = None
        self._notices = list(js.document.querySelectorAll("[data-unmatched]"))
        self._urls = []
        self._renamed = {}  # old label: new label, until the list shows it
        self._turn = 0
        on(self.export_button, "click", lambda event: spawn(self.export()))
        on(self.import_input, "change", self._on_import)
        on_change(lambda: spawn(self.refresh()))

    def use(self, recognizer, models):
        """Show the people as those whom this recognizer knows, or not."""
        self.recognizer, self.models = recognizer, models
        spawn(self.refresh())

    async def refresh(self):
        self._turn += 1
        turn = self._turn
        people = await call("people")
        if turn != self._turn:
            return  # a later refresh is under way
        focus = self._focused()
        self.list.replaceChildren()
        for url in self._urls:
            revoke(url)
        self._urls = []
        for person in people:
            self._card(person)
        show(self.empty, not people.length)
        self.empty.textContent = texts.PEOPLE_EMPTY
        self._tell_unmatched(people)
        if focus:
            self._focus(focus)

    def _tell_unmatched(self, people):
        """Say who is not recognised because another recognizer described them."""
        others = {}
        for person in people:
            names = list(person.recognizers)
            if self.recognizer not in names:
                others[names[0]] = others.get(names[0], 0) + 1
        sentences = [
            texts.unmatched(number, self._title(name), self._title(self.recognizer))
            for name, number in others.items()
        ]
        for notice in self._notices:
            notice.textContent = " ".join(sentences)
            show(notice, bool(sentences))

    def _title(self, recognizer):
        """What people call a recognizer; an imported gallery may name one not known here."""
        model = field(self.models, recognizer)
        return model.title if model else recognizer

    async def export(self):
        text = await call("export_gallery")
        options = js.Object.new()
        options.type = "application/json"
        url = js.URL.createObjectURL(js.Blob.new(js.Array.of(text), options))
        make("a", href=url, download=texts.PEOPLE_FILE).click()
        js.setTimeout(lambda: revoke(url), 10000)
        messages.success(texts.exported(self.list.childElementCount))

    def _on_import(self, event):
        files = list(self.import_input.files)
        if files:
            spawn(self._import(files[0]))

    async def _import(self, file):
        try:
            text = await file.text()
        except Exception:
            raise FacesideError("gallery-unreadable", texts.FILE_UNREADABLE)
        finally:
            self.import_input.value = ""
        answer = await call("import_gallery", text)
        messages.success(texts.imported(answer.people, answer.samples))

    def _focused(self):
        """(label, action) of the button that has the focus, or None."""
        active = js.document.activeElement
        if not self.list.contains(active):
            return None
        label = active.closest("li").dataset.label
        return self._renamed.pop(label, label), active.dataset.action

    def _focus(self, focused):
        label, action = focused
        for card in list(self.list.children):
            if card.dataset.label == label:
                card.querySelector(f"[data-action={action}]").focus()
                return
        self.title.focus()

    def _focus_renamed(self, label):
        self._focus((self._renamed.pop(label, label), "rename"))

    def _card(self, person):
        label, samples = person.label, person.samples
        card = make("li", parent=self.list, class_="person-card", data_label=label)
        thumbnail = field(person, "thumbnail")
        if thumbnail:
            url = jpeg_url(thumbnail)
            self._urls.append(url)
            make("img", parent=card, class_="crop", src=url, alt="", width="96", height="96")
        else:
            make("span", label[:1].upper(), card, class_="crop initial", aria_hidden="true")
        words = make("div", parent=card, class_="words")
        make("h3", label, words, class_="name", dir="auto")
        make("p", texts.samples(samples), words, class_="muted", data_samples=str(samples))
        actions = make("div", parent=card, class_="card-actions")
        button(
            texts.RENAME,
            lambda event: self._rename(label),
            actions,
            aria_label=texts.rename_title(label),
            data_action="rename",
        )
        button(
            texts.DELETE,
            lambda event: self._forget(label, samples),
            actions,
            aria_label=texts.forget_title(label),
            data_action="forget",
        )

    def _rename(self, label):
        async def submit(name, insist):
            answer = await call("rename", label, name)
            self._renamed[label] = answer.label
            messages.success(texts.renamed(label, answer.label))

        dialogs.rename.title.textContent = texts.rename_title(label)
        dialogs.rename.open(submit, label, refocus=lambda: self._focus_renamed(label))

    def _forget(self, label, samples):
        async def submit(name, insist):
            await call("forget", label)
            messages.success(texts.forgotten(label))

        by_id("forget-text").textContent = texts.forget_question(label, samples)
        dialogs.forget.open(submit, refocus=self.title.focus)

"""The people view: the list of who is kept on this device, files of them, and one page a person."""

import asyncio

import js

import addresses
import dialogs
import lock
import messages
import passphrase
import texts
import views
from dom import button, by_id, field, jpeg_url, make, offer, on, revoke, revoke_soon, show
from exporting import export, export_locked
from messages import spawn
from person import PersonPage, sample_progress
from recompute import Recompute
from turns import Turns
from worker import FacesideError, call, on_change

AT_ONCE = 100  # cards made before "Show more"
TELL_EVERY = 0.2  # s between two looks at how far an import is
SEARCH_FROM = 9  # people from which on there is a search box


class People:
    """The list; `person` is the page of one of them, `recompute` the work of describing anew."""

    def __init__(self):
        self.view, self.list, self.empty = (
            by_id("people"),
            by_id("people-list"),
            by_id("people-empty"),
        )
        self.title, self.found = by_id("people-title"), by_id("people-found")
        self.search, self.more = by_id("people-search"), by_id("people-more")
        self.export_button, self.clear_button = by_id("people-export"), by_id("people-clear")
        self.compact_button = by_id("people-export-compact")
        self.locked_button = by_id("people-export-locked")
        self.import_input, self.importing = by_id("people-import"), by_id("people-importing")
        self.person = PersonPage(self.rename, self.delete)
        self.recompute = Recompute(self._title)
        self.models = None
        self._urls = []
        self._shown, self._total = AT_ONCE, 0
        self._route = None  # the label whose page is shown, "" for the list, None elsewhere
        self._refocus = None  # (label, action) to focus when the list is made anew
        self._turn = 0
        on(by_id("people-new"), "click", lambda event: self._new_person())
        on(self.export_button, "click", lambda event: spawn(export(None)))
        on(self.compact_button, "click", lambda event: spawn(export(None, True)))
        on(self.locked_button, "click", lambda event: export_locked(self.title.focus))
        on(self.clear_button, "click", lambda event: spawn(self._delete_everything()))
        on(self.import_input, "change", self._on_import)
        on(self.search, "input", self._on_search)
        on(self.more, "click", lambda event: spawn(self._show_more()))
        on_change(lambda: spawn(self.refresh()))
        lock.before(self.person.notes.save)
        lock.on_lock(self._on_lock)

    def use(self, recognizer, models):
        """Show the people as those whom this recognizer knows, or not."""
        self.models = models
        spawn(self.refresh())
        self.recompute.use()

    def go(self, route):
        """Show the list for "", the page of a person for a label; None: the view is left. Whether
        that has moved the focus."""
        before, self._route = self._route, route
        show(by_id("people-all"), not route)
        self.person.open(route or None)
        if before is None or route is None or before == route:
            return False
        if route:
            self.person.title.focus()
        else:
            self._focus(before, "open")
        return True

    def _on_lock(self, locked):
        """Take everybody off the page, or go on."""
        if locked:
            self.search.value = ""
            self.person.clear()
            self._turn += 1  # what is being asked for is not wanted any more
            self.list.replaceChildren()
            for url in self._urls:
                revoke(url)
            self._urls = []
        else:
            self.recompute.use()

    async def refresh(self):
        await self.person.refresh()
        self._turn += 1
        turn = self._turn
        answer = await call("list_people", self.search.value, 0, self._shown)
        if turn != self._turn:
            return  # a later refresh is under way
        cards, urls = js.document.createDocumentFragment(), []
        if not await self._add_cards(answer.people, cards, urls):
            revoke_soon(urls)
            return
        focus = self._refocus or self._focused()
        self._refocus = None
        self.list.replaceChildren(cards)  # at once, so that nothing is scrolled away
        revoke_soon(self._urls)
        self._urls = urls
        self._tell(answer)
        self.recompute.tell_unmatched(answer.unmatched)
        if focus:
            self._focus(*focus)

    def _tell(self, answer):
        self._total = answer.total
        show(self.empty, not answer.total)
        self.empty.textContent = texts.PEOPLE_EMPTY
        offer(self.clear_button, answer.total > 0, self.title)
        for export_button in (self.export_button, self.compact_button):
            offer(export_button, answer.total > 0, self.title)
        offer(self.locked_button, answer.total > 0 and lock.is_possible(), self.title)
        show(by_id("people-tools"), answer.total >= SEARCH_FROM or bool(self.search.value))
        self.found.textContent = texts.people_found(answer.found, answer.total)
        offer(self.more, answer.found > self.list.childElementCount, self.title)

    async def _add_cards(self, people, parent, urls):
        """Make the cards of people; whether nobody has asked for another list meanwhile."""
        turn, turns = self._turn, Turns()
        for person in people:
            self._card(person, parent, urls)
            await turns.give()
            if turn != self._turn:
                return False
        return True

    async def _show_more(self):
        start = self.list.childElementCount
        self._shown = start + AT_ONCE
        turn = self._turn
        answer = await call("list_people", self.search.value, start, AT_ONCE)
        if turn != self._turn or not await self._add_cards(answer.people, self.list, self._urls):
            return  # a refresh shows as many
        self._tell(answer)
        if self.list.childElementCount > start:
            self.list.children[start].querySelector("a").focus()

    def _on_search(self, event):
        self._shown = AT_ONCE
        spawn(self.refresh())

    def _card(self, person, parent, urls):
        label, samples = person.label, person.samples
        card = make("li", parent=parent, class_="person-card", data_label=label)
        thumbnail = field(person, "thumbnail")
        if thumbnail:
            url = jpeg_url(thumbnail)
            urls.append(url)
            make("img", parent=card, class_="crop", src=url, alt="", width="96", height="96")
        else:
            make("span", label[:1].upper(), card, class_="crop initial", aria_hidden="true")
        words = make("div", parent=card, class_="words")
        heading = make("h3", parent=words, class_="name", dir="auto")
        address = addresses.address_of(label, person.id)
        make("a", label, heading, href=address, data_action="open")
        progress = make("p", parent=words, class_="muted", data_samples=str(samples))
        sample_progress(progress, samples)
        actions = make("div", parent=card, class_="card-actions")
        for action, text, title, work in (
            ("rename", texts.RENAME, texts.rename_title, self.rename),
            ("forget", texts.DELETE, texts.forget_title, self.delete),
        ):
            button(
                text,
                lambda event, work=work: work(label),
                actions,
                aria_label=title(label),
                data_action=action,
            )

    def _new_person(self):
        async def submit(name, terms):
            label = await call("check_label", name)
            self.person.agreed = (label, terms)
            js.location.hash = addresses.address_of(label)

        dialogs.ask_new_person(submit, refocus=lambda: self.person.title.focus())

    def rename(self, label):
        """Ask for another name; one that somebody has makes the two one person, if wished."""

        called = [label]

        async def submit(name, insist):
            try:
                answer = await call("rename", label, name, insist)
            except FacesideError as fault:
                if fault.code == "label-taken" and name.lower() != "unknown":
                    raise FacesideError("name-in-use", texts.name_in_use(name))
                raise
            called[0] = answer.label
            self._refocus = (answer.label, "rename")
            text = texts.merged if insist else texts.renamed
            messages.success(text(label, answer.label), answer.undo)
            if self._route:
                addresses.renamed(views.part(), answer.label)
                self._route = answer.label
                self.person.open(answer.label)

        dialogs.rename.title.textContent = texts.rename_title(label)
        dialogs.rename.open(submit, label, refocus=lambda: self._focus(called[0], "rename"))

    def delete(self, label):
        spawn(self._delete(label))

    async def _delete(self, label):
        self._refocus = (self._neighbour(label), "forget")
        undo = await call("delete_person", label)
        messages.success(texts.forgotten(label), undo)
        if self._route:
            js.location.hash = "people"

    async def _delete_everything(self):
        total = self._total
        undo = await call("delete_everything")
        messages.success(texts.all_forgotten(total), undo)
        self.title.focus()

    def _neighbour(self, label):
        labels = [card.dataset.label for card in list(self.list.children)]
        place = labels.index(label) if label in labels else 0
        near = labels[place + 1 : place + 2] or labels[max(0, place - 1) : place]
        return near[0] if near else ""

    def _on_import(self, event):
        files = list(self.import_input.files)
        self.import_input.value = ""
        if files:
            spawn(self._import(files[0]))

    async def _import(self, file):
        try:
            await self._bring_in(file)
        except FacesideError as fault:
            if fault.code != "file-locked":
                raise

            async def submit(words):
                await self._bring_in(file, words["old"])

            passphrase.ask("import", submit, "import_progress", refocus=self.title.focus)

    async def _bring_in(self, file, words=None):
        by_id("people-importing-text").textContent = texts.importing(file.name, file.size)
        self.import_input.disabled = True
        show(self.importing)
        spawn(self._tell_import())
        try:
            answer = await call("import_gallery", file, words)
        finally:
            self.import_input.disabled = False
            show(self.importing, False)
        messages.success(texts.imported(answer))

    async def _tell_import(self):
        """Show how far it is for as long as it takes."""
        bar, share = by_id("people-importing-bar"), by_id("people-importing-share")
        bar.value, share.textContent = 0, ""
        while not self.importing.hidden:
            done = await call("import_progress")
            if isinstance(done, (int, float)):
                bar.value, share.textContent = done, texts.percent(done)
            await asyncio.sleep(TELL_EVERY)

    def _focused(self):
        """(label, action) of what has the focus in the list, or None."""
        active = js.document.activeElement
        if not self.list.contains(active):
            return None
        return active.closest("li").dataset.label, active.dataset.action

    def _focus(self, label, action):
        for card in list(self.list.children):
            if card.dataset.label == label:
                card.querySelector(f"[data-action={action}]").focus()
                return
        if self._route == "":
            self.title.focus()

    def _title(self, recognizer):
        """What people call a recognizer; an imported gallery may name one not known here."""
        model = field(self.models, recognizer)
        return model.title if model else recognizer

"""The page as a person (or a script on it) uses it, for the tests."""

import base64
import json
import re
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, expect

READY_WITHIN = 120_000  # ms; the page loads in a tenth of it where nothing else runs
ANSWER_WITHIN = 60_000
SCREEN = {"width": 1280, "height": 900}

CALL = """async ([name, args, patience]) => {
  const plain = (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
  const late = new Promise((_, no) => setTimeout(() => no(new Error("no answer")), patience));
  try {
    const value = await Promise.race([faceside[name](...args), late]);
    return JSON.stringify({ value }, plain);
  } catch (error) {
    const { code, message } = error;
    return JSON.stringify({ error: { code, message, isError: error instanceof Error } });
  }
}"""
BLOB = """async ([data, type]) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type });
}"""
TOURED = "try { localStorage.setItem('faceside-tour', 'seen') } catch {}"
STORED = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open("faceside");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const names = open.result.objectStoreNames;
    if (!names.length) return resolve([]);
    const all = open.result.transaction("samples").objectStore("samples").getAll();
    all.onerror = () => reject(all.error);
    all.onsuccess = () => {
      open.result.close();
      resolve(all.result.map((sample) => sample.label).sort());
    };
  };
})"""


def _upload(file: Path | dict) -> dict:
    """A file as Playwright takes it; paths and contents must not be mixed."""
    if isinstance(file, dict):
        return file
    return {"name": file.name, "mimeType": "image/jpeg", "buffer": file.read_bytes()}


class FacesideError(Exception):
    """What a function of window.faceside rejected with."""

    def __init__(self, code: str, message: str, is_error: bool):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.is_error = code, message, is_error


class App:
    """One open page; `toured`: of a person who has seen the tour.

    Attributes:
        page: Playwright's page.
        problems: what the page wrote to the console as an error or threw, see `forgive`.
    """

    def __init__(self, context, address: str, toured: bool = True):
        self.address = address
        self.page = context.new_page()
        if toured:
            self.page.add_init_script(TOURED)
        self.problems: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.problems.append(f"thrown: {error}"))
        self.page.goto(address)

    def _on_console(self, message) -> None:
        address = message.location.get("url", "")
        # browsers ask for it where a test opens a file that is no page
        if message.type == "error" and not address.endswith("/favicon.ico"):
            self.problems.append(f"console: {message.text} ({address})")

    def forgive(self, pattern: str) -> None:
        """Take back the problems that a test brought about; there must be one."""
        found = [problem for problem in self.problems if re.search(pattern, problem)]
        assert found, f"expected {pattern!r} among {self.problems}"
        self.problems = [problem for problem in self.problems if problem not in found]

    # The start

    def until_up(self) -> "App":
        """Wait for the interface, which answers before the engine does."""
        self.page.wait_for_function(
            "() => document.documentElement.className == 'scripted'", timeout=READY_WITHIN
        )
        return self

    def until_ready(self) -> "App":
        """Wait for the engine; fails with the page's own sentence where it cannot start."""
        answer = self.page.wait_for_function(
            """() => window.faceside?.ready.then(
                 () => "ready", (error) => `${error.code}: ${error.message}`)""",
            timeout=READY_WITHIN,
        )
        assert answer.json_value() == "ready", answer.json_value()
        expect(self.locate("#engine-info")).to_contain_text("Ready")
        return self

    def reload(self) -> "App":
        self.page.reload()
        return self.until_ready()

    def reset(self) -> None:
        """Bring a page that a test has used back to how it was when it was loaded."""
        self.page.keyboard.press("Escape")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(SCREEN)
        self.page.evaluate(
            """() => {
              document.getElementById("camera-stop").click();  // also if it only pauses
              document.getElementById("photos-clear").click();
              document.querySelectorAll("#messages .icon").forEach((button) => button.click());
              for (const _ of ["cancel", "close"])
                if (!document.getElementById("recompute").hidden)
                  document.getElementById("recompute-cancel").click();
              if (!document.getElementById("camera-mirror").checked)
                document.getElementById("camera-mirror").click();
              if (!document.getElementById("settings-reset").hidden)
                document.getElementById("settings-reset").click();
            }"""
        )
        self.page.wait_for_function(
            "() => document.getElementById('settings-reset').hidden", timeout=ANSWER_WITHIN
        )
        for person in self.call("people"):
            self.call("forget", person["label"])
        self.show("live")
        self.problems.clear()

    # window.faceside

    def call(self, name: str, *args):
        """What `faceside[name](…)` resolves to, typed arrays as lists; raises FacesideError."""
        answer = json.loads(self.page.evaluate(CALL, [name, list(args), ANSWER_WITHIN]))
        if "error" in answer:
            error = answer["error"]
            raise FacesideError(error.get("code"), error.get("message"), error["isError"])
        return answer.get("value")

    def blob(self, source: Path | bytes, kind: str = ""):
        """A Blob in the page with the content of a file, to be given to `call`."""
        data = source.read_bytes() if isinstance(source, Path) else source
        return self.page.evaluate_handle(BLOB, [base64.b64encode(data).decode(), kind])

    def stored(self) -> list[str]:
        """The labels of the samples in IndexedDB, read past Faceside."""
        return self.page.evaluate(STORED)

    # What is on the screen

    def locate(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def views(self) -> list[str]:
        """The names of all views, from the navigation."""
        links = self.locate("nav [data-view]")
        return links.evaluate_all("(links) => links.map((link) => link.dataset.view)")

    def show(self, view: str) -> None:
        """Go to a view by its name."""
        self.locate(f"nav [data-view={view}]").click()
        expect(self.locate(f"section#{view}")).to_be_visible()

    def error(self, code: str) -> Locator:
        """The message of an error, with its sentence."""
        return self.locate(f"#messages [data-code={code}] p")

    # Photos

    def choose(self, *files: Path | dict) -> list[Locator]:
        """Choose photos (paths, or {name, mimeType, buffer}) and wait until all are worked on."""
        if self.locate("#photos").is_hidden():
            self.show("photos")
        before = self.locate(".photo-card").count()
        self.locate("#photo-input").set_input_files([_upload(file) for file in files])
        cards = [self.locate(".photo-card").nth(before + i) for i in range(len(files))]
        for card in cards:
            expect(card).to_have_attribute(
                "data-state", re.compile("done|failed"), timeout=ANSWER_WITHIN
            )
        return cards

    def names(self, card: Locator) -> list[str]:
        """The names beside the faces of a photo, "" for a stranger, in the order of its faces."""
        rows = card.locator("li.face-row")
        return rows.evaluate_all("(rows) => rows.map((row) => row.dataset.label)")

    def frames(self, card: Locator) -> list[list[float]]:
        """The frames drawn on a photo: left, top, width, height as parts of it, face by face."""
        return card.locator(".frame").evaluate_all(
            """(frames) => frames.map((frame) =>
                 ["left", "top", "width", "height"].map((side) =>
                   parseFloat(frame.style[side]) / 100))"""
        )

    def add_person(self, row: Locator, name: str) -> None:
        """Press "Add this person" beside a face, type the name, and wait until it is there."""
        row.get_by_role("button", name="Add this person").click()
        self.submit("enroll", name)
        expect(row).to_have_attribute("data-label", name)

    # Dialogs

    def submit(self, dialog: str, text: str | None = None) -> None:
        """Fill in a dialog, send it, and wait until it has closed."""
        with self.dialog(dialog) as form:
            if text is not None:
                form.locator("input").fill(text)
            form.locator("[type=submit]").click()
            expect(form).to_be_hidden()

    @contextmanager
    def dialog(self, name: str):
        """An open dialog: enroll, rename, new-person."""
        form = self.locate(f"dialog#{name}")
        expect(form).to_be_visible()
        yield form

    # People

    def person(self, label: str) -> Locator:
        """The card of a person in the people view."""
        return self.locate("#people-list .person-card").filter(
            has=self.page.get_by_role("heading", name=label, exact=True)
        )

    def labels(self) -> list[str]:
        """The names on the cards of the people view."""
        return self.locate("#people-list h3").all_text_contents()

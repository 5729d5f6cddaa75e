"""The lock of the people: what a passphrase opens, and what the browser's files hold meanwhile."""

import asyncio
import json
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import serving
from driver import App, FacesideError
from pictures import sample
from playwright.sync_api import expect
from test_people import RIGHT, enroll, message, open_person, photo

from faceside.gallery import Gallery
from faceside.stores.binary_file import file_store

WORDS, OTHERS = "four plain words here", "quite other words there"
NAMES = "Zaphod", "Żółw Beeblebrox"
NOTE = "Counts engines on Thursdays"
WAIT = 60_000  # ms for what is encrypted and deleted
REMOVED_WITHIN = 20  # s; LevelDB removes a file that it has rewritten when nobody reads it any more
RAW = """() => new Promise((resolve) => {
  const open = indexedDB.open("faceside");
  open.onsuccess = () => {
    const all = open.result.transaction("samples").objectStore("samples").getAll();
    all.onsuccess = () => {
      open.result.close();
      const bytes = (record) => [record.descriptor, record.photo].map((part) => [...part]);
      resolve(all.result.map(bytes));
    };
  };
})"""
DATABASES = """async () => (await indexedDB.databases()).map(({ name }) => name)
  .filter((name) => name.startsWith("faceside")).sort()"""


def passphrase(app, **words: str) -> None:
    """Fill in the dialog and send it."""
    with app.dialog("passphrase") as form:
        for name, text in words.items():
            form.locator(f"#passphrase-{name}").fill(text)
        form.locator("[type=submit]").click()


def turn_on(app, words: str = WORDS) -> None:
    app.show("settings")
    app.locate("#lock-turn-on").click()
    passphrase(app, new=words, again=words)
    expect(app.locate("dialog#passphrase")).to_be_hidden(timeout=WAIT)
    expect(message(app, "The lock is on").last).to_be_visible()


def turn_off(app, words: str = WORDS) -> None:
    app.show("settings")
    app.locate("#lock-turn-off").click()
    passphrase(app, old=words)
    expect(app.locate("dialog#passphrase")).to_be_hidden(timeout=WAIT)
    expect(app.locate("#lock-turn-on")).to_be_visible()


def unlock(app, words: str = WORDS) -> None:
    expect(app.locate("#lock")).to_be_visible()
    app.locate("#lock-passphrase").fill(words)
    app.locate("#lock-passphrase").press("Enter")
    expect(app.locate("#lock")).to_be_hidden(timeout=WAIT)


def run(work):
    """Wait for the library's own work; Playwright has the event loop of this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def code(app, *call) -> str | None:
    try:
        app.call(*call)
    except FacesideError as error:
        return error.code


@pytest.fixture
def unlocked(app):
    """The shared page; afterwards there is no lock and nobody."""
    yield app
    app.page.keyboard.press("Escape")
    if app.locate("#lock").is_hidden():
        app.show("settings")
        if app.locate("#lock-turn-on").is_visible():
            return
        app.locate("#lock-now").click()
    app.locate("#lock-forgotten").click()
    app.submit("begin-anew")
    expect(app.locate("#lock")).to_be_hidden()


@pytest.fixture
def locked(unlocked):
    """The same with two people, the lock on and open."""
    enroll(unlocked, "Ada", 2)
    enroll(unlocked, "Grace", 1, RIGHT)
    turn_on(unlocked)
    return unlocked


def test_the_lock_closes_over_everything_and_opens_again(locked):
    app = locked
    assert app.page.evaluate(DATABASES) == ["faceside-locked"]
    card, *_ = app.choose(sample(6))
    open_person(app, "Ada")
    assert "Ada" not in app.page.url
    app.locate("#person-notes").fill(NOTE)
    app.show("people")
    app.person("Grace").get_by_role("button", name="Delete").click()
    app.locate("#messages [data-undo]").last.click()
    expect(app.person("Grace")).to_be_visible()
    open_person(app, "Ada")
    app.show("people")
    app.locate("#people-lock").click()
    expect(app.locate("#lock")).to_be_visible()
    for view in ("people", "photos", "compare"):
        app.locate(f"nav [data-view={view}]").click()
        expect(app.locate(f"section#{view}")).to_be_hidden()
    everything = app.page.evaluate("document.documentElement.outerHTML")
    assert "Ada" not in everything and "Grace" not in everything and NOTE not in everything
    face = app.blob(photo(1))
    for call in (
        ["identify", face],
        ["people"],
        ["exportGallery"],
        ["enroll", "Eve", face],
        ["forget", "Ada"],
    ):
        assert code(app, *call) in ("gallery-locked", "label-unknown"), call
    assert len(app.call("describe", face)) == 1

    app.locate("#lock-passphrase").fill(WORDS + "!")
    app.locate("#lock-unlock").click()
    expect(app.locate("#lock-error")).to_have_text("The passphrase is wrong: type it again.")
    expect(app.locate("#lock-passphrase")).to_be_focused()
    app.locate("nav [data-view=people]").click()
    unlock(app)
    assert app.labels() == ["Ada", "Grace"]
    (face,) = app.call("identify", app.blob(photo(1)))
    assert face["match"]["label"] == "Ada"
    app.show("photos")
    expect(card).to_have_attribute("data-state", "done", timeout=WAIT)
    open_person(app, "Ada")
    expect(app.locate("#person-notes")).to_have_value(NOTE)


def test_it_is_locked_after_a_reload_and_on_a_persons_page_too(locked):
    app = locked
    open_person(app, "Grace")
    app.reload()
    expect(app.locate("#lock")).to_be_visible()
    assert code(app, "people") == "gallery-locked"
    unlock(app)
    expect(app.locate("#person-title")).to_have_text("Grace")
    expect(app.locate("#person-photos img")).to_have_count(1)


def test_live_goes_on_and_knows_nobody(unlocked):
    app = unlocked
    enroll(app, "Regina", 2)
    turn_on(app)
    app.show("live")
    app.locate("#camera-start").click()
    known = app.locate('#seen-list li[data-label="Regina"]')
    expect(known).to_have_count(1)
    app.show("settings")
    app.locate("#lock-now").click()
    app.locate("nav [data-view=live]").click()
    expect(app.locate("#seen-list li")).to_have_count(2)
    expect(known).to_have_count(0)
    unlock(app)
    expect(known).to_have_count(1)


def test_it_locks_by_itself_when_nobody_does_anything(locked):
    app = locked
    app.locate("#lock-after").select_option("2")
    app.page.evaluate("() => { window.then = Date.now; Date.now = () => then() + 110_000; }")
    app.page.wait_for_timeout(2500)
    expect(app.locate("#lock")).to_be_hidden()
    app.page.evaluate("() => { Date.now = () => then() + 130_000; }")
    expect(app.locate("#lock")).to_be_visible()
    assert code(app, "people") == "gallery-locked"
    app.page.evaluate("() => { Date.now = then; }")


def test_the_passphrase_is_changed_and_the_lock_taken_off(locked):
    app = locked
    app.locate("#lock-change").click()
    passphrase(app, old="wrong words here", new=OTHERS, again=OTHERS)
    fault = app.locate("#passphrase-error")
    expect(fault).to_have_text("The passphrase is wrong: type it again.")
    passphrase(app, old=WORDS, new=OTHERS, again=OTHERS + " ")
    expect(fault).to_contain_text("not the same")
    passphrase(app, old=WORDS, new="short", again="short")
    expect(fault).to_contain_text("at least 8 characters")
    passphrase(app, old=WORDS, new=OTHERS, again=OTHERS)
    expect(message(app, "The passphrase is changed")).to_be_visible()
    assert {p["label"] for p in app.call("people")} == {"Ada", "Grace"}
    app.locate("#lock-now").click()
    app.locate("#lock-passphrase").fill(WORDS)
    app.locate("#lock-unlock").click()
    expect(app.locate("#lock-error")).to_contain_text("wrong")
    unlock(app, OTHERS)
    turn_off(app, OTHERS)
    app.reload()
    assert [p["label"] for p in app.call("people")] == ["Ada", "Grace"]
    assert app.stored() == ["Ada", "Ada", "Grace"]


def test_who_has_forgotten_it_begins_anew(locked):
    app = locked
    app.locate("#lock-now").click()
    app.locate("#lock-forgotten").click()
    with app.dialog("begin-anew") as form:
        form.get_by_role("button", name="Cancel").click()
    expect(app.locate("#lock")).to_be_visible()
    app.locate("#lock-forgotten").click()
    app.submit("begin-anew")
    expect(app.locate("#lock")).to_be_hidden()
    app.show("people")
    expect(app.locate("#people-empty")).to_be_visible()
    enroll(app, "Ada")
    app.reload()
    assert [p["label"] for p in app.call("people")] == ["Ada"]


def test_other_tabs_follow(unlocked, address, contexts, watched):
    here, there = unlocked, watched(App(unlocked.page.context, address)).until_ready()
    contexts.append(there.page)
    enroll(here, "Ada")
    turn_on(here)
    expect(there.locate("#lock")).to_be_visible()
    unlock(there)
    there.show("people")
    enroll(here, "Grace", 1, RIGHT)
    expect(there.locate("#people-list h3")).to_have_text(["Ada", "Grace"])
    here.locate("#lock-now").click()
    expect(there.locate("#lock")).to_be_visible()
    unlock(there)
    expect(here.locate("#lock")).to_be_visible()
    turn_off(there)
    expect(here.locate("#lock")).to_be_hidden()
    assert [p["label"] for p in here.call("people")] == ["Ada", "Grace"]


def test_the_lock_by_the_keyboard_alone_and_with_names(locked):
    page = locked.page
    locked.locate("#lock-now").focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Passphrase", exact=True)
    expect(field).to_be_visible()
    field.focus()
    page.keyboard.type(WORDS)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Unlock")).to_be_focused()
    page.keyboard.press("Enter")
    expect(locked.locate("#lock")).to_be_hidden(timeout=WAIT)
    expect(locked.locate("#settings-title")).to_be_focused()
    page.get_by_role("button", name="Change the passphrase").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Change the passphrase")
    expect(dialog.get_by_label("Passphrase", exact=True)).to_be_focused()
    expect(dialog.get_by_label("The new passphrase again")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Change the passphrase")).to_be_focused()


# What the files of the browser hold


def needles(descriptors, photos) -> dict[str, bytes]:
    """What to look for: names and notes in three spellings, descriptors, photos."""
    texts = {"name": NAMES[0], "name two": NAMES[1], "note": NOTE}
    found = {f"{what}, {kind}": text.encode(kind) for what, text in texts.items()
             for kind in ("utf-8", "utf-16-le", "utf-16-be")}  # fmt: skip
    for number, (row, jpeg) in enumerate(zip(descriptors, photos, strict=True)):
        middle = len(jpeg) // 2
        found[f"descriptor {number}"] = struct.pack("<4f", *row[60:64])
        found[f"photo {number}"] = bytes(jpeg[middle : middle + 24])
    return found


def held(profile: Path, wanted: dict[str, bytes]) -> dict[str, list[str]]:
    """Which of them the files of a profile hold, and where."""
    found = {}
    for file in profile.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            for name, needle in wanted.items():
                if needle in content:
                    found.setdefault(name, []).append(file.relative_to(profile).as_posix())
    return found


def expect_nothing(profile: Path, wanted: dict[str, bytes]) -> None:
    """The files hold none of them, as soon as the browser has removed those it has rewritten."""
    end = time.monotonic() + REMOVED_WITHIN
    while (found := held(profile, wanted)) and time.monotonic() < end:
        time.sleep(0.2)
    assert found == {}


@contextmanager
def visit(launch, profile: Path, address: str, *flags: str):
    context = launch(*flags, profile=profile)
    app = App(context, address).until_ready()
    yield app
    assert app.problems == []
    context.close()


@pytest.mark.parametrize("kind", ["LevelDB", pytest.param("SQLite", marks=pytest.mark.soak)])
def test_the_profiles_files_hold_nothing_in_the_clear(launch, site, tmp_path, kind):
    profile = tmp_path / "profile"
    flags = ["--enable-features=IdbSqliteBackingStore"] if kind == "SQLite" else []
    with serving(site) as address:
        with visit(launch, profile, address, *flags) as app:
            app.show("people")
            app.locate("#people-new").click()
            app.submit("new-person", NAMES[0])
            for number in range(12):
                app.call("enroll", NAMES[0], app.blob(photo(number)))
            enroll(app, NAMES[1], 6, RIGHT)
            app.show("people")
            open_person(app, NAMES[0])
            app.locate("#person-notes").fill(NOTE)
            app.locate("#person-notes").blur()
            expect(app.locate("#person-notes-state")).to_have_text("Saved.")
            app.show("people")
            app.person(NAMES[1]).get_by_role("button", name="Rename").click()
            app.submit("rename", NAMES[1] + " 2")
            wanted = needles(*zip(*app.page.evaluate(RAW), strict=True))
            before = held(profile, wanted)
            kinds = {name.split(",")[0].split()[0] for name in before}
            assert kinds == {"name", "note", "descriptor", "photo"}, before
            assert all("/IndexedDB/" in f for files in before.values() for f in files), before
            assert ("leveldb" in str(before)) == (kind == "LevelDB")
            turn_on(app)
            app.show("people")
            open_person(app, NAMES[0])
            app.call("enroll", NAMES[0], app.blob(photo(20)))
            app.show("people")
            app.locate("#people-lock").click()
            expect(app.locate("#lock")).to_be_visible()
            expect_nothing(profile, wanted)
        expect_nothing(profile, wanted)
        with visit(launch, profile, address, *flags) as app:
            expect(app.locate("#lock")).to_be_visible()
            expect_nothing(profile, wanted)
            unlock(app)
            assert [p["samples"] for p in app.call("people")] == [13, 6]
            app.locate("nav [data-view=people]").click()
        expect_nothing(profile, wanted)
        with visit(launch, profile, address, *flags) as app:
            unlock(app)
            turn_off(app)
            assert held(profile, wanted) != {}


# Files


def test_files_go_between_the_page_and_programs(app, tmp_path, monkeypatch):
    enroll(app, "Ada", 2)
    app.show("people")
    app.locate("#people-export-locked").click()
    with app.page.expect_download() as download:
        passphrase(app, new=WORDS, again=WORDS)
    ours = tmp_path / "ours.locked"
    download.value.save_as(ours)
    monkeypatch.setenv("FACESIDE_PASSPHRASE", WORDS)
    gallery = Gallery(file_store(ours))
    (ada,) = run(gallery.people())
    assert (ada.label, len(ada.samples)) == ("Ada", 2) and b"Ada" not in ours.read_bytes()
    kept = json.loads(app.call("exportGallery"))["people"][0]["samples"]
    assert [row.descriptor.tolist() for row in ada.samples] == [s["descriptor"] for s in kept]

    run(gallery.rename("Ada", "Countess"))
    theirs = {"name": "theirs.locked", "mimeType": "", "buffer": ours.read_bytes()}
    app.locate("#people-import").set_input_files(theirs)
    passphrase(app, old="wrong words here")
    fault = app.locate("#passphrase-error")
    expect(fault).to_have_text("The passphrase is wrong: type it again.")
    passphrase(app, old=WORDS)
    expect(app.person("Countess")).to_be_visible()
    assert [p["samples"] for p in app.call("people")] == [2, 2]

    content = ours.read_bytes()
    damaged = app.blob(content[:-5] + b"hello")
    for file, words, code_ in (
        (damaged, WORDS, "container-damaged"),
        (app.blob(content[:45]), WORDS, "container-damaged"),
        (app.blob(content), "wrong words here", "passphrase-wrong"),
        (app.blob(content), None, "file-locked"),
    ):
        assert code(app, "importGallery", file, {"passphrase": words}) == code_
    began = time.perf_counter()
    assert code(app, "importGallery", app.blob(content), {"passphrase": "no"}) == "passphrase-wrong"
    assert time.perf_counter() - began >= 0.25
    assert [p["samples"] for p in app.call("people")] == [2, 2]

"""The privacy view: it tells the truth about the browser, and what is forgotten is gone."""

import json
import re
from pathlib import Path

import pytest
from conftest import copy_site, serving
from driver import App, FacesideError
from pictures import sample
from playwright.sync_api import expect
from test_axe import violations
from test_egress import FROM_PAGE
from test_locked import WORDS, held, turn_on
from test_people import RIGHT, enroll, message, open_person, photo, upload

from serve import POLICY

WITHIN = 30_000  # ms
LEFT = """async () => {
  const files = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  return [
    (await indexedDB.databases()).map(({ name }) => name), await caches.keys(), files,
    (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
    Object.keys(localStorage), Object.keys(sessionStorage), document.cookie,
  ];
}"""
NOTHING = [[], [], [], [], [], [], ""]
FILLED = """async () => {
  sessionStorage.setItem("faceside-loaded-again", "yes");
  document.cookie = "seen=yes; path=/";
  const folder = await (await navigator.storage.getDirectory())
    .getDirectoryHandle("notes", { create: true });
  const file = await folder.getFileHandle("a.txt", { create: true });
  const writable = await file.createWritable();
  await writable.write("four");
  await writable.close();
}"""
KEPT = """async () => {
  const open = indexedDB.open("faceside");
  await new Promise((resolve) => { open.onsuccess = resolve; });
  const all = open.result.transaction("samples").objectStore("samples").getAll();
  await new Promise((resolve) => { all.onsuccess = resolve; });
  open.result.close();
  const bytes = (name) => all.result.reduce((sum, one) => sum + one[name].byteLength, 0);
  return [all.result.length, bytes("photo"), bytes("descriptor")];
}"""
ASKED = """() => performance.getEntriesByType("resource")
  .filter(({ name }) => new URL(name).protocol != "blob:" && new URL(name).protocol != "data:")
  .map(({ name }) => new URL(name).origin)"""


def fact(app: App, name: str):
    """A row of the list of what is kept."""
    return app.locate(f"#kept-list [data-kept={name}]")


def try_ways(app: App) -> dict[str, list[str]]:
    """Press "Try it"; the ways by what came of them."""
    app.locate("#ways-try").click()
    expect(app.locate("#ways-state")).to_contain_text("ways out", timeout=WITHIN)
    tried = app.locate("#ways-list li").evaluate_all(
        "(all) => all.map(({ dataset }) => [dataset.refused, dataset.way])"
    )
    return {refused: [way for r, way in tried if r == refused] for refused in ("true", "false")}


def engine_of(app: App):
    """The worker of the engine; those of the runtime's threads answer to nobody."""
    (worker,) = (worker for worker in app.page.workers if worker.url.startswith("blob:"))
    return worker


def test_privacy_tells_what_the_browser_enforces(app):
    app.show("privacy")
    expect(app.locate("#policy-source")).to_contain_text("both hold")
    said = app.locate("#policy-text").text_content()
    assert f"Content-Security-Policy: {POLICY}" in said
    markup = app.page.evaluate("document.querySelector('meta[http-equiv]').content")
    assert f"Content-Security-Policy (meta): {markup}" in said
    rows = app.locate("#policy-list > div").all_inner_texts()
    told = dict(re.split(r"\s*\n\s*", row, maxsplit=1) for row in rows)
    assert told["Connections"] == "this site, what the page has made itself"
    assert told["Anything else"] == "nothing"
    assert told["Allowed to this site"] == "camera"
    assert "microphone" in told["Refused to every site"]


def test_privacy_tries_ways_out_and_counts_requests(app):
    app.show("privacy")
    tried = try_ways(app)
    app.forgive("elsewhere.invalid")
    assert tried["false"] == []
    assert len(tried["true"]) == 19
    assert {*tried["true"]} - {*FROM_PAGE} == {"frame", "webtransport"}

    origin = app.page.evaluate("origin")
    line = app.locate(f"#requests-list [data-origin='{origin}'] dd")
    expect(line).to_contain_text("of the worker")
    app.page.wait_for_timeout(1500)  # the count follows within a second
    numbers = [int(number) for number in re.findall(r"\d+", line.text_content())]
    asked = [place.evaluate(ASKED) for place in (app.page, engine_of(app))]
    assert numbers == [addresses.count(origin) for addresses in asked]
    assert set().union(*asked) <= {origin, "https://elsewhere.invalid"}
    expect(app.locate("#requests-state")).to_have_text("All of them went to this site.")
    refused = app.locate("#requests-list [data-origin='https://elsewhere.invalid']")
    expect(refused).to_contain_text("refused by the browser")


def test_privacy_tells_where_nothing_is_refused(open_app, tmp_path):
    """The control: a page without a policy is told to have none, and its ways are open."""
    site = copy_site(tmp_path / "site")
    page = (site / "index.html").read_text("utf-8")
    (site / "index.html").unlink()
    open_page = re.sub(r"<meta http-equiv[^>]*>", "", page)
    (site / "index.html").write_text(open_page.replace("./app/page/guard.js", "data:,"), "utf-8")
    with serving(site, plain=True) as address:
        app = open_app(address).until_up()
        app.show("privacy")
        expect(app.locate("#policy-source")).to_contain_text("There is no policy")
        tried = try_ways(app)
        assert tried["true"] == [] and {"fetch", "websocket", "image", "webrtc"} < {*tried["false"]}
        expect(app.locate("#requests-state")).not_to_have_text("All of them went to this site.")
        app.forgive("elsewhere.invalid")


def test_privacy_counts_what_is_kept(app):
    enroll(app, "Ada", 2)
    app.show("privacy")
    expect(fact(app, "people")).to_contain_text("1 person, 2 samples")
    number, photos, descriptors = app.page.evaluate(KEPT)
    assert number == 2
    expect(fact(app, "photos")).to_contain_text(f"2, {photos / 1000:.1f} kB")
    expect(fact(app, "descriptors")).to_contain_text(f"2, {descriptors / 1000:.1f} kB")
    expect(fact(app, "databases")).to_contain_text(
        re.compile(r"^Databases\s*faceside\s*2 records$")
    )
    for key in app.page.evaluate("Object.keys(localStorage)"):
        expect(fact(app, "local")).to_contain_text(key)
    app.call("forget", "Ada")
    expect(fact(app, "people")).to_contain_text("0 people")


def dates(app: App, after: int) -> tuple[str, str]:
    """Today, and the day so many days after it, as the device has them."""
    return app.page.evaluate(
        """(after) => [0, after].map((days) => {
             const day = new Date(); day.setDate(day.getDate() + days);
             return day.toLocaleDateString("sv");
           })""",
        after,
    )


def set_term(app: App, name: str, value: str) -> None:
    """Fill in one of the terms of the person shown."""
    app.locate(f"#person-{name}").fill(value)
    app.locate(f"#person-{name}").blur()
    expect(app.locate("#person-terms-state")).to_have_text("Saved.")


def set_clock(app: App, days: float) -> None:
    """Have the page's clock say so many days later, from the next load on."""
    app.page.add_init_script(
        f"""{{
          const Real = Date, ms = {days} * 86400000;
          Date = class extends Real {{
            constructor(...given) {{ given.length ? super(...given) : super(Real.now() + ms); }}
            static now() {{ return Real.now() + ms; }}
          }};
        }}"""
    )


def test_privacy_people_are_forgotten_as_was_set_and_the_clock_is_asked_about(open_app):
    app = open_app().until_ready()
    for number, name in enumerate(("Ann", "Bea", "Cleo")):
        app.call("enroll", name, app.blob(photo(number)))
    today, last = dates(app, 20)
    for name, day in (("Ann", last), ("Bea", "2199-12-31")):
        app.show("people")
        open_person(app, name)
        set_term(app, "until", day)
    set_term(app, "agreed", today)
    set_term(app, "agreement", "By word of mouth")
    exported = json.loads(app.call("exportGallery"))["people"]
    assert [person.get("forgetAfter") for person in exported] == [last, "2199-12-31", None]
    assert [exported[1][key] for key in ("agreed", "agreement")] == [today, "By word of mouth"]

    set_clock(app, 21)  # the day after
    app.reload()
    expect(message(app, "Ann was forgotten today, as was set.")).to_be_visible()
    assert [p["label"] for p in app.call("people")] == ["Bea", "Cleo"] == app.stored()

    set_clock(app, 200 * 365)  # a clock that is wrong
    app.reload()
    with app.dialog("clock") as form:
        expect(form).to_contain_text("1 person would be forgotten for good")
        assert violations(app) == []
        form.get_by_role("button", name="Not now").click()
    assert len(app.call("people")) == 2
    app.reload()
    app.submit("clock")  # it is right after all
    expect(message(app, "Bea was forgotten today, as was set.")).to_be_visible()
    assert [p["label"] for p in app.call("people")] == ["Cleo"] == app.stored()

    app.show("privacy")
    lines = app.locate("#log-list li span").all_text_contents()
    assert lines.count("1 sample enrolled") == 3 and lines.count("Everybody exported") == 1
    assert lines.count("1 person forgotten as was set") == 2
    kept = app.page.evaluate("localStorage.getItem('faceside-log')")
    assert not any(name in kept for name in ("Ann", "Bea", "Cleo"))
    for kind in ("csv", "json"):
        with app.page.expect_download() as saved:
            app.locate(f"#log-{kind}").click()
        assert saved.value.suggested_filename == f"faceside-log.{kind}"
    entries = json.loads(Path(saved.value.path()).read_text("utf-8"))
    assert [entry["what"] for entry in entries].count("due") == 2 and len(entries) == len(lines)


@pytest.fixture
def asked(app):
    """The shared page, where consent is asked for."""
    app.show("privacy")
    app.locate("#consent-ask").check()
    yield app
    app.show("privacy")
    app.locate("#consent-ask").uncheck()


def agree(form, note: str) -> None:
    form.get_by_label("They agreed to be kept").check()
    form.get_by_label("What was agreed").first.fill(note)


def agreed(app: App, note: str) -> None:
    """The page of the person shown tells of it."""
    expect(app.locate("#person-agreed")).to_have_value(dates(app, 0)[0])
    expect(app.locate("#person-agreement")).to_have_value(note)


def test_privacy_consent_is_asked_for_where_it_is_wished(asked):
    app = asked
    (card,) = app.choose(sample(6))
    row = card.locator("li.face-row").first
    row.get_by_role("button", name="Add this person").click()
    with app.dialog("enroll") as form:
        form.locator("#enroll-name").fill("Dora")
        agree(form, "Until the summer")
        form.locator("[type=submit]").click()
        expect(form).to_be_hidden()
    expect(row).to_have_attribute("data-label", "Dora")
    app.show("people")
    open_person(app, "Dora")
    agreed(app, "Until the summer")


def test_privacy_consent_is_asked_for_where_photos_of_a_person_are_added(asked):
    app = asked
    app.show("people")
    app.locate("#people-new").click()
    with app.dialog("new-person") as form:
        form.locator("#new-person-name").fill("Ebba")
        agree(form, "Until the summer")
        assert violations(app) == []
        form.locator("[type=submit]").click()
        expect(form).to_be_hidden()
    page = app.locate("#person")
    expect(page.get_by_label("They agreed to be kept")).to_be_checked()
    app.locate("#person-input").set_input_files([upload("1.jpg", photo(1))])
    expect(page.get_by_label("They agreed to be kept")).to_have_count(0)
    agreed(app, "Until the summer")

    app.call("enroll", "Fay", app.blob(photo(2, RIGHT)))
    open_person(app, "Fay")
    expect(app.locate("#person-agreed")).to_have_value("")
    agree(page, "For the door")
    app.locate("#person-take").click()
    app.locate("#take-photo").click()
    app.locate("#take-choices").get_by_role("button", name="Face 2 of 2").click()
    expect(app.locate("#take-state")).to_contain_text("Added: 2 photos")
    app.locate("#take-close").click()
    agreed(app, "For the door")
    open_person(app, "Ebba")
    agreed(app, "Until the summer")


@pytest.fixture
def kept_here(launch, address, tmp_path, watched):
    """A page in a profile of its own that keeps something of every kind, its name in the files."""
    context = launch(profile=tmp_path / "profile")
    app = watched(App(context, address, toured=False)).until_ready()
    enroll(app, "Zaphodina")
    app.page.wait_for_function("navigator.serviceWorker.controller && caches.keys()")
    app.page.evaluate(FILLED)
    yield app
    context.close()


def forget_everything(app: App) -> None:
    app.show("privacy")
    app.locate("#forget-everything").click()
    with app.dialog("forget-all"):
        assert violations(app) == []
    app.submit("forget-all")
    expect(app.locate("#forgotten-title")).to_have_text("Everything is forgotten", timeout=WITHIN)


def test_privacy_forgets_everything_in_every_tab_even_locked(kept_here, address, watched, tmp_path):
    app = kept_here
    expect(app.locate("#offline-state")).not_to_be_empty()
    other = watched(App(app.page.context, address, toured=False)).until_ready()
    assert all(kind for kind in app.page.evaluate(LEFT))  # something of every kind
    names = {"utf-8": b"Zaphodina", "utf-16": "Zaphodina".encode("utf-16-le")}
    assert held(tmp_path / "profile", names)

    app.page.bring_to_front()
    forget_everything(app)
    expect(app.locate("#forgotten-state")).to_contain_text("nothing is left")
    expect(app.locate("#forgotten-title")).to_be_focused()
    expect(other.locate("#forgotten-title")).to_have_text("Forgotten in another tab")
    with pytest.raises(FacesideError, match="everything-forgotten"):
        other.call("enroll", "Zaphodina", other.blob(b"a picture"))
    other.page.evaluate("facesideEarly.keep('back', 'faceside-back')")
    app.page.wait_for_timeout(2000)  # nothing is written back
    for tab in (app, other):
        assert tab.page.evaluate(LEFT) == NOTHING
        expect(tab.locate("nav")).to_be_hidden()
        assert "Zaphodina" not in tab.page.content()
    left = held(tmp_path / "profile", names)
    assert [file for files in left.values() for file in files if "MANIFEST" not in file] == []

    other.page.close()
    app.locate("#forgotten-reload").click()
    app.until_ready()
    assert app.call("people") == [] and app.page.evaluate("document.cookie") == ""
    expect(app.locate("#tour")).to_be_visible()  # a first visit

    enroll(app, "Ada")  # and the same while people are locked
    turn_on(app, WORDS)
    app.locate("#lock-now").click()
    expect(app.locate("#lock")).to_be_visible()
    app.show("privacy")
    expect(fact(app, "people")).to_contain_text(re.compile(r"locked: \d+\.\d kB, encrypted"))
    forget_everything(app)
    assert app.page.evaluate(LEFT) == NOTHING

"""Several tabs with the same people."""

from contextlib import contextmanager

import pytest
from driver import READY_WITHIN, App
from playwright.sync_api import expect
from test_people import RIGHT, enroll, open_person, photo

CHANNEL = """() => {
  window.told = 0;
  window.channel = new BroadcastChannel("faceside");
  channel.onmessage = () => window.told++;
}"""


# Keeps back what the engine answers first, which is that it has started.
HOLD = """addEventListener("DOMContentLoaded", () => {
  const until = facesideEarly.until;
  facesideEarly.until = (answer) => {
    facesideEarly.until = until;
    return until(answer.then((value) => (window.read = true, value)).then((value) =>
      new Promise((go) => (window.go = () => go(value)))));
  };
})"""


@pytest.fixture(scope="module")
def pair(shared_app, address):
    """Two tabs of one browser."""
    other = App(shared_app.page.context, address).until_ready()
    yield [shared_app, other]
    other.page.close()


@contextmanager
def nothing_kept_yet(app):
    """What is typed meanwhile stays typed: the pause after which notes are kept does not end."""
    app.page.evaluate(
        """() => {
          window.later = setTimeout;
          window.setTimeout = (work, pause) => (pause == 800 ? 0 : later(work, pause));
        }"""
    )
    yield
    app.page.evaluate("() => { window.setTimeout = later; }")


@pytest.fixture
def tabs(pair, watched):
    """The two, with nobody enrolled."""
    for app in pair:
        watched(app).reset()
    for app in pair:
        app.show("people")
        expect(app.locate("#people-empty")).to_be_visible()
    return pair


def test_changes_of_one_tab_are_known_in_the_other_at_once(tabs):
    here, there = tabs
    names = there.locate("#people-list h3")
    enroll(here, "Ada")
    expect(names).to_have_text(["Ada"])
    (face,) = there.call("identify", there.blob(photo(2)))
    assert face["match"]["label"] == "Ada"
    enroll(there, "Grace", 1, RIGHT)
    expect(here.locate("#people-list h3")).to_have_text(["Ada", "Grace"])

    here.person("Ada").get_by_role("button", name="Rename").click()
    here.submit("rename", "Ada Lovelace")
    expect(names).to_have_text(["Ada Lovelace", "Grace"])
    here.person("Ada Lovelace").get_by_role("button", name="Delete").click()
    expect(names).to_have_text(["Grace"])
    (face,) = there.call("identify", there.blob(photo(2)))
    assert face["match"]["label"] == "unknown"
    here.locate("#messages [data-undo]").last.click()
    expect(names).to_have_text(["Ada Lovelace", "Grace"])


def test_what_another_tab_keeps_while_the_engine_starts_is_known(tabs):
    """The engine of a tab has read the people already, and the tab does not know of it yet."""
    here, there = tabs
    there.page.add_init_script(HOLD)
    there.page.reload()
    there.page.wait_for_function("() => window.read", timeout=READY_WITHIN)
    enroll(here, "Ada")
    there.page.evaluate("go()")
    there.until_ready()
    expect(there.locate("#people-list h3")).to_have_text(["Ada"])
    (face,) = there.call("identify", there.blob(photo(2)))
    assert face["match"]["label"] == "Ada"


def test_a_change_is_told_once_and_settings_are_not(tabs):
    here, there = tabs
    there.page.evaluate(CHANNEL)
    enroll(here, "Ada")
    expect(there.locate("#people-list h3")).to_have_text(["Ada"])
    here.show("settings")
    here.locate("#setting-score").fill("0.8")
    here.locate("#setting-score").blur()
    expect(here.locate("#settings-reset")).to_be_visible()
    here.locate("#settings-reset").click()
    expect(here.locate("#settings-reset")).to_be_hidden()
    enroll(here, "Grace", 1, RIGHT)
    expect(there.locate("#people-list h3")).to_have_text(["Ada", "Grace"])
    assert there.page.evaluate("told") == 2
    there.page.evaluate("channel.close()")


def test_notes_typed_in_two_tabs_are_both_kept(tabs):
    here, there = tabs
    enroll(here, "Ada")
    for app in tabs:
        open_person(app, "Ada")
        expect(app.locate("#person-photos li")).to_have_count(1)
    notes = [app.locate("#person-notes") for app in tabs]
    with nothing_kept_yet(there):
        notes[1].press_sequentially("plays chess ")
    here.call("enroll", "Ada", here.blob(photo(1)))
    expect(there.locate("#person-photos li")).to_have_count(2)
    expect(notes[1]).to_have_value("plays chess ")
    notes[0].fill("counts engines")
    expect(here.locate("#person-notes-state")).to_have_text("Saved.")
    expect(notes[1]).to_have_value("counts engines\nplays chess ")
    notes[1].press_sequentially("well")
    expect(there.locate("#person-notes-state")).to_have_text("Saved.")
    expect(notes[1]).to_have_value("counts engines\nplays chess well")
    expect(notes[0]).to_have_value("counts engines\nplays chess well")


def test_a_note_outlives_its_person(tabs):
    here, there = tabs
    enroll(here, "Ada")
    open_person(there, "Ada")
    note = there.locate("#person-notes")
    with nothing_kept_yet(there):
        note.press_sequentially("plays chess")
    here.call("forget", "Ada")
    expect(there.locate("#person-empty")).to_be_visible()
    expect(note).to_be_visible()
    expect(note).to_have_value("plays chess")
    enroll(here, "Ada")
    note.press_sequentially("!")
    expect(there.locate("#person-notes-state")).to_have_text("Saved.")
    assert note.input_value() == "plays chess!"

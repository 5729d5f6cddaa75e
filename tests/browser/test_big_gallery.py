"""Galleries of many people: brought in piece by piece, kept whole or not at all, looked through."""

import json
import time

import numpy as np
import pytest
from pictures import FACES, sample
from playwright.sync_api import expect
from test_people import enroll, message, photo

THOUSANDS, MANY = 3000, 100_000
WITHIN = 900_000  # ms, for what MANY people take on a slow machine
# More is asked for, and another list before that is made.
MORE_AND_SEARCH = """async () => {
  document.getElementById("people-more").click();
  await new Promise((resolve) => setTimeout(resolve, 30));
  document.getElementById("people-search").dispatchEvent(new Event("input"));
}"""
WATCH = """() => {
  const bar = document.getElementById("people-importing-bar");
  window.shares = [];
  window.watching = new MutationObserver(() => shares.push(bar.value));
  watching.observe(bar, { attributes: true });
}"""


def write(path, number: int, end: str = "]}"):
    """A gallery of many people without photos, in Faceside's own format."""
    rng = np.random.default_rng(number)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"format": "faceside-gallery", "version": 1, "people": [\n')
        for i in range(number):
            row = rng.standard_normal(128).astype(np.float32)
            descriptor = (3 * row / np.linalg.norm(row)).tolist()  # so far away is no real face
            one = {"recognizer": "sface", "created": 1.5e9 + i, "descriptor": descriptor}
            person = {"label": f"Person {i:06}", "samples": [one]}
            file.write((",\n" if i else "") + json.dumps(person))
        file.write(end)
    return path


@pytest.fixture(scope="module")
def thousands(tmp_path_factory):
    return write(tmp_path_factory.mktemp("gallery") / "thousands.json", THOUSANDS)


@pytest.fixture
def watching(app):
    app.show("people")
    app.page.evaluate(WATCH)
    yield app
    app.page.evaluate("() => watching.disconnect()")
    app.show("people")
    if app.locate("#people-clear").is_visible():
        app.locate("#people-clear").click()
        expect(app.locate("#people-empty")).to_be_visible()


def shares(app) -> list[float]:
    """What the bar has shown so far, between nothing and everything."""
    return [share for share in app.page.evaluate("shares") if 0 < share < 1]


def test_a_big_file_tells_how_far_it_is_and_stops_nothing(watching, thousands):
    app = watching
    app.locate("#people-import").set_input_files(thousands)
    expect(app.locate("#people-importing")).to_be_visible()
    asked = """async () => [
      (await faceside.people()).length, !document.getElementById("people-importing").hidden]"""
    assert app.page.evaluate(asked) == [0, True]  # answered meanwhile, and nothing is there yet
    expect(message(app, f"{THOUSANDS} people with {THOUSANDS} samples")).to_be_visible()
    expect(app.locate("#people-importing")).to_be_hidden()
    told = shares(app)
    assert len(set(told)) >= 2 and told == sorted(told)

    cards = app.locate(".person-card")
    expect(cards).to_have_count(100)
    expect(app.locate("#people-found")).to_have_text(f"{THOUSANDS} people")
    app.locate("#people-search").fill("2999 person")
    expect(cards).to_have_count(1)
    app.locate("#people-search").fill("")
    expect(cards).to_have_count(100)
    app.locate("#people-more").click()
    expect(cards).to_have_count(200)
    app.page.evaluate(MORE_AND_SEARCH)
    app.page.wait_for_timeout(500)  # for cards that nobody wants any more
    labels = cards.evaluate_all("(cards) => cards.map((card) => card.dataset.label)")
    assert labels == [f"Person {i:06}" for i in range(100)]
    enroll(app, "Ada")
    (face,) = app.call("identify", app.blob(photo(2)))
    assert face["match"]["label"] == "Ada"
    expect(cards.first).to_have_attribute("data-label", "Ada")


@pytest.mark.parametrize("end", [', {"label": "x", "samples": [7]}]}', ', {"label": "cut'])
def test_of_a_big_file_that_is_damaged_at_its_end_nothing_is_kept(watching, tmp_path, end):
    app = watching
    app.locate("#people-import").set_input_files(write(tmp_path / "damaged.json", 1000, end))
    expect(app.error("gallery-unreadable")).to_be_visible()
    expect(app.locate("#people-importing")).to_be_hidden()
    expect(app.locate("#people-empty")).to_be_visible()
    assert app.stored() == []


def test_a_page_closed_while_it_keeps_has_kept_all_or_nothing(open_app, thousands):
    app = open_app().until_ready()
    app.show("people")
    app.page.evaluate(WATCH)
    app.locate("#people-import").set_input_files(thousands)
    app.page.wait_for_function("() => shares.some((share) => share > 0.6)")
    app.reload()
    assert len(app.stored()) in (0, THOUSANDS)


@pytest.mark.soak
def test_a_hundred_thousand_people(open_app, tmp_path):
    path = write(tmp_path / "many.json", MANY)
    app = open_app().until_ready()
    app.show("people")
    app.page.evaluate(WATCH)
    begun = time.monotonic()
    app.locate("#people-import").set_input_files(path)
    expect(message(app, f"{MANY} people with {MANY} samples")).to_be_visible(timeout=WITHIN)
    print(f"\n{path.stat().st_size / 1e6:.0f} MB imported in {time.monotonic() - begun:.0f} s")
    told = shares(app)
    assert len(set(told)) > 20 and told == sorted(told)
    cards = app.locate(".person-card")
    expect(cards).to_have_count(100, timeout=WITHIN)

    def timed(what, work, done):
        begun = time.monotonic()
        work()
        done()
        print(f"{what}: {time.monotonic() - begun:.2f} s")

    search = app.locate("#people-search")
    for text, found in (("099999", 1), ("", 100), ("person 0500", 100), ("", 100)):
        timed(
            f"search {text!r}",
            lambda text=text: search.fill(text),
            lambda found=found: expect(cards).to_have_count(found),
        )
    more = app.locate("#people-more")
    for shown in (200, 300):
        timed("more", more.click, lambda shown=shown: expect(cards).to_have_count(shown))
    for what in ("first", "second"):
        found = []
        timed(
            f"{what} recognition",
            lambda found=found: found.extend(app.call("identify", app.blob(sample(6)))),
            lambda found=found: len(found),
        )
        assert [face["match"]["label"] for face in found] == ["unknown"] * FACES[6]
    timed("enrol one", lambda: enroll(app, "Ada"), lambda: None)
    expect(cards.first).to_have_attribute("data-label", "Ada")
    timed("load the page", app.reload, lambda: None)
    app.show("people")
    expect(app.locate("#people-found")).to_have_text(f"{MANY + 1} people", timeout=WITHIN)


def test_two_big_files_are_brought_in_one_after_the_other(app, thousands):
    text = thousands.read_text("utf-8")
    app.page.evaluate(
        """async (text) => {
          const ours = text.replaceAll("Person", "Somebody");
          await Promise.all([faceside.importGallery(text), faceside.importGallery(ours)]);
        }""",
        text,
    )
    assert app.page.evaluate("async () => (await faceside.people()).length") == 2 * THOUSANDS
    app.show("people")
    app.locate("#people-clear").click()
    expect(app.locate("#people-empty")).to_be_visible()

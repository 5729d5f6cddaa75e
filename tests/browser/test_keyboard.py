"""The keyboard alone: every view and every control in it can be reached and worked."""

import json

import pytest
from driver import ANSWER_WITHIN
from filled import VIEWS, fill
from pictures import Clip, encode, open_sample, sample
from playwright.sync_api import expect
from test_people import RIGHT, enroll, message, photo, upload

MOST = 250  # stops of the Tab key on one view
# What a pointer can work; of a group of radio buttons, Tab stops at one.
CONTROLS = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .filter((element) => !element.disabled && !element.closest("fieldset[disabled]"))
  .filter((element) => element.tabIndex >= 0 && element.type !== "radio")
  .map((element, number) => element.dataset.stop = String(number))"""
LEFT = """() => [...document.querySelectorAll("[data-stop]")]
  .map((element) => [element.dataset.stop, element.outerHTML])"""
FORGET = (
    "document.querySelectorAll('[data-stop]').forEach((element) => delete element.dataset.stop)"
)
STOP = """() => {
  const element = document.activeElement;
  const seen = element.matches(".visually-hidden") ? element.nextElementSibling : element;
  const outline = seen && getComputedStyle(seen).outlineStyle;
  return [element.dataset.stop ?? "", element.outerHTML.slice(0, 90), outline];
}"""


def press_tab_until(app, selector: str, most: int = MOST) -> None:
    """Press Tab until the focus is on an element."""
    for _ in range(most):
        app.page.keyboard.press("Tab")
        if app.page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"Tab does not come to {selector}")


def missed_by_tab(app) -> tuple[list[str], bool]:
    """The controls that Tab does not come to, and whether all of them were there to the end."""
    wanted = app.page.evaluate(CONTROLS)
    come_to = set()
    first = None
    for _ in range(MOST):
        app.page.keyboard.press("Tab")
        stop, markup, outline = app.page.evaluate(STOP)
        if stop and stop == first:
            break
        first = first or stop
        come_to.add(stop)
        assert not stop or outline not in ("none", None), f"no outline: {markup}"
    left = dict(app.page.evaluate(LEFT))
    app.page.evaluate(FORGET)
    missed = [left[stop] for stop in left if stop not in come_to]
    return missed, set(wanted) == set(left)


@pytest.fixture(scope="module")
def filled(shared_app):
    fill(shared_app)
    shared_app.locate("#camera-stop").click()  # rows that come and go are another matter
    yield shared_app
    shared_app.reset()


@pytest.mark.parametrize("view", VIEWS)
def test_keyboard_reaches_every_control_and_shows_where_it_is(filled, view):
    press_tab_until(filled, f"nav [data-view={view}]")
    filled.page.keyboard.press("Enter")
    expect(filled.locate(f"section#{view}")).to_be_visible()
    expect(filled.locate(f"section#{view} h2").first).to_be_focused()
    for _ in range(3):  # as often as a list is written anew meanwhile
        missed, left = missed_by_tab(filled)
        if left:
            break
    assert left and missed == []


def test_keyboard_skips_to_the_content(filled):
    filled.show("photos")
    filled.page.evaluate("document.activeElement.blur()")
    press_tab_until(filled, "#skip")
    filled.page.keyboard.press("Enter")
    expect(filled.locate("#photos h2")).to_be_focused()
    expect(filled.locate("#photos")).to_be_visible()


def test_keyboard_starts_and_stops_the_camera(app):
    press_tab_until(app, "#camera-start")
    app.page.keyboard.press("Enter")
    expect(app.locate("#live")).to_have_attribute("data-camera", "on")
    expect(app.locate("#camera-stop")).to_be_focused()
    press_tab_until(app, "#camera-mirror")
    app.page.keyboard.press("Space")
    expect(app.locate("#camera-mirror")).not_to_be_checked()
    press_tab_until(app, "#camera-stop")
    app.page.keyboard.press("Space")
    expect(app.locate("#live")).to_have_attribute("data-camera", "off")
    expect(app.locate("#camera-start")).to_be_focused()


def test_keyboard_adds_a_person(app):
    press_tab_until(app, "nav [data-view=photos]")
    app.page.keyboard.press("Enter")
    (card,) = app.choose(sample(6))
    press_tab_until(app, "li.face-row button")
    row = card.locator("li.face-row:focus-within")
    number = row.get_attribute("data-face")
    app.page.keyboard.press("Enter")
    expect(app.locate("#enroll-name")).to_be_focused()
    app.page.keyboard.press("Escape")
    expect(app.locate("dialog#enroll")).to_be_hidden()
    expect(row.get_by_role("button")).to_be_focused()
    app.page.keyboard.press("Enter")
    app.page.keyboard.type("Grace Hopper")  # whom the browser has no list of
    app.page.keyboard.press("Enter")
    expect(app.locate("dialog#enroll")).to_be_hidden()
    expect(card.locator(f"li[data-face='{number}']")).to_have_attribute(
        "data-label", "Grace Hopper"
    )
    assert app.stored() == ["Grace Hopper"]
    app.page.wait_for_function("document.activeElement.closest('.photo-card')")


def test_dialog_opened_again_before_its_close_event_still_adds(app):
    app.show("photos")
    (card,) = app.choose(sample(6))
    add = card.locator("li.face-row button").first
    add.click()
    add.evaluate("(button) => { document.querySelector('dialog#enroll').close(); button.click() }")
    app.page.keyboard.type("Grace Hopper")
    app.page.keyboard.press("Enter")
    expect(app.locate("dialog#enroll")).to_be_hidden()
    assert app.stored() == ["Grace Hopper"]


# Each by the keyboard alone: Tab to the control, then the key that works it


def work(app, selector: str, *keys: str) -> None:
    """Tab to a control and press keys there."""
    press_tab_until(app, selector)
    for key in keys:
        app.page.keyboard.press(key)


def go(app, view: str) -> None:
    work(app, f"nav [data-view={view}]", "Enter")
    expect(app.locate(f"section#{view}")).to_be_visible()


def choose_files(app, selector: str, files) -> None:
    """Open the browser's own dialog for files, and choose there."""
    with app.page.expect_file_chooser() as chooser:
        work(app, selector, "Enter")
    chooser.value.set_files(files)


def download(app, selector: str) -> bytes:
    with app.page.expect_download() as download:
        work(app, selector, "Enter")
    return download.value.path().read_bytes()


def test_keyboard_photos_of_a_person_add_anyway_face_chooser_notes_and_export(app):
    enroll(app, "Ada")
    go(app, "people")
    work(app, ".person-card a", "Enter")
    expect(app.locate("#person-title")).to_be_focused()
    small = Clip.still().crop(RIGHT)
    small = encode(small.resize((small.width // 6, small.height // 6)))
    choose_files(
        app, "#person-input", [upload("small.jpg", small), upload("two.jpg", encode(Clip.still()))]
    )
    rows, photos = app.locate("#person-additions > li"), app.locate("#person-photos > li")
    expect(rows).to_have_count(2, timeout=ANSWER_WITHIN)
    expect(rows.nth(1).locator("button")).to_have_count(3)  # two faces, and the cross
    work(app, "#person-additions .card-actions button", "Enter")
    expect(photos).to_have_count(2)
    expect(rows).to_have_count(1)
    expect(rows.locator("button").first).to_be_focused()
    app.page.keyboard.press("Space")
    expect(photos).to_have_count(3)
    expect(rows).to_have_count(0)
    expect(app.locate("#person-title")).to_be_focused()

    work(app, "#person-notes")
    app.page.keyboard.type("Counts engines")
    expect(app.locate("#person-notes-state")).to_have_text("Saved.")
    (person,) = json.loads(download(app, "#person-export"))["people"]
    assert person["label"] == "Ada" and len(person["samples"]) == 3
    assert person["notes"] == "Counts engines"


def test_keyboard_people_are_exported_imported_searched_and_merged(app):
    for number in range(9):
        app.call("enroll", f"Person {number}", app.blob(photo(number)))
    go(app, "people")
    expect(app.locate("#people-search")).to_be_visible()
    content = download(app, "#people-export")
    assert len(json.loads(content)["people"]) == 9
    file = {"name": "people.json", "mimeType": "application/json", "buffer": content}
    choose_files(app, "#people-import", file)
    expect(message(app, "Nothing new, 9 samples left out")).to_be_visible()
    work(app, "#people-search")
    app.page.keyboard.type("person 3")
    expect(app.locate("#people-list h3")).to_have_text(["Person 3"])
    work(app, ".person-card button", "Enter")
    expect(app.locate("#rename-name")).to_be_focused()
    app.page.keyboard.type("Person 4")
    app.page.keyboard.press("Enter")
    send = app.locate("#rename [type=submit]")
    expect(send).to_have_text("Merge the two")
    work(app, "#rename [type=submit]", "Enter")
    expect(app.locate("dialog#rename")).to_be_hidden()
    assert app.stored() == sorted(f"Person {4 if number == 3 else number}" for number in range(9))
    work(app, "#people-search", "Control+a", "Delete")
    expect(app.locate("#people-list h3")).to_have_count(8)


def test_keyboard_settings_and_recompute(app):
    enroll(app, "Ada", 8)
    enroll(app, "Grace", 8, RIGHT)
    go(app, "settings")
    setting = {name: app.locate(f"[data-setting={name}]") for name in ("recognizer", "minScore")}
    work(app, "#setting-score", "Control+a")
    app.page.keyboard.type("0.75")
    app.page.keyboard.press("Enter")
    expect(setting["minScore"]).to_have_attribute("data-value", "0.75")
    work(app, "[data-setting=minScore] button", "Enter")
    expect(setting["minScore"]).to_have_attribute("data-value", "0.7")
    expect(app.locate("#setting-score")).to_be_focused()
    work(app, "#appearance", "End")
    expect(app.locate("#appearance")).to_have_value("dark")

    wanted = app.locate("#setting-recognizer option").evaluate_all(
        "(options) => options.findIndex(({ value }) => value == 'dlib_resnet')"
    )
    work(app, "#setting-recognizer", "Home", *["ArrowDown"] * wanted)
    expect(setting["recognizer"]).to_have_attribute(
        "data-value", "dlib_resnet", timeout=ANSWER_WITHIN
    )
    expect(app.locate("#settings [data-unmatched]")).to_be_visible()
    work(app, "#settings [data-unmatched] button", "Enter")
    panel = app.locate("#recompute")
    expect(app.locate("#recompute-pause")).to_be_focused()
    app.page.keyboard.press("Enter")
    expect(panel).to_have_attribute("data-state", "paused")
    expect(app.locate("#recompute-pause")).to_have_text("Continue")
    app.page.keyboard.press("Tab")
    expect(app.locate("#recompute-cancel")).to_be_focused()
    app.page.keyboard.press("Enter")
    expect(panel).to_have_attribute("data-state", "ended")
    app.page.keyboard.press("Space")  # "Close" by now
    expect(panel).to_be_hidden()
    expect(app.locate("#people-title")).to_be_focused()

    go(app, "settings")
    work(app, "#settings-reset", "Enter")
    expect(setting["recognizer"]).to_have_attribute("data-value", "sface", timeout=ANSWER_WITHIN)
    expect(app.locate("#appearance")).to_have_value("")
    expect(app.locate("#settings-title")).to_be_focused()


def test_keyboard_a_folder_is_chosen_filtered_exported_and_removed(app, tmp_path):
    (tmp_path / "faces.jpg").write_bytes(sample(6).read_bytes())
    (tmp_path / "nothing.png").write_bytes(encode(open_sample(6).crop((0, 0, 64, 64)), "PNG"))
    go(app, "photos")
    choose_files(app, "#folder-input", tmp_path)
    expect(app.locate("#photos-progress")).to_contain_text("2 photos", timeout=ANSWER_WITHIN)
    work(app, "#photos-filter", "n")  # of "No face"
    expect(app.locate(".photo-card")).to_have_count(1)
    expect(app.locate(".photo-card h3")).to_contain_text("nothing.png")
    assert b"faces.jpg" in download(app, "#photos-csv")
    assert len(json.loads(download(app, "#photos-json"))["photos"]) == 2
    work(app, "#photo-list button.icon", "Enter")
    expect(app.locate(".photo-card")).to_have_count(0)
    work(app, "#photos-clear", "Enter")
    expect(app.locate("#photos-toolbar")).to_be_hidden()


def test_keyboard_two_pictures_are_chosen_and_compared(app):
    go(app, "compare")
    choose_files(app, "#compare-first-input", sample(6))
    choose_files(app, "#compare-second-input", sample(6))
    verdict = app.locate("#compare-verdict")
    expect(verdict).to_have_text("The same person", timeout=ANSWER_WITHIN)
    work(app, "#compare-first .frame[aria-pressed=false]", "Space")
    expect(verdict).to_have_text("Not the same person")
    work(app, "#compare-clear", "Enter")
    expect(verdict).to_have_text("Choose two pictures to compare.")


def test_keyboard_the_buttons_of_the_camera_and_the_expressions(app):
    go(app, "expressions")
    work(app, "#camera-start", "Enter")
    expect(app.locate("#timeline-csv")).to_be_visible(timeout=ANSWER_WITHIN)
    work(app, "#stage-pause", "Enter")
    expect(app.locate("#stage-pause")).to_have_text("Go on")
    assert json.loads(download(app, "#timeline-json"))["samples"]
    assert download(app, "#timeline-csv").startswith(b"time,")
    assert missed_by_tab(app) == ([], True)

    go(app, "live")
    assert missed_by_tab(app) == ([], True)
    assert download(app, "#snapshot").startswith(b"\x89PNG")
    shown = app.locate("[data-layer=tracks]")
    work(app, "[data-layer=tracks]", "Space")
    expect(shown).to_be_checked()
    app.page.keyboard.press("Space")
    expect(shown).not_to_be_checked()
    work(app, "#stage-more", "Enter")
    assert download(app, "#snapshot-plain").startswith(b"\x89PNG")
    work(app, "#stage-more", "Enter")
    expect(app.locate("#stage-menu")).to_be_visible()
    app.page.keyboard.press("Escape")
    expect(app.locate("#stage-menu")).to_be_hidden()
    expect(app.locate("#stage-more")).to_be_focused()
    work(app, "#camera-stop", "Enter")
    expect(app.locate("#live")).to_have_attribute("data-camera", "off")

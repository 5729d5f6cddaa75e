"""The keyboard alone: every view and every control in it can be reached and worked."""

import pytest
from filled import VIEWS, fill
from pictures import sample
from playwright.sync_api import expect

MOST = 250  # stops of the Tab key on one view
# What a pointer can work; of a group of radio buttons, Tab stops at one.
CONTROLS = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .filter((element) => !element.disabled && !element.closest("fieldset[disabled]"))
  .filter((element) => element.tabIndex >= 0 && element.type !== "radio")
  .map((element, number) => element.dataset.stop = String(number))"""
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
    wanted = set(filled.page.evaluate(CONTROLS))
    first = None
    for _ in range(MOST):
        filled.page.keyboard.press("Tab")
        stop, markup, outline = filled.page.evaluate(STOP)
        if stop and stop == first:
            break
        first = first or stop
        wanted.discard(stop)
        assert not stop or outline not in ("none", None), f"no outline: {markup}"
    missed = [
        filled.locate(f"[data-stop='{stop}']").evaluate("(element) => element.outerHTML")
        for stop in wanted
    ]
    filled.page.evaluate(FORGET)
    assert missed == []


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
    app.page.keyboard.type("Ada Lovelace")
    app.page.keyboard.press("Enter")
    expect(app.locate("dialog#enroll")).to_be_hidden()
    expect(card.locator(f"li[data-face='{number}']")).to_have_attribute(
        "data-label", "Ada Lovelace"
    )
    assert app.stored() == ["Ada Lovelace"]
    assert card.evaluate("(card) => card.contains(document.activeElement)")

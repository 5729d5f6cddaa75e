"""The tour of three steps: at the first visit, in nobody's way, and again by "Help"."""

import pytest
from playwright.sync_api import expect
from test_keyboard import press_tab_until
from test_layout import NARROW, OUTSIDE, WIDTHS

SEEN = "localStorage.getItem('faceside-tour')"


@pytest.fixture
def first_visit(open_app):
    return open_app(toured=False, permissions=["camera"], reduced_motion="reduce")


def test_tour_is_shown_once_and_blocks_nothing(first_visit):
    app = first_visit
    tour, steps = app.locate("#tour"), app.locate("#tour-steps > div")
    expect(tour).to_be_visible()  # before Python is up
    app.until_up()
    expect(app.locate("body")).to_be_focused()
    app.page.reload()
    app.until_up()
    expect(tour).to_be_visible()  # nobody has done anything yet
    app.locate("#camera-start").click()
    expect(app.locate("#live")).to_have_attribute("data-camera", "on")
    assert app.page.evaluate("faceside.ready.then(() => 'ready')") == "ready"

    for number in (1, 2, 3):
        expect(app.locate("#tour-number")).to_have_text(f"Step {number} of 3")
        expect(steps.locator("visible=true").locator("h2")).to_have_count(1)
        expect(steps.nth(number - 1)).to_be_visible()
        app.locate("#tour-next").click()
    expect(tour).to_be_hidden()
    expect(app.locate("#live h2").first).to_be_focused()
    app.page.reload()
    app.until_up()
    expect(tour).to_be_hidden()


def test_tour_by_the_keyboard_and_again_by_help(first_visit):
    app = first_visit.until_up()
    tour, steps = app.locate("#tour"), app.locate("#tour-steps > div")
    assert app.page.evaluate(SEEN) == ""
    press_tab_until(app, "#tour-skip")
    press_tab_until(app, "#tour-next", most=1)
    assert app.page.evaluate(SEEN) == "seen"
    app.page.keyboard.press("Enter")
    expect(steps.nth(1)).to_be_visible()
    app.page.keyboard.press("Shift+Tab")
    expect(app.locate("#tour-back")).to_be_focused()
    app.page.keyboard.press("Space")
    expect(steps.nth(0)).to_be_visible()
    expect(app.locate("#tour-next")).to_be_focused()
    app.page.keyboard.press("Escape")
    expect(tour).to_be_hidden()

    app.locate("#help").focus()
    app.page.keyboard.press("Enter")
    expect(steps.nth(0)).to_be_visible()
    expect(tour).to_be_focused()
    expect(tour).to_be_in_viewport()
    press_tab_until(app, "#tour-skip", most=1)
    app.page.keyboard.press("Enter")
    expect(tour).to_be_hidden()
    expect(app.locate("#help")).to_be_focused()
    app.page.keyboard.press("Enter")
    app.page.keyboard.press("Escape")
    expect(tour).to_be_hidden()
    expect(app.locate("#help")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_tour_fits_a_phone_and_leaves_the_camera_button_in_sight(open_app, scheme):
    app = open_app(toured=False, color_scheme=scheme)
    app.page.set_viewport_size(NARROW)
    app.until_up()
    bottom = app.page.evaluate(
        "document.querySelector('#camera-start').getBoundingClientRect().bottom"
    )
    assert bottom <= NARROW["height"]
    for _ in range(3):
        scroll, client = app.page.evaluate(WIDTHS)
        assert scroll == client and app.page.evaluate(OUTSIDE) == []
        app.locate("#tour-next").click()
    expect(app.locate("#tour")).to_be_hidden()

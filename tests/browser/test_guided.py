"""Adding a person step by step; the two people of the fake camera only ever look straight."""

import re

import pytest
from playwright.sync_api import expect
from test_people import open_person
from test_privacy import agree, agreed, asked  # noqa: F401  asked: a fixture

NAME = "Regina"
STEP_WITHIN = 60_000  # ms


@pytest.fixture
def guided(app):
    """The shared page, asked to add a person step by step, by keyboard."""
    app.locate("#guided-open").press("Enter")
    expect(app.locate("#guided-name")).to_be_focused()
    yield app
    app.page.keyboard.press("Escape")


def begin(app) -> None:
    app.locate("#guided-name").fill(NAME)
    app.locate("#guided-name").press("Enter")
    expect(app.locate("#guided-step")).to_contain_text("Step 1 of 5: Look straight")
    expect(app.locate("#guided-skip")).to_be_focused()


def item(app, step: str):
    return app.locate(f"#guided-list [data-step={step}]")


def first_taken(app) -> None:
    expect(item(app, "straight")).to_have_attribute("data-state", "taken", timeout=STEP_WITHIN)


def skip(app, *steps: str) -> None:
    for step in steps:
        expect(item(app, step)).to_have_attribute("aria-current", "step")
        app.locate("#guided-skip").press("Enter")


def test_journey_keyboard_a_person_is_added_step_by_step(guided):
    begin(guided)
    first_taken(guided)
    expect(guided.locate("#guided-advice")).to_have_text(
        re.compile("Turn your head a little more to your left"), timeout=STEP_WITHIN
    )
    assert guided.stored() == []  # nothing before the end
    skip(guided, "left", "right", "up")  # the larger face smiles: that is taken by itself
    expect(guided.locate("#guided")).to_be_hidden(timeout=STEP_WITHIN)
    assert guided.stored() == [NAME, NAME]
    expect(guided.locate("#guided-open")).to_be_focused()
    expect(guided.locate(f'#seen-list li[data-label="{NAME}"]')).to_have_count(1)


def test_consent_is_asked_for_at_a_guided_enrolment_too(asked):  # noqa: F811
    app = asked
    app.show("live")
    app.locate("#guided-open").press("Enter")
    agree(app.locate("#guided"), "Until the summer")
    begin(app)
    first_taken(app)
    skip(app, "left", "right", "up", "smile")
    expect(app.locate("#guided")).to_be_hidden(timeout=STEP_WITHIN)
    open_person(app, NAME)
    agreed(app, "Until the summer")


@pytest.mark.parametrize("how", ["Escape", "button", "another view"])
def test_keyboard_cancel_keeps_nothing(guided, how):
    begin(guided)
    first_taken(guided)
    if how == "Escape":
        guided.page.keyboard.press("Escape")
    elif how == "button":
        guided.locate("#guided-running [data-guided-cancel]").press("Enter")
    else:
        guided.show("people")
        guided.show("expressions")
        guided.show("live")
    expect(guided.locate("#guided")).to_be_hidden()
    expect(guided.locate("#seen-list li")).to_have_count(2)
    assert guided.stored() == []


def test_keyboard_a_go_without_a_sample_keeps_nothing(guided):
    guided.locate("#guided-name").press("Enter")
    expect(guided.locate("#guided-error")).to_contain_text("type the name")
    expect(guided.locate("#live")).to_have_attribute("data-camera", "on")
    guided.locate("#video").evaluate("(video) => video.pause()")  # so that no frame is worked on
    begin(guided)
    skip(guided, "straight", "left", "right", "up", "smile")
    expect(guided.locate("#messages")).to_contain_text("nothing was kept")
    assert guided.stored() == []

"""axe-core finds nothing to complain of, light and dark: on any view with something in it, in any
dialog, panel and message."""

import pytest
from driver import ANSWER_WITHIN, SCREEN
from filled import LONG_NAME, VIEWS, fill
from films import write_webm
from pictures import ROOT, Clip, encode, mirrored_copy, open_sample, sample
from playwright.sync_api import expect
from test_people import message, open_person, upload

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
SCHEMES = ("light", "dark")
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.join(" ")}: ${failureSummary}`));
}"""


def violations(app) -> list[str]:
    """What axe-core complains of as the page is now, in either colour scheme."""
    if not app.page.evaluate("'axe' in window"):
        app.page.evaluate(AXE)
    found = []
    for scheme in SCHEMES:
        app.page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {violation}" for violation in app.page.evaluate(RUN)]
    return found


@pytest.fixture(scope="module")
def filled(shared_app):
    """The page with something on every view: people in the camera's picture, groups of unknown
    faces, a file that failed, a video looked through, two pictures compared."""
    app = fill(shared_app)
    app.locate("#speed summary").click()
    expect(app.locate("#speed-chart canvas")).to_be_visible()
    app.show("expressions")
    expect(app.locate("#expressions-list .chart canvas")).to_have_count(2, timeout=ANSWER_WITHIN)
    app.locate("#stage-pause").click()  # what changes while it is looked at is another matter

    app.choose(upload("copy.jpg", mirrored_copy(1, 1100)))
    app.choose(upload("broken.jpg", b"nothing"))
    expect(app.locate("#group-list .group").first).to_be_visible()
    app.locate("#photo-input").set_input_files(
        {"name": "a.webm", "mimeType": "video/webm", "buffer": write_webm([Clip.still()] * 4, 0.25)}
    )
    card = app.locate(".video-card")
    card.get_by_role("button", name="Look through the video").click()
    expect(card).to_have_attribute("data-state", "done", timeout=ANSWER_WITHIN)
    expect(card.locator(".video-timeline li").first).to_be_visible()
    app.locate("details:visible").evaluate_all("(all) => all.forEach((one) => one.open = true)")

    app.show("compare")
    person = upload("person.jpg", encode(open_sample(6).crop((150, 350, 600, 900))))
    app.locate("#compare-first-input").set_input_files(person)
    app.locate("#compare-second-input").set_input_files(sample(6))
    expect(app.locate("#compare-verdict")).to_have_text("The same person", timeout=ANSWER_WITHIN)
    yield app
    app.show("compare")
    app.locate("#compare-clear").click()
    app.locate(".video-card .icon").evaluate_all("(all) => all.forEach((one) => one.click())")
    app.show("live")
    app.locate("#speed summary").click()
    app.reset()


@pytest.mark.parametrize("width", [SCREEN["width"], 360])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_violation(filled, view, width):
    filled.page.set_viewport_size({**SCREEN, "width": width})
    filled.show(view)
    assert violations(filled) == []
    assert filled.page.evaluate("document.documentElement.scrollWidth") <= width
    filled.page.set_viewport_size(SCREEN)


def test_axe_finds_no_violation_in_the_dialogs(filled):
    escape = lambda: filled.page.keyboard.press("Escape")  # noqa: E731
    filled.show("photos")
    filled.locate("#photo-list li[data-label=''] button").first.click()
    with filled.dialog("enroll"):
        assert violations(filled) == []
    escape()
    filled.show("people")
    filled.locate("#people-new").click()
    with filled.dialog("new-person") as form:
        form.locator("[type=submit]").click()
        expect(form.get_by_role("alert")).not_to_be_empty()
        assert violations(filled) == []
    escape()
    filled.person("Ada Lovelace").get_by_role("button", name="Rename").click()
    with filled.dialog("rename") as form:
        form.locator("input").fill(LONG_NAME)
        form.locator("[type=submit]").click()
        expect(form.locator("[type=submit]")).to_have_text("Merge the two")
        assert violations(filled) == []
    escape()
    open_person(filled, "Ada Lovelace")
    filled.locate("#person-take").click()
    with filled.dialog("take"):
        expect(filled.locate("#take-photo")).to_be_enabled()
        assert violations(filled) == []
        filled.locate("#take-photo").click()
        expect(filled.locate("#take-choices button").first).to_be_visible()
        assert violations(filled) == []
    escape()


def test_axe_finds_no_violation_on_the_page_of_a_person(filled):
    open_person(filled, "Ada Lovelace")
    filled.locate("#person-input").set_input_files(upload("two.jpg", encode(Clip.still())))
    expect(filled.locate("#person-additions > li button")).to_have_count(3)
    assert violations(filled) == []
    filled.locate("#person-additions .icon").click()


def test_axe_finds_no_violation_in_messages(filled):
    filled.show("people")
    filled.person("Ada Lovelace").get_by_role("button", name="Delete").click()
    filled.locate("#messages [data-undo]").focus()  # it stays as long as somebody is at it
    filled.locate("#people-import").set_input_files(upload("people.json", b"nothing"))
    expect(filled.locate("#messages [role=alert]")).to_be_visible()
    assert violations(filled) == []
    filled.locate("#messages [data-undo]").click()
    expect(message(filled, "Everything is back")).to_be_visible()


def test_axe_finds_no_violation_while_somebody_is_added_step_by_step(filled):
    filled.show("live")
    filled.locate("#stage-more").click()
    expect(filled.locate("#stage-menu")).to_be_visible()
    assert violations(filled) == []
    filled.page.keyboard.press("Escape")
    filled.locate("#guided-open").click()
    filled.locate("#guided-name").fill("Grace")
    assert violations(filled) == []
    filled.locate("#guided-form [type=submit]").click()
    expect(filled.locate("#guided-running")).to_be_visible()
    assert violations(filled) == []
    filled.locate("#guided-running [data-guided-cancel]").click()


def test_axe_finds_no_violation_in_the_tour(filled):
    filled.locate("#help").click()
    for _ in range(3):
        assert violations(filled) == []
        filled.locate("#tour-next").click()
    expect(filled.locate("#tour")).to_be_hidden()


def test_axe_finds_no_violation_while_all_is_described_anew(filled):
    filled.show("settings")
    filled.locate("#setting-recognizer").select_option("dlib_resnet")
    notice = filled.locate("#settings [data-unmatched]")
    expect(notice).to_be_visible(timeout=ANSWER_WITHIN)
    assert violations(filled) == []
    notice.get_by_role("button", name="Re-compute").click()
    expect(filled.locate("#recompute")).to_be_visible()
    assert violations(filled) == []
    expect(filled.locate("#recompute")).to_have_attribute("data-state", "done")
    assert violations(filled) == []
    filled.locate("#recompute-cancel").click()
    filled.show("settings")
    filled.locate("#settings-reset").click()
    expect(filled.locate("#settings-reset")).to_be_hidden(timeout=ANSWER_WITHIN)


def test_axe_finds_what_is_wrong(filled):
    filled.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<input id=nameless>')"
    )
    found = violations(filled)
    filled.page.evaluate("document.querySelector('#nameless').remove()")
    assert any("#nameless" in violation for violation in found)

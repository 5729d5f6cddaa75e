"""axe-core finds nothing to complain of, on any view, light and dark."""

import pytest
from filled import VIEWS, fill
from pictures import ROOT
from playwright.sync_api import expect

AXE = ROOT / "node_modules/axe-core/axe.min.js"
SCHEMES = ("light", "dark")
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.join(" ")}: ${failureSummary}`));
}"""


@pytest.fixture(scope="module")
def filled(shared_app):
    fill(shared_app).page.evaluate(AXE.read_text("utf-8"))
    yield shared_app
    shared_app.reset()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_violation(filled, view, scheme):
    filled.page.emulate_media(color_scheme=scheme)
    filled.show(view)
    assert filled.page.evaluate(RUN) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_violation_in_a_dialog(filled, scheme):
    filled.page.emulate_media(color_scheme=scheme)
    filled.show("photos")
    filled.locate("#photo-list li[data-label=''] button").first.click()
    expect(filled.locate("dialog#enroll")).to_be_visible()
    violations = filled.page.evaluate(RUN)
    filled.page.keyboard.press("Escape")
    assert violations == []


def test_axe_finds_what_is_wrong(filled):
    filled.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<input id=nameless>')"
    )
    violations = filled.page.evaluate(RUN)
    filled.page.evaluate("document.querySelector('#nameless').remove()")
    assert any("#nameless" in violation for violation in violations)

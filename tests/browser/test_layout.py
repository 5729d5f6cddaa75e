"""A phone's width, 200 % zoom, dark mode: nothing sticks out, everything can be read."""

import pytest
from filled import VIEWS, fill

NARROW = {"width": 360, "height": 740}
ZOOMED = {"width": 640, "height": 450}  # what is left of 1280 x 900 at 200 %
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
OUTSIDE = """() => [...document.querySelectorAll(
    "button, .button, a, input, select, h2, h3, p, .name")]
  .filter((element) => element.checkVisibility())
  .filter((element) => !element.closest(".visually-hidden, .skip, .frame"))
  .filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return left < -0.5 || right > innerWidth + 0.5;
  })
  .map((element) => element.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def filled(shared_app):
    yield fill(shared_app)
    shared_app.reset()


@pytest.mark.parametrize("screen", [NARROW, ZOOMED], ids=["narrow", "zoomed"])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_sticks_out(filled, view, screen):
    filled.page.set_viewport_size(screen)
    filled.show(view)
    scroll, client = filled.page.evaluate(WIDTHS)
    assert scroll == client
    assert filled.page.evaluate(OUTSIDE) == []


def lightness(app, selector: str, of: str) -> float:
    """The lightness of an element's colour, 0 to 1."""
    colour = app.locate(selector).evaluate("(element, of) => getComputedStyle(element)[of]", of)
    parts = [float(part) for part in colour.split("(")[1].rstrip(")").split(",")[:3]]
    return sum(parts) / 3 / 255


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_mode_is_dark(filled, scheme):
    filled.page.emulate_media(color_scheme=scheme)
    for selector in ("html", ".panel >> nth=0", "#camera-stop", "#camera-device"):
        ground, text = (lightness(filled, selector, of) for of in ("backgroundColor", "color"))
        assert (ground < 0.25) == (scheme == "dark"), selector
        assert (text > 0.75) == (scheme == "dark") and abs(ground - text) > 0.5, selector

"""A phone's width, 200 % zoom, right to left, dark mode, forced colours: nothing sticks out,
everything can be read and told apart."""

import pytest
from driver import SCREEN
from filled import VIEWS, fill
from playwright.sync_api import expect

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


# Whatever can be worked and lies under something else, wherever the page is scrolled to.
COVERED = """(cover) => [...document.querySelectorAll("button, .button, a, select, input")]
  .filter((element) => element.checkVisibility() && !element.matches(".visually-hidden, .skip"))
  .filter((element) => !element.closest(cover))
  .filter((element) => ["nearest", "center", "start"].every((block) => {
    element.scrollIntoView({ block });
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return found?.closest(cover);
  }))
  .map((element) => element.outerHTML.slice(0, 80))"""


def covered(app, cover: str) -> list[str]:
    """The controls of the view that a notice lies over, however the page is scrolled."""
    expect(app.locate(cover).first).to_be_visible()
    return app.page.evaluate(COVERED, cover)


@pytest.fixture(scope="module")
def filled(shared_app):
    yield fill(shared_app)
    shared_app.reset()


@pytest.fixture
def set_direction(filled):
    """Turns the page, until the end of the test: `set_direction("rtl")`."""

    def set_direction(direction: str) -> None:
        filled.page.evaluate("(name) => document.documentElement.dir = name", direction)

    yield set_direction
    set_direction("ltr")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("screen", [NARROW, ZOOMED], ids=["narrow", "zoomed"])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_sticks_out(filled, set_direction, view, screen, direction):
    set_direction(direction)
    filled.page.set_viewport_size(screen)
    filled.show(view)
    scroll, client = filled.page.evaluate(WIDTHS)
    assert scroll == client
    assert filled.page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("screen", [NARROW, SCREEN], ids=["narrow", "wide"])
def test_a_message_covers_nothing_for_good(filled, screen):
    filled.page.set_viewport_size(screen)
    filled.show("people")
    nothing = {"name": "people.json", "mimeType": "application/json", "buffer": b"nothing"}
    filled.locate("#people-import").set_input_files(nothing)
    expect(filled.error("gallery-unreadable")).to_be_visible()
    for view in VIEWS:
        filled.show(view)
        assert covered(filled, ".message") == [], view
    filled.locate(".message.error .icon").click()
    expect(filled.locate(".message")).to_have_count(0)


MIDDLE = """(element) => {
  const { left, right } = element.getBoundingClientRect();
  return (left + right) / 2;
}"""


@pytest.mark.parametrize(
    "view, first, second",
    [
        ("live", ".brand h1", "nav a >> nth=0"),
        ("live", "nav a >> nth=0", "nav a >> nth=1"),
        ("live", "#stage", "aside:visible"),
        ("live", "#seen-list .crop >> nth=0", "#seen-list .words >> nth=0"),
        ("photos", ".photo-card >> nth=0", ".photo-card >> nth=1"),
        ("photos", "#photos-progress", "#photos-clear"),
        ("photos", ".card-head h3 >> nth=0", ".card-head button >> nth=0"),
        ("people", "#people-title", "#people-new"),
        ("people", ".person-card img >> nth=0", ".person-card h3 >> nth=0"),
        ("compare", "#compare-first", "#compare-second"),
        ("settings", "#settings-title", "#settings-state"),
        ("settings", "#engine-info", "#help"),
    ],
)
def test_right_to_left_is_the_mirror_image(filled, set_direction, view, first, second):
    filled.page.set_viewport_size(SCREEN)
    filled.show(view)
    for direction, sign in (("ltr", 1), ("rtl", -1)):
        set_direction(direction)
        places = [filled.locate(selector).evaluate(MIDDLE) for selector in (first, second)]
        assert sign * (places[1] - places[0]) > 0, direction


def test_right_to_left_leaves_frames_on_faces_and_names_beside_them(filled, set_direction):
    filled.page.set_viewport_size(SCREEN)
    filled.show("photos")
    card = filled.locate(".photo-card").first
    frame, name = card.locator(".frame").first, card.locator(".face-row .name").first
    picture = card.locator(".picture")
    inside = []
    for direction in ("ltr", "rtl"):
        set_direction(direction)
        inside.append(
            frame.evaluate(MIDDLE) - picture.evaluate("(e) => e.getBoundingClientRect().left")
        )
    assert abs(inside[0] - inside[1]) < 1
    alignment = name.evaluate("(element) => getComputedStyle(element).textAlign")
    assert alignment == "right"  # although the name itself runs to the right


# Controls and panels without an edge of their own, where grounds are all alike.
EDGELESS = """() => [...document.querySelectorAll(
    "button, .button, select, input, textarea, .panel, .photo-card, .person-card, .drop, progress")]
  .filter((element) => element.checkVisibility() && !element.matches(".visually-hidden, .face"))
  .filter((element) => !["checkbox", "radio"].includes(element.type))
  .filter((element) => {
    const { borderTopWidth, borderTopStyle, textDecorationLine } = getComputedStyle(element);
    const edge = parseFloat(borderTopWidth) > 0 && borderTopStyle !== "none";
    return !edge && textDecorationLine !== "underline";
  })
  .map((element) => element.outerHTML.slice(0, 80))"""
SYSTEM = """(names) => names.map((name) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style = `forced-color-adjust: none; color: ${name}`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
})"""


@pytest.fixture
def forced(filled):
    """The page in the colours of a system with high contrast."""
    filled.page.set_viewport_size(SCREEN)
    filled.page.emulate_media(forced_colors="active")
    yield filled
    filled.page.emulate_media(forced_colors="none")


def ground(app, selector: str, pseudo: str = "") -> str:
    """The colour behind an element, or behind a pseudo-element of it."""
    style = "(element, pseudo) => getComputedStyle(element, pseudo).backgroundColor"
    return app.locate(selector).first.evaluate(style, pseudo)


@pytest.mark.parametrize("view", VIEWS)
def test_forced_colors_leave_edges_and_the_view_chosen(forced, view):
    forced.show(view)
    assert forced.page.evaluate(EDGELESS) == []
    highlight, canvas = forced.page.evaluate(SYSTEM, ["Highlight", "Canvas"])
    assert highlight != canvas
    assert ground(forced, f"nav [data-view={view}]") == highlight
    assert ground(forced, "nav a:not([aria-current])") != highlight
    forced.page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    shown = forced.page.evaluate(f"[{style}.outlineStyle, {style}.outlineColor]")
    assert shown[0] == "solid" and shown[1] != canvas


def test_forced_colors_leave_bars_toggles_and_frames(forced):
    highlight = forced.page.evaluate(SYSTEM, ["Highlight"])[0]
    forced.show("expressions")
    expect(forced.locate(".bars .bar").first).to_be_visible()
    assert ground(forced, ".bars .bar", "::before") == highlight
    before = ground(forced, "#stage-float")
    forced.locate("#stage-float").evaluate("(button) => button.ariaPressed = 'true'")
    assert ground(forced, "#stage-float") == highlight != before
    forced.locate("#stage-float").evaluate("(button) => button.ariaPressed = 'false'")
    forced.show("photos")
    edge = "(element) => getComputedStyle(element).borderTopColor"
    known, unknown = (
        forced.locate(f"#photo-list .frame[data-known={known}]").first.evaluate(edge)
        for known in ("true", "false")
    )
    assert known != unknown


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

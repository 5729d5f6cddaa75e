"""The live view, with a camera that plays two real people swaying a little."""

import base64
import io
import re

import numpy as np
import pytest
from driver import SCREEN
from pictures import Clip, encode, find_faces, sample
from PIL import Image
from playwright.sync_api import expect

NAME = "Regina"  # whoever is on the left in the clip; letters that are others when mirrored
KNOWN, UNKNOWN = (53, 214, 191), (255, 182, 72)  # --face-known, --face-unknown
PHONE, NARROW = {"width": 390, "height": 844}, {"width": 360, "height": 740}
FRAMES = "Number(document.getElementById('live').dataset.frames)"


@pytest.fixture
def live(app):
    """The shared page with the camera on and both people in the picture."""
    start(app)
    return app


@pytest.fixture
def known(app):
    """The same, and the person on the left of the clip is enrolled."""
    left = Clip.still().crop((0, 0, Clip.size[0] // 2 - 15, Clip.size[1]))
    app.call("enroll", NAME, app.blob(encode(left, quality=92)))
    start(app)
    expect(people(app, NAME)).to_have_count(1)
    return app


def start(app) -> None:
    app.locate("#camera-start").click()
    expect(app.locate("#live")).to_have_attribute("data-camera", "on")
    expect(app.locate("#seen-list li")).to_have_count(2)


def people(app, label: str):
    """The rows of those in the picture who have this name, "" for strangers."""
    return app.locate(f'#seen-list li[data-label="{label}"]')


def wait_for_frames(app, count: int) -> None:
    """Wait until this many more frames have been worked on."""
    goal = app.page.evaluate(FRAMES) + count
    app.page.wait_for_function(f"() => {FRAMES} >= {goal}")


def look(app) -> np.ndarray:
    """The pixels of the stage as a person sees it: the camera's picture and what is drawn on it."""
    app.locate("#stage").scroll_into_view_if_needed()
    shot = app.locate("#stage").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def faces_in(pixels: np.ndarray) -> list:
    """Left, top, right and bottom of the faces in a picture, from left to right."""
    boxes = find_faces(pixels.astype(np.uint8)).boxes
    return sorted((x, y, x + width, y + height) for x, y, width, height in boxes.tolist())


def frame_around(pixels: np.ndarray, colour: tuple, face: tuple) -> list[int]:
    """The sides, in the order of `face`, of the frame of a colour that is drawn nearest to it."""
    mask = (abs(pixels - colour) < 24).all(axis=2)
    left, top, right, bottom = (round(side) for side in face)
    x_margin, y_margin = (right - left) // 8, (bottom - top) // 8
    upright = np.flatnonzero(mask[top + y_margin : bottom - y_margin].mean(axis=0) > 0.7)
    level = np.flatnonzero(mask[:, left + x_margin : right - x_margin].mean(axis=1) > 0.7)
    assert len(upright) and len(level), f"no frame of {colour} beside {face}"
    lines = (upright, level, upright, level)
    return [int(line[abs(line - side).argmin()]) for line, side in zip(lines, face, strict=True)]


def check_frames(app, colours: tuple) -> tuple[np.ndarray, list]:
    """Frames of these colours lie on the faces of the picture, from left to right; the picture
    and the frames."""
    wait_for_frames(app, 1)
    pixels = look(app)
    faces = faces_in(pixels)
    frames = [frame_around(pixels, *pair) for pair in zip(colours, faces, strict=True)]
    for face, frame in zip(faces, frames, strict=True):
        # The people sway, the frame is of a moment ago, and the live input is small.
        assert frame == pytest.approx(face, abs=0.12 * (face[2] - face[0]))
    return pixels, frames


def likeness(app, pixels: np.ndarray, frame: list) -> tuple[float, float]:
    """How alike the caption over a frame and the name are, written rightly and mirrored: 0 to 1."""
    picture = app.page.evaluate(
        """(name) => {
          const canvas = document.createElement("canvas");
          const context = canvas.getContext("2d");
          const size = document.getElementById("overlay").clientWidth < 560 ? 12 : 14;
          const font = context.font = `600 ${size}px system-ui, sans-serif`;
          canvas.width = Math.ceil(context.measureText(name).width);
          canvas.height = size;
          context.font = font;
          context.fillStyle = "white";
          context.fillRect(0, 0, canvas.width, canvas.height);
          context.fillStyle = "black";
          context.fillText(name, 0, size - 3);
          return canvas.toDataURL().split(",")[1];
        }""",
        NAME,
    )
    name = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("L"), float)
    left, top, right, _ = frame
    above = pixels[max(top - 50, 0) : top + 25, max(left - 30, 0) : right + 30].mean(axis=2)
    places = np.lib.stride_tricks.sliding_window_view(above, name.shape)

    def best(template):
        template = template - template.mean()
        centred = places - places.mean(axis=(2, 3), keepdims=True)
        size = np.linalg.norm(centred, axis=(2, 3)) * np.linalg.norm(template)
        return ((centred * template).sum(axis=(2, 3)) / np.maximum(size, 1)).max()

    return best(name), best(name[:, ::-1])


def test_faces_are_framed_and_named_and_the_frames_go_on(known):
    expect(people(known, "")).to_have_count(1)
    expect(people(known, NAME).locator(".name")).to_have_text(NAME)
    expect(people(known, "").locator(".name")).to_have_text("Unknown")
    expect(people(known, NAME).get_by_role("button")).to_be_hidden()
    expect(people(known, "").get_by_role("button", name="Add")).to_be_visible()
    check_frames(known, (UNKNOWN, KNOWN))  # mirrored, so that the person on the left is right
    wait_for_frames(known, 5)
    expect(known.locate("#live-stats")).to_contain_text("frame")


def test_the_picture_is_mirrored_and_the_text_is_not(known):
    for mirrored, colours in ((True, (UNKNOWN, KNOWN)), (False, (KNOWN, UNKNOWN))):
        known.locate("#camera-mirror").set_checked(mirrored)
        pixels, frames = check_frames(known, colours)
        right, wrong = likeness(known, pixels, frames[colours.index(KNOWN)])
        assert right > 0.75 and right > wrong + 0.15, f"mirrored: {mirrored}"


def test_an_unknown_face_is_added_and_named(live):
    expect(people(live, "")).to_have_count(2)
    check_frames(live, (UNKNOWN, UNKNOWN))
    people(live, "").first.get_by_role("button", name="Add this person").click()
    live.submit("enroll", NAME)
    expect(people(live, NAME)).to_have_count(1)
    expect(people(live, "")).to_have_count(1)
    assert live.stored() == [NAME]
    on_the_left = live.call("identify", live.blob(encode(Clip.still())))
    (named,) = [face for face in on_the_left if face["match"]["label"] == NAME]
    is_left = named["box"]["x"] < Clip.size[0] / 2 - 60
    check_frames(live, (UNKNOWN, KNOWN) if is_left else (KNOWN, UNKNOWN))


def test_a_browser_that_lends_no_frames_shows_copies(known):
    known.page.evaluate("() => { window.lent = VideoFrame; window.VideoFrame = undefined; }")
    try:
        wait_for_frames(known, 5)
        check_frames(known, (UNKNOWN, KNOWN))
    finally:
        known.page.evaluate("() => { window.VideoFrame = lent; }")


def test_the_camera_goes_on_while_faces_of_many_frames_are_kept(live):
    """A camera lends few frames; those that are kept must be copies."""
    live.page.evaluate(
        """() => {
          window.given = [];
          const early = facesideEarly, frame = early.frame;
          early.frame = (video) => { const one = frame(video); given.push(one); return one; };
          window.ungiven = () => { early.frame = frame; };
        }"""
    )
    try:
        people(live, "").first.get_by_role("button").click()  # the still in it is kept
        expect(live.locate("dialog[open]")).to_be_visible()
        wait_for_frames(live, 30)
        held = live.page.evaluate("given.filter((frame) => frame.displayWidth).length")
        assert held <= 4  # the newest, the next and what the rows were last seen in
    finally:
        live.page.evaluate("ungiven()")
        live.page.keyboard.press("Escape")


def test_frames_stay_on_the_faces_when_the_window_changes(known):
    for size in (PHONE, {"width": 800, "height": 420}, {"width": 1600, "height": 1000}):
        known.page.set_viewport_size(size)
        check_frames(known, (UNKNOWN, KNOWN))


def test_stop_gives_the_camera_back(live):
    track = live.page.evaluate_handle(
        "() => document.getElementById('video').srcObject.getVideoTracks()[0]"
    )
    assert track.evaluate("(track) => track.readyState") == "live"
    live.locate("#camera-stop").click()
    assert track.evaluate("(track) => track.readyState") == "ended"
    expect(live.locate("#live")).to_have_attribute("data-camera", "off")
    expect(live.locate("#camera-start")).to_be_visible()
    expect(live.locate("#seen-list li")).to_have_count(0)
    drawn = live.locate("#overlay").evaluate(
        """(canvas) => canvas.getContext("2d")
          .getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value)"""
    )
    assert not drawn
    start(live)
    wait_for_frames(live, 2)


def test_the_camera_is_off_while_nobody_looks(live):
    track = live.page.evaluate_handle(
        "() => document.getElementById('video').srcObject.getVideoTracks()[0]"
    )
    live.show("people")
    live.page.wait_for_function("(track) => track.readyState === 'ended'", arg=track)
    live.show("live")
    expect(live.locate("#live")).to_have_attribute("data-camera", "on")
    wait_for_frames(live, 2)


def test_the_page_answers_while_frames_are_worked_on(live):
    """Were anything of the work done on the interface's thread, the timer would stand still."""
    wait_for_frames(live, 2)
    live.page.evaluate(
        """async (photo) => {
          const started = performance.now();
          window.watch = { ticks: 0, longest: 0, total: 0, done: false };
          let last = started;
          const timer = setInterval(() => {
            const now = performance.now();
            watch.ticks += 1;
            watch.longest = Math.max(watch.longest, now - last);
            last = now;
          }, 10);
          Promise.all([1, 2, 3].map(() => faceside.describe(photo))).then(() => {
            clearInterval(timer);
            watch.longest = Math.max(watch.longest, performance.now() - last);
            watch.total = performance.now() - started;
            watch.done = true;
          });
        }""",
        live.blob(sample(5)),
    )
    live.locate("nav [data-view=people]").click()
    expect(live.locate("section#people")).to_be_visible()
    assert not live.page.evaluate("watch.done"), "the click was handled after all the work"
    live.page.wait_for_function("() => watch.done")
    watch = live.page.evaluate("watch")
    assert watch["ticks"] > 10
    assert watch["longest"] < watch["total"] / 3


def test_journey_name_an_unknown_live(live):
    pins = live.locate(".pin:visible")
    expect(pins).to_have_count(2)
    expect(pins.first).to_have_accessible_name(re.compile("Add this person: unknown face"))
    pins.first.click()
    live.submit("enroll", NAME)
    expect(people(live, NAME)).to_have_count(1)
    expect(pins).to_have_count(1)
    assert live.stored() == [NAME]


def test_buttons_lie_under_their_faces_and_stay_under_a_pointer(live):
    for size in ({"width": 800, "height": 420}, PHONE):
        live.page.set_viewport_size(size)
        _, frames = check_frames(live, (UNKNOWN, UNKNOWN))
        stage = live.locate("#stage").bounding_box()
        pins = [pin.bounding_box() for pin in live.locate(".pin:visible").all()]
        for pin, frame in zip(sorted(pins, key=lambda pin: pin["x"]), frames, strict=True):
            left, _, right, bottom = frame
            assert left < pin["x"] - stage["x"] + pin["width"] / 2 < right
            assert bottom < pin["y"] - stage["y"] < bottom + 60
    pin = live.locate(".pin:visible").first
    pin.hover()
    before = pin.bounding_box()
    wait_for_frames(live, 3)
    assert pin.bounding_box() == before
    live.page.mouse.move(0, 0)


def test_keyboard_pause_keeps_the_picture_and_a_face_of_it_can_be_added(live):
    live.locate("#stage-pause").press("Enter")
    expect(live.locate("#stage-pause")).to_have_text("Go on")
    before, frames = look(live), live.page.evaluate(FRAMES)
    live.page.wait_for_timeout(1500)
    assert live.page.evaluate(FRAMES) == frames
    assert abs(look(live) - before).mean() < 0.5
    live.locate(".pin:visible").first.press("Enter")
    live.locate("#enroll-name").fill(NAME)
    live.locate("#enroll-name").press("Enter")
    expect(live.locate("dialog#enroll")).to_be_hidden()
    expect(people(live, NAME)).to_have_count(1)  # told though no frame comes
    live.locate("#stage-pause").press("Enter")
    wait_for_frames(live, 2)
    expect(live.locate("#stage-pause")).to_have_text("Pause")


def snapshot(app, button: str) -> np.ndarray:
    with app.page.expect_download() as download:
        app.locate(button).press("Enter")
    assert re.fullmatch(r"faceside-[0-9-]{19}\.png", download.value.suggested_filename)
    return np.asarray(Image.open(download.value.path()).convert("RGB")).astype(int)


def test_keyboard_snapshots_with_and_without_overlay(known):
    known.locate("#stage-pause").press("Enter")
    drawn = snapshot(known, "#snapshot")
    known.locate("#stage-more").press("Enter")
    plain = snapshot(known, "#snapshot-plain")
    expect(known.locate("#stage-menu")).to_be_hidden()
    assert drawn.shape == plain.shape == (*Clip.size[::-1], 3)
    faces = faces_in(plain)
    frames = [frame_around(drawn, *pair) for pair in zip((UNKNOWN, KNOWN), faces, strict=True)]
    right, wrong = likeness(known, drawn, frames[1])
    assert right > 0.7 and right > wrong + 0.15
    changed = abs(drawn - plain).max(axis=2) > 24
    left, top, mid_right, bottom = frames[1]
    assert not changed[top + 8 : bottom - 8, left + 8 : mid_right - 8].any()
    assert changed.any()


@pytest.mark.parametrize("layer", ["boxes", "names", "tracks"])
def test_keyboard_each_layer_is_switched_and_kept(live, layer):
    live.locate("#stage-pause").press("Enter")
    control = live.locate(f"[data-layer={layer}]")
    shown = control.is_checked()
    before = look(live)
    control.press("Space")
    after = look(live)
    assert (abs(after - before).max(axis=2) > 60).sum() > 100
    kept = live.page.evaluate("JSON.parse(localStorage.getItem('faceside-layers'))")
    assert kept[layer] is not shown
    control.press("Space")
    assert abs(look(live) - before).mean() < 0.5


def test_keyboard_the_layers_that_are_computed_follow_the_settings(live):
    for name in ("shownLandmarks", "ageAndGender"):
        live.locate(f"[data-layer={name}]").press("Space")
        setting = live.locate(f"[data-setting={name}]")
        expect(setting).to_have_attribute("data-value", "True", timeout=60_000)
        wait_for_frames(live, 2)
    expect(live.locate("#seen-list .traits").first).to_contain_text("years")
    for name in ("shownLandmarks", "ageAndGender"):
        live.locate(f"[data-layer={name}]").press("Space")
        setting = live.locate(f"[data-setting={name}]")
        expect(setting).to_have_attribute("data-value", "False", timeout=60_000)


def test_the_resolution_is_the_cameras_own_or_smaller_and_kept(live):
    sizes = live.locate("#camera-size option").evaluate_all("(all) => all.map((o) => o.value)")
    assert "320x240" in sizes and "640x480" in sizes and "1920x1080" not in sizes
    live.locate("#camera-size").select_option("320x240")
    live.page.wait_for_function("() => document.getElementById('video').videoWidth === 320")
    wait_for_frames(live, 2)
    expect(live.locate("#camera-size")).to_have_value("320x240")
    live.locate("#camera-size").select_option("640x480")
    live.page.wait_for_function("() => document.getElementById('video').videoWidth === 640")


def test_keyboard_the_speed_panel_tells_what_a_frame_costs(live):
    live.locate("#speed summary").press("Enter")
    expect(live.locate("#speed-chart canvas")).to_be_visible()
    wait_for_frames(live, 3)
    for stage in ("capture", "detect", "attributes", "descriptors", "total"):
        expect(live.locate(f"#speed-numbers [data-stage={stage}] dd")).to_have_text(
            re.compile(r"^\d+ ms$")
        )
    numbers = live.locate("#speed-numbers dd").all_text_contents()
    values = [int(text.split()[0]) for text in numbers[1:]]
    assert float(numbers[0]) > 0
    assert values[-1] >= max(values[:-1])
    live.locate("#speed summary").press("Enter")
    expect(live.locate("#speed-chart")).to_be_hidden()


def test_keyboard_picture_in_picture_shows_the_stage(live):
    button, more = live.locate("#stage-float"), live.locate("#stage-more")
    more.press("Enter")
    if not live.page.evaluate("document.pictureInPictureEnabled"):
        expect(button).to_be_hidden()
        return
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(more).to_be_focused()
    size = live.page.evaluate("document.pictureInPictureElement?.videoWidth ?? 0") or 640
    assert size == Clip.size[0]
    more.press("Enter")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")


SMALL = """() => [...document.querySelectorAll(
    "#live button, #live select, #live summary, #live label.check")]
  .filter((control) => control.checkVisibility())
  .filter((control) => control.offsetHeight < 40 || control.offsetWidth < 40)
  .map((control) => control.outerHTML)"""


def test_controls_are_large_enough_for_a_finger(live):
    live.page.set_viewport_size(NARROW)
    live.locate("#stage-more").click()
    expect(live.locate("#snapshot-plain")).to_be_visible()
    assert live.page.evaluate(SMALL) == []


def test_a_person_is_added_step_by_step_without_scrolling(live):
    for size in (SCREEN, NARROW):
        live.page.set_viewport_size(size)
        live.locate("#guided-open").click()
        for part in ("#stage", "#guided"):
            box = live.locate(part).bounding_box()
            assert box["y"] >= 0 and box["y"] + box["height"] <= size["height"]
        live.locate("#guided-form [data-guided-cancel]").click()


def test_no_horizontal_scroll_on_a_narrow_screen(live):
    live.page.set_viewport_size(NARROW)
    for view in ("live", "expressions"):
        live.show(view)
        wait_for_frames(live, 1)
        assert live.page.evaluate("document.documentElement.scrollWidth") == 360

"""Bad input: each gives a sentence that says what to do; nobody enrolled is lost, nobody is half
enrolled, and the page goes on."""

import json
import re
import shutil
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from conftest import copy_site, serving
from driver import READY_WITHIN, App, FacesideError
from pictures import (
    FACES,
    ROOT,
    animated,
    colour_16_bit,
    encode,
    find_faces,
    grey_16_bit,
    huge_photo,
    open_sample,
    sample,
    transparent,
    turned_on_its_side,
)
from PIL import Image
from playwright.sync_api import Locator, expect

PHOTO, WIDTH = 6, 800  # the sample photo that pictures are made of, and their width
NEAR = 0.02  # of the width: a palette moves a frame by a pixel or two
TO_DO = r"choose|make it|connect|allow|type|shorten|delete|build|copy|reload|start"
SENTENCE = re.compile(rf"^\s*[A-Z][^\n]*\b({TO_DO})\b[^\n]*\.\s*$", re.S)
MARKUP = "<b id=injected>Ada</b><img id=injected src=x onerror=alert(1)><script>alert(2)</script>"
FACE_CENTRES = ((150, 261), (317, 200), (529, 189), (661, 174))  # in the photo, left to right


def photo() -> Image.Image:
    return open_sample(PHOTO, WIDTH)


@cache
def portrait(number: int) -> bytes:
    """A picture of one person of the photo."""
    x, y = FACE_CENTRES[number]
    return encode(photo().crop((x - 80, y - 110, x + 80, y + 110)), quality=92)


ADA, STRANGER = 0, 1  # numbers of portraits


def upload(content: bytes, name: str = "picture", kind: str = "image/jpeg") -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def expect_sentence(place: Locator, part: str) -> None:
    """The screen shows one sentence with this part, and it says what to do."""
    expect(place).to_be_visible()
    expect(place).to_contain_text(part)
    expect(place).to_have_text(SENTENCE)


def refusal(app: App, *call) -> FacesideError:
    """What a function of window.faceside rejects with: an Error with a sentence."""
    with pytest.raises(FacesideError) as caught:
        app.call(*call)
    assert caught.value.is_error
    assert SENTENCE.match(caught.value.message), caught.value.message
    return caught.value


def enroll_ada(app: App) -> str:
    """Add the first person; the whole gallery as text."""
    answer = app.call("enroll", "Ada", app.blob(portrait(ADA)))
    assert answer == {"label": "Ada", "samples": 1, "added": 1}
    return app.call("exportGallery")


def check_goes_on(app: App) -> None:
    """A picture is worked on as ever, and Ada is told from a stranger."""
    (face,) = app.call("describe", app.blob(portrait(STRANGER)))
    assert len(face["descriptor"]) == 128
    labels = [app.call("identify", app.blob(portrait(i)))[0]["match"]["label"] for i in range(2)]
    assert labels == ["Ada", "unknown"]


@pytest.fixture
def ada(app):
    """The shared page with Ada enrolled. After the test she and nobody else is there, unchanged,
    on the screen and in the database, and the page goes on."""
    gallery = enroll_ada(app)
    yield app
    assert app.stored() == ["Ada"]
    assert app.call("exportGallery") == gallery
    app.show("people")
    expect(app.locate("#people-list h3")).to_have_text(["Ada"])
    check_goes_on(app)


# Pictures


UNREADABLE = {
    "text": ("notes.txt", "image-unreadable", "choose a JPEG, PNG or WebP file"),
    "empty": ("empty.jpg", "image-unreadable", "choose a JPEG, PNG or WebP file"),
    "truncated": ("half.jpg", "image-truncated", "choose another copy"),
    "1x1": ("dot.png", "image-too-small", "choose one of at least 10 x 10"),
    "10,000x10,000": ("huge.png", "image-too-large", "make it smaller"),
}


def make_unreadable(kind: str) -> bytes:
    match kind:
        case "text":
            return b"Dear diary, this is no picture.\n" * 100
        case "empty":
            return b""
        case "truncated":
            whole = sample(PHOTO).read_bytes()
            return whole[: len(whole) // 2]
        case "1x1":
            return encode(Image.new("RGB", (1, 1)), "PNG")
        case "10,000x10,000":
            return encode(Image.new("L", (10_000, 10_000)), "PNG", compress_level=1)


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_cannot_be_worked_on(ada, kind):
    name, code, to_do = UNREADABLE[kind]
    content = make_unreadable(kind)
    bad, good = ada.choose(upload(content, name), upload(portrait(ADA)))
    expect(bad).to_have_attribute("data-state", "failed")
    expect(bad).to_have_attribute("data-code", code)
    expect_sentence(bad.locator(".note"), to_do)
    assert ada.names(good) == ["Ada"]  # the photo chosen with it is worked on
    expect(ada.locate("#photos-progress")).to_contain_text("1 not readable")
    blob = ada.blob(content)
    for call in (("describe", blob), ("identify", blob), ("enroll", "Grace", blob)):
        assert refusal(ada, *call).code == code


UNUSUAL = {
    "16-bit grey PNG": grey_16_bit,
    "16-bit colour PNG": colour_16_bit,
    "grey JPEG": lambda image: encode(image.convert("L"), quality=92),
    "CMYK JPEG": lambda image: encode(image.convert("CMYK"), quality=92),
    "transparent PNG": transparent,
    "animated GIF": lambda image: animated(image, "GIF"),
    "animated WebP": lambda image: animated(image, "WEBP"),
    "JPEG on its side": turned_on_its_side,
}


@pytest.mark.parametrize("kind", UNUSUAL)
def test_an_unusual_picture_gives_its_faces(ada, kind):
    (card,) = ada.choose(upload(UNUSUAL[kind](photo())))
    check_faces(ada, card, [box / WIDTH for box in plain_boxes()], photo().size)


def test_a_huge_photo_gives_its_faces(ada):
    """100 megapixels, worked on at a quarter; boxes are those of the original."""
    (card,) = ada.choose(upload(huge_photo()))
    inside = plain_boxes() * (6000 / WIDTH)
    height = round(6000 * open_sample(PHOTO).height / open_sample(PHOTO).width)
    inside[:, :2] += 2000, (10_000 - height) // 2
    check_faces(ada, card, inside / 10_000, (10_000, 10_000))


@cache
def plain_boxes():
    """Boxes in the plain photo in pixels, left to right, found in this Python."""
    boxes = find_faces(photo()).boxes
    assert len(boxes) == FACES[PHOTO]
    return boxes[boxes[:, 0].argsort()]


def check_faces(app: App, card: Locator, boxes, size: tuple[int, int]) -> None:
    """The photo is shown upright with these boxes (parts of the width); the first is Ada's."""
    expect(card).to_have_attribute("data-state", "done")
    image = card.locator("img")
    for side, pixels in zip(("width", "height"), size, strict=True):
        expect(image).to_have_attribute(side, str(pixels))
    shape = image.evaluate(
        "(image) => image.decode().then(() => image.naturalWidth / image.naturalHeight)"
    )
    assert shape == pytest.approx(size[0] / size[1], abs=0.01)
    ratio = size[1] / size[0]
    frames = [
        (left, top * ratio, width, height * ratio) for left, top, width, height in app.frames(card)
    ]
    found = sorted(zip(frames, app.names(card), strict=True))
    assert [name for _, name in found] == ["Ada", "", "", ""]
    for (frame, _), box in zip(found, boxes, strict=True):
        assert frame == pytest.approx(tuple(box), abs=NEAR)


def test_a_picture_without_a_face_is_not_enrolled(ada):
    nobody = encode(Image.effect_noise((640, 480), 40).convert("RGB"))
    (card,) = ada.choose(upload(nobody))
    expect(card.locator(".note")).to_have_text("No face was found in this photo.")
    expect(card.get_by_role("button", name="Add this person")).to_have_count(0)
    assert ada.call("describe", ada.blob(nobody)) == []
    error = refusal(ada, "enroll", "Grace", ada.blob(nobody))
    assert error.code == "no-face"
    assert "choose one where the face is large" in error.message


def test_a_picture_of_two_people_is_not_enrolled_as_one(ada):
    two = encode(photo().crop((60, 80, 410, 420)))
    assert len(ada.call("describe", ada.blob(two))) == 2
    error = refusal(ada, "enroll", "Grace", ada.blob(two))
    assert error.code == "several-faces"
    assert "2 faces" in error.message and "choose one with a single face" in error.message


# Names

NAMES = {
    "empty": ("", "label-empty", "type one"),
    "blank": (" \t\n ", "label-empty", "type one"),
    "10 kB": ("Ada Lovelace " * 800, "label-too-long", "shorten it to 100"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_that_cannot_be_kept(ada, kind):
    name, code, to_do = NAMES[kind]
    (card,) = ada.choose(upload(portrait(STRANGER)))
    card.get_by_role("button", name="Add this person").click()
    with ada.dialog("enroll") as form:
        form.locator("input").fill(name)
        form.locator("[type=submit]").click()
        expect_sentence(form.get_by_role("alert"), to_do)
        form.get_by_role("button", name="Cancel").click()
    assert refusal(ada, "enroll", name, ada.blob(portrait(STRANGER))).code == code
    ada.show("people")
    ada.person("Ada").get_by_role("button", name="Rename").click()
    with ada.dialog("rename") as form:
        form.locator("input").fill(name)
        form.locator("[type=submit]").click()
        expect_sentence(form.get_by_role("alert"), to_do)
        form.get_by_role("button", name="Cancel").click()


def test_markup_in_a_name_is_shown_as_text(ada):
    (card,) = ada.choose(upload(portrait(STRANGER), name=MARKUP))
    expect(card.get_by_role("heading")).to_have_text(MARKUP)
    ada.add_person(card.locator("li.face-row"), MARKUP)
    expect(card.locator("li.face-row .name")).to_have_text(MARKUP)
    expect(card.locator(".frame .name")).to_have_text(MARKUP)
    expect(ada.locate("#messages p")).to_have_text(f"{MARKUP} was added (1 sample).")
    ada.show("people")
    expect(ada.locate("#people-list h3")).to_have_text([MARKUP, "Ada"])
    ada.person(MARKUP).get_by_role("button", name="Delete").click()
    expect(ada.locate("#messages p").last).to_contain_text(MARKUP)
    expect(ada.locate("#injected")).to_have_count(0)
    expect(ada.locate("#people-list h3")).to_have_text(["Ada"])


# The camera


def test_no_camera(launch, address, contexts, watched):
    """A browser on a machine that has none."""
    contexts.append(launch().new_context(permissions=["camera"]))
    app = watched(App(contexts[-1], address)).until_ready()
    enroll_ada(app)
    app.locate("#camera-start").click()
    expect_sentence(app.error("no-camera"), "connect one")
    expect(app.locate("#live")).to_have_attribute("data-camera", "off")
    expect(app.locate("#camera-start")).to_be_visible()
    assert app.stored() == ["Ada"]
    check_goes_on(app)


def test_a_refused_camera(ada):
    ada.page.context.clear_permissions()
    ada.show("live")
    try:
        ada.locate("#camera-start").click()
        expect_sentence(ada.error("camera-refused"), "allow it in the settings")
        expect(ada.locate("#live")).to_have_attribute("data-camera", "off")
    finally:
        ada.page.context.grant_permissions(["camera"])
    start_camera(ada)
    expect(ada.error("camera-refused")).to_have_count(0)


def test_an_unplugged_camera(ada):
    start_camera(ada)
    ada.page.evaluate(
        """() => {
          const [track] = document.getElementById("video").srcObject.getTracks();
          track.stop();  // which, unlike a device that goes away, fires no event
          track.dispatchEvent(new Event("ended"));
        }"""
    )
    expect_sentence(ada.error("camera-unplugged"), "connect it again")
    expect(ada.locate("#live")).to_have_attribute("data-camera", "off")
    start_camera(ada)
    expect(ada.error("camera-unplugged")).to_have_count(0)


def start_camera(app: App) -> None:
    """Start the camera and wait until frames are worked on."""
    app.show("live")
    live = app.locate("#live")
    frames = live.get_attribute("data-frames")
    app.locate("#camera-start").click()
    expect(live).to_have_attribute("data-camera", "on")
    expect(live).not_to_have_attribute("data-frames", frames)


# Model files


MODELS = {
    "missing": ("yunet", "model-missing", "is missing"),
    "cut short": ("sface", "model-damaged", "bytes where"),
    "web page": ("landmarks68", "model-damaged", "is a web page"),
}


@contextmanager
def damaged(file: Path, kind: str):
    """The file of a model is damaged for a while."""
    whole = file.read_bytes()
    file.unlink()  # it is a link
    if kind == "cut short":
        file.write_bytes(whole[: len(whole) // 2])
    elif kind == "web page":
        shutil.copy2(ROOT / "index.html", file)
    yield
    file.unlink(missing_ok=True)
    file.write_bytes(whole)


def test_damaged_model_files(open_app, tmp_path):
    """One after the other, until "Try again" finds them all whole."""
    site = copy_site(tmp_path / "site")
    with serving(site) as address:
        app = open_app(address).until_ready()
        enroll_ada(app)
        again = app.page.reload
        for kind, (name, code, part) in MODELS.items():
            file = site / "models" / f"{name}.onnx"
            with damaged(file, kind):
                again()
                message = app.locate("#loading-message")
                expect(message).to_contain_text(file.name, timeout=READY_WITHIN)
                expect_sentence(message, part)
                expect(app.locate("#loading-code")).to_have_text(code)
                assert app.stored() == ["Ada"]
            again = app.locate("#loading-failed").get_by_role("button", name="Try again").click
        said = app.page.evaluate("() => faceside.ready.catch((error) => error.code)")
        assert said == "model-missing"  # what came first
        again()
        expect(app.locate("#loading")).to_be_hidden(timeout=READY_WITHIN)
        app.until_ready()
    assert app.stored() == ["Ada"]
    check_goes_on(app)


# Storage


def test_a_full_storage(open_app, address):
    app = open_app("about:blank")
    devtools = app.page.context.new_cdp_session(app.page)
    # Chromium remembers the room left for a while: the quota is set before the first look at it.
    quota = {"origin": address.rstrip("/"), "quotaSize": 500_000}
    devtools.send("Storage.overrideQuotaForOrigin", quota)
    app.page.goto(address)
    app.until_ready()
    gallery = enroll_ada(app)
    app.page.evaluate(FILL)

    (card,) = app.choose(upload(portrait(STRANGER)))
    card.get_by_role("button", name="Add this person").click()
    with app.dialog("enroll") as form:
        form.locator("input").fill("Grace")
        form.locator("[type=submit]").click()
        expect_sentence(form.get_by_role("alert"), "delete people or free disk space")
        form.get_by_role("button", name="Cancel").click()
    assert app.names(card) == [""]
    blob = app.blob(portrait(STRANGER))
    assert refusal(app, "enroll", "Grace", blob).code == "storage-full"
    app.show("people")
    app.locate("#people-import").set_input_files(
        upload(gallery.replace("Ada", "Grace").encode(), "people.json", "application/json")
    )
    expect_sentence(app.error("storage-full"), "delete people or free disk space")
    expect(app.locate("#people-list h3")).to_have_text(["Ada"])
    assert app.stored() == ["Ada"]
    assert app.call("exportGallery") == gallery
    check_goes_on(app)


# Fills the storage that the browser gives this address to the last kilobyte.
FILL = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open("filler");
  open.onerror = () => reject(open.error);
  open.onupgradeneeded = () => open.result.createObjectStore("filler", { autoIncrement: true });
  open.onsuccess = () => {
    const add = (size) => {
      const content = crypto.getRandomValues(new Uint8Array(size));
      const transaction = open.result.transaction("filler", "readwrite");
      transaction.objectStore("filler").add(content);
      transaction.oncomplete = () => add(size);
      transaction.onabort = () => size > 1000 ? add(size / 2) : resolve();
    };
    add(65536);
  };
})"""


def test_a_storage_made_by_a_newer_release(open_app, address):
    """The browser refuses the database; people are kept until the page is closed."""
    app = open_app(address + "sizes.json")
    app.page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open("faceside", 99).onsuccess = (event) => {
            event.target.result.close(); resolve(); }; })"""
    )
    app.page.goto(address)
    check_blocked_storage(app.until_ready())


def check_blocked_storage(app: App) -> None:
    expect_sentence(app.error("storage-blocked"), "allow site data")
    enroll_ada(app)
    app.show("people")
    expect(app.locate("#people-list h3")).to_have_text(["Ada"])
    check_goes_on(app)
    expect(app.locate("#messages .error")).to_have_count(1)


def test_a_blocked_storage(launch, address, watched, tmp_path):
    """A browser told to let no site keep data."""
    folder = tmp_path / "profile" / "Default"
    folder.mkdir(parents=True)
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (folder / "Preferences").write_text(json.dumps(blocked))
    app = watched(App(launch(profile=folder.parent), address)).until_ready()
    check_blocked_storage(app)

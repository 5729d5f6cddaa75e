"""The same journey in Firefox and WebKitGTK as in Chromium.

In the suite the page is loaded once in each of the two; the longer way, over a visit without a
network, is taken in all three by `make soak`.
"""

import shutil

import numpy as np
import pytest
from browsers import Chromium, Firefox, WebKit
from films import write_webm
from pictures import FACES, Clip, find_faces, mirrored_copy, sample
from test_offline import start_host  # noqa: F401  a fixture

from tools.browsers import missing

READY_WITHIN = 240  # s; WebKitGTK compiles for long where other programs work beside it
KEPT_WITHIN = 120  # s
PHOTO = 1
ROWS = "document.querySelectorAll('.photo-card:last-of-type li.face-row')"
CARDS = "[...document.querySelectorAll('#people-list .person-card')]"
SAMPLES = """new Promise((resolve, reject) => {
  const open = indexedDB.open("faceside");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const all = open.result.transaction("samples").objectStore("samples").count();
    all.onerror = () => reject(all.error);
    all.onsuccess = () => { open.result.close(); resolve(all.result); };
  };
})"""
# A file of the site, as Firefox's driver cannot wait for all that a script of the page can.
SCRIPT = "describe.js"
DESCRIBE = f"""faceside.describe("sample{PHOTO}.jpg").then((faces) => {{
  window.described = faces.map(({{ box, descriptor }}) =>
    ({{ box: [box.x, box.y, box.width, box.height], descriptor: [...descriptor] }}));
}})"""
# A camera that shows the photo, drawn again and again.
PHOTO_AS_CAMERA = f"""(async () => {{
  const photo = await createImageBitmap(await (await fetch("sample{PHOTO}.jpg")).blob());
  navigator.mediaDevices.getUserMedia = async () => {{
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 480];
    setInterval(() => canvas.getContext("2d").drawImage(photo, 0, 0, 640, 480), 80);
    return canvas.captureStream();
  }};
}})()"""
FILES = (
    ("#people-export", "faceside-people.json"),
    ("#people-export-compact", "faceside-people.fsg"),
)
WORDS = "four plain words here"
LOAD = f"""document.head.append(
  Object.assign(document.createElement("script"), {{ src: "{SCRIPT}" }}))"""


@pytest.fixture
def visitor(request, tmp_path):
    """A browser by its name; after a test that failed there is a picture of its page."""
    name, folder = request.param, tmp_path / "browser"
    if name == "chromium":
        browser = Chromium(folder, request.getfixturevalue("browser"))
    elif sentence := missing(name):
        pytest.skip(sentence)
    else:
        browser = {"firefox": Firefox, "webkit": WebKit}[name](folder)
    with browser:
        yield browser
        report = getattr(request.node, "call_report", None)
        if report is not None and report.failed:
            browser.picture(tmp_path / "page.png")
            content = f"screenshot: {tmp_path / 'page.png'}\nproblems: {browser.problems()}"
            report.sections.append((browser.version, content))


@pytest.fixture
def host(start_host):  # noqa: F811
    host = start_host()
    shutil.copy2(sample(PHOTO), host.folder)
    (host.folder / SCRIPT).write_text(DESCRIBE)
    return host


@pytest.mark.parametrize("visitor", ["firefox", "webkit"], indirect=True)
def test_journey(visitor, host, tmp_path, record_property):
    visitor.open(host.address)
    record_property("ready", f"{visitor.version}: {until_ready(visitor):.1f} s")
    visitor.click("#tour-skip")
    check_numbers(visitor)
    enroll(visitor, "Ada")
    if visitor.camera:
        use_camera(visitor)
    change_a_setting(visitor)
    check_copy(visitor, tmp_path, "Ada")
    for file in FILES:
        export_delete_and_import(visitor, "Ada", file)
    lock_and_unlock(visitor, "Ada")
    assert visitor.problems() == []


@pytest.mark.soak
@pytest.mark.parametrize("visitor", ["chromium", "firefox", "webkit"], indirect=True)
def test_journey_without_a_network_soak(visitor, host, tmp_path):
    visitor.open(host.address)
    until_ready(visitor)
    visitor.click("#tour-skip")
    enroll(visitor, "Ada")
    look_through_a_video(visitor, tmp_path)
    if visitor.camera:
        show_a_photo_to_presence(visitor)
    visitor.until("document.getElementById('offline-state').dataset.state == 'ready'", KEPT_WITHIN)

    host.stop()
    visitor.reload()
    until_ready(visitor)
    assert visitor.look("crossOriginIsolated"), "without it the nets have one thread"
    show(visitor, "people")
    visitor.until(f"{CARDS}.map((card) => card.dataset.label).join() == 'Ada'")
    check_copy(visitor, tmp_path, "Ada")
    assert visitor.problems() == []


def until_ready(visitor) -> float:
    """Wait for the engine; s since the page was asked for."""
    ready = "window.faceside?.ready.then(() => performance.now(), (error) => error.message)"
    # asked again and again, as a driver waits less long for one answer
    asked = f"Promise.race([{ready}, new Promise((late) => setTimeout(late, 5000))])"
    answer = visitor.until(asked, READY_WITHIN)
    assert isinstance(answer, int | float), answer
    return answer / 1000


def show(visitor, view: str) -> None:
    visitor.click(f"nav [data-view={view}]")
    visitor.until(f"getComputedStyle(document.getElementById('{view}')).display != 'none'")


def choose(visitor, path) -> None:
    """Choose a photo and wait until it is worked on."""
    before = visitor.look("document.querySelectorAll('.photo-card').length")
    visitor.give("#photo-input", path)
    visitor.until(
        f"document.querySelectorAll('.photo-card[data-state=done]').length == {before + 1}"
    )


def check_numbers(visitor) -> None:
    """The boxes and descriptors are those of CPython."""
    here = find_faces(sample(PHOTO))
    visitor.look(LOAD)
    there = visitor.until("window.described")
    boxes = np.array([face["box"] for face in there])
    order = [int(np.abs(boxes - box).max(axis=1).argmin()) for box in here.boxes]
    assert sorted(order) == list(range(FACES[PHOTO]))
    descriptors = np.array([there[number]["descriptor"] for number in order])
    assert np.abs(boxes[order] - here.boxes).max() < 1
    assert np.linalg.norm(descriptors - here.descriptors, axis=1).max() < 0.02


def enroll(visitor, name: str) -> None:
    """Add the first face of a photo."""
    show(visitor, "photos")
    choose(visitor, sample(PHOTO))
    assert visitor.look(f"{ROWS}.length") == FACES[PHOTO]
    visitor.click(".photo-card li.face-row button")
    visitor.write("#enroll-name", name)
    visitor.click("#enroll [type=submit]")
    visitor.until(f"{ROWS}[0].dataset.label == '{name}'")
    assert visitor.look(SAMPLES) == 1


def check_copy(visitor, folder, name: str) -> None:
    """One person is named in another copy of the photo, the others are not."""
    copy = folder / "copy.jpg"
    copy.write_bytes(mirrored_copy(PHOTO, 1100))
    show(visitor, "photos")
    choose(visitor, copy)
    labels = visitor.look(f"[...{ROWS}].map((row) => row.dataset.label)")
    assert sorted(labels) == [""] * (FACES[PHOTO] - 1) + [name]


def use_camera(visitor) -> None:
    """Frames are worked on from the start of the camera to its end."""
    show(visitor, "live")
    visitor.click("#camera-start")
    visitor.until("Number(document.getElementById('live').dataset.frames) >= 3")
    assert visitor.look("document.getElementById('live').dataset.camera") == "on"
    visitor.click("#camera-stop")
    visitor.until("document.getElementById('live').dataset.camera == 'off'")


def change_a_setting(visitor) -> None:
    show(visitor, "settings")
    visitor.click("#setting-age-gender")
    visitor.until("document.getElementById('settings-state').textContent.startsWith('1 ')")
    visitor.click("#settings-reset")
    visitor.until("document.getElementById('settings-reset').hidden")


def export_delete_and_import(visitor, name: str, file: tuple[str, str]) -> None:
    """Out by a button as a file of a name, deleted, in again."""
    show(visitor, "people")
    path = visitor.download(*file)
    assert name.encode() in path.read_bytes()
    visitor.click("#people-list [data-action=forget]")
    visitor.until(f"{CARDS}.length == 0")
    assert visitor.look(SAMPLES) == 0
    visitor.give("#people-import", path)
    visitor.until(f"{CARDS}.map((card) => card.dataset.label).join() == '{name}'")
    assert visitor.look(SAMPLES) == 1


def lock_and_unlock(visitor, name: str) -> None:
    """With a lock nobody is there until the passphrase is given, and everybody is after it."""
    show(visitor, "settings")
    visitor.click("#lock-turn-on")
    for field in ("new", "again"):
        visitor.write(f"#passphrase-{field}", WORDS)
    visitor.click("#passphrase [type=submit]")
    visitor.until("!document.getElementById('passphrase').open")
    visitor.click("#lock-now")
    visitor.until("!document.getElementById('lock').hidden")
    assert visitor.look("document.body.textContent").count(name) == 0
    visitor.write("#lock-passphrase", WORDS)
    visitor.click("#lock-unlock")
    visitor.until("document.getElementById('lock').hidden")
    show(visitor, "people")
    visitor.until(f"{CARDS}.map((card) => card.dataset.label).join() == '{name}'")


def look_through_a_video(visitor, folder) -> None:
    """The two people of a film are found in it."""
    film = folder / "film.webm"
    film.write_bytes(write_webm([Clip.still()] * 8, 0.25))
    show(visitor, "photos")
    visitor.give("#photo-input", film)
    visitor.until("document.querySelector('.video-card button.primary')")
    visitor.click(".video-card button.primary")
    visitor.until("document.querySelector('.video-card').dataset.state == 'done'")
    assert visitor.look("document.querySelectorAll('.video-timeline li').length") == 2


def show_a_photo_to_presence(visitor) -> None:
    """A photo that does not move is looked at, asked to move, and does not pass."""
    visitor.look(PHOTO_AS_CAMERA)
    show(visitor, "live")
    visitor.click("#presence-open")
    visitor.until("document.getElementById('presence').dataset.stage == 'failed'")
    assert visitor.look("document.querySelectorAll('#seen-list [data-present=true]').length") == 0

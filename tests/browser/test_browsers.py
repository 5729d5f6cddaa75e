"""The same journey in Chromium, Firefox and WebKitGTK; what the page says where a browser lacks
what it needs."""

import json
import shutil

import numpy as np
import pytest
from browsers import Chromium, Firefox, WebKit
from pictures import FACES, find_faces, mirrored_copy, sample
from playwright.sync_api import expect
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
LOAD = f"""document.head.append(
  Object.assign(document.createElement("script"), {{ src: "{SCRIPT}" }}))"""

# What takes a need of needs.js away from a browser before any script of the page runs.
GONE = {
    "WebAssembly": "delete window.WebAssembly",
    "WebAssembly SIMD": "WebAssembly.validate = () => false",
    "JavaScript of 2022": "window.Function = function () { throw new SyntaxError(); }",
    "Promise.withResolvers": "delete Promise.withResolvers",
    "structuredClone": "delete window.structuredClone",
    "WeakRef": "delete window.WeakRef",
    "module workers": "window.Worker = class { terminate() {} }",
    "OffscreenCanvas": "delete window.OffscreenCanvas",
    "createImageBitmap": "delete window.createImageBitmap",
    "TransformStream": "delete window.TransformStream",
    "BroadcastChannel": "delete window.BroadcastChannel",
    "ResizeObserver": "delete window.ResizeObserver",
    "dialogs": "delete HTMLDialogElement.prototype.showModal",
}
ADVICE = "update it, or open this page in a current Chrome, Edge, Firefox or Safari"
READY = "faceside.ready.then(() => 'ready', ({ code, message }) => `${code}: ${message}`)"


@pytest.fixture(params=["chromium", "firefox", "webkit"])
def visitor(request, tmp_path):
    """Each browser in turn; after a test that failed there is a picture of its page."""
    name, folder = request.param, tmp_path / "browser"
    if name != "chromium" and (sentence := missing(name)):
        pytest.skip(sentence)
    if name == "chromium":
        browser = Chromium(folder, request.getfixturevalue("browser"))
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


def test_journey(visitor, host, tmp_path, record_property):
    visitor.open(host.address)
    record_property("ready", f"{visitor.version}: {until_ready(visitor):.1f} s")
    visitor.click("#tour-skip")
    check_numbers(visitor)
    enroll(visitor, "Ada")
    if visitor.camera:
        use_camera(visitor)
    change_a_setting(visitor)
    visitor.until("document.getElementById('offline-state').dataset.state == 'ready'", KEPT_WITHIN)

    host.stop()
    visitor.reload()
    until_ready(visitor)
    assert visitor.look("crossOriginIsolated"), "without it the nets have one thread"
    show(visitor, "people")
    visitor.until(f"{CARDS}.map((card) => card.dataset.label).join() == 'Ada'")
    check_copy(visitor, tmp_path, "Ada")
    export_delete_and_import(visitor, "Ada")
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


def export_delete_and_import(visitor, name: str) -> None:
    show(visitor, "people")
    file = visitor.download("#people-export", "faceside-people.json")
    assert name in json.dumps(json.loads(file.read_text("utf-8")))
    visitor.click("#people-list [data-action=forget]")
    visitor.until(f"{CARDS}.length == 0")
    assert visitor.look(SAMPLES) == 0
    visitor.give("#people-import", file)
    visitor.until(f"{CARDS}.map((card) => card.dataset.label).join() == '{name}'")
    assert visitor.look(SAMPLES) == 1


@pytest.mark.parametrize("need", GONE)
def test_a_browser_without_what_is_needed_is_told_so(open_app, address, need):
    app = open_app("about:blank")
    app.page.add_init_script(GONE[need])
    asked = []
    app.page.on("request", lambda request: asked.append(request.url))
    app.page.goto(address)
    expect(app.locate("#loading-lacks")).to_be_visible()
    expect(app.locate("#loading-lacks")).to_contain_text(ADVICE)
    named = app.locate("#loading-lacked").text_content().split(", ")
    assert need in named and (len(named) == 1 or need == "WebAssembly"), named
    answer = app.page.evaluate(READY)
    assert answer.startswith("browser-too-old: ") and need in answer
    assert not app.page.evaluate("'tour' in document.documentElement.dataset")
    assert not [url for url in asked if "/pyodide/" in url or "/models/" in url]
    app.problems.clear()  # a module of the page may fail where it finds the need gone

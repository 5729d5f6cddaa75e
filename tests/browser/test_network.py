"""Nothing leaves the site's own address, and any static server will do."""

from urllib.parse import urlsplit

import pytest
from conftest import serving
from driver import App
from pictures import FACES, encode, open_sample, sample
from playwright.sync_api import expect

NUMBER, PART = 6, (150, 350, 600, 900)  # a photo of four, and the part with one of them
LOCAL = ("blob", "data")


def identify_somebody(app: App) -> None:
    """Enrol one person by a part of a photo, and find the person in the photo."""
    app.call("enroll", "Ada", app.blob(encode(open_sample(NUMBER).crop(PART))))
    faces = app.call("identify", app.blob(sample(NUMBER)))
    assert len(faces) == FACES[NUMBER]
    assert sorted(face["match"]["label"] for face in faces) == ["Ada"] + 3 * ["unknown"]


class Recorder:
    """What a page and its workers ask for, as the browser reports it, WebSockets too."""

    def __init__(self, context):
        self.addresses: list[str] = []
        context.on("request", lambda request: self.addresses.append(request.url))
        context.on("page", self._on_page)

    def _on_page(self, page) -> None:
        page.on("websocket", lambda socket: self.addresses.append(socket.url))

    def elsewhere(self, site: str) -> list[str]:
        """The addresses that are not under the site's."""
        own = [
            urlsplit(address).scheme in LOCAL or address.startswith(site)
            for address in self.addresses
        ]
        return [address for address, is_own in zip(self.addresses, own, strict=True) if not is_own]

    def paths(self, site: str) -> set[str]:
        """The paths of the files asked for, without the site's address."""
        return {
            address.removeprefix(site).partition("?")[0]
            for address in self.addresses
            if address.startswith(site)
        }


@pytest.fixture
def recorder(browser, contexts):
    context = browser.new_context(permissions=["camera"])
    contexts.append(context)
    return context, Recorder(context)


def test_no_request_leaves_the_site(recorder, address, watched):
    context, recorder = recorder
    app = watched(App(context, address)).until_ready()
    identify_somebody(app)
    app.locate("#camera-start").click()
    expect(app.locate("#seen-list li")).to_have_count(2)
    for view in ("photos", "people", "settings"):
        app.show(view)

    asked = recorder.paths(address)
    by_the_page = {"", "app/page/main.py", "vendor/micropython/micropython.wasm"}
    by_the_worker = {"app/engine/main.py", "models/yunet.onnx", "models/sface.onnx"}
    assert asked >= by_the_page | by_the_worker
    assert any(path.startswith("vendor/pyodide/") for path in asked)
    assert any(path.startswith("vendor/onnxruntime/") for path in asked)
    assert not any(path.startswith("vendor/uplot/") for path in asked)  # until a chart is opened
    assert recorder.elsewhere(address) == []


def test_the_recorder_sees_what_would_leave(recorder, site):
    """Where no policy keeps them back, requests of a page and of its worker to elsewhere."""
    context, recorder = recorder
    page = context.new_page()
    with serving(site, plain=True) as address, serving(site, plain=True) as elsewhere:
        page.goto(f"{address}sizes.json")
        page.evaluate("(elsewhere) => fetch(elsewhere + 'page').catch(() => {})", elsewhere)
        page.evaluate(
            """(elsewhere) => new Promise((resolve) => {
              const code = `fetch("${elsewhere}worker").catch(() => {}).then(() => postMessage(1))`;
              new Worker(URL.createObjectURL(new Blob([code]))).onmessage = resolve;
            })""",
            elsewhere,
        )
        assert recorder.elsewhere(address) == [f"{elsewhere}page", f"{elsewhere}worker"]


@pytest.mark.parametrize(("plain", "base"), [(True, "/"), (False, "/some/path/")])
def test_any_static_server_and_any_path_will_do(open_app, site, plain, base):
    with serving(site, plain=plain, base=base) as address:
        assert urlsplit(address).path == base
        app = open_app(address).until_ready()
        assert app.page.evaluate("crossOriginIsolated") is not plain
        if plain:  # threads need isolation, and no service worker may bring it here
            expect(app.locate("#engine-info")).to_contain_text("1 thread")
            expect(app.locate("#offline-state")).to_have_text("Needs a network to start.")
        identify_somebody(app)

"""The nets on WebGPU and WebGL, here on a program in place of a GPU: the same faces as on
WebAssembly, chosen by time or by hand, and nothing lost when a GPU is taken away."""

import json
import re
from contextlib import ExitStack

import numpy as np
import pytest
from conftest import copy_site, serving
from driver import SCREEN, App
from pictures import sample
from playwright.sync_api import expect

SWIFTSHADER = (
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
)
SETTLED_WITHIN = 120_000  # ms; a program needs seconds for what a GPU does in some milliseconds
SMALL = {"inputSize": 160, "maxFaces": 1}
NETS = ("yunet", "landmarks68", "sface")
DISTANCE = 0.05  # descriptors of the same face on two backends are nearer
PIXELS = 0.1  # and its box and landmarks differ by less

# Before the engine: remembers what it opens of a GPU, and takes it away when told to.
REMEMBER = """
const taken = [];
new BroadcastChannel("take").onmessage = () => taken.forEach((take) => take());
const { requestDevice } = globalThis.GPUAdapter?.prototype ?? {};
if (requestDevice) GPUAdapter.prototype.requestDevice = async function (...given) {
  const device = await requestDevice.apply(this, given);
  taken.push(() => device.destroy());
  return device;
};
const { getContext } = OffscreenCanvas.prototype;
OffscreenCanvas.prototype.getContext = function (...given) {
  const context = getContext.apply(this, given);
  const lose = given[0].startsWith("webgl") && context?.getExtension("WEBGL_lose_context");
  if (lose) taken.push(() => context.isContextLost() || lose.loseContext());
  return context;
};
"""
TAKE = "() => new BroadcastChannel('take').postMessage(0)"


class Backends:
    """The part of the settings view that tells of backends."""

    def __init__(self, app):
        self.app = app
        self.fault = app.locate("#backend-fault")
        self.state = app.locate("#backends-state")
        app.show("settings")

    def choose(self, name: str) -> None:
        """Choose a backend, or ``auto``."""
        self.app.locate("#backend").select_option("" if name == "auto" else name)

    def net(self, name: str):
        return self.app.locate(f"#backends [data-net={name}]")

    def expect(self, backend: str) -> None:
        """Wait until all nets run on a backend, and nothing more is tried."""
        expect(self.app.locate("#backends-gpu")).not_to_be_empty()
        for net in NETS:
            expect(self.net(net)).to_have_attribute("data-backend", backend, timeout=SETTLED_WITHIN)
        expect(self.state).to_be_empty(timeout=SETTLED_WITHIN)

    def kept(self) -> dict:
        """What the browser remembers of the times."""
        return json.loads(
            self.app.page.evaluate("() => localStorage.getItem('faceside-backend-times')")
        )


@pytest.fixture(scope="module")
def site_with(tmp_path_factory):
    """Gives the address of a site whose engine is begun by some lines of JavaScript."""
    with ExitStack() as servers:

        def site_with(lines: str) -> str:
            folder = copy_site(tmp_path_factory.mktemp("begun") / "site")
            script = folder / "app" / "engine" / "interpreter.mjs"
            code = script.read_text()
            script.unlink()
            script.write_text(lines + code)
            return servers.enter_context(serving(folder))

        yield site_with


@pytest.fixture(scope="module")
def takeable(site_with):
    """Where a site is served whose GPU can be taken away."""
    return site_with(REMEMBER)


@pytest.fixture(scope="module")
def gpu_browser(launch):
    """A browser with WebGPU."""
    return launch(*SWIFTSHADER)


@pytest.fixture(scope="module")
def opened(browser, address):
    """A page without a GPU, for the tests that leave its settings at their defaults."""
    context = browser.new_context(viewport=SCREEN, service_workers="block")
    yield App(context, address).until_ready()
    context.close()


@pytest.fixture
def plain(opened, watched):
    return watched(opened)


def fetched_for_gpu(app) -> list[str]:
    """Notes the names of the files for GPUs that are fetched from now on."""
    names = []
    app.page.context.on(
        "request",
        lambda request: names.extend(re.findall(r"/onnxruntime/gpu/([^?]*)", request.url)),
    )
    return names


def described(app, number: int = 1) -> dict:
    (face,) = app.call("describe", app.blob(sample(number)), SMALL)
    return face


def assert_same(face: dict, other: dict) -> None:
    for side, value in face["box"].items():
        assert abs(value - other["box"][side]) < PIXELS
    assert np.allclose(face["landmarks"], other["landmarks"], atol=PIXELS)
    assert np.linalg.norm(np.subtract(face["descriptor"], other["descriptor"])) < DISTANCE


@pytest.mark.parametrize("backend, title", [("webgl", "WebGL"), ("webgpu", "WebGPU")])
def test_the_same_faces_also_when_the_gpu_is_taken_away(
    open_app, gpu_browser, takeable, backend, title
):
    app = open_app(takeable, browser=gpu_browser)
    fetched = fetched_for_gpu(app)
    app.until_ready()
    face = described(app)
    assert not fetched
    backends = Backends(app)
    backends.choose(backend)
    backends.expect(backend)
    expect(app.locate("#engine-info")).to_contain_text(f"on {title}")
    assert_same(described(app), face)
    assert ("ort.webgl.min.mjs" in fetched) == (backend == "webgl")
    assert any("jspi" in name for name in fetched) == (backend == "webgpu")
    assert not any("asyncify" in name for name in fetched)

    app.page.evaluate(TAKE)
    assert_same(described(app), face)
    backends.expect("wasm")
    expect(app.error("backend-lost")).to_contain_text(f"{title} was taken away from the page")
    expect(app.locate("#engine-info")).to_contain_text("on WebAssembly")
    assert_same(described(app), face)


def test_the_nets_stay_where_there_is_no_other_backend(plain):
    app, asked = plain, []

    def refuse(route) -> None:
        asked.append(route.request.url)
        route.abort()

    app.page.context.route("**/onnxruntime/gpu/**", refuse)
    face = described(app)
    backends = Backends(app)
    backends.expect("wasm")
    expect(app.locate("#backends-gpu")).to_contain_text("is a program, not a GPU")
    assert not asked, "automatic has tried a program in place of a GPU"
    for missing in ("WebGPU", "WebNN"):
        backends.choose(missing.lower())
        expect(backends.fault).to_contain_text(f"This browser has no {missing} here")
        backends.expect("wasm")
    backends.choose("webgl")
    expect(backends.fault).to_contain_text("WebGL failed with some nets: these run on WebAssembly")
    backends.expect("wasm")
    assert asked
    assert_same(described(app), face)
    app.page.context.unroute("**/onnxruntime/gpu/**")

    backends.choose("wasm")
    expect(backends.fault).to_be_empty()
    app.reload()
    app.show("settings")
    expect(app.locate("#backend")).to_have_value("wasm")
    app.locate("#settings-reset").click()
    expect(app.locate("#backend")).to_have_value("")


def test_times_decide_and_are_remembered_for_this_device(plain):
    app = plain
    described(app)
    backends = Backends(app)
    app.locate("#backends-time").click()
    expect(app.locate("#backends-time")).to_be_disabled()
    expect(app.locate("#backends-time")).to_be_enabled(timeout=SETTLED_WITHIN)
    for net in NETS:
        times = re.compile(r"WebAssembly [\d.]+ ms · WebGL [\d.]+ ms")
        expect(backends.net(net)).to_contain_text(times)
    backends.expect("wasm")  # a program is slower
    kept = backends.kept()
    quick = {key: {"wasm": 50.0, "webgl": 10.0} for key in kept["times"] if "landmarks" in key}
    assert quick

    def next_visit(record: dict) -> None:
        app.page.evaluate(
            "(kept) => localStorage.setItem('faceside-backend-times', kept)", json.dumps(record)
        )
        app.reload()
        app.show("settings")

    next_visit({**kept, "times": {**kept["times"], **quick}})
    expect(backends.net("landmarks68")).to_have_attribute(
        "data-backend", "webgl", timeout=SETTLED_WITHIN
    )
    for net in ("yunet", "sface"):
        expect(backends.net(net)).to_have_attribute("data-backend", "wasm")
        expect(backends.net(net)).to_contain_text("WebGL")
    expect(app.locate("#engine-info")).to_contain_text("on WebGL and WebAssembly")

    next_visit({**kept, "device": "of another browser", "times": quick})
    backends.expect("wasm")
    expect(backends.net("landmarks68")).not_to_contain_text("WebGL")


@pytest.mark.soak
def test_the_same_faces_where_webassembly_cannot_wait(open_app, gpu_browser, site_with):
    app = open_app(site_with("delete WebAssembly.Suspending;"), browser=gpu_browser)
    fetched = fetched_for_gpu(app)
    app.until_ready()
    face = described(app)
    backends = Backends(app)
    backends.choose("webgpu")
    backends.expect("webgpu")
    assert_same(described(app), face)
    assert any("asyncify" in name for name in fetched)
    assert not any("jspi" in name for name in fetched)


@pytest.mark.soak
@pytest.mark.parametrize("detector", ["yunet", "tiny_face", "mtcnn", "ssd_mobilenet"])
def test_every_net_on_webgl_finds_the_same_faces(open_app, detector):
    app = open_app().until_ready()
    backends = Backends(app)
    size = {} if detector == "ssd_mobilenet" else {"inputSize": 320}
    options = [
        {"detector": detector, "recognizer": recognizer, "landmarks": landmarks, **size}
        for recognizer, landmarks in (
            ("sface", "landmarks68"),
            ("dlib_resnet", "landmarks68_tiny"),
            ("openface", "landmarks68"),
        )
    ]
    options[0] |= {"expressions": True, "ageAndGender": True}
    pictures = [app.blob(sample(number)) for number in (1, 2)]

    def faces() -> list:
        return [app.call("describe", picture, wish) for picture in pictures for wish in options]

    expected = faces()
    backends.choose("webgl")
    rows = app.locate("#backends li")
    for row in range(rows.count()):
        expect(rows.nth(row)).to_have_attribute("data-backend", "webgl", timeout=SETTLED_WITHIN)
    for found, before in zip(faces(), expected, strict=True):
        assert len(found) == len(before) > 0
        for face, other in zip(found, before, strict=True):
            assert_same(face, other)
            assert face.get("age", 0) == pytest.approx(other.get("age", 0), abs=0.1)
            for name, share in face.get("expressions", {}).items():
                assert share == pytest.approx(other["expressions"][name], abs=0.01)
    assert app.locate("#backends li[data-backend=webgl]").count() == rows.count()

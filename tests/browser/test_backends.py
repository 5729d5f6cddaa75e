"""The nets on WebGPU and WebGL, here on a program in place of a GPU: the same faces as on
WebAssembly, chosen by time or by hand, and nothing lost when a GPU is taken away."""

import json
import re

import numpy as np
import pytest
from conftest import copy_site, serving
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
        for net in NETS:
            expect(self.net(net)).to_have_attribute(
                "data-backend", backend, timeout=SETTLED_WITHIN
            )
        expect(self.state).to_be_empty(timeout=SETTLED_WITHIN)

    def kept(self) -> dict:
        """What the browser remembers of the times."""
        return json.loads(
            self.app.page.evaluate("() => localStorage.getItem('faceside-backend-times')")
        )


@pytest.fixture(scope="module")
def takeable(tmp_path_factory):
    """Where a site is served whose GPU can be taken away."""
    folder = copy_site(tmp_path_factory.mktemp("takeable") / "site")
    script = folder / "app" / "engine" / "interpreter.mjs"
    code = script.read_text()
    script.unlink()
    script.write_text(REMEMBER + code)
    with serving(folder) as address:
        yield address


@pytest.fixture(scope="module")
def gpu_browser(launch):
    """A browser with WebGPU."""
    return launch(*SWIFTSHADER)


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

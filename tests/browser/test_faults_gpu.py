"""A GPU that is taken away at random moments of enrolment and batch work: nothing enrolled is lost,
and the nets go on on WebAssembly. Here a program stands in for the GPU."""

import pytest
from faults import TIMES, Trial
from playwright.sync_api import expect
from test_backends import REMEMBER, SWIFTSHADER, TAKE, Backends, described
from test_faults import engine

GPUS = (("webgpu", "WebGPU"), ("webgl", "WebGL"))


@pytest.fixture(scope="module")
def trial(launch, address, tmp_path_factory):
    context = launch(*SWIFTSHADER, profile=tmp_path_factory.mktemp("profile"))
    yield Trial(context, address)
    context.close()


@pytest.mark.soak
@pytest.mark.parametrize("times", [TIMES])
def test_fault_a_gpu_taken_away(trial, times):
    trial.begin("a GPU taken away")
    for number in range(times):
        backend, title = GPUS[number % len(GPUS)]
        engine(trial).evaluate(f"() => {{ {REMEMBER} }}")
        described(trial.app)
        backends = Backends(trial.app)
        backends.choose(backend)
        backends.expect(backend)
        trial.work()
        trial.app.page.evaluate(TAKE)
        trial.until_usable()
        expect(trial.app.error("backend-lost")).to_contain_text(f"{title} was taken away")
        trial.check()
        assert not trial.codes
        Backends(trial.app).choose("wasm")
        backends.expect("wasm")
        trial.app.page.close()
        trial.open()
    trial.end()

"""The camera for long: the number of proxies and the memory of the tab stay where they are."""

import statistics
import time

import pytest
from counted import heap, open_counted, references
from pictures import Clip, encode

FRAMES = "Number(document.getElementById('live').dataset.frames)"
WITHIN = 1_200_000  # ms


@pytest.fixture
def counted(tmp_path, open_app):
    """The camera on, one of the two people in the picture enrolled."""
    for app in open_counted(open_app, tmp_path / "site", permissions=["camera"]):
        left = Clip.still().crop((0, 0, Clip.size[0] // 2 - 15, Clip.size[1]))
        app.call("enroll", "Regina", app.blob(encode(left, quality=92)))
        app.locate("#camera-start").click()
        yield app


def go_to(app, frames: int) -> float:
    """Wait until so many frames have been worked on; frames a second meanwhile."""
    first, began = app.page.evaluate(FRAMES), time.monotonic()
    app.page.wait_for_function(f"() => {FRAMES} >= {frames}", timeout=WITHIN)
    return (app.page.evaluate(FRAMES) - first) / (time.monotonic() - began)


def resting(app, measure) -> int:
    """What is measured while the camera is off."""
    app.locate("#camera-stop").click()
    found = measure(app)
    app.locate("#camera-start").click()
    return found


def test_proxies_stay_where_they_are_over_frames(counted):
    go_to(counted, 100)
    before = resting(counted, references)
    go_to(counted, 250)
    assert resting(counted, references) <= before * 1.02


@pytest.mark.soak
def test_proxies_and_memory_stay_where_they_are_over_10000_frames(counted):
    go_to(counted, 500)
    before = {measure: resting(counted, measure) for measure in (references, heap)}
    go_to(counted, 600)  # so that switching the camera on again is not part of a rate
    rates = [go_to(counted, frames) for frames in range(1100, 10_101, 500)]
    after = {measure: resting(counted, measure) for measure in (references, heap)}
    print(
        f"\nproxies {before[references]}, then {after[references]}; "
        f"memory {before[heap] / 1e6:.1f} MB, then {after[heap] / 1e6:.1f}; frames a second: "
        f"{rates[0]:.1f}, then {rates[-1]:.1f}, median {statistics.median(rates):.1f}"
    )
    assert after[references] <= before[references] * 1.02
    assert after[heap] <= before[heap] * 1.02
    assert rates[-1] >= rates[0] * 0.95

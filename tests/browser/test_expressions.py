"""The expressions view, with the camera that plays two people: one smiles, one does not."""

import csv
import json

import pytest
from pictures import Clip, encode
from playwright.sync_api import expect

NAMES = ["neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised"]
NAME = "Regina"
FIRST_WITHIN = 60_000  # ms, with the loading of the net


@pytest.fixture
def view(app):
    """The shared page on the expressions view, the camera on, the person on the left known."""
    left = Clip.still().crop((0, 0, Clip.size[0] // 2 - 15, Clip.size[1]))
    app.call("enroll", NAME, app.blob(encode(left, quality=92)))
    app.show("expressions")
    clear(app)  # what the last frames of another test may have left
    app.locate("#camera-start").press("Enter")
    expect(card(app, NAME)).to_have_count(1, timeout=FIRST_WITHIN)
    yield app
    app.locate("#camera-stop").press("Enter")
    app.show("expressions")
    clear(app)


def clear(app) -> None:
    """Forget the timeline."""
    if app.locate("#timeline-clear").is_visible():
        app.locate("#timeline-clear").click()
    expect(app.locate("#expressions-list > li")).to_have_count(0)


def card(app, label: str):
    return app.locate(f'#expressions-list > li[data-label="{label}"][data-away=false]')


def download(app, kind: str) -> str:
    with app.page.expect_download() as file:
        app.locate(f"#timeline-{kind}").press("Enter")
    assert file.value.suggested_filename == f"faceside-expressions.{kind}"
    with open(file.value.path(), encoding="utf-8", newline="") as text:
        return text.read()


def shares(card) -> dict[str, int]:
    """The percentages of the bars."""
    pairs = card.locator(".bars > div").evaluate_all(
        "(all) => all.map((one) => [one.dataset.expression, one.querySelector('dd').textContent])"
    )
    return {name: int(text.split()[0]) for name, text in pairs}


def test_journey_expressions_timeline(view):
    expect(card(view, "")).to_have_count(1)
    for label in (NAME, ""):
        bars = shares(card(view, label))
        assert list(bars) == NAMES
        assert 93 <= sum(bars.values()) <= 101
    expect(card(view, NAME).locator(".chart canvas")).to_be_visible()
    view.page.wait_for_timeout(3000)
    view.locate("#stage-pause").press("Enter")
    lines = list(csv.DictReader(download(view, "csv").splitlines()))
    samples = json.loads(download(view, "json"))["samples"]
    assert len(lines) == len(samples) >= 4
    assert {line["label"] for line in lines} >= {NAME}
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)
    for line, sample in zip(lines, samples, strict=True):
        assert list(line) == ["time", "track", "label", *NAMES]
        assert (line["time"], line["label"]) == (sample["time"], sample["label"])
        assert int(line["track"]) == sample["track"] > 0
        values = [float(line[name]) for name in NAMES]
        assert values == [sample["expressions"][name] for name in NAMES]
        assert sum(values) == pytest.approx(1, abs=0.002)
    view.locate("#timeline-clear").press("Enter")
    expect(view.locate("#expressions-list > li")).to_have_count(0)
    expect(view.locate("#timeline-csv")).to_be_hidden()
    view.locate("#stage-pause").press("Enter")
    expect(card(view, NAME)).to_have_count(1)


def test_one_stream_serves_both_views(view):
    stream = "document.getElementById('video').srcObject.id"
    before = view.page.evaluate(stream)
    view.show("live")
    expect(view.locate("#seen-list li")).to_have_count(2)
    view.show("expressions")
    expect(card(view, NAME)).to_have_count(1)
    assert view.page.evaluate(stream) == before


def test_keyboard_switches_of_the_nets(view):
    names, estimate = view.locate("#expressions-names"), view.locate("#expressions-on")
    names.press("Space")
    expect(card(view, "")).to_have_count(1)
    estimate.press("Space")
    expect(view.locate("#expressions-empty")).to_contain_text("switch on Estimate expressions")
    estimate.press("Space")
    names.press("Space")
    expect(card(view, NAME)).to_have_count(1)
    view.locate("#expressions-detector").select_option("tiny_face")
    setting = view.locate("[data-setting=detector]")
    expect(setting).to_have_attribute("data-value", "tiny_face", timeout=FIRST_WITHIN)
    view.locate("#expressions-detector").select_option("yunet")
    expect(setting).to_have_attribute("data-value", "yunet", timeout=FIRST_WITHIN)

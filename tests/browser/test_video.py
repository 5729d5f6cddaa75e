"""A video looked through: who appears when, unknown people named, what cannot be played."""

import csv
import io
import json

import pytest
from films import write_webm
from pictures import Clip
from PIL import Image
from playwright.sync_api import expect
from test_keyboard import press_tab_until

STEP = 0.25  # seconds a frame is shown
LATE = 3  # seconds after which the second person comes


@pytest.fixture(scope="module")
def film() -> bytes:
    """A film of six seconds, of which it says nothing: first one person, then both."""
    alone = Image.new("RGB", Clip.size, (40, 60, 60))
    alone.paste(Clip.still().crop((0, 0, 305, Clip.size[1])))
    count = round(LATE / STEP)
    return write_webm([alone] * count + [Clip.still()] * count, STEP)


def give(app, content: bytes, name: str = "film.webm"):
    app.show("photos")
    app.locate("#photo-input").set_input_files(
        {"name": name, "mimeType": "video/webm", "buffer": content}
    )
    return app.locate(".video-card")


def spans(row) -> list[list[str]]:
    bars = row.locator(".bar").evaluate_all("(bars) => bars.map((bar) => bar.title)")
    return [bar.split(", ")[-1].split(" to ") for bar in bars]


def test_journey_video_timeline(app, film):
    card = give(app, film)
    card.get_by_label("Frames a second").select_option("2")
    card.get_by_role("button", name="Look through the video").click()
    expect(card).to_have_attribute("data-state", "done", timeout=120_000)
    rows = card.locator(".video-timeline li")
    expect(rows).to_have_count(2)
    (always,), (late,) = spans(rows.nth(0)), spans(rows.nth(1))
    assert always[0] == "0:00"
    assert late == [f"0:0{LATE}", always[1]]
    rows.nth(1).locator(".bar").click()
    moment = card.locator("video").evaluate("(video) => video.currentTime")
    assert LATE <= moment < LATE + 1

    rows.nth(0).get_by_role("button", name="Name this person").click()
    app.submit("enroll", "Ada")
    expect(rows.nth(0)).to_have_attribute("data-label", "Ada")
    expect(rows.nth(0).locator(".bar")).to_have_count(1)
    assert set(app.stored()) == {"Ada"}

    with app.page.expect_download() as download:
        card.get_by_role("button", name="Export CSV").click()
    with open(download.value.path(), encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(io.StringIO(file.read())))
    assert [line["person"] for line in lines] == ["Ada", "unknown 1"]
    assert float(lines[0]["start"]) == 0 and float(lines[1]["start"]) == LATE
    with app.page.expect_download() as download:
        card.get_by_role("button", name="Export JSON").click()
    document = json.loads(download.value.path().read_text("utf-8"))
    assert document["step"] == 0.5 and document["duration"] == 6 - STEP


def test_keyboard_a_video_is_started_cancelled_and_gone_through(app, film):
    card = give(app, film)
    expect(card.get_by_role("button", name="Look through the video")).to_be_focused()
    card.get_by_label("Frames a second").select_option("5")
    card.get_by_role("button", name="Look through the video").focus()
    app.page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Cancel")).to_be_focused()
    expect(card.locator(".note")).to_contain_text("left")
    app.page.keyboard.press("Enter")
    expect(card).to_have_attribute("data-state", "stopped", timeout=1000)
    expect(card.locator(".video-timeline li").first).to_be_visible()
    card.locator("video").evaluate("(video) => video.currentTime = video.duration")
    press_tab_until(app, ".video-timeline .bar")
    app.page.keyboard.press("Enter")
    expect(card.locator("video")).to_have_js_property("currentTime", 0)
    card.get_by_role("button", name="Remove film.webm").focus()
    app.page.keyboard.press("Enter")
    expect(card).to_have_count(0)


def test_a_video_that_cannot_be_played_says_so(app):
    card = give(app, b"no video at all", "old.avi")
    card.get_by_role("button", name="Look through the video").click()
    expect(card).to_have_attribute("data-code", "video-unreadable")
    expect(card.locator(".note")).to_contain_text("save it as MP4 (H.264) or WebM")

"""A video looked through: who appears when, unknown people named, what cannot be played."""

import base64
import csv
import io
import json

import pytest
from pictures import Clip, encode
from playwright.sync_api import expect

LEFT, RIGHT = (0, 0, 305, 480), (335, 0, 640, 480)  # of the clip: one person each
# Records three seconds with the left person, then three with both.
RECORD = """async ([left, both]) => {
  const load = async (data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    return createImageBitmap(new Blob([bytes]));
  };
  const pictures = [await load(left), await load(both)];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 480];
  const context = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(15), { mimeType: "video/webm" });
  const chunks = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  const started = performance.now();
  for (let t = 0; t < 6000; t = performance.now() - started) {
    context.fillStyle = `rgb(${40 + (t % 50)}, 60, 60)`;
    context.fillRect(0, 0, 640, 480);
    context.drawImage(pictures[t < 3000 ? 0 : 1], 0, 0);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  recorder.stop();
  await stopped;
  const blob = new Blob(chunks);
  const video = document.createElement("video");
  video.src = URL.createObjectURL(blob);
  await new Promise((resolve) => (video.onloadeddata = video.onerror = resolve));
  for (let end = -1; end !== video.duration; ) {
    end = video.duration;
    video.currentTime = 1e7;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  if (!(video.duration > 5)) return "";  // a busy machine gave the recorder too little time
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}"""


@pytest.fixture(scope="module")
def film(shared_app) -> bytes:
    """A WebM film, recorded by the browser, which does not say how long it is."""
    pictures = [encode(Clip.still().crop(LEFT)), encode(Clip.still())]
    data = [base64.b64encode(picture).decode() for picture in pictures]
    for _ in range(5):
        film = shared_app.page.evaluate(RECORD, data)
        if film:
            return base64.b64decode(film)
    raise AssertionError("the browser recorded no film of six seconds")


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
    begin = int(late[0].removeprefix("0:"))
    assert 1 <= begin <= 5  # the recorder's clock runs late on a busy machine
    assert late[1] == always[1]
    rows.nth(1).locator(".bar").click()
    moment = card.locator("video").evaluate("(video) => video.currentTime")
    assert begin <= moment < begin + 1

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
    assert float(lines[0]["start"]) == 0 and begin <= float(lines[1]["start"]) < begin + 1
    with app.page.expect_download() as download:
        card.get_by_role("button", name="Export JSON").click()
    document = json.loads(download.value.path().read_text("utf-8"))
    assert document["step"] == 0.5 and 5 < document["duration"] < 9


def test_a_video_is_started_and_cancelled_by_keyboard(app, film):
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
    card.get_by_role("button", name="Remove film.webm").focus()
    app.page.keyboard.press("Enter")
    expect(card).to_have_count(0)


def test_a_video_that_cannot_be_played_says_so(app):
    card = give(app, b"no video at all", "old.avi")
    card.get_by_role("button", name="Look through the video").click()
    expect(card).to_have_attribute("data-code", "video-unreadable")
    expect(card.locator(".note")).to_contain_text("save it as MP4 (H.264) or WebM")

"""The check of presence in the page, before a camera that shows a photo as a test wants it."""

import base64
import re

import numpy as np
import pytest
from driver import App
from pictures import encode, open_sample
from PIL import Image
from playwright.sync_api import expect

from tools.held_photo import HEIGHT, WIDTH, Pose, film

NAME = "Ada"
WITHIN = 60_000  # ms
# A camera that shows the frames of `shown`, again and again, twelve a second; `answers` says which
# frames are shown while the page asks for a motion.
CAMERA = """
Object.assign(window, { answers: {}, passed: [], asked: new Set() });
document.addEventListener("faceside-present", (event) => passed.push(event.detail));
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d");
  let frames = [], number = 0;
  setInterval(async () => {
    const stage = document.getElementById("presence").dataset.stage;
    if (number >= frames.length)
      [frames, number] = [answers[stage] || answers.still, 0];
    if (stage) asked.add(stage);
    context.drawImage(frames[number++], 0, 0);
  }, 80);
  return canvas.captureStream();
};
"""
SHOW = """async (films) => {
  for (const [name, frames] of Object.entries(films))
    answers[name] = await Promise.all(frames.map(async (data) => createImageBitmap(
      new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: "image/jpeg" }))));
}"""


def frames(photo: np.ndarray, poses: list[Pose]) -> list[str]:
    rng = np.random.default_rng(0)
    images = [Image.fromarray(film(photo, pose, rng)) for pose in poses]
    return [base64.b64encode(encode(image, quality=90)).decode() for image in images]


def sweep(**to: float) -> list[Pose]:
    """From rest to a pose and back."""
    rest, ways = Pose(), np.sin(np.linspace(0, np.pi, 14)).tolist()
    return [
        Pose(**{name: (at := getattr(rest, name)) + way * (end - at) for name, end in to.items()})
        for way in ways
    ]


@pytest.fixture
def held(open_app, address) -> App:
    """A page before whose camera a photo of one person is held."""
    photo = np.asarray(open_sample(6).crop((120, 300, 720, 900)).resize((500, 500)), float)
    app = open_app("about:blank", permissions=["camera"])
    app.page.add_init_script(CAMERA.replace("WIDTH", str(WIDTH)).replace("HEIGHT", str(HEIGHT)))
    app.page.goto(address)
    app.until_ready()
    app.page.evaluate(
        SHOW,
        {
            "still": frames(photo, [Pose()] * 6),
            "blink": frames(photo, sweep(pitch=40)),
            "left": frames(photo, sweep(yaw=-40)),
            "right": frames(photo, sweep(yaw=40)),
            "closer": frames(photo, sweep(distance=0.95)),
        },
    )
    return app


def test_keyboard_a_held_photo_is_never_present(held):
    photo = np.asarray(open_sample(6).crop((120, 300, 720, 900)))
    held.call("enroll", NAME, held.blob(encode(Image.fromarray(photo))))
    held.locate("#presence-open").press("Enter")
    expect(held.locate("#presence-cancel")).to_be_focused()
    panel = held.locate("#presence")
    row = held.locate(f'#seen-list li[data-label="{NAME}"]')
    expect(panel).to_have_attribute("data-stage", "failed", timeout=WITHIN)
    expect(held.locate("#presence-step")).to_contain_text(re.compile("try again|motion"))
    expect(row).to_have_attribute("data-present", "false")
    expect(held.locate("#presence-again")).to_be_focused()
    held.locate("#presence-again").press("Enter")
    expect(held.locate("#presence-cancel")).to_be_focused()
    asked = set(held.page.evaluate("[...asked]"))
    assert asked & {"blink", "left", "right", "closer"}  # it went beyond looking straight
    assert held.page.evaluate("passed") == []
    held.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(held.locate("#presence-open")).to_be_focused()

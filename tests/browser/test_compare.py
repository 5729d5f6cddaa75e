"""Two pictures compared: who is alike, by how much, and what is said where that cannot be."""

import pytest
from pictures import encode, open_sample, sample
from PIL import ImageOps
from playwright.sync_api import expect

PART = (150, 350, 600, 900)  # of sample 6: one person


def person(mirrored: bool = False) -> dict:
    image = open_sample(6).crop(PART)
    image = ImageOps.mirror(image) if mirrored else image
    return {"name": "person.jpg", "mimeType": "image/jpeg", "buffer": encode(image, quality=70)}


@pytest.fixture
def compare(app):
    """The shared page, at its compare view, with nothing in it."""
    app.show("compare")
    yield app
    if app.locate("#compare-clear").is_visible():
        app.locate("#compare-clear").click()


def put(app, side: str, file) -> None:
    app.locate(f"#compare-{side}-input").set_input_files(file)
    expect(app.locate(f"#compare-{side}")).to_have_attribute("data-state", "done", timeout=60_000)


def distance(app) -> float:
    return float(app.locate("#compare-facts").text_content().split("Distance ")[1].split(";")[0])


def test_journey_compare_two_photos(compare):
    app = compare
    expect(app.locate("#compare-verdict")).to_have_text("Choose two pictures to compare.")
    put(app, "first", person())
    put(app, "second", person(mirrored=True))
    expect(app.locate("#compare-verdict")).to_have_text("The same person")
    expect(app.locate("#compare-facts")).to_contain_text("below 1.13 two faces count as one")
    expect(app.locate("#compare-facts")).to_contain_text("one in a million")
    assert distance(app) < 0.5
    put(app, "second", sample(2))
    expect(app.locate("#compare-verdict")).to_have_text("Not the same person")
    assert distance(app) > 1.13


def test_keyboard_of_several_faces_the_most_alike_are_compared_or_others(compare):
    app = compare
    put(app, "first", person())
    put(app, "second", sample(6))
    frames = app.locate("#compare-second .frame")
    expect(frames).to_have_count(4)
    expect(app.locate("#compare-second .frame[aria-pressed=true]")).to_have_count(1)
    expect(app.locate("#compare-verdict")).to_have_text("The same person")
    first = distance(app)
    other = app.locate("#compare-second .frame[aria-pressed=false]").first
    name = other.get_attribute("aria-label")
    other.focus()
    app.page.keyboard.press("Enter")
    pressed = app.locate("#compare-second .frame[aria-pressed=true]")
    expect(pressed).to_have_attribute("aria-label", name)
    expect(app.locate("#compare-verdict")).to_have_text("Not the same person")
    assert distance(app) > first


def test_a_picture_without_a_face_and_one_that_cannot_be_read_say_so(compare):
    app = compare
    put(app, "first", person())
    wall = encode(open_sample(6).crop((0, 0, 60, 60)))
    put(app, "second", {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": wall})
    expect(app.locate("#compare-second .note")).to_have_text("No face was found in this photo.")
    expect(app.locate("#compare-verdict")).to_have_text("Choose two pictures to compare.")
    app.locate("#compare-second-input").set_input_files(
        {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    expect(app.locate("#compare-second")).to_have_attribute("data-code", "image-unreadable")
    expect(app.locate("#compare-second .note")).to_contain_text("choose a JPEG, PNG or WebP file")

"""Many photos at once: a folder sorted and a group named, failures, cancel, filter and export."""

import csv
import io
import json
import re
import time
from functools import cache

import pytest
from counted import heap, open_counted, references
from driver import ANSWER_WITHIN
from pictures import FACES, encode, open_sample, sample
from PIL import ImageOps
from playwright.sync_api import expect

PART = (150, 350, 600, 900)  # of sample 6: one person
BROKEN = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}


def upload(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


@cache
def derived(count: int) -> tuple:
    """Copies of the sample photos: mirrored, scaled, cropped, compressed again; no two alike."""
    photos = []
    for i in range(count):
        number, turn = 1 + i % 6, i // 6
        image = open_sample(number, 900 - 40 * turn)
        image = ImageOps.mirror(image) if turn % 2 else image
        image = ImageOps.crop(image, border=2 * turn)
        content = encode(image, quality=85 - 5 * (turn % 8))
        photos.append(upload(f"photo-{i + 1:02}-of-{number}.jpg", content))
    return tuple(photos)


def give(app, files) -> None:
    app.show("photos")
    app.locate("#photo-input").set_input_files(list(files))


def until_done(app, text: str, patience: int = 4 * ANSWER_WITHIN) -> None:
    expect(app.locate("#photos-progress")).to_contain_text(text, timeout=patience)


def exported(app, kind: str) -> str:
    with app.page.expect_download() as download:
        app.locate(f"#photos-{kind}").click()
    with open(download.value.path(), encoding="utf-8", newline="") as file:
        return file.read()


def test_journey_sort_30_photos_and_name_a_group(app):
    give(app, derived(30))
    expect(app.locate("#photos-progress")).to_have_text(
        re.compile(r"^\d+ of 30 · \d+\.\d a second, \d+ (s|min) left$")
    )
    until_done(app, f"30 photos, {5 * sum(FACES.values())} faces")
    groups = app.locate("#group-list .group")
    expect(groups.first).to_be_visible()
    sizes = groups.evaluate_all("(all) => all.map((group) => Number(group.dataset.faces))")
    assert sizes[:2] == [10, 10]  # two people are in two of the six
    assert all(size <= 5 for size in sizes[2:])
    third = groups.nth(2)
    third.get_by_role("button", name="Name this person").click()
    app.submit("enroll", "Ada")
    expect(groups).to_have_count(len(sizes) - 1)
    (ada,) = app.call("people")
    assert ada["label"] == "Ada"
    assert 1 <= ada["samples"] <= 8
    app.locate("#photos-filter").select_option("name:Ada")
    expect(app.locate(".photo-card")).to_have_count(sizes[2])
    for names in map(app.names, app.locate(".photo-card").all()):
        assert names.count("Ada") == 1
    app.locate("#photos-filter").select_option("all")
    expect(app.locate(".photo-card")).to_have_count(24)
    app.locate("#photos-next").click()
    expect(app.locate(".photo-card")).to_have_count(6)
    expect(app.locate("#photos-range")).to_have_text("25 to 30 of 30")


def test_a_failing_file_in_the_middle_is_listed_and_skipped(app):
    photos = derived(4)
    give(app, [*photos[:2], BROKEN, *photos[2:]])
    until_done(app, "5 photos")
    expect(app.locate("#photos-progress")).to_contain_text("1 not readable")
    failures = app.locate("#photos-failures")
    failures.locator("summary").click()
    item = failures.locator("li")
    expect(item).to_have_attribute("data-code", "image-unreadable")
    expect(item).to_contain_text("broken.jpg")
    expect(item).to_contain_text("choose a JPEG, PNG or WebP file")
    states = app.locate(".photo-card").evaluate_all("(all) => all.map((c) => c.dataset.state)")
    assert states == ["done", "done", "failed", "done", "done"]
    app.locate("#photos-filter").select_option("failed")
    expect(app.locate(".photo-card")).to_have_count(1)


def test_cancel_stops_within_a_second_and_goes_on_where_it_was(app):
    give(app, derived(12))
    expect(app.locate(".photo-card[data-state=done]").nth(1)).to_be_visible()
    started = time.monotonic()
    app.locate("#photos-cancel").click()
    expect(app.locate("#photos-resume")).to_be_focused()
    assert time.monotonic() - started < 1
    expect(app.locate(".photo-card[data-state=working]")).to_have_count(0)
    expect(app.locate("#photos-progress")).to_contain_text("still to do")
    done = app.locate(".photo-card[data-state=done]").count()
    app.page.wait_for_timeout(1500)
    assert app.locate(".photo-card[data-state=done]").count() == done < 12
    app.page.keyboard.press("Enter")
    until_done(app, "12 photos")
    expect(app.locate(".photo-card[data-state=done]")).to_have_count(12)


def test_results_are_exported_and_no_name_is_a_formula(app):
    (face,) = (open_sample(6).crop(PART),)
    content = encode(face)
    app.call("enroll", "=Ada", app.blob(content))
    give(app, [upload("=1+1.jpg", content), upload("none.jpg", encode(face.crop((0, 0, 60, 60))))])
    app.locate("#photo-input").set_input_files([BROKEN])
    until_done(app, "3 photos, 1 face")
    rows = list(csv.DictReader(io.StringIO(exported(app, "csv"))))
    assert [row["file"] for row in rows] == ["'=1+1.jpg", "none.jpg", "broken.jpg"]
    assert (rows[0]["face"], rows[0]["label"]) == ("1", "'=Ada")
    assert float(rows[0]["distance"]) == pytest.approx(0, abs=0.01)
    assert 0 < float(rows[0]["width"]) < face.width
    assert rows[1]["face"] == "" and rows[2]["error"] == "image-unreadable"
    photos = json.loads(exported(app, "json"))["photos"]
    assert photos[0]["faces"][0]["label"] == "=Ada"
    assert photos[2]["error"]["code"] == "image-unreadable"


def test_keyboard_a_group_is_named_without_a_face_taken_out(app):
    press = app.page.keyboard.press
    parts = [
        upload(f"{i}.jpg", encode(open_sample(6).crop(PART), quality=90 - 20 * i)) for i in range(3)
    ]
    give(app, parts)
    until_done(app, "3 photos, 3 faces")
    group = app.locate("#group-list .group")
    expect(group).to_have_attribute("data-faces", "3")
    app.locate("#photos-clear").focus()
    press("Tab")  # into the group: its name button, then the faces
    expect(group.get_by_role("button", name="Name this person")).to_be_focused()
    press("Tab")
    press("Space")
    expect(group.locator("button.face").first).to_have_attribute("aria-pressed", "false")
    expect(group.get_by_role("heading")).to_contain_text("2 faces")
    press("Shift+Tab")
    press("Enter")
    app.page.keyboard.type("Ada")
    press("Enter")
    expect(app.locate("dialog#enroll")).to_be_hidden()
    expect(app.locate("#groups")).to_be_hidden()
    expect(app.locate("#photos-title")).to_be_focused()
    assert set(app.stored()) == {"Ada"}


def test_a_folder_is_taken_without_what_is_no_picture(app, tmp_path):
    folder = tmp_path / "holiday" / "day 1"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(sample(6).read_bytes())
    (folder / "notes.txt").write_text("nothing")
    (folder / ".hidden.jpg").write_text("nothing")
    app.show("photos")
    app.locate("#folder-input").set_input_files(tmp_path / "holiday")
    until_done(app, "1 photo, 4 faces")
    expect(app.locate("#messages")).to_contain_text("1 file that is no picture was left out")
    expect(app.locate(".photo-card h3")).to_have_text("holiday/day 1/a.jpg")


def test_nothing_reaches_over_the_border_at_360_pixels(app):
    app.page.set_viewport_size({"width": 360, "height": 800})
    give(app, [*derived(2), BROKEN])
    until_done(app, "3 photos")
    for view in ("photos", "compare"):
        app.show(view)
        assert app.page.evaluate("document.documentElement.scrollWidth") == 360, view


def give_in_parts(app, numbers: range) -> None:
    """Add photos of other names, 25 at a time, and wait until all are worked on."""
    photos = derived(30)
    for part in (numbers[start : start + 25] for start in range(0, len(numbers), 25)):
        app.locate("#photo-input").set_input_files(
            [{**photos[n % 30], "name": f"{n}.jpg"} for n in part]
        )
    until_done(app, f"{numbers[-1] + 1} photos", 600_000)
    expect(app.locate("#photos-cancel")).to_be_hidden(timeout=600_000)


def test_proxies_go_with_the_photos(open_app, tmp_path):
    for app in open_counted(open_app, tmp_path / "site"):
        app.show("photos")
        held = []
        for count in (5, 15):
            give_in_parts(app, range(count))
            with_photos = references(app)
            app.locate("#photos-clear").click()
            expect(app.locate(".photo-card")).to_have_count(0)
            held.append(references(app))
            assert held[-1] < with_photos
        assert held[1] <= held[0] * 1.02


@pytest.mark.soak
def test_memory_stays_flat_over_500_photos(app):
    app.show("photos")
    give_in_parts(app, range(50))
    before = heap(app)
    give_in_parts(app, range(50, 500))
    after = heap(app)
    print(f"\n50 photos: {before / 1e6:.0f} MB, 500: {after / 1e6:.0f} MB")
    assert after < 1.2 * before

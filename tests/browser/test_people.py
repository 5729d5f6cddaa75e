"""The people view: registering, one page a person, undo, merging, re-computing, files."""

import json
from contextlib import contextmanager

import pytest
from pictures import Clip, encode, sample
from playwright.sync_api import expect

RECORDS = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open("faceside");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const transaction = open.result.transaction(["samples", "notes"]);
    const samples = transaction.objectStore("samples").getAll();
    const notes = transaction.objectStore("notes").getAll();
    const plain = (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
    transaction.oncomplete = () => {
      open.result.close();
      resolve(JSON.stringify([samples.result, notes.result], plain));
    };
  };
})"""
NARROW = {"width": 360, "height": 800}
LEFT = (0, 0, Clip.size[0] // 2 - 15, Clip.size[1])
RIGHT = (Clip.size[0] // 2 + 15, 0, *Clip.size)


def photo(number: int, part: tuple = LEFT) -> bytes:
    """A still of one of the two people of the camera's clip; each number another one."""
    return encode(Clip.still((3 * number, -2 * number), 1 + number / 100).crop(part), quality=92)


def upload(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def records(app) -> list:
    """All that the database holds, samples and notes."""
    return json.loads(app.page.evaluate(RECORDS))


def enroll(app, label: str, photos: int = 1, part: tuple = LEFT) -> None:
    for number in range(photos):
        app.call("enroll", label, app.blob(photo(number, part)))


def open_person(app, label: str) -> None:
    app.show("people")
    app.person(label).get_by_role("link").click()
    expect(app.locate("#person-title")).to_have_text(label)


def photos(app):
    return app.locate("#person-photos li")


def message(app, text: str):
    return app.locate("#messages .message").filter(has_text=text)


def undo(app) -> None:
    app.locate("#messages [data-undo]").last.click()
    expect(app.locate("#messages [data-undo]")).to_have_count(0)
    expect(message(app, "Everything is back").last).to_be_visible()


@contextmanager
def far_away(app):
    """The camera's pictures as if the people stood five times as far away."""
    app.page.evaluate(
        """() => {
          window.nearBy = createImageBitmap;
          window.createImageBitmap = (video) =>
            nearBy(video, { resizeWidth: 128, resizeHeight: 96 });
        }"""
    )
    yield
    app.page.evaluate("() => { window.createImageBitmap = nearBy; }")


@pytest.fixture
def ada(app):
    """Two people, the first with three photos and notes."""
    enroll(app, "Ada", 3)
    enroll(app, "Grace", 1, RIGHT)
    app.show("people")
    open_person(app, "Ada")
    app.locate("#person-notes").fill("Counts engines")
    app.locate("#person-notes").blur()
    expect(app.locate("#person-notes-state")).to_have_text("Saved.")
    return app


def test_journey_register_with_three_photos_and_recognise_live(app):
    app.show("people")
    expect(app.locate("#people-empty")).to_contain_text("New person")
    app.locate("#people-new").click()
    app.submit("new-person", "Regina")
    expect(app.locate("#person-title")).to_have_text("Regina")
    expect(app.locate("#person-title")).to_be_focused()
    files = [upload(f"{number}.jpg", photo(number)) for number in range(2)]
    app.locate("#person-input").set_input_files(files)
    expect(photos(app)).to_have_count(2)
    expect(app.locate("#person-progress")).to_contain_text("2 of 3 recommended")
    app.locate("#person-input").set_input_files([upload("2.jpg", photo(2))])
    expect(app.locate("#person-progress")).to_have_text("3 photos")
    app.page.go_back()
    expect(app.person("Regina").locator("[data-samples]")).to_have_attribute("data-samples", "3")
    app.show("live")
    app.locate("#camera-start").click()
    expect(app.locate('#seen-list li[data-label="Regina"]')).to_have_count(1)
    expect(app.locate("#seen-list li")).to_have_count(2)


def test_photos_that_fail_are_named_and_the_others_go_on(app):
    enroll(app, "Ada")
    open_person(app, "Ada")
    wall = encode(Clip.still().crop((0, 0, 60, 60)))
    app.locate("#person-input").set_input_files(
        [
            upload("wall.jpg", wall),
            upload("notes.txt", b"no picture"),
            upload("both.jpg", encode(Clip.still(), quality=92)),
            upload("good.jpg", photo(1)),
        ]
    )
    expect(photos(app)).to_have_count(2)
    rows = app.locate("#person-additions li")
    expect(rows.locator("strong")).to_have_text(["wall.jpg", "notes.txt", "both.jpg"])
    expect(rows.nth(0)).to_contain_text("No face was found")
    expect(rows.nth(2)).to_contain_text("choose the one")
    rows.nth(2).get_by_role("button", name="Face 1 of 2").click()
    expect(photos(app)).to_have_count(3)
    expect(rows).to_have_count(2)


def test_a_photo_that_is_not_good_is_added_anyway_when_one_insists(app):
    enroll(app, "Ada")
    open_person(app, "Ada")
    small = Clip.still().crop(LEFT)
    small = encode(small.resize((small.width // 6, small.height // 6)))
    app.locate("#person-input").set_input_files([upload("small.jpg", small)])
    row = app.locate("#person-additions li")
    expect(row).to_have_attribute("data-code", "face-too-small")
    row.get_by_role("button", name="Add anyway").click()
    expect(photos(app)).to_have_count(2)
    expect(row).to_have_count(0)


def test_photos_are_dropped_and_pasted_on_a_person(app):
    enroll(app, "Ada")
    open_person(app, "Ada")
    app.page.evaluate(
        """async (blob) => {
          for (const kind of ["drop", "paste"]) {
            const carrier = new DataTransfer();
            carrier.items.add(new File([blob], `${kind}.jpg`, { type: "image/jpeg" }));
            const init = { bubbles: true, cancelable: true };
            const event = kind == "drop"
              ? new DragEvent(kind, { ...init, dataTransfer: carrier })
              : new ClipboardEvent(kind, { ...init, clipboardData: carrier });
            document.getElementById("person").dispatchEvent(event);
          }
        }""",
        app.blob(photo(1)),
    )
    expect(photos(app)).to_have_count(3)
    expect(app.locate(".photo-card")).to_have_count(0)


def test_the_camera_takes_photos_of_the_person_who_is_meant(app):
    app.show("people")
    app.locate("#people-new").click()
    app.submit("new-person", "Ada")
    app.locate("#person-take").click()
    take, state, choices = (app.locate(f"#take-{name}") for name in ("photo", "state", "choices"))
    expect(take).to_be_enabled()
    take.click()
    expect(state).to_contain_text("choose the one")
    expect(choices.get_by_role("button")).to_have_count(2)
    expect(choices.get_by_role("button", name="Face 1 of 2")).to_be_focused()
    press(app, "Tab")
    expect(choices.get_by_role("button", name="Face 2 of 2")).to_be_focused()
    press(app, "Enter")
    expect(state).to_contain_text("Added: 1 photo")
    expect(choices.get_by_role("button")).to_have_count(0)
    expect(take).to_be_focused()

    with far_away(app):
        press(app, "Enter")
        expect(choices.get_by_role("button", name="Face 1 of 2")).to_be_focused()
    press(app, "Enter")
    expect(choices.get_by_role("button", name="Add anyway")).to_be_focused()
    expect(state).to_contain_text("pixels")
    press(app, "Enter")
    expect(state).to_contain_text("Added: 2 photos")
    expect(take).to_be_focused()
    app.locate("#take-close").click()
    expect(app.locate("#take")).to_be_hidden()
    expect(app.locate("#person-take")).to_be_focused()
    app.page.wait_for_function("document.getElementById('take-video').srcObject === null")
    expect(photos(app)).to_have_count(2)


def test_undo_brings_back_a_photo_a_person_and_everything(ada):
    before = records(ada)
    photos(ada).nth(1).get_by_role("button").click()
    expect(photos(ada)).to_have_count(2)
    assert len(records(ada)[0]) == 3
    expect(message(ada, "The photo was deleted.")).to_be_visible()
    undo(ada)
    expect(photos(ada)).to_have_count(3)
    assert records(ada) == before

    ada.locate("#person-delete").click()
    expect(ada.locate("#people-list h3")).to_have_text(["Grace"])
    assert [len(part) for part in records(ada)] == [1, 0]
    undo(ada)
    expect(ada.locate("#people-list h3")).to_have_text(["Ada", "Grace"])
    assert records(ada) == before

    ada.locate("#people-clear").click()
    expect(ada.locate("#people-empty")).to_be_visible()
    assert records(ada) == [[], []]
    undo(ada)
    expect(ada.locate("#people-list h3")).to_have_text(["Ada", "Grace"])
    assert records(ada) == before


def test_merging_keeps_all_photos_and_notes_and_can_be_undone(ada):
    before = records(ada)
    ada.show("people")
    ada.person("Ada").get_by_role("button", name="Rename").click()
    with ada.dialog("rename") as form:
        form.locator("input").fill("Grace")
        form.locator("[type=submit]").click()
        expect(form.get_by_role("alert")).to_contain_text("Somebody is called")
        form.get_by_role("button", name="Merge the two").click()
        expect(form).to_be_hidden()
    expect(ada.locate("#people-list h3")).to_have_text(["Grace"])
    samples, notes = records(ada)
    assert {sample["label"] for sample in samples} == {"Grace"} and len(samples) == 4
    assert notes == [{"label": "Grace", "text": "Counts engines"}]
    undo(ada)
    expect(ada.locate("#people-list h3")).to_have_text(["Ada", "Grace"])
    assert records(ada) == before


def test_notes_stay_after_a_reload(app):
    enroll(app, "Ada <b>")
    open_person(app, "Ada <b>")
    app.locate("#person-notes").fill("First line\nsecond <i>line</i>")
    expect(app.locate("#person-notes-state")).to_have_text("Saved.")
    app.reload()
    expect(app.locate("#person-title")).to_have_text("Ada <b>")
    expect(app.locate("#person-notes")).to_have_value("First line\nsecond <i>line</i>")


def test_journey_change_recognizer_and_recompute(app):
    enroll(app, "Ada", 3)
    enroll(app, "Grace", 3, RIGHT)
    before = records(app)[0]
    app.show("settings")
    app.locate("#setting-recognizer").select_option("dlib_resnet")
    notice = app.locate("#settings [data-unmatched]")
    expect(notice).to_contain_text("2 people were enrolled with SFace")
    notice.get_by_role("button", name="Re-compute").click()
    panel = app.locate("#recompute")
    expect(panel).to_have_attribute("data-state", "running")
    app.locate("#recompute-pause").click()
    expect(panel).to_have_attribute("data-state", "paused")
    app.page.wait_for_timeout(1500)
    done = sum("dlib_resnet" in (sample["others"] or {}) for sample in records(app)[0])
    assert done < 6

    app.reload()
    expect(panel).to_have_attribute("data-state", "paused")
    expect(app.locate("#recompute-state")).to_contain_text(f"{done} of 6 photos")
    app.locate("#recompute-cancel").click()
    expect(panel).to_have_attribute("data-state", "ended")
    app.locate("#recompute-cancel").click()
    expect(panel).to_be_hidden()
    app.reload()
    expect(panel).to_be_hidden()
    app.locate("#people [data-unmatched]").get_by_role("button").click() if done < 4 else None
    expect(panel).to_have_attribute("data-state", "done")
    after = records(app)[0]
    assert [sample.pop("others").keys() for sample in after] == [{"dlib_resnet"}] * 6
    assert after == [{k: v for k, v in sample.items() if k != "others"} for sample in before]
    (found,) = app.call("identify", app.blob(photo(4)))
    assert found["match"]["label"] == "Ada"
    app.show("settings")
    app.locate("#setting-recognizer").select_option("sface")
    expect(app.locate("#settings [data-unmatched]")).to_be_hidden()
    (found,) = app.call("identify", app.blob(photo(4)))
    assert found["match"]["label"] == "Ada"


def test_recomputing_goes_on_by_itself_after_a_reload(app):
    enroll(app, "Ada", 3)
    app.show("settings")
    app.locate("#setting-recognizer").select_option("dlib_resnet")
    expect(app.locate("#settings [data-unmatched]")).to_be_visible()
    app.page.evaluate("localStorage.setItem('faceside-recompute', 'running')")
    app.reload()
    app.show("people")
    expect(app.locate("#recompute")).to_have_attribute("data-state", "done")
    assert all("dlib_resnet" in sample["others"] for sample in records(app)[0])


def test_journey_export_delete_everything_import_recognise(ada, tmp_path):
    before = records(ada)
    ada.show("people")
    with ada.page.expect_download() as download:
        ada.locate("#people-export").click()
    file = tmp_path / "people.json"
    download.value.save_as(file)
    ada.locate("#people-clear").click()
    expect(ada.locate("#people-empty")).to_be_visible()
    ada.locate("#people-import").set_input_files(file)
    expect(message(ada, "2 people with 4 samples imported.")).to_be_visible()

    def without_ids(content):
        samples, notes = content
        return [{k: v for k, v in s.items() if k != "id"} for s in samples], notes

    assert without_ids(records(ada)) == without_ids(before)
    (found,) = ada.call("identify", ada.blob(photo(4)))
    assert found["match"]["label"] == "Ada"
    ada.locate("#people-import").set_input_files(file)
    expect(message(ada, "Nothing new, 4 samples left out")).to_be_visible()
    assert without_ids(records(ada)) == without_ids(before)

    open_person(ada, "Grace")
    with ada.page.expect_download() as download:
        ada.locate("#person-export").click()
    download.value.save_as(file)
    assert [p["label"] for p in json.loads(file.read_text("utf-8"))["people"]] == ["Grace"]


def many(number: int) -> str:
    row = [[0.5] * 127]
    people = [
        {"label": f"Person {i:06}", "descriptors": [row[0] + [i / number]]} for i in range(number)
    ]
    return json.dumps({"distanceThreshold": 0.6, "labeledDescriptors": people})


def test_many_people_are_shown_in_parts_and_searched(app):
    app.show("people")
    app.locate("#people-import").set_input_files(
        {"name": "many.json", "mimeType": "application/json", "buffer": many(350).encode()}
    )
    cards = app.locate(".person-card")
    expect(cards).to_have_count(100)
    expect(app.locate("#people-found")).to_have_text("350 people")
    app.locate("#people-more").click()
    expect(cards).to_have_count(200)
    expect(cards.nth(100).get_by_role("link")).to_be_focused()
    app.locate("#people-search").fill("00034")
    expect(cards).to_have_count(11)
    expect(app.locate("#people-found")).to_have_text("11 of 350 people")
    expect(app.locate("#people-more")).to_be_hidden()
    app.locate("#people-clear").click()
    expect(cards).to_have_count(0)
    app.locate("#people-search").fill("")
    expect(app.locate("#people-tools")).to_be_hidden()


# The keyboard


def press(app, *keys: str) -> None:
    for key in keys:
        app.page.keyboard.press(key)


def test_keyboard_list_rename_delete_and_undo(ada):
    ada.show("people")
    before = records(ada)
    ada.person("Grace").get_by_role("button", name="Rename").focus()
    press(ada, "Enter")
    expect(ada.locate("#rename-name")).to_be_focused()
    ada.page.keyboard.type("Hedy")
    press(ada, "Enter")
    expect(ada.person("Hedy").get_by_role("button", name="Rename")).to_be_focused()
    press(ada, "Tab", "Enter")
    expect(ada.locate("#people-list h3")).to_have_text(["Ada"])
    expect(ada.person("Ada").get_by_role("button", name="Delete")).to_be_focused()
    press(ada, "Control+z")
    expect(ada.locate("#people-list h3")).to_have_text(["Ada", "Hedy"])
    press(ada, "Control+z")
    expect(ada.locate("#people-list h3")).to_have_text(["Ada", "Grace"])
    assert records(ada) == before
    ada.locate("#people-clear").focus()
    press(ada, "Space")
    expect(ada.locate("#people-empty")).to_be_visible()
    expect(ada.locate("#people-title")).to_be_focused()
    ada.locate("#messages [data-undo]:not(:disabled)").last.focus()
    press(ada, "Enter")
    expect(ada.locate("#people-list h3")).to_have_text(["Ada", "Grace"])
    assert records(ada) == before


def test_keyboard_new_person_page_and_back(ada):
    ada.show("people")
    ada.locate("#people-new").focus()
    press(ada, "Enter")
    ada.page.keyboard.type("Hedy")
    press(ada, "Enter")
    expect(ada.locate("#person-title")).to_be_focused()
    press(ada, "Shift+Tab")
    expect(ada.locate(".back")).to_be_focused()
    press(ada, "Enter")
    expect(ada.locate("#people-title")).to_be_focused()
    ada.person("Ada").get_by_role("link").focus()
    press(ada, "Enter")
    expect(photos(ada)).to_have_count(3)
    photos(ada).nth(1).get_by_role("button").focus()
    press(ada, "Enter")
    expect(photos(ada)).to_have_count(2)
    expect(photos(ada).nth(1).get_by_role("button")).to_be_focused()
    ada.locate("#person-take").focus()
    press(ada, "Enter")
    expect(ada.locate("#take-photo")).to_be_focused()
    press(ada, "Escape")
    expect(ada.locate("#person-take")).to_be_focused()
    ada.page.go_back()
    expect(ada.person("Ada").get_by_role("link")).to_be_focused()


@pytest.mark.parametrize("place", ["list", "person"])
def test_nothing_is_wider_than_a_phone(ada, place):
    ada.call("enroll", "Wolfeschlegelsteinhausenbergerdorff" * 2, ada.blob(photo(0)))
    ada.page.set_viewport_size(NARROW)
    if place == "list":
        ada.show("people")
    expect(ada.locate("#person-title" if place == "person" else "#people-title")).to_be_visible()
    assert ada.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_file_of_the_samples_is_not_taken_for_people(app):
    app.show("people")
    app.locate("#people-import").set_input_files(sample(1))
    expect(app.error("gallery-unreadable")).to_be_visible()
    assert records(app) == [[], []]

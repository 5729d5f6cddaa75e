"""100,000 people, built to a gallery on the command line, in the page: imported, searched, kept."""

import csv
import json
import subprocess
import sys
import time

import pytest
from pictures import FACES, find_faces, sample
from playwright.sync_api import expect
from tables import unit_rows, write_faces
from test_big_gallery import WATCH, shares
from test_people import enroll, message

from faceside.blocks import MAGIC
from faceside.gallery_files import read_file

MANY, SHARDS = 100_000, 4
REAL = [f"Real {number}" for number in range(FACES[6])]  # the people of sample 6
WITHIN = 120_000  # ms
LONGEST_TASK = 50  # ms
HELD_UP = 100  # ms; so long may one task take where the machine is busy with other things
LONGEST_SEARCH = 25  # ms for one probe among MANY people

OBSERVE = """() => {
  window.longTasks = [];
  window.observing = new PerformanceObserver((list) =>
    longTasks.push(...list.getEntries().map((entry) => entry.duration)));
  observing.observe({ entryTypes: ["longtask"] });
}"""
COUNT = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open("faceside");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const count = open.result.transaction("samples").objectStore("samples").count();
    count.onsuccess = () => { open.result.close(); resolve(count.result); };
  };
})"""
# The library as the engine has it, over the database of the page: how long one search takes.
SEARCH = """async () => {
  const { loadPyodide } = await import(new URL("vendor/pyodide/pyodide.mjs", document.baseURI));
  const python = await loadPyodide();
  await python.loadPackage(["numpy", "pillow"]);
  const library = await (await fetch("app/engine.zip")).arrayBuffer();
  python.unpackArchive(library, "zip");
  return await python.runPythonAsync(`
import json, time
import numpy as np
from faceside.gallery import Gallery
from faceside.stores.indexeddb import IndexedDBStore

gallery = Gallery(IndexedDBStore())
matcher = await gallery.matcher("sface", 0.5)
times, found = [], []
for person in (await gallery.people())[::5000]:
    probe = person.samples[0].descriptor + np.float32(0.01)
    begun = time.perf_counter()
    match = matcher.find_best_match(probe)
    times.append(1000 * (time.perf_counter() - begun))
    found.append(match.label == person.label)
json.dumps([found, times])
`);
}"""


def assert_never_blocked(tasks: list[float]) -> None:
    long = sorted(task for task in tasks if task > LONGEST_TASK)
    print(f"tasks over {LONGEST_TASK} ms on the interface thread: {long or 'none'}")
    assert len(long) <= 1 and max(long, default=0) <= HELD_UP, long


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """The file, and how long it took to build; its people are strangers but for those of REAL."""
    folder = tmp_path_factory.mktemp("fleet")
    share = MANY // SHARDS
    with open(folder / "names.csv", "w", newline="", encoding="utf-8") as file:
        names = csv.writer(file)
        names.writerow(["file", "label", "face"])
        for shard in range(SHARDS):
            files = [
                f"/photos/{number:06}.jpg" for number in range(shard * share, (shard + 1) * share)
            ]
            rows = unit_rows(share, shard)
            if shard == 0:
                rows[: len(REAL)] = find_faces(sample(6)).descriptors
            write_faces(folder / "out" / f"{shard:08}.parquet", files, rows)
            labels = [*REAL, *(f"Person {file[8:14]}" for file in files[len(REAL) :])]
            labels = labels if shard == 0 else [f"Person {file[8:14]}" for file in files]
            names.writerows(
                (f"{i:06}.jpg", label, "") for i, label in enumerate(labels, shard * share)
            )
    path = folder / "fleet.fsg"
    begun = time.monotonic()
    command = ["gallery", "build", path, folder / "out", "--names", folder / "names.csv", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "faceside", *map(str, command)], capture_output=True, check=True
    )
    told = json.loads(done.stdout)
    assert (told["people"], told["samples"]) == (MANY, MANY) and not told["left_out"]
    print(
        f"\n{MANY} people built in {time.monotonic() - begun:.1f} s, {told['bytes'] / 1e6:.0f} MB"
    )
    return path


@pytest.fixture(scope="module")
def damaged(fleet):
    """The same file with one bit turned."""
    data = bytearray(fleet.read_bytes())
    data[len(data) // 2] ^= 4
    path = fleet.with_name("damaged.fsg")
    path.write_bytes(data)
    return path


def test_fleet_of_100_000_people_is_brought_in_found_and_still_there_after_a_reload(
    open_app, fleet
):
    app = open_app().until_ready()
    app.show("people")
    app.page.evaluate(WATCH)
    app.page.evaluate(OBSERVE)
    begun = time.monotonic()
    app.locate("#people-import").set_input_files(fleet)
    expect(app.locate("#people-importing")).to_be_visible()
    expect(message(app, f"{MANY} people with {MANY} samples")).to_be_visible(timeout=WITHIN)
    print(f"\nimported in {time.monotonic() - begun:.1f} s")
    expect(app.locate(".person-card")).to_have_count(100)
    assert_never_blocked(app.page.evaluate("longTasks"))
    assert app.page.evaluate(COUNT) == MANY
    told = shares(app)
    assert len(set(told)) > 10 and told == sorted(told)

    faces = app.call("identify", app.blob(sample(6)))
    assert sorted(face["match"]["label"] for face in faces) == REAL

    app.reload()
    app.show("people")
    expect(app.locate("#people-found")).to_have_text(f"{MANY} people", timeout=WITHIN)
    faces = app.call("identify", app.blob(sample(6)))
    assert sorted(face["match"]["label"] for face in faces) == REAL
    found, times = json.loads(app.page.evaluate(SEARCH))
    print(f"search: best {min(times):.1f} ms, median {sorted(times)[len(times) // 2]:.1f} ms")
    assert all(found) and len(found) >= 20
    assert min(times) <= LONGEST_SEARCH


def test_fleet_a_damaged_file_is_refused_whole_and_changes_nothing(app, damaged):
    enroll(app, "Ada")
    before = app.call("exportGallery")
    app.show("people")
    app.locate("#people-import").set_input_files(damaged)
    expect(app.error("gallery-unreadable")).to_contain_text("checksum", timeout=WITHIN)
    expect(app.locate("#people-importing")).to_be_hidden()
    assert app.call("exportGallery") == before and app.stored() == ["Ada"]


def test_fleet_people_leave_in_a_compact_file_and_come_back(app, tmp_path):
    enroll(app, "Ada", 2)
    enroll(app, "Zoë 🦊")
    app.show("people")
    before = json.loads(app.call("exportGallery"))
    with app.page.expect_download() as download:
        app.locate("#people-export-compact").click()
    file = tmp_path / download.value.suggested_filename
    assert file.name == "faceside-people.fsg"
    download.value.save_as(file)
    assert file.read_bytes()[:8] == MAGIC
    contents = read_file(file, 128)
    assert [s.label for s in contents.samples] == ["Ada", "Ada", "Zoë 🦊"]
    assert all(s.photo[:2] == b"\xff\xd8" for s in contents.samples)
    app.locate("#people-clear").click()
    expect(app.locate("#people-empty")).to_be_visible()
    app.locate("#people-import").set_input_files(file)
    expect(message(app, "2 people with 3 samples imported.")).to_be_visible()
    assert json.loads(app.call("exportGallery")) == before


def test_fleet_scripts_take_and_give_compact_files(app):
    enroll(app, "Ada", 2)
    answers = app.page.evaluate(
        """async () => {
          const blob = await faceside.exportGallery({ compact: true });
          const buffer = await blob.arrayBuffer();
          const answers = [];
          for (const file of [blob, buffer, new Uint8Array(buffer), new File([blob], "x")]) {
            await faceside.forget("Ada");
            answers.push((await faceside.importGallery(file)).samples);
          }
          const cut = blob.slice(0, blob.size - 1);
          return [answers, await faceside.importGallery(cut).catch((error) => error.code)];
        }"""
    )
    assert answers == [[2, 2, 2, 2], "gallery-unreadable"]
    assert app.stored() == ["Ada", "Ada"]

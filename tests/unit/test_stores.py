"""The stores in CPython: what every store does, and files that are damaged, locked or full."""

import asyncio
import json
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from faceside.errors import FacesideError
from faceside.gallery import Contents, Gallery
from faceside.matching import FaceMatcher, LabeledFaceDescriptors
from faceside.samples import Sample
from faceside.stores import json_file
from faceside.stores.json_file import JsonFileStore
from faceside.stores.memory import MemoryStore

APP = Path(json_file.__file__).parents[2]


def run(work):
    return asyncio.run(work)


def sample(label: str, seed: int, photo=b"\xff\xd8photo") -> Sample:
    numbers = np.random.default_rng(seed).standard_normal(128)
    return Sample(label, numbers.astype(np.float32), "sface", photo, 1000.5 + seed)


def kept(store) -> list:
    return [
        (s.label, s.descriptor.tobytes(), s.recognizer, s.photo, s.created)
        for s in run(store.all())
    ]


def refused(code: str, work) -> str:
    with pytest.raises(FacesideError) as caught:
        run(work)
    assert caught.value.code == code
    return str(caught.value)


@pytest.fixture(params=["memory", "json_file"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else JsonFileStore(tmp_path / "people.json")


def test_every_store_keeps_renames_removes_and_replaces(store):
    assert run(store.all()) == []
    assert run(store.add([sample("Ada", 1), sample("Grace", 2, None)])) == [1, 2]
    [id_of_third] = run(store.add([sample("Ada", 3)]))
    found = {s.id: s for s in run(store.all())}
    assert [s.created for s in found.values() if s.label == "Ada"] == [1001.5, 1003.5]
    assert len(found) == 3
    assert found[id_of_third].created == 1003.5
    assert (run(store.rename("Ada", "Ada L.")), run(store.rename("Ada", "Bea"))) == (2, 0)
    assert (run(store.remove("Ada L.")), run(store.remove("Ada L."))) == (2, 0)
    assert [row[0] for row in kept(store)] == ["Grace"]
    run(store.add([sample("Only", 4)], replace=True))
    assert [row[0] for row in kept(store)] == ["Only"]
    assert run(store.add([])) == []
    run(store.clear())
    assert kept(store) == []


def test_a_file_keeps_every_bit_for_the_next_program(tmp_path):
    path = tmp_path / "people.json"
    run(JsonFileStore(path).add([sample("Zoë 🦊", 1, bytes(range(256))), sample("<b>", 2, None)]))
    found = sorted(kept(JsonFileStore(path)))
    expected = [sample("<b>", 2, None), sample("Zoë 🦊", 1, bytes(range(256)))]
    assert found == [
        (s.label, s.descriptor.tobytes(), s.recognizer, s.photo, s.created) for s in expected
    ]
    assert os.listdir(tmp_path) == ["people.json"]
    assert json.loads(path.read_text("utf-8"))["format"] == "faceside-gallery"


def test_ids_are_places_in_the_file(tmp_path):
    store = JsonFileStore(tmp_path / "people.json")
    added = [sample("Zoë", 1), sample("Ada", 2), sample("Zoë", 3)]
    ids = run(store.add(added))
    assert {s.id: s.created for s in run(store.all())} == {
        place: s.created for place, s in zip(ids, added, strict=True)
    }
    assert ids == [2, 1, 3]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_new_file_is_private_and_an_old_one_keeps_its_rights(tmp_path):
    path = tmp_path / "people.json"
    store = JsonFileStore(path)
    run(store.add([sample("Ada", 1)]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    run(store.add([sample("Grace", 2)]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    run(JsonFileStore(real).add([sample("Ada", 1)]))
    link.symlink_to(real)
    run(JsonFileStore(link).add([sample("Grace", 2)]))
    assert link.is_symlink()
    assert len(kept(JsonFileStore(real))) == 2


@pytest.mark.parametrize("damage", ["", "{", "[1]", "<html>", '{"format": "faceside-gallery"}'])
def test_a_damaged_file_is_never_overwritten(tmp_path, damage):
    path = tmp_path / "people.json"
    path.write_text(damage)
    store = JsonFileStore(path)
    for work in (
        store.all(),
        store.add([sample("Ada", 1)]),
        store.add([sample("Ada", 1)], replace=True),
        store.rename("Ada", "Bea"),
        store.remove("Ada"),
        store.clear(),
        Gallery(store).enroll("Ada", sample("Ada", 1).descriptor, "sface"),
    ):
        refused("gallery-unreadable", work)
    assert path.read_text() == damage
    assert os.listdir(tmp_path) == ["people.json"]


def test_a_file_of_face_api_is_read_and_never_written(tmp_path):
    path = tmp_path / "matcher.json"
    row = sample("Ada", 1).descriptor
    path.write_text(FaceMatcher([LabeledFaceDescriptors("Ada", row)], 0.6).to_json())
    before = path.read_bytes()
    gallery = Gallery(JsonFileStore(path))
    assert run(gallery.matcher("dlib_resnet", 0.6)).find_best_match(row).label == "Ada"
    refused("gallery-foreign", gallery.enroll("Bea", row, "dlib_resnet"))
    assert path.read_bytes() == before


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "none" / "people.json", tmp_path / "file" / "people.json", tmp_path):
        sentence = refused("storage-blocked", JsonFileStore(path).add([sample("Ada", 1)]))
        assert str(path) in sentence
    refused("storage-blocked", JsonFileStore(tmp_path).all())
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do anything")
def test_a_folder_without_rights(tmp_path):
    store = JsonFileStore(tmp_path / "people.json")
    run(store.add([sample("Ada", 1)]))
    tmp_path.chmod(0o500)
    try:
        refused("storage-blocked", store.add([sample("Grace", 2)]))
        assert len(kept(store)) == 1
    finally:
        tmp_path.chmod(0o700)


def python(code: str, *args) -> subprocess.Popen:
    start = """
    import asyncio, sys
    import numpy as np
    from faceside.errors import FacesideError
    from faceside.samples import Sample
    from faceside.stores.json_file import JsonFileStore
    store = JsonFileStore(sys.argv[1])
    """
    code = textwrap.dedent(start) + textwrap.dedent(code)
    command = [sys.executable, "-c", code, *map(str, args)]
    environment = {**os.environ, "PYTHONPATH": str(APP)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path):
    """The system refuses files over a limit the way it refuses them on a full disk."""
    pytest.importorskip("resource")
    path = tmp_path / "people.json"
    run(JsonFileStore(path).add([sample("Ada", 1)]))
    before = path.read_bytes()
    process = python(
        """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        big = Sample("Grace", np.zeros(128), "sface", bytes(50_000))
        try:
            asyncio.run(store.add([big]))
        except FacesideError as error:
            print(error.code)
        """,
        path,
    )
    assert process.communicate(timeout=60)[0] == "storage-full\n"
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["people.json"]


def test_programs_that_write_at_the_same_time_lose_nothing(tmp_path):
    pytest.importorskip("fcntl")
    path = tmp_path / "people.json"
    code = """
    for i in range(10):
        asyncio.run(store.add([Sample(sys.argv[2], np.full(128, i), "sface")]))
    """
    processes = [python(code, path, name) for name in ("Ada", "Grace", "Hedy")]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    labels = [row[0] for row in kept(JsonFileStore(path))]
    assert sorted(labels) == ["Ada"] * 10 + ["Grace"] * 10 + ["Hedy"] * 10
    assert os.listdir(tmp_path) == ["people.json"]


def test_a_program_that_never_stops_writing_is_not_waited_for(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(json_file, "PATIENCE", 0.1)
    store = JsonFileStore(tmp_path / "people.json")
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        sentence = refused("storage-blocked", store.add([sample("Ada", 1)]))
        assert "another program" in sentence
    finally:
        os.close(folder)
    run(store.add([sample("Ada", 1)]))
    assert len(kept(store)) == 1


def test_tasks_that_write_at_the_same_time_lose_nothing(tmp_path):
    async def write():
        stores = [JsonFileStore(tmp_path / "people.json") for _ in range(5)]
        await asyncio.gather(*(s.add([sample("Ada", i)]) for i, s in enumerate(stores)))

    run(write())
    assert len(kept(JsonFileStore(tmp_path / "people.json"))) == 5


def test_every_store_keeps_notes_and_takes_samples_back(store):
    gallery = Gallery(store)
    run(gallery.enroll_many([sample("Ada", 1), sample("Ada", 2), sample("Grace", 3)]))
    run(gallery.note("Ada", "Plays chess"))

    def everything():
        return kept(store), run(store.notes()), [s.id for s in run(store.all())]

    before = everything()
    for remove in (gallery.forget("Ada"), gallery.discard([1]), gallery.clear()):
        gone = run(remove)
        assert everything() != before
        run(gallery.restore(gone))
        assert everything() == before
    run(store.rename("Ada", "Hedy", "Plays chess"))
    assert run(store.notes()) == {"Hedy": "Plays chess"}
    changed = [s.described(sample("x", 9).descriptor, "dlib_resnet") for s in run(store.all())]
    run(store.describe(changed))
    run(store.change([], {"Hedy": "", "Grace": "Swims"}))
    assert run(store.notes()) == {"Grace": "Swims"}
    assert {s.recognizers for s in run(store.all())} == {("sface", "dlib_resnet")}
    run(store.remove("Grace"))
    assert run(store.notes()) == {}


def test_descriptors_and_labels_given_at_once_by_two_galleries_undo_nothing_of_each_other(store):
    """As two tabs, or programs, that have each read the store before the other changes it."""
    here, there, third = (Gallery(store) for _ in range(3))
    run(here.enroll_many([sample("Ada", 1)]))
    [ada] = run(there.people())
    run(third.people())
    run(here.rename("Ada", "Ada L."))
    run(there.describe(ada.samples[0].id, sample("x", 9).descriptor, "dlib_resnet"))
    run(third.describe(ada.samples[0].id, sample("x", 8).descriptor, "openface"))
    [kept] = run(store.all())
    assert kept.label == "Ada L."
    assert set(kept.recognizers) == {"sface", "dlib_resnet", "openface"}
    run(there.relabel(Contents(ada.samples, {})))
    [kept] = run(store.all())
    assert (kept.label, len(kept.recognizers)) == ("Ada", 3)

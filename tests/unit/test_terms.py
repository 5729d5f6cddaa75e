"""Terms on which people are kept: they travel with the notes, and the last day is kept to."""

import json

import pytest
from test_gallery import run

from faceside import FacesideError
from faceside.gallery import Gallery
from faceside.gallery_binary import BinaryReader, write_binary
from faceside.gallery_files import joined, read_file, write_file
from faceside.gallery_json import read_gallery, write_gallery
from faceside.labels import Notes, joined_notes, terms_of
from faceside.locking.packing import pack_note, unpack
from faceside.retention import is_steady
from faceside.stores.binary_file import file_store
from faceside.stores.memory import MemoryStore

ROW = [1.0, 2.0, 3.0, 4.0]
TERMS = {"forget_after": "2027-12-31", "agreed": "2026-01-02", "agreement": "By word of mouth"}


@pytest.fixture(params=["memory", "people.json", "people.fsg"])
def store(request, tmp_path):
    if request.param == "memory":
        return MemoryStore()
    return file_store(tmp_path / request.param, 4)


@pytest.fixture
def gallery(store):
    """Ada on terms with notes, Grace on terms alone, Hedy without either."""
    gallery = Gallery(store, 4)
    for number, name in enumerate(("Ada", "Grace", "Hedy")):
        run(gallery.enroll(name, [*ROW[:3], number], "sface"))
    run(gallery.note("Ada", "Plays chess"))
    assert run(gallery.set_terms("Ada", **TERMS)) == TERMS
    run(gallery.set_terms("Grace", forget_after="2026-06-30"))
    return gallery


def known(gallery) -> dict:
    return {p.label: (str(p.notes), terms_of(p.notes)) for p in run(gallery.people())}


def test_terms_are_kept_with_the_person_in_every_store(gallery):
    expected = {
        "Ada": ("Plays chess", TERMS),
        "Grace": ("", {"forget_after": "2026-06-30"}),
        "Hedy": ("", {}),
    }
    assert known(gallery) == expected
    assert known(Gallery(gallery.store, 4)) == expected  # as they were written
    run(gallery.note("Ada", "Swims"))
    run(gallery.set_terms("Ada", agreement=""))
    run(gallery.rename("Ada", "Ida"))
    run(gallery.set_terms("Grace", forget_after=""))
    left = {name: value for name, value in TERMS.items() if name != "agreement"}
    after = {"Grace": ("", {}), "Hedy": ("", {}), "Ida": ("Swims", left)}
    assert known(gallery) == known(Gallery(gallery.store, 4)) == after
    gone = run(gallery.forget("Ida"))
    run(gallery.restore(gone))
    assert known(gallery) == after


def test_terms_are_in_both_kinds_of_files_and_those_without_are_as_before(gallery, tmp_path):
    contents = run(gallery.contents())
    record = json.loads(write_gallery(contents.samples, contents.notes))["people"][0]
    assert [record[key] for key in ("notes", "forgetAfter", "agreed", "agreement")] == [
        "Plays chess",
        *TERMS.values(),
    ]
    for name in ("all.json", "all.fsg"):
        write_file(tmp_path / name, contents)
        again = Gallery(MemoryStore(), 4)
        run(again.load(read_file(tmp_path / name)))
        assert known(again) == known(gallery)
    plain = {"Ada": "Plays chess"}
    data = write_binary(contents.samples, plain)
    assert b"TERM" not in data and b"TERM" in write_binary(contents.samples, contents.notes)
    reader = BinaryReader(4)
    reader.feed(data)
    assert joined(reader.parts()).notes == plain
    assert "forgetAfter" not in write_gallery(contents.samples, plain)


def test_terms_that_are_damaged_are_refused_with_their_place(gallery):
    contents = run(gallery.contents())
    text = write_gallery(contents.samples, contents.notes)
    with pytest.raises(FacesideError, match=r"people\[0\].forgetAfter") as caught:
        read_gallery(text.replace("2027-12-31", "some day"))
    assert caught.value.code == "gallery-unreadable"
    some_day = {"Grace": Notes(agreement="some day")}
    data = write_binary(contents.samples, some_day).replace(b"agreement", b"agreed   ")
    with pytest.raises(FacesideError) as caught:  # the checksum speaks first
        BinaryReader(4).feed(data)
    assert caught.value.code == "gallery-unreadable"
    with pytest.raises(FacesideError, match="is no day") as caught:
        run(gallery.set_terms("Ada", agreed="yesterday"))
    assert caught.value.code == "date-invalid"


def test_terms_are_sealed_with_the_notes():
    notes = Notes("Plays chess", **TERMS)
    label, again = unpack(pack_note("Ada", notes), 1, 4)
    assert (label, again, terms_of(again)) == ("Ada", notes, TERMS)
    assert unpack(pack_note("Ada", "Swims"), 1, 4) == ("Ada", "Swims")


def test_of_two_last_days_the_earlier_one_holds():
    notes = joined_notes(Notes("a", **TERMS), Notes("b", forget_after="2027-01-01"))
    assert str(notes) == "a\nb" and notes.terms == {**TERMS, "forget_after": "2027-01-01"}
    assert joined_notes("a", "a") == "a" and joined_notes("a", "a").terms == {}
    assert (
        Notes("a", **TERMS) != "a"
        and Notes("a") == "a"
        and not Notes()
        and Notes(agreed="2026-01-01")
    )


def test_who_is_due_is_forgotten_and_nobody_else(gallery):
    assert run(gallery.due("2026-06-30")) == [] == run(gallery.forget_due("2026-06-30"))
    assert run(gallery.due("2026-07-01")) == ["Grace"] == run(gallery.forget_due("2026-07-01"))
    assert [*known(gallery)] == [*known(Gallery(gallery.store, 4))] == ["Ada", "Hedy"]
    assert run(gallery.forget_due("2999-01-01")) == ["Ada"]
    assert run(gallery.store.notes()) == {}


@pytest.mark.parametrize(
    ("passed", "steady"),
    [(0, True), (0.04, True), (300, True), (-0.9, True), (-1.1, False), (367, False), (4e3, False)],
)
def test_a_clock_that_jumps_is_noticed(passed, steady):
    assert is_steady(20_000 + passed, 20_000) is steady


def test_a_clock_that_was_never_seen_is_not_trusted():
    assert not is_steady(20_000, None)

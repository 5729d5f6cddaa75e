"""The gallery: people, samples and the formats they travel in."""

import asyncio
import base64
import json

import numpy as np
import pytest

from faceside.errors import FacesideError
from faceside.gallery import Contents, Gallery, Sample
from faceside.stores.memory import MemoryStore


def descriptor(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(128).astype(np.float32)


def run(work):
    return asyncio.run(work)


def gallery_of(*samples: Sample) -> Gallery:
    gallery = Gallery(MemoryStore())
    run(gallery.enroll_many(samples))
    return gallery


def sample(label: str, seed: int, recognizer="sface", photo=None, created=1.5) -> Sample:
    return Sample(label, descriptor(seed), recognizer, photo, created)


def content(gallery: Gallery) -> list:
    """Everything a gallery holds, comparable; also what its store holds."""
    samples = [s for person in run(gallery.people()) for s in person.samples]
    stored = run(gallery.store.all())
    assert {id_of(s) for s in samples} == {id_of(s) for s in stored}
    return [(s.label, s.descriptor.tobytes(), s.recognizer, s.photo, s.created) for s in samples]


def id_of(sample: Sample) -> tuple:
    return sample.id, sample.label, sample.descriptor.tobytes()


def loaded(gallery: Gallery, text, replace=False) -> tuple[int, int]:
    """Load a text; how many people and samples it had."""
    samples = run(gallery.load_json(text, replace))
    return len({sample.label for sample in samples}), len(samples)


def refused(code: str, work) -> str:
    with pytest.raises(FacesideError) as caught:
        run(work)
    assert caught.value.code == code
    return str(caught.value)


def test_people_are_their_samples_sorted_by_label():
    gallery = Gallery(MemoryStore())
    first = run(gallery.enroll(" grace ", descriptor(1), "sface", b"old"))
    run(gallery.enroll("Ada", descriptor(2), "sface"))
    run(gallery.enroll("grace", descriptor(3), "sface", b"new"))
    run(gallery.enroll("grace", descriptor(4), "sface"))
    ada, grace = run(gallery.people())
    assert (ada.label, ada.photo, len(ada.samples)) == ("Ada", None, 1)
    assert (grace.label, grace.photo, len(grace.samples)) == ("grace", b"new", 3)
    assert grace.samples[0] is first
    assert [s.id for s in grace.samples] == [1, 3, 4]


def test_rename():
    gallery = gallery_of(sample("Ada", 1), sample("Grace", 2), sample("Ada", 3))
    assert len(run(gallery.rename("Ada", " Ada  L. ")).samples) == 2
    assert [p.label for p in run(gallery.people())] == ["Ada L.", "Grace"]
    assert run(gallery.rename("Grace", "Grace")).label == "Grace"
    before = content(gallery)
    refused("label-taken", gallery.rename("Grace", "Ada L."))
    refused("label-taken", gallery.rename("Grace", "unknown"))
    refused("label-unknown", gallery.rename("Ada", "Hedy"))
    refused("label-empty", gallery.rename("Grace", " "))
    assert content(gallery) == before


def test_forget_and_clear():
    gallery = gallery_of(sample("Ada", 1), sample("Grace", 2), sample("Ada", 3))
    assert len(run(gallery.forget("Ada")).samples) == 2
    assert run(gallery.forget("Ada")).samples == ()
    assert [label for label, *_ in content(gallery)] == ["Grace"]
    run(gallery.clear())
    assert content(gallery) == []


def test_the_matcher_is_made_once_until_people_change():
    async def check():
        gallery = Gallery(MemoryStore())
        empty = await gallery.matcher("sface", 1.0)
        assert empty.find_best_match(descriptor(1)).label == "unknown"
        await gallery.enroll("Ada", descriptor(1), "sface")
        matcher = await gallery.matcher("sface", 1.0)
        assert matcher.find_best_match(descriptor(1)).label == "Ada"
        assert await gallery.matcher("sface", 1.0) is matcher
        stricter = await gallery.matcher("sface", 0.0)
        assert stricter._index is matcher._index
        assert stricter.find_best_match(descriptor(1)).label == "unknown"
        for change in (
            gallery.load_json(await gallery.to_json(), replace=True),
            gallery.rename("Ada", "Hedy"),
            gallery.enroll("Grace", descriptor(2), "sface"),
            gallery.forget("Grace"),
            gallery.refresh(),
        ):
            before = await gallery.matcher("sface", 1.0)
            await change
            assert await gallery.matcher("sface", 1.0) is not before
        matcher = await gallery.matcher("sface", 1.0)
        assert matcher.find_best_match(descriptor(1)).label == "Hedy"

    run(check())


def test_descriptors_of_different_recognizers_never_mix():
    gallery = gallery_of(sample("Ada", 1, "sface"), sample("Grace", 1, "dlib_resnet"))
    for recognizer, label in (("sface", "Ada"), ("dlib_resnet", "Grace"), ("openface", "unknown")):
        matcher = run(gallery.matcher(recognizer, 0.5))
        assert matcher.find_best_match(descriptor(1)).label == label
        assert len(matcher.top(descriptor(1), 9)) == (label != "unknown")


def test_changes_at_the_same_time_lose_nothing():
    async def check():
        gallery = Gallery(MemoryStore())
        work = [gallery.enroll(f"p {i % 7}", descriptor(i), "sface") for i in range(50)]
        await asyncio.gather(*work, gallery.people(), gallery.matcher("sface", 1.0))
        assert sum(len(p.samples) for p in await gallery.people()) == 50
        assert len(await gallery.store.all()) == 50

    run(check())


@pytest.mark.parametrize(
    "label, values, recognizer, photo, code",
    [
        ("", descriptor(0), "sface", None, "label-empty"),
        ("x" * 10_000, descriptor(0), "sface", None, "label-too-long"),
        ("unknown", descriptor(0), "sface", None, "label-taken"),
        ("Ada", descriptor(0)[:127], "sface", None, "descriptor-mismatch"),
        ("Ada", np.full(128, np.nan), "sface", None, "descriptor-invalid"),
        ("Ada", np.zeros((2, 128)), "sface", None, "descriptor-invalid"),
        ("Ada", None, "sface", None, "descriptor-invalid"),
        ("Ada", descriptor(0), "", None, "sample-invalid"),
        ("Ada", descriptor(0), None, None, "sample-invalid"),
        ("Ada", descriptor(0), "sface", "photo.jpg", "sample-invalid"),
    ],
)
def test_what_cannot_be_enrolled(label, values, recognizer, photo, code):
    gallery = gallery_of(sample("Ada", 1))
    before = content(gallery)
    refused(code, gallery.enroll(label, values, recognizer, photo))
    assert content(gallery) == before


def test_one_bad_sample_keeps_all_of_its_company_out():
    gallery = gallery_of()
    short = Sample("Grace", descriptor(2)[:64], "sface")
    refused("descriptor-mismatch", gallery.enroll_many([sample("Ada", 1), short]))
    assert content(gallery) == []


def test_json_brings_everything_back_bit_for_bit():
    bits = np.random.default_rng(6).integers(0, 2**32, 4_000, dtype=np.uint32).view(np.float32)
    numbers = bits[np.abs(bits) < 1e6][:127]
    odd = Sample("__proto__", np.append(numbers, np.float32(-0.0)), "dlib_resnet", None, 0.1 + 0.2)
    whole = gallery_of(
        sample("Zoë <b>&amp;</b> 🦊", 1, photo=bytes(range(256))), odd, sample("Ada", 3), odd
    )
    text = run(whole.to_json())
    document = json.loads(text)
    assert (document["format"], document["version"]) == ("faceside-gallery", 1)
    assert [person["label"] for person in document["people"]][-1] == "Zoë <b>&amp;</b> 🦊"
    assert base64.b64decode(document["people"][-1]["samples"][0]["photo"]) == bytes(range(256))
    again = gallery_of(sample("Hedy", 9))
    assert loaded(again, text, replace=True) == (3, 4)
    assert content(again) == content(whole)
    assert run(again.to_json()) == text
    assert loaded(again, text.encode()) == (0, 0)
    assert content(again) == content(whole)


def test_an_empty_gallery_can_travel_too():
    gallery = gallery_of(sample("Ada", 1))
    assert loaded(gallery, run(gallery_of().to_json())) == (0, 0)
    assert len(content(gallery)) == 1
    run(gallery.load_json(run(gallery_of().to_json()), replace=True))
    assert content(gallery) == []


def test_face_api_galleries_are_read():
    rows = np.stack([descriptor(1), descriptor(2)])
    listed = [
        {"label": "Ada", "descriptors": rows.tolist()},
        {"label": "Empty", "descriptors": [[]]},
        {"label": "Grace", "descriptors": [{str(i): float(x) for i, x in enumerate(rows[0])}]},
    ]
    for document in ({"distanceThreshold": 0.6, "labeledDescriptors": listed}, listed):
        gallery = gallery_of()
        assert loaded(gallery, json.dumps(document)) == (2, 3)
        assert [(row[:4]) for row in content(gallery)] == [
            ("Ada", rows[0].tobytes(), "dlib_resnet", None),
            ("Ada", rows[1].tobytes(), "dlib_resnet", None),
            ("Grace", rows[0].tobytes(), "dlib_resnet", None),
        ]


def test_facers_faces_json_is_read():
    def stored(values):
        return {"path": "/data/x.jpg", "descriptor": {str(i): float(x) for i, x in values}}

    document = [
        {"user": "Ada", "descriptors": [stored(enumerate(descriptor(1))), stored([])]},
        {"user": "Grace", "descriptors": []},
        {"user": "Hedy", "descriptors": [{"path": "y", "descriptor": descriptor(2).tolist()}]},
    ]
    gallery = gallery_of()
    assert loaded(gallery, json.dumps(document)) == (2, 2)
    assert [row[:3] for row in content(gallery)] == [
        ("Ada", descriptor(1).tobytes(), "dlib_resnet"),
        ("Hedy", descriptor(2).tobytes(), "dlib_resnet"),
    ]


GOOD = [0.5] * 128


def own(**changes) -> dict:
    item = {"recognizer": "sface", "created": 1.0, "descriptor": GOOD, "photo": None} | changes
    person = {"label": item.pop("label", "Ada"), "samples": [item]}
    return {"format": "faceside-gallery", "version": 1, "people": [person]}


def face_api(label="Ada", row=GOOD) -> dict:
    return {"labeledDescriptors": [{"label": label, "descriptors": [GOOD, row]}]}


def facer(user="Ada", value=GOOD) -> list:
    return [{"user": user, "descriptors": [{"path": "", "descriptor": value}]}]


DAMAGED = {
    "cut short": (json.dumps(own())[:-9], "line 1"),
    "nothing": ("", "line 1"),
    "a web page": ("<!doctype html><title>404</title>", "line 1"),
    "bytes that are no text": (b"\xff\xfe\x00\x01", "not text"),
    "a number": ("7", "none of the known formats"),
    "another object": ('{"people": []}', "none of the known formats"),
    "another release": (own() | {"version": 2}, "version"),
    "no people": (own() | {"people": None}, "people is not a list"),
    "a person that is text": (own() | {"people": ["Ada"]}, "people[0]"),
    "no samples": (own() | {"people": [{"label": "Ada"}]}, "people[0].samples"),
    "a sample that is null": (
        own() | {"people": [{"label": "Ada", "samples": [None]}]},
        "people[0].samples[0]",
    ),
    "no label": (own(label=None), "people[0].samples[0]"),
    "a label of numbers": (own(label=7), "people[0].samples[0]"),
    "a label too long": (own(label="x" * 10_000), "10000 characters"),
    "half a character": (face_api(label="Ada \ud83e"), "labeledDescriptors[0]"),
    "a label that is an object": (own(label={"__proto__": 1}), "people[0]"),
    "too few numbers": (own(descriptor=GOOD[1:]), "samples[0].descriptor"),
    "no numbers": (own(descriptor=[]), "people[0].samples[0]"),
    "a number as text": (own(descriptor=[*GOOD[1:], "1"]), "samples[0].descriptor"),
    "a null": (own(descriptor=[*GOOD[1:], None]), "samples[0].descriptor"),
    "a truth value": (own(descriptor=[*GOOD[1:], True]), "samples[0].descriptor"),
    "not a number": (own(descriptor=[*GOOD[1:], float("nan")]), "samples[0].descriptor"),
    "infinity": (own(descriptor=[*GOOD[1:], float("-inf")]), "samples[0].descriptor"),
    "a number too large": (own(descriptor=[*GOOD[1:], 1e39]), "samples[0].descriptor"),
    "a whole number too large": (own(descriptor=[*GOOD[1:], 10**400]), "samples[0].descriptor"),
    "digits without end": ("[" + "9" * 10_000 + "]", "not JSON"),
    "a photo that is no base64": (own(photo="ä#"), "samples[0].photo"),
    "a photo that is a number": (own(photo=5), "samples[0].photo"),
    "no time": (own(created=None), "people[0].samples[0]"),
    "a time without end": (own(created=10**400), "people[0].samples[0]"),
    "no recognizer": (own(recognizer=None), "people[0].samples[0]"),
    "face-api, wrong length": (face_api(row=[1.0]), "labeledDescriptors[0].descriptors[1]"),
    "face-api, called unknown": (face_api(label="unknown"), "labeledDescriptors[0]"),
    "face-api, no list": ({"labeledDescriptors": {"0": 1}}, "labeledDescriptors"),
    "facer, keys in disorder": (facer(value={"1": 0.5, "0": 0.5}), "list[0].descriptors[0]"),
    "facer, other keys": (facer(value={"__proto__": 0.5}), "list[0].descriptors[0]"),
    "facer, no name": (facer(user=None), "list[0].user"),
    "nested lists": ("[" * 100_000 + "]" * 100_000, "nested"),
    "nested objects": ('{"labeledDescriptors":' * 100_000, "nested"),
    "nested in a label": (
        '{"labeledDescriptors": [{"label": ' + "[" * 5000 + "]" * 5000 + "}]}",
        "nested",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_whole(name):
    document, place = DAMAGED[name]
    text = document if isinstance(document, str | bytes) else json.dumps(document)
    gallery = gallery_of(sample("Hedy", 9))
    before = content(gallery)
    for replace in (False, True):
        sentence = refused("gallery-unreadable", gallery.load_json(text, replace))
        assert place in sentence
        assert content(gallery) == before


def test_damage_at_the_end_keeps_the_good_beginning_out():
    document = own()
    document["people"] += [own(label="Grace")["people"][0], own(created="today")["people"][0]]
    gallery = gallery_of()
    sentence = refused("gallery-unreadable", gallery.load_json(json.dumps(document)))
    assert "people[2].samples[0]" in sentence
    assert content(gallery) == []


def test_brackets_within_text_are_not_nesting():
    gallery = gallery_of()
    run(gallery.load_json(json.dumps(own(label='[[[{{{"\\' * 12))))
    assert content(gallery)[0][0] == '[[[{{{"\\' * 12


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("faceside.documents.LARGEST_TEXT", 100)
    gallery = gallery_of()
    assert "larger" in refused("gallery-unreadable", gallery.load_json(json.dumps(own())))


def test_notes_travel_and_are_joined():
    gallery = gallery_of(sample("Ada", 1), sample("Grace", 2))
    assert run(gallery.note("Ada", " First\r\nsecond ")) == "First\nsecond"
    refused("label-unknown", gallery.note("Hedy", "x"))
    refused("notes-too-long", gallery.note("Ada", "x" * 2001))
    refused("notes-unreadable", gallery.note("Ada", "\x00x"))
    text = run(gallery.to_json())
    assert [p.get("notes") for p in json.loads(text)["people"]] == ["First\nsecond", None]
    again = gallery_of(sample("Ada", 3))
    run(again.note("Ada", "Ours"))
    assert loaded(again, text) == (2, 2)
    assert {p.label: p.notes for p in run(again.people())} == {
        "Ada": "Ours\nFirst\nsecond",
        "Grace": "",
    }
    assert loaded(again, text) == (0, 0)
    assert run(again.person("Ada")).notes == "Ours\nFirst\nsecond"
    run(again.note("Grace", "y" * 1999))
    refused("notes-too-long", again.rename("Ada", "Grace", merge=True))
    run(again.note("Grace", ""))
    assert run(again.rename("Ada", "Grace", merge=True)).notes == "Ours\nFirst\nsecond"
    assert len(run(again.person("Grace")).samples) == 3
    assert run(again.store.notes()) == {"Grace": "Ours\nFirst\nsecond"}


def test_a_photo_keeps_the_descriptors_of_several_recognizers():
    gallery = gallery_of(sample("Ada", 1), sample("Grace", 2))
    run(gallery.describe(1, descriptor(7), "dlib_resnet"))
    run(gallery.describe(99, descriptor(8), "dlib_resnet"))
    refused("descriptor-mismatch", gallery.describe(2, descriptor(8)[:64], "dlib_resnet"))
    for recognizer, seed, label in (("sface", 1, "Ada"), ("dlib_resnet", 7, "Ada")):
        matcher = run(gallery.matcher(recognizer, 0.5))
        assert matcher.find_best_match(descriptor(seed)).label == label
    assert len(run(gallery.matcher("dlib_resnet", 0.5)).top(descriptor(7), 9)) == 1
    again = gallery_of()
    text = run(gallery.to_json())
    run(again.load_json(text))
    assert run(again.to_json()) == text
    assert run(again.person("Ada")).samples[0].by("dlib_resnet").tobytes() == (
        descriptor(7).tobytes()
    )
    document = json.loads(text)
    document["people"][0]["samples"][0]["others"]["dlib_resnet"][3] = None
    assert "others.dlib_resnet" in refused(
        "gallery-unreadable", again.load_json(json.dumps(document))
    )


def test_what_was_removed_comes_back_as_it_was():
    gallery = gallery_of(sample("Ada", 1, photo=b"x"), sample("Grace", 2), sample("Ada", 3))
    run(gallery.note("Ada", "Notes"))
    before, text = content(gallery), run(gallery.to_json())
    for remove in (gallery.forget("Ada"), gallery.discard([1]), gallery.clear()):
        gone = run(remove)
        assert content(gallery) != before
        run(gallery.restore(gone))
        assert content(gallery) == before and run(gallery.to_json()) == text
    run(gallery.discard([1, 3]))
    assert run(gallery.store.notes()) == {}


def test_people_are_in_order_after_whatever_change():
    draw = np.random.default_rng(3)
    store = MemoryStore()
    gallery = Gallery(store)

    def any_label():
        return ["ada", "Ada", "Bea", "bea 2", "Zoë", "Émile"][draw.integers(6)]

    async def change():
        people = await gallery.people()
        some = people[draw.integers(len(people))].label if people else None
        kind = draw.integers(7)
        if kind < 2 or some is None:
            await gallery.enroll(any_label(), descriptor(draw.integers(99)), "sface")
        elif kind == 2:
            await gallery.rename(some, any_label(), merge=True)
        elif kind == 3:
            await gallery.note(some, str(draw.integers(9)))
        elif kind == 4:
            before = await gallery.forget(some)
            if draw.integers(2):
                await gallery.restore(before)
        elif kind == 5:
            await gallery.discard([people[0].samples[0].id])
        else:
            before = Contents(people[0].samples, {people[0].label: people[0].notes})
            renamed = await gallery.rename(people[0].label, "Somebody", merge=True)
            await gallery.relabel(Contents(before.samples, {renamed.label: ""} | before.notes))

    async def changes():
        for _ in range(150):
            await change()
            anew = await Gallery(store).people()
            assert [
                (p.label, p.notes, [s.id for s in p.samples]) for p in await gallery.people()
            ] == [(p.label, p.notes, [s.id for s in p.samples]) for p in anew]

    run(changes())

"""`python -m faceside gallery`: built from tables of faces, merged, split, told of, searched."""

import asyncio
import csv
import io
import json
import resource
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest
from pictures import find_faces, sample
from PIL import Image
from tables import unit_rows, write_faces

from faceside import FacesideError, read_image
from faceside.cli import main
from faceside.face_tables import read_faces
from faceside.gallery_binary import write_binary
from faceside.gallery_files import read_file, write_file
from faceside.grouping import group_faces
from faceside.islands import group_many, islands
from faceside.naming import Names, read_names
from faceside.quality import measure_quality, quality_problems
from faceside.samples import Contents, Sample
from faceside.stores.binary_file import BinaryFileStore, file_store


def command(*arguments, code: int = 0) -> dict:
    """What a command prints as JSON."""
    out, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(errors):
        assert main([*map(str, arguments), "--json"]) == code, errors.getvalue()
    return json.loads(out.getvalue()) if out.getvalue() else {"error": errors.getvalue()}


def faceside(*arguments, code: int = 0) -> dict:
    """What a command of `gallery` prints as JSON."""
    return command("gallery", *arguments, code=code)


def write_csv(path, *rows):
    with open(path, "w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
    return path


def code_of(work) -> str:
    with pytest.raises(FacesideError) as caught:
        work()
    return caught.value.code


# Built by names


@pytest.fixture
def shards(tmp_path):
    """Two shards: ada twice, a group of two, one faint, one small; in a folder with more in it."""
    rows = unit_rows(6)
    folder = tmp_path / "out"
    write_faces(
        folder / "a" / "0.parquet",
        ["/p/ada.jpg", "/p/group.jpg", "/p/group.jpg"],
        rows[:3],
        faces=[0, 0, 1],
    )
    boxes = np.tile([0, 0, 100, 100], (3, 1))
    boxes[2, 2:] = 20
    write_faces(
        folder / "b" / "1.parquet",
        ["/q/ada.jpg", "/q/bea.jpg", "/q/cy.jpg"],
        rows[3:],
        scores=[0.9, 0.3, 0.9],
        boxes=boxes,
    )
    (folder / "_failed.jsonl").write_text("{}")
    (folder / "_half.parquet").write_text("no table")
    return folder


def test_fleet_build_writes_who_is_named_and_says_who_is_not(tmp_path, shards):
    names = write_csv(
        tmp_path / "names.csv",
        ["file", "label", "face"],
        ["/p/ada.jpg", " Ada ", ""],
        ["q/ada.jpg", "Ada", ""],
        ["group.jpg", "Grace", "1"],
        ["bea.jpg", "Bea", ""],
        ["cy.jpg", "Cy", ""],
        ["gone.jpg", "Dan", ""],
        ["/p/none.jpg", "", ""],
    )
    path = tmp_path / "people.fsg"
    told = faceside("build", path, shards, "--names", names, "--min-score", 0.5, code=1)
    assert (told["people"], told["samples"]) == (2, 3)
    assert told["left_out"] == {"unnamed": 2, "face-too-small": 1}
    assert told["not_found"] == ["bea.jpg", "gone.jpg"]  # bea.jpg has only a faint face
    assert told["bytes"] == path.stat().st_size
    rows = unit_rows(6)
    found = {(s.label, s.descriptor.tobytes()) for s in read_file(path).samples}
    assert found == {(n, rows[i].tobytes()) for n, i in (("Ada", 0), ("Ada", 3), ("Grace", 2))}

    told = faceside(
        "build", tmp_path / "all.json", shards, "--names", names, "--any-quality", code=1
    )
    assert (told["people"], told["samples"]) == (4, 5)
    assert {s.label for s in read_file(tmp_path / "all.json").samples} == {
        "Ada",
        "Bea",
        "Cy",
        "Grace",
    }


def test_fleet_nobody_is_named_by_a_guess(tmp_path, shards):
    path = tmp_path / "people.fsg"
    names = write_csv(tmp_path / "a.csv", ["file", "label"], ["group.jpg", "G"], ["bea.jpg", "Bea"])
    told = faceside("build", path, shards, "--names", names, code=1)
    assert (told["people"], told["several_faces"]) == (1, ["group.jpg"])
    before = path.read_bytes()
    names = write_csv(tmp_path / "b.csv", ["file", "label"], ["ada.jpg", "Ada"])
    assert "names-ambiguous" in faceside("build", path, shards, "--names", names, code=1)["error"]
    names = write_csv(tmp_path / "c.csv", ["file", "label"], ["gone.jpg", "Ada"])
    assert "gallery-empty" in faceside("build", path, shards, "--names", names, code=1)["error"]
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "a.csv",
        "b.csv",
        "c.csv",
        "out",
        "people.fsg",
    ]


def test_fleet_names_that_contradict_each_other_are_refused():
    assert code_of(lambda: Names([("a", None, "A"), ("a", None, "B")])) == "names-ambiguous"
    assert code_of(lambda: Names([("a", None, "A"), ("a", 1, "B")])) == "names-ambiguous"
    assert code_of(lambda: Names([("a", 1, "A"), ("a", 1, "B")])) == "names-ambiguous"
    Names([("a", 0, "A"), ("a", 1, "B"), ("b", None, "A")])


def test_fleet_bad_tables_are_refused(tmp_path):
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1 no table PAR1")
    assert code_of(lambda: list(read_faces([str(bad)]))) == "table-unreadable"
    assert code_of(lambda: list(read_faces([str(tmp_path / "none")]))) == "table-missing"
    (tmp_path / "empty").mkdir()
    assert code_of(lambda: list(read_faces([str(tmp_path / "empty")]))) == "table-missing"
    write_faces(bad, ["a"], np.full((1, 128), np.nan))
    (rows,) = read_faces([str(bad)])
    names = write_csv(tmp_path / "names.csv", ["file", "label"], ["a", "Ada"])
    told = faceside("build", tmp_path / "x.fsg", bad, "--names", names, code=1)
    assert "descriptor-invalid" in told["error"] and not (tmp_path / "x.fsg").exists()
    names = write_csv(tmp_path / "names.csv", ["file", "who"], ["a", "Ada"])
    assert code_of(lambda: read_names(str(names))) == "index-unreadable"


# Built by groups


@pytest.mark.parametrize("seed", range(4))
def test_fleet_islands_change_no_group(seed):
    rng = np.random.default_rng(seed)
    centres = 3 * unit_rows(40, seed)[:, :8]
    rows = centres[rng.integers(0, 40, 400)] + 0.25 * rng.standard_normal((400, 8))
    pictures = rng.integers(0, 200, 400)
    rows = rows.astype(np.float32)
    assert len(set(islands(rows, 0.3).tolist())) > 10
    for threshold in (0.3, 0.8, 1.2):
        expected = group_faces(rows, threshold, pictures)
        assert group_many(rows, threshold, pictures).tolist() == expected.tolist()


def test_fleet_ten_thousand_faces_are_grouped_in_little_memory():
    people = unit_rows(2500)
    rows = np.repeat(people, 4, axis=0)
    rows = rows + 0.02 * unit_rows(len(rows), 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    numbers = group_many(rows, 0.8)
    assert numbers.tolist() == np.repeat(np.arange(2500), 4).tolist()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024  # MiB on Linux
    assert grown < 250, "all distances at once would be 400 MB"


def test_fleet_unknown_faces_are_grouped_named_photographed_and_found(tmp_path):
    pictures = [sample(6), sample(1)]
    found = [find_faces(path) for path in pictures]
    for number, (path, faces) in enumerate(zip(pictures, found, strict=True)):
        for copy in "ab":  # everybody is in two pictures
            picture = tmp_path / f"{copy}-{path.name}"
            picture.write_bytes(path.read_bytes())
            write_faces(
                tmp_path / "out" / f"{number}{copy}.parquet",
                [str(picture)] * len(faces),
                faces.descriptors,
                faces=range(len(faces)),
                boxes=faces.boxes,
                scores=faces.scores,
                landmarks=faces.landmarks,
            )
    gallery, groups = tmp_path / "people.fsg", tmp_path / "groups.csv"
    told = faceside("build", gallery, tmp_path / "out", "--group", groups, "--photos")
    good = 0
    for path, faces in zip(pictures, found, strict=True):
        qualities = measure_quality(read_image(path).pixels, faces)
        good += sum(not quality_problems(quality) for quality in qualities)
    assert told["samples"] == told["photos"] == 2 * good >= 10
    assert told["people"] == good

    with open(groups, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["label"] for row in rows[:2]} == {"Person 1"}
    assert {row["file"].split("/")[-1][0] for row in rows[:2]} == {"a", "b"}
    ours = [row for row in rows if row["label"] == "Person 1"]
    names = write_csv(
        tmp_path / "names.csv",
        ["file", "face", "label"],
        *([row["file"], row["face"], "Ada"] for row in ours),
    )
    assert faceside("build", gallery, tmp_path / "out", "--names", names)["people"] == 1

    place = [str(tmp_path / f"a-{path.name}") for path in pictures].index(ours[0]["file"])
    (image,) = faceside("search", gallery, pictures[place], "--top", 3)["images"]
    best = [face["candidates"][0] for face in image["faces"]]
    nearest = min(range(len(best)), key=lambda i: best[i]["distance"])
    assert (nearest, best[nearest]["label"]) == (int(ours[0]["face"]), "Ada")
    assert best[nearest]["distance"] < 1e-3
    assert sorted(face["distance"] for face in best)[1] > 1


def test_fleet_small_groups_are_left_out_and_recognizers_not_mixed(tmp_path):
    rows = unit_rows(3)
    rows = rows[[0, 0, 1, 2]]
    write_faces(tmp_path / "out" / "0.parquet", ["a", "b", "c", "=d"], rows)
    gallery, groups = tmp_path / "people.json", tmp_path / "groups.csv"
    build = ["build", gallery, tmp_path / "out", "--group", groups]
    told = faceside(*build, "--min-faces", 2)
    assert (told["people"], told["samples"]) == (1, 2) and told["left_out"] == {"few-faces": 2}
    assert faceside(*build)["people"] == 3
    assert "'=d" in groups.read_text("utf-8")
    told = faceside("build", gallery, tmp_path / "out", "--names", groups)
    assert (told["people"], told["samples"]) == (3, 4)
    write_faces(tmp_path / "out" / "1.parquet", ["e"], rows[:1], recognizer="openface")
    assert "recognizers-mixed" in faceside(*build, code=1)["error"]


# Merged, split, told of


@pytest.fixture
def people(tmp_path):
    """A compact gallery of ten people with two samples each, photos and notes."""
    rows = unit_rows(20)
    samples = [
        Sample(f"Person {i // 2}", row, "sface", b"\xff\xd8photo", 1.5 + i)
        for i, row in enumerate(rows)
    ]
    path = tmp_path / "people.fsg"
    write_file(path, Contents(tuple(samples), {"Person 3": "Plays chess"}))
    return path


def test_fleet_split_and_merged_is_the_same_again(tmp_path, people):
    told = faceside("split", people, tmp_path / "part.json", "--people", 4)["galleries"]
    assert [(part["people"], part["samples"]) for part in told] == [(4, 8), (4, 8), (2, 4)]
    parts = [part["file"] for part in told]
    assert parts == [str(tmp_path / f"part-{i}.json") for i in (1, 2, 3)]
    again = tmp_path / "again.fsg"
    told = faceside("merge", again, *parts, parts[0])
    assert told["duplicates"] == 8 and told["galleries"][0]["people"] == 10
    assert again.read_bytes() == people.read_bytes()


def test_fleet_split_by_labels_takes_people_out(tmp_path, people):
    labels = tmp_path / "labels.txt"
    labels.write_text("Person 3\n\n Person 7 \n", "utf-8")
    some, rest = tmp_path / "some.fsg", tmp_path / "rest.fsg"
    told = faceside("split", people, some, "--labels", labels, "--rest", rest)["galleries"]
    assert [part["people"] for part in told] == [2, 8]
    assert read_file(some).notes == {"Person 3": "Plays chess"} and not read_file(rest).notes
    labels.write_text("Nobody", "utf-8")
    assert "label-unknown" in faceside("split", people, some, "--labels", labels, code=1)["error"]


def test_fleet_info_tells_what_is_in_a_file_and_whether_it_is_whole(tmp_path, people):
    half, json_file = tmp_path / "half.fsg", tmp_path / "people.json"
    faceside("merge", half, people, "--numbers", "float16")
    faceside("merge", json_file, people)
    told = faceside("info", people, half, json_file)
    assert not told["errors"]
    whole, rounded, text = told["galleries"]
    assert whole["bytes"] == people.stat().st_size > rounded["bytes"]
    for gallery in told["galleries"]:
        counts = [gallery[name] for name in ("people", "samples", "photos", "notes")]
        assert counts == [10, 20, 20, 1] and gallery["created"] == [1.5, 20.5]
    assert whole["recognizers"] == {"sface": {"samples": 20, "model": "same"}}
    assert text["recognizers"] == {"sface": {"samples": 20, "model": "unknown"}}
    assert [gallery["numbers"] for gallery in told["galleries"]] == ["float32", "float16", None]
    assert whole["checksum"] == people.read_bytes()[-32:].hex() and text["checksum"] is None

    data = bytearray(people.read_bytes())
    data[5000] ^= 1
    people.write_bytes(data)
    (error,) = faceside("info", people, half, code=1)["errors"]
    assert error["code"] == "gallery-unreadable" and "checksum" in error["message"]


def test_fleet_galleries_of_the_command_line_are_compact_by_their_name(tmp_path):
    face = tmp_path / "face.png"
    read = read_image(sample(6))
    (x, y, width, height) = find_faces(sample(6)).boxes[0].astype(int)
    around = (x - width // 2, y - height // 2, x + 2 * width, y + 2 * height)
    Image.fromarray(read.pixels).crop(around).save(face)
    for name, start in (("people.fsg", b"\x89FSG"), ("people.json", b"{")):
        path = tmp_path / name
        command("enroll", path, "Ada", face)
        command("enroll", path, "Ada", face)
        assert path.read_bytes().startswith(start)
        (found,) = command("identify", path, face)["images"][0]["faces"]
        assert found["match"]["label"] == "Ada"
        assert len(read_file(path).samples) == 2


def test_fleet_a_compact_gallery_keeps_its_numbers(tmp_path):
    path = tmp_path / "half.fsg"
    ada = Sample("Ada", unit_rows(1)[0], "sface")
    path.write_bytes(write_binary([ada], numbers="float16"))
    store = file_store(path)
    assert isinstance(store, BinaryFileStore)
    asyncio.run(store.add([Sample("Bea", unit_rows(2)[1], "sface")]))
    assert b'"float16"' in path.read_bytes()
    assert [sample.label for sample in asyncio.run(store.all())] == ["Ada", "Bea"]


def test_fleet_the_commands_speak_in_sentences(tmp_path, people, capsys):
    assert main(["gallery", "info", str(people)]) == 0
    assert main(["gallery", "split", str(people), str(tmp_path / "part.fsg"), "--people", "6"]) == 0
    assert main(["gallery", "merge", str(tmp_path / "all.json"), str(people), str(people)]) == 0
    said = capsys.readouterr().out
    assert "10 people, 20 samples" in said and "every checksum is right" in said
    assert "part-2.fsg: 4 people, 8 samples" in said and "20 samples were there twice" in said
    assert main(["gallery", "info", str(tmp_path / "none.fsg")]) == 1
    assert "(gallery-missing)" in capsys.readouterr().err

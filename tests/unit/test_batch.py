"""A batch over small photos: what comes out, and what a folder that was begun takes and refuses."""

import asyncio
import json
import os
import signal
import zipfile

import numpy as np
import pyarrow.parquet as pq
import pytest
from fleet import NO_PICTURE, assert_each_once, batch, kill, rows, start, wait_until, write_photos

from faceside import DetectorOptions, FacesideError, detect_all_faces
from faceside.batch.local import LocalEngine
from faceside.batch.process import MOST_DEATHS, WorkerProcess
from faceside.batch.recipe import Recipe
from faceside.batch.sources import Item
from faceside.batch.worker import Shard, Worker
from faceside.cards import all_cards

SAME = 1e-3  # distance of descriptors
BASIC = ["file", "face", "x", "y", "width", "height", "score", "descriptor", "recognizer"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="module")
def out(photos, tmp_path_factory):
    """A batch with everything that can be asked for."""
    folder = tmp_path_factory.mktemp("out") / "faces"
    asked = ["--landmarks", "--expressions", "--age-gender", "--workers", 2, "--shard-size", 2]
    said = json.loads(batch(photos[0].parent, "--out", folder, *asked, "--json"))
    assert (said["pictures"], said["faces"], said["failed"], said["described"]) == (6, 22, 1, 7)
    assert said["shards"] == 4 and said["pictures_per_second"] > 0
    return folder


def detect(path, recipe: Recipe):
    return asyncio.run(_detect(path, recipe))


async def _detect(path, recipe: Recipe):
    return await recipe.task(path)


def test_batch_finds_what_detect_finds(photos, out):
    found = rows(out)
    recipe = Recipe(landmarks=True, expressions=True, age_gender=True)
    for photo in photos:
        if photo.name == NO_PICTURE:
            continue
        ours = [row for row in found if row["file"] == str(photo)]
        theirs = detect(str(photo), recipe)
        assert [row["face"] for row in ours] == list(range(len(theirs)))
        for row, face in zip(ours, theirs, strict=True):
            assert np.linalg.norm(row["descriptor"] - face.descriptor) < SAME
            assert [row[side] for side in face.box._fields] == pytest.approx(face.box, abs=0.01)
            assert row["score"] == pytest.approx(face.score, abs=1e-4)
            points = np.reshape(row["landmarks"], (68, 2))
            np.testing.assert_allclose(points, face.landmarks, atol=0.05)
            assert row["expressions"] == pytest.approx(face.expressions, abs=1e-3)
            assert row["age"] == pytest.approx(face.age, abs=0.1)
            assert row["gender"] == face.gender and row["recognizer"] == "sface"
            assert row["gender_probability"] == pytest.approx(face.gender_probability, abs=1e-3)


def test_every_picture_is_there_once_and_what_failed_is_listed_once(photos, out):
    assert_each_once(out, photos)


def test_batch_files_tell_their_models_and_options(out):
    cards = all_cards()
    for path in sorted(out.glob("*.parquet")):
        schema = pq.read_schema(path)
        types = {field.name: str(field.type) for field in schema}
        assert types["face"] == "int32" and types["x"] == types["score"] == "float"
        assert types["descriptor"] == "fixed_size_list<element: float>[128]"
        assert types["landmarks"] == "fixed_size_list<element: float>[136]"
        models = json.loads(schema.metadata[b"models"])
        names = ["yunet", "landmarks68", "expression", "age_gender", "sface"]
        assert models == {name: cards[name].sha256 for name in names}
        note = json.loads(schema.metadata[b"faceside"])
        assert note["shard"] == int(path.stem)
        assert note["recipe"]["detector"]["input_size"] == 640


def test_a_shard_without_faces_has_the_columns_of_the_others(photos, tmp_path):
    recipe = Recipe(landmarks=True, expressions=True, age_gender=True)
    worker = Worker(recipe, recipe.models())
    nothing = worker.describe(Shard(0, (Item(str(photos[-1])),)))
    some = worker.describe(Shard(1, (Item(str(photos[0])),)))
    for result in (nothing, some):
        (tmp_path / f"{result.number}.parquet").write_bytes(result.parquet)
    empty, full = (pq.read_schema(tmp_path / f"{number}.parquet") for number in (0, 1))
    assert empty.equals(full)


def test_only_what_is_asked_for_is_kept(photos, tmp_path):
    batch(photos[0], "--out", tmp_path / "out", "--recognizer", "openface", "--workers", 1)
    table = pq.read_table(tmp_path / "out")
    assert table.column_names == BASIC and set(table["recognizer"].to_pylist()) == {"openface"}


def test_archives_give_what_their_files_give(photos, out, tmp_path):
    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as contents:
        for photo in photos:
            contents.write(photo, photo.name)
    batch(archive, "--out", tmp_path / "out", "--workers", 1)
    ours, theirs = rows(tmp_path / "out"), rows(out)
    assert [row["file"] for row in ours] == [
        f"zip://{os.path.basename(row['file'])}::{archive}" for row in theirs
    ]
    a, b = (np.array([row["descriptor"] for row in table]) for table in (ours, theirs))
    assert np.abs(a - b).max() < 1e-5


def test_a_batch_that_is_done_is_not_done_again(photos, out):
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.parquet")}
    asked = ["--landmarks", "--expressions", "--age-gender", "--shard-size", 2]
    said = batch(photos[0].parent, "--out", out, *asked)
    assert said.startswith("22 faces of 6 pictures are in") and "1 pictures failed" in said
    assert before == {path: path.stat().st_mtime_ns for path in out.glob("*.parquet")}


@pytest.mark.parametrize(
    "asked, told",
    [
        (["--recognizer", "openface"], 'recognizer "sface", not "openface"'),
        (["--min-score", 0.9], "not"),
        (["--shard-size", 3], "shard_size 2, not 3"),
        ([], "expressions true, not false"),
    ],
)
def test_going_on_with_other_options_is_refused(photos, out, asked, told):
    more = ["--landmarks", "--age-gender"] + (["--expressions"] if asked else [])
    shards = [] if "--shard-size" in asked else ["--shard-size", 2]
    said = batch(photos[0].parent, "--out", out, *more, *shards, *asked, code=1)
    assert "(batch-other-options)" in said and told in said


def test_going_on_with_other_sources_is_refused(photos, out):
    assert "(batch-other-options)" in batch(photos[0], "--out", out, code=1)


def test_a_folder_of_something_else_is_refused(photos, tmp_path):
    (tmp_path / "table.parquet").write_bytes(b"?")
    assert "(folder-foreign)" in batch(photos[0], "--out", tmp_path, code=1)
    (tmp_path / "table.parquet").unlink()
    (tmp_path / "_manifest.json").write_text("[]")
    assert "(folder-foreign)" in batch(photos[0], "--out", tmp_path, code=1)
    (tmp_path / "file").write_text("")
    assert "(folder-unwritable)" in batch(photos[0], "--out", tmp_path / "file" / "out", code=1)


def test_nothing_is_begun_where_sources_are_wrong(photos, tmp_path):
    out = tmp_path / "out"
    assert "(source-missing)" in batch(photos[0], tmp_path / "no", "--out", out, code=1)
    assert "(source-empty)" in batch("--out", out, code=1)
    assert "(option-invalid)" in batch(photos[0], "--out", out, "--shard-size", 0, code=1)
    assert "(option-invalid)" in batch(photos[0], "--out", out, "--address", "auto", code=1)
    batch(photos[0], "--out", out, "--workers", 1)
    assert len(rows(out)) == 3


def test_a_gpu_that_is_not_there_is_told(photos, tmp_path):
    said = batch(photos[0], "--out", tmp_path / "out", "--gpus", 1, code=1)
    assert "(gpu-missing)" in said


def test_a_second_run_in_a_folder_waits_for_nobody(tmp_path):
    """The first run hangs on a pipe that nobody writes to; Ctrl+C ends it without a trace."""
    os.mkfifo(tmp_path / "a.jpg")
    out = tmp_path / "out"
    first = start(tmp_path / "a.jpg", "--out", out, "--workers", 1)
    try:
        wait_until((out / "_manifest.json").exists)
        assert "(batch-busy)" in batch(tmp_path / "a.jpg", "--out", out, code=1)
        os.kill(first.pid, signal.SIGINT)
        _, complaints = first.communicate(timeout=30)
        assert first.returncode == 130 and "the same command goes on" in complaints
        assert not list(out.glob("*.parquet"))
    finally:
        kill(first.pid)


def test_a_picture_that_ends_its_worker_is_left_out_alone(photos, tmp_path):
    """The worker is killed each time it comes to a picture that it waits for without end."""
    os.mkfifo(tmp_path / "deadly.jpg")
    files = (photos[0], tmp_path / "deadly.jpg", photos[1])
    recipe = Recipe()
    worker = WorkerProcess(recipe, recipe.models())
    worker.give(Shard(7, tuple(Item(str(file)) for file in files)))
    try:
        for _ in range(MOST_DEATHS):
            wait_until(lambda: worker.at == 1)
            kill(worker.process.pid)
            assert worker.hear() is None
        result = worker.hear()
    finally:
        worker.end()
    (tmp_path / "7.parquet").write_bytes(result.parquet)
    assert {row["file"] for row in rows(tmp_path / "7.parquet")} == {str(files[0]), str(files[2])}
    note = json.loads(pq.read_schema(tmp_path / "7.parquet").metadata[b"faceside"])
    (failure,) = note["failed"]
    assert (failure["file"], failure["code"]) == (str(files[1]), "worker-died")
    assert result.pictures == 3


def test_a_worker_with_other_models_refuses(photos):
    recipe = Recipe()
    other = recipe.models() | {"sface": "0" * 64}
    shard = Shard(0, (Item(str(photos[0])),))
    with pytest.raises(FacesideError) as caught:
        list(LocalEngine(1).run(recipe, other, iter([shard])))
    assert caught.value.code == "worker-differs"


def test_a_recipe_does_what_a_script_would():
    recipe = Recipe(DetectorOptions("tiny_face"), "landmarks68_tiny", "dlib_resnet")
    task = detect_all_faces("a.jpg", "tiny_face").with_landmarks(tiny=True)
    task = task.with_descriptors("dlib_resnet")
    ours = recipe.task("a.jpg")
    assert vars(ours) == vars(task)
    assert list(recipe.models()) == ["tiny_face", "landmarks68_tiny", "dlib_resnet"]

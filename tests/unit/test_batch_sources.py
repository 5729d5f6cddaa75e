"""Where a batch finds its pictures, and how a worker reads them: no nets."""

import io
import os
import tarfile
import zipfile
from pathlib import Path

import fsspec
import numpy as np
import pytest
from pictures import encode, open_sample

from faceside import FacesideError, read_image
from faceside.batch.reading import Reader
from faceside.batch.sources import Sources

NAMES = ("a.jpg", "b/c.PNG", "b/d.jpeg")
OTHERS = ("notes.txt", ".hidden.jpg", "b/._d.jpeg", "b/film.mp4")


def picture(name: str) -> bytes:
    """A small picture of its own for each name."""
    kind = "PNG" if name.endswith("PNG") else "JPEG"
    return encode(open_sample(1 + NAMES.index(name), 64), kind)


@pytest.fixture
def photos(tmp_path) -> Path:
    """A folder of three pictures and of files that are none."""
    folder = tmp_path / "photos"
    for name in (*NAMES, *OTHERS):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture(name) if name in NAMES else b"?")
    return folder


def zipped(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as contents:
        for name in (*NAMES, *OTHERS):
            contents.write(folder / name, name)
    return archive


def tarred(folder: Path, archive: Path, mode: str) -> Path:
    with tarfile.open(archive, mode) as contents:
        for name in (*NAMES, *OTHERS):
            contents.add(folder / name, name)
    return archive


def files(*places, files_from=None) -> list[str]:
    return [item.file for item in Sources(tuple(map(str, places)), files_from).items()]


def assert_readable(items) -> None:
    """Each is read as the picture of its name; its address is one that fsspec opens."""
    reader = Reader()
    for item in items:
        (name,) = (name for name in NAMES if name in item.file)
        expected = read_image(picture(name)).pixels
        np.testing.assert_array_equal(reader.read(item).pixels, expected)
        with fsspec.open(item.file) as file:
            assert file.read() == picture(name)
    reader.close()


def test_a_folder_is_gone_through_in_order_without_hidden_and_other_files(photos):
    assert files(photos) == [str(photos / name) for name in NAMES]
    assert_readable(Sources((str(photos),)).items())


def test_paths_are_absolute_wherever_the_command_ran(photos, monkeypatch):
    monkeypatch.chdir(photos.parent)
    assert files("photos") == [str(photos / name) for name in NAMES]
    assert files("photos/a.jpg") == [str(photos / "a.jpg")]


def test_patterns(photos):
    assert files(photos / "*.jpg") == [str(photos / "a.jpg")]
    assert sorted(files(photos / "**" / "*.*")) == [str(photos / name) for name in NAMES]
    assert files(photos / "b" / "[cx].*") == [str(photos / "b/c.PNG")]


def test_a_name_with_brackets_is_a_name_where_there_is_one(photos):
    odd = photos / "x[1].jpg"
    odd.write_bytes(picture("a.jpg"))
    assert files(odd) == [str(odd)]


def test_a_picture_named_outright_counts_whatever_its_name(photos):
    assert files(photos / "notes.txt") == [str(photos / "notes.txt")]


def test_a_link_that_leads_back_is_no_endless_way(photos):
    os.symlink(photos, photos / "b" / "again")
    assert files(photos) == [str(photos / name) for name in NAMES]


def test_zip_files(photos, tmp_path):
    archive = zipped(photos, tmp_path / "all.zip")
    assert files(archive) == [f"zip://{name}::{archive}" for name in NAMES]
    assert_readable(Sources((str(archive),)).items())


@pytest.mark.parametrize("ending, mode", [("tar", "w"), ("tar.gz", "w:gz"), ("txz", "w:xz")])
def test_tar_files(photos, tmp_path, ending, mode):
    archive = tarred(photos, tmp_path / f"all.{ending}", mode)
    items = list(Sources((str(archive),)).items())
    assert [item.file for item in items] == [f"tar://{name}::{archive}" for name in NAMES]
    reader = Reader()
    for item in [*items, *reversed(items)]:  # there and back
        (name,) = (name for name in NAMES if name in item.file)
        assert (reader.read(item).pixels == read_image(picture(name)).pixels).all()
    if ending != "txz":  # which fsspec itself does not know
        assert_readable(items)


def test_a_pattern_finds_archives_too(photos, tmp_path):
    zipped(photos, tmp_path / "1.zip")
    tarred(photos, tmp_path / "2.tar", "w")
    found = files(tmp_path / "[12].*")
    assert len(found) == 6 and {name.partition(":")[0] for name in found} == {"zip", "tar"}


def test_addresses_of_other_storage(photos, tmp_path):
    store = fsspec.filesystem("memory")
    for name in (*NAMES, *OTHERS):
        store.pipe(f"/photos/{name}", (photos / name).read_bytes())
    store.pipe("/all.zip", zipped(photos, tmp_path / "all.zip").read_bytes())
    assert files("memory://photos") == [f"memory:///photos/{name}" for name in NAMES]
    assert files("memory://photos/b/*.jpeg") == ["memory:///photos/b/d.jpeg"]
    assert files("memory://photos/a.jpg") == ["memory:///photos/a.jpg"]
    for place in ("memory://photos", "memory://all.zip"):
        items = list(Sources((place,)).items())
        assert len(items) == 3
        assert_readable(items)


def test_chained_addresses(photos, tmp_path):
    archive = zipped(photos, tmp_path / "all.zip")
    assert files(f"zip://b/*.jpeg::{archive}") == [f"zip://b/d.jpeg::{archive}"]
    items = list(Sources((f"zip://::{archive}",)).items())
    assert sorted(item.file for item in items) == [f"zip://{name}::{archive}" for name in NAMES]
    assert_readable(items)


def test_sources_from_a_list(photos, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text(f"{photos}/b\n\n{photos}/a.jpg\n{photos}/a.jpg\n")
    found = files(photos / "a.jpg", files_from=str(listed))
    assert [Path(file).name for file in found] == ["a.jpg", "c.PNG", "d.jpeg", "a.jpg", "a.jpg"]


@pytest.mark.parametrize(
    "place, code",
    [
        ("nowhere", "source-missing"),
        ("nowhere/*.jpg", "source-empty"),
        ("photos/b/film.zip", "source-unreadable"),
        ("photos/b/film.tar", "source-unreadable"),
        ("empty", "source-empty"),
        ("memory://nowhere/a.jpg", "source-missing"),
        ("nosuch://bucket/a.jpg", "source-unreadable"),
        ("zip://*.jpg::photos/b/film.zip", "source-unreadable"),
    ],
)
def test_what_cannot_be_gone_through_is_told(photos, monkeypatch, place, code):
    monkeypatch.chdir(photos.parent)
    (photos.parent / "empty").mkdir()
    for ending in ("zip", "tar"):
        (photos / f"b/film.{ending}").write_bytes(b"no archive" * 100)
    with pytest.raises(FacesideError) as caught:
        files(place)
    assert caught.value.code == code and place in str(caught.value)


def test_a_list_that_is_not_there_is_told():
    with pytest.raises(FacesideError) as caught:
        files(files_from="nowhere.txt")
    assert caught.value.code == "source-missing"


def test_a_picture_that_cannot_be_fetched_is_told(photos, tmp_path):
    store = fsspec.filesystem("memory")
    store.pipe("/late/a.jpg", b"?")
    archive = zipped(photos, tmp_path / "all.zip")
    items = [*Sources(("memory://late/a.jpg", str(archive))).items()]
    store.rm("/late", recursive=True)
    data = archive.read_bytes()
    archive.write_bytes(data[:40] + bytes(200) + data[240:])
    reader, codes = Reader(), []
    for item in [*items, *items]:
        try:
            reader.read(item)
        except FacesideError as error:
            codes.append(error.code)
            assert error.code != "image-missing" or item.file in str(error)
    assert codes == ["image-missing", "image-unreadable"] * 2


def test_only_what_is_needed_is_in_memory(tmp_path):
    """5,000 names in a tar file are listed without being kept."""
    import tracemalloc

    archive = tmp_path / "many.tar"
    data = picture("a.jpg")[:100]
    with tarfile.open(archive, "w") as contents:
        for number in range(5000):
            member = tarfile.TarInfo(f"{number}.jpg")
            member.size = len(data)
            contents.addfile(member, io.BytesIO(data))
            contents.members.clear()
    tracemalloc.start()
    count = sum(1 for _ in Sources((str(archive),)).items())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 5000 and peak < 1_000_000

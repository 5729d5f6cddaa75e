"""tools/packed.py: what lies beside the files of a site, and what is packed once alone."""

import gzip
import random

import brotli
import pytest

from tools import packed

TEXT = b"faces stay in the page. " * 1000
NOISE = random.Random(1).randbytes(5000)


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "main.js").write_bytes(TEXT)
    (folder / "net.onnx").write_bytes(NOISE)
    (folder / "short.txt").write_bytes(TEXT[:1000])
    (folder / "photo.jpg").write_bytes(TEXT)
    (folder / "memory.gz").write_bytes(TEXT)
    return folder


def test_what_gets_smaller_is_packed_and_nothing_else(site, tmp_path):
    before = {file.name for file in site.rglob("*")}
    packed.pack(site, tmp_path / "kept")
    assert {file.name for file in site.rglob("*")} - before == {"main.js.br", "main.js.gz"}
    assert brotli.decompress((site / "app" / "main.js.br").read_bytes()) == TEXT
    assert gzip.decompress((site / "app" / "main.js.gz").read_bytes()) == TEXT
    times = {file.stat().st_mtime_ns for file in (site / "app").glob("main.js*")}
    assert len(times) == 1


def test_the_same_bytes_are_packed_once(site, tmp_path):
    packed.pack(site, tmp_path / "kept")
    (site / "index.html").write_bytes(TEXT)
    for file in (tmp_path / "kept").glob("*.br"):
        file.write_bytes(b"kept")
    packed.pack(site, tmp_path / "kept")
    for name in ("app/main.js", "index.html"):
        assert (site / f"{name}.br").read_bytes() == b"kept"

    (site / "index.html").write_bytes(TEXT[::-1])
    packed.pack(site, tmp_path / "kept")
    assert brotli.decompress((site / "index.html.br").read_bytes()) == TEXT[::-1]

"""serve.py over real connections: types, headers, sub-path, what it must refuse, 304, ports."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

import serve

ROOT = Path(serve.__file__).parent
TYPES = {
    "main.js": "text/javascript",
    "core.mjs": "text/javascript",
    "net.wasm": "application/wasm",
    "net.onnx": "application/octet-stream",
    "numpy.whl": "application/octet-stream",
    "engine.zip": "application/zip",
    "pyscript.toml": "application/toml",
    "main.py": "text/x-python",
    "style.css": "text/css",
    "sizes.json": "application/json",
    "app.webmanifest": "application/manifest+json",
    "icon.svg": "image/svg+xml",
}


@pytest.fixture
def site(tmp_path):
    """A folder to serve, with a secret beside it that must stay unreachable."""
    folder = tmp_path / "site"
    (folder / "page" / "empty").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Faceside</title>")
    (folder / "page" / "index.html").write_text("<title>Page</title>")
    (folder / "page" / "two words.txt").write_text("both")
    for name in TYPES:
        (folder / name).write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "site-neighbour").mkdir()
    (tmp_path / "site-neighbour" / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@contextmanager
def running(folder, **options):
    """A server that answers in another thread; yields a connection to it."""
    server = serve.make_server(folder, **options)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()
        server.shutdown()
        server.server_close()


def ask(connection, path, method="GET", **headers):
    """Sends a request exactly as written; returns the answer and its body."""
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read()


def test_every_kind_of_file_has_its_type(site):
    with running(site) as connection:
        for name, expected in TYPES.items():
            answer, body = ask(connection, f"/{name}")
            assert answer.status == 200
            assert answer.headers.get_content_type() == expected
            assert body == name.encode()
            assert answer.headers["Content-Length"] == str(len(body))


def test_answers_isolate_the_page_and_carry_the_policy(site):
    with running(site) as connection:
        headers = ask(connection, "/")[0].headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "connect-src": "'self' blob:",
        "script-src": "'self' 'unsafe-eval' blob:",
        "worker-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' blob: data:",
        "media-src": "'self' blob:",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-cache"
    permissions = headers["Permissions-Policy"].split(", ")
    assert "camera=(self)" in permissions
    assert {"microphone=()", "geolocation=()"} < set(permissions)


def test_other_origins_may_frame_the_site_only_where_they_are_named(site):
    origins = ("https://one.example", "https://two.example:8080")
    with running(site, frame_ancestors=origins) as connection:
        headers = ask(connection, "/")[0].headers
    allowed = "frame-ancestors https://one.example https://two.example:8080"
    assert headers["Content-Security-Policy"].endswith(f"; {allowed}")
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_plain_sends_none_of_the_special_headers(site):
    with running(site, plain=True) as connection:
        answer, body = ask(connection, "/core.mjs")
    assert body == b"core.mjs"
    assert answer.headers.get_content_type() == "text/javascript"
    assert not set(serve.HEADERS) & set(answer.headers)


@pytest.mark.parametrize("base", ["/sub/path", "sub/path/", "/sub/path/"])
def test_a_sub_path_holds_the_whole_site(site, base):
    with running(site, base=base) as connection:
        assert ask(connection, "/sub/path/")[1] == b"<title>Faceside</title>"
        assert ask(connection, "/sub/path/net.wasm?v=1")[1] == b"net.wasm"
        answer, _ = ask(connection, "/sub/path")
        assert (answer.status, answer.headers["Location"]) == (301, "/sub/path/")
        for outside in ("/", "/net.wasm", "/sub/pathnet.wasm"):
            assert ask(connection, outside)[0].status == 404


def test_a_folder_is_its_index_and_is_never_listed(site):
    with running(site) as connection:
        assert ask(connection, "/page/")[1] == b"<title>Page</title>"
        assert ask(connection, "/page/two%20words.txt")[1] == b"both"
        answer, _ = ask(connection, "/page")
        assert (answer.status, answer.headers["Location"]) == (301, "/page/")
        assert ask(connection, "/page/empty/")[0].status == 404
        assert ask(connection, "/page/empty")[0].status == 404
        # A redirect never leads to another host.
        assert ask(connection, "//page")[0].headers["Location"] == "/page/"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/page/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%2fsite-neighbour/secret.txt",
        "/..%5csecret.txt",
        "//../secret.txt",
        "/link.txt",
        "/main.js%00.txt",
        "/" + "x" * 5000,
    ],
)
def test_nothing_outside_the_folder_is_served(site, path):
    with running(site) as connection:
        answer, body = ask(connection, path)
        assert answer.status == 404
        assert b"secret" not in body
        absolute = f"/{site.parent}/secret.txt"
        assert ask(connection, absolute)[0].status == 404


def test_an_unchanged_file_is_not_sent_again(site):
    with running(site) as connection:
        first, _ = ask(connection, "/net.onnx")
        tag, date = first.headers["ETag"], first.headers["Last-Modified"]
        for condition in ({"If-None-Match": tag}, {"If-Modified-Since": date}):
            answer, body = ask(connection, "/net.onnx", **condition)
            assert (answer.status, body) == (304, b"")
            assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        os.utime(site / "net.onnx", (2_000_000_000, 2_000_000_000))
        for condition in ({"If-None-Match": tag}, {"If-Modified-Since": date}):
            assert ask(connection, "/net.onnx", **condition)[0].status == 200
        assert ask(connection, "/net.onnx", **{"If-Modified-Since": "yesterday"})[0].status == 200


@pytest.mark.parametrize(
    "wish, coding",
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, GZIP", "br"),
        ("gzip;q=1.0,br;q=0", "gzip"),
        ("br; q=0.000", None),
        ("gzip;q=0", None),
        ("identity", None),
        (None, None),
    ],
)
def test_a_packed_file_is_sent_to_browsers_that_take_it(site, wish, coding):
    for ending in serve.PACKED.values():
        (site / f"net.wasm{ending}").write_text(f"packed {ending}")
        shutil.copystat(site / "net.wasm", site / f"net.wasm{ending}")
    bodies = {None: b"net.wasm", "br": b"packed .br", "gzip": b"packed .gz"}
    given = {"Accept-Encoding": wish} if wish else {}
    with running(site) as connection:
        answer, body = ask(connection, "/net.wasm", **given)
        assert (answer.headers["Content-Encoding"], body) == (coding, bodies[coding])
        assert answer.headers["Content-Length"] == str(len(body))
        assert answer.headers.get_content_type() == "application/wasm"
        assert answer.headers["Vary"] == "Accept-Encoding"
        again, _ = ask(
            connection, "/net.wasm", **given, **{"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status == 304
        other, _ = ask(connection, "/core.mjs", **given)
        assert other.headers["Content-Encoding"] is None
    tags = set()
    with running(site) as connection:
        for wish in ("br", "gzip", "identity"):
            tags.add(ask(connection, "/net.wasm", **{"Accept-Encoding": wish})[0].headers["ETag"])
    assert len(tags) == len(bodies)


def test_a_packed_file_of_another_time_or_place_is_not_sent(site):
    (site / "net.wasm.br").write_text("of before")
    os.utime(site / "net.wasm.br", (1_000_000_000, 1_000_000_000))
    (site / "main.js.br").write_text("of a newer one")
    os.utime(site / "main.js.br", (2_000_000_000, 2_000_000_000))
    (site / "core.mjs.br").symlink_to(site.parent / "secret.txt")
    shutil.copystat(site.parent / "secret.txt", site / "core.mjs")
    with running(site) as connection:
        for name in ("net.wasm", "main.js", "core.mjs"):
            answer, body = ask(connection, f"/{name}", **{"Accept-Encoding": "br"})
            assert (answer.headers["Content-Encoding"], body) == (None, name.encode())


def test_one_connection_carries_many_requests(site):
    with running(site) as connection:
        ask(connection, "/")
        used = connection.sock
        head, body = ask(connection, "/main.js", "HEAD")
        assert (head.status, head.headers["Content-Length"], body) == (200, "7", b"")
        assert head.version == 11
        # Parts of files are not served: the whole file is a right answer to Range.
        assert ask(connection, "/main.js", Range="bytes=0-1")[1] == b"main.js"
        assert connection.sock is used


def test_only_reading_is_possible(site):
    with running(site) as connection:
        assert ask(connection, "/main.js", "DELETE")[0].status == 501
    assert (site / "main.js").exists()


def start(*arguments):
    command = [sys.executable, ROOT / "serve.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_a_port_in_use_says_what_to_do(site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = start("--directory", site, "--port", str(port))
    assert ended.returncode == 1
    assert f"Port {port} is in use" in ended.stderr
    assert f"PORT={port + 1}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_site_that_is_not_built_says_what_to_do(tmp_path):
    ended = start("--directory", tmp_path)
    assert ended.returncode == 1
    assert "make site" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_address_is_printed(site):
    command = [sys.executable, ROOT / "serve.py", "--directory", site, "--base", "/sub"]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            port = int(line.split("/")[2].removeprefix("localhost:"))
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            assert ask(connection, "/sub/")[1] == b"<title>Faceside</title>"
        finally:
            process.terminate()
    assert line.startswith("Faceside: http://localhost:")
    assert line.endswith("/sub\n")

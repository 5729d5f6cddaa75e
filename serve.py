"""A small static server for development: `python serve.py`, then open the address it prints.

Serves site/ with the right types, packed where `make site` has done so, with cross-origin isolation
and the security policy; `--plain` leaves the last two out, like a static host that cannot set
headers. Pages of other origins cannot frame the site unless `--frame-ancestors` names them.
Standard library only.
"""

import argparse
import errno
import os
import shutil
import sys
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".toml": "application/toml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".webp": "image/webp",
    ".zip": "application/zip",
}
OTHER_TYPE = "application/octet-stream"  # .onnx, .whl
PACKED = {"br": ".br", "gzip": ".gz"}  # codings, the smaller first, and how their files end

POLICY = "; ".join(
    (
        "default-src 'none'",
        "connect-src 'self' blob:",
        # PyScript builds its worker hooks with Function(…): 'wasm-unsafe-eval' is too little.
        "script-src 'self' 'unsafe-eval' blob:",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
REFUSED = (
    "display-capture",
    "geolocation",
    "hid",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
HEADERS = {
    "Cache-Control": "no-cache",
    # Also what no content security policy keeps back: navigation, windows, WebRTC, name look-ups.
    "Connection-Allowlist": "(response-origin)",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(["camera=(self)", *(f"{name}=()" for name in REFUSED)]),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def headers_for(frame_ancestors: tuple[str, ...] = ()) -> dict[str, str]:
    """The headers of every answer; these origins may show the site in a frame."""
    if not frame_ancestors:
        return HEADERS
    allowed = " ".join(("frame-ancestors", *frame_ancestors))
    return {
        **HEADERS,
        "Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", allowed),
        # What an isolated page asks of all that it frames.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def is_packed(packed: Path, file: Path) -> bool:
    """Whether a file holds another one as it is now: both have the same time then."""
    is_there = packed.is_file() and not packed.is_symlink()
    return is_there and packed.stat().st_mtime_ns == file.stat().st_mtime_ns


class Server(ThreadingHTTPServer):
    """Serves the files of `directory` under `base`; `headers` go with every answer."""

    daemon_threads = True
    request_queue_size = 64  # a page asks for many files at once

    def __init__(self, address: tuple[str, int], directory: Path, base: str, headers: dict):
        self.directory = directory.resolve()
        self.base = base
        self.headers = headers
        super().__init__(address, Handler)

    def handle_error(self, request, client_address) -> None:
        """A page that was closed while a file was on its way is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with files; no listings, nothing outside the directory."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "Faceside"
    sys_version = ""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path + "/" == self.server.base:
            self.redirect(self.server.base)
        elif (file := self.find(path)) is None:
            self.send_error(HTTPStatus.NOT_FOUND, "There is no such file")
        elif file.is_dir():
            self.redirect(self.address(file))
        else:
            self.send_file(file)

    do_HEAD = do_GET

    def find(self, path: str) -> Path | None:
        """The file or the folder to redirect to for a decoded path; None if there is none."""
        base = self.server.base
        if not path.startswith(base) or "\0" in path:
            return None
        asked = path.removeprefix(base)
        name = asked + "index.html" if not asked or asked.endswith("/") else asked
        try:
            file = (self.server.directory / name.lstrip("/")).resolve()
            inside = file.is_relative_to(self.server.directory)
            if inside and (file.is_file() or (file / "index.html").is_file()):
                return file
        except OSError:  # a name too long, a folder without rights
            pass
        return None

    def address(self, folder: Path) -> str:
        """The path of a folder on this server, with its slash."""
        inside = folder.relative_to(self.server.directory).as_posix()
        return quote(f"{self.server.base}{inside}/")

    def redirect(self, location: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_file(self, file: Path) -> None:
        """Sends a file, or what is packed of it, or 304 when the browser's copy is still right."""
        sent, coding = self.packed(file)
        with sent.open("rb") as content:
            facts = os.fstat(content.fileno())
            tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}-{coding or "whole"}"'
            unchanged = self.unchanged(tag, facts.st_mtime)
            self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else HTTPStatus.OK)
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", formatdate(facts.st_mtime, usegmt=True))
            self.send_header("Vary", "Accept-Encoding")
            if not unchanged:
                self.send_header("Content-Type", TYPES.get(file.suffix.lower(), OTHER_TYPE))
                self.send_header("Content-Length", str(facts.st_size))
                if coding:
                    self.send_header("Content-Encoding", coding)
            self.end_headers()
            if self.command == "GET" and not unchanged:
                shutil.copyfileobj(content, self.wfile)

    def packed(self, file: Path) -> tuple[Path, str | None]:
        """The file to send and its coding: the smallest that the browser takes."""
        accepted = self.accepted()
        for coding, ending in PACKED.items():
            beside = file.with_name(file.name + ending)
            if coding in accepted and is_packed(beside, file):
                return beside, coding
        return file, None

    def accepted(self) -> set[str]:
        """The codings that the browser takes."""
        wishes = self.headers.get("Accept-Encoding", "").lower().replace(" ", "").split(",")
        pairs = (wish.partition(";q=") for wish in wishes)
        return {coding for coding, _, weight in pairs if not weight or weight.strip("0.")}

    def unchanged(self, tag: str, modified: float) -> bool:
        """Whether the copy that the request speaks of is the file as it is now."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags == "*" or tag in tags.replace("W/", "").split(", ")
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
            return int(modified) <= since.timestamp()
        except (TypeError, ValueError):
            return False

    def end_headers(self) -> None:
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        super().end_headers()

    def log_request(self, code="-", size="-") -> None:
        """Only errors are worth a line."""

    def log_error(self, form: str, *values) -> None:
        asked = getattr(self, "path", "")  # a request line that cannot be read has none
        sys.stderr.write(f"{asked}: {form % values}\n")


def make_server(
    directory: str | Path,
    port: int = 0,
    base: str = "/",
    plain: bool = False,
    host: str = "127.0.0.1",
    frame_ancestors: tuple[str, ...] = (),
) -> Server:
    """A server, bound and ready for `serve_forever()`; port 0 takes a free one (`server_port`).

    `base` is the path the folder lies under, `frame_ancestors` the origins that may show the site
    in a frame. Raises OSError when the port cannot be had.
    """
    base = "/" + "".join(f"{part}/" for part in base.split("/") if part)
    return Server(
        (host, port), Path(directory), base, {} if plain else headers_for(frame_ancestors)
    )


def sentence(error: OSError, port: int) -> str:
    """What to do when a port cannot be had."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use: stop what runs there, or choose another: PORT={port + 1}."
    if error.errno == errno.EACCES:
        return f"Port {port} needs administrator rights: choose one from 1024 on: PORT=8000."
    return f"The server cannot listen on port {port}: {error.strerror}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--directory", default="site", type=Path, help="folder to serve")
    parser.add_argument("--port", default=os.environ.get("PORT", "8000"), type=int)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--base", default="/", help="path the folder lies under")
    parser.add_argument("--plain", action="store_true", help="no isolation, no policy")
    parser.add_argument(
        "--frame-ancestors",
        nargs="+",
        default=(),
        metavar="ORIGIN",
        help="origins whose pages may show the site in a frame",
    )
    wanted = parser.parse_args()
    if not (wanted.directory / "index.html").is_file():
        sys.exit(f"{wanted.directory}/index.html is missing: run `make site` first.")
    try:
        server = make_server(
            wanted.directory,
            wanted.port,
            wanted.base,
            wanted.plain,
            wanted.host,
            tuple(wanted.frame_ancestors),
        )
    except (OSError, OverflowError) as error:
        sys.exit(sentence(error, wanted.port))
    print(f"Faceside: http://localhost:{server.server_port}{server.base.rstrip('/')}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()

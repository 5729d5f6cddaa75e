"""No way out: each way a page could send something elsewhere is tried with the app's own policy.

Every way is first shown to get out where no policy holds it back, so that none is held by mistake.
"""

import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import serving
from driver import READY_WITHIN, App
from playwright.sync_api import Error
from test_network import identify_somebody

SETTLED = 1500  # ms in which every way gets out where it is open

# Each takes `out`, an address elsewhere that ends in the name of the way, and `stun`, a UDP port.
FROM_PAGE = {
    "fetch": "fetch(out, { mode: 'no-cors' }).catch(() => {})",
    "keepalive": "fetch(out, { mode: 'no-cors', keepalive: true, method: 'POST' }).catch(() => {})",
    "xhr": "{ const x = new XMLHttpRequest(); x.open('GET', out); x.send(); }",
    "websocket": "new WebSocket(out.replace('http', 'ws'))",
    "eventsource": "new EventSource(out)",
    "beacon": "navigator.sendBeacon(out, 'x')",
    "image": "new Image().src = out",
    "script": "add('script', { src: out })",
    "style": "add('link', { rel: 'stylesheet', href: out })",
    "css-url": "document.body.style.backgroundImage = `url(${out})`",
    "font": "new FontFace('x', `url(${out})`).load().catch(() => {})",
    "video": "add('video', { src: out })",
    "object": "add('object', { data: out })",
    "embed": "add('embed', { src: out })",
    "iframe": "add('iframe', { src: out })",
    "frame-inside": "add('iframe', {}).contentWindow.fetch(out, { mode: 'no-cors' })",
    "prefetch": "add('link', { rel: 'prefetch', href: out })",
    "preload": "add('link', { rel: 'preload', as: 'image', href: out })",
    "modulepreload": "add('link', { rel: 'modulepreload', href: out })",
    "import": "import(out).catch(() => {})",
    "worker-import": "new Worker(blob(`importScripts('${out}')`))",
    "module-worker-import": "new Worker(blob(`import '${out}'`), { type: 'module' })",
    "worker-fetch": "new Worker(blob(`fetch('${out}', { mode: 'no-cors' }).catch(() => {})`))",
    "shared-worker": "new SharedWorker(blob(`fetch('${out}', { mode: 'no-cors' })`))",
    "ping": "add('a', { href: '#ping', ping: out }).click()",
    "form": "add('form', { action: out, method: 'post' }).submit()",
    "window": "window.open(out)",
    "link-window": "add('a', { href: out, target: '_blank' }).click()",
    "download": "add('a', { href: out, download: 'x' }).click()",
    "link": "add('a', { href: out }).click()",
    "refresh": "add('meta', { httpEquiv: 'refresh', content: `0;url=${out}` })",
    "location": "location.href = out",
    "webrtc": """{
        const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${stun}` }] });
        peer.createDataChannel('x');
        peer.createOffer().then((offer) => peer.setLocalDescription(offer));
    }""",
}
FROM_WORKER = {
    name: FROM_PAGE[name]
    for name in "fetch keepalive xhr websocket eventsource import worker-fetch".split()
}
HELPERS = """
  const add = (tag, fields) => document.body.appendChild(
    Object.assign(document.createElement(tag), fields));
  const blob = (code) => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
"""
PYTHON = """
import js

def xhr(out):
    request = js.XMLHttpRequest.new()
    request.open("GET", out)
    request.send()

ways = {
    "fetch": js.fetch,
    "xhr": xhr,
    "websocket": lambda out: js.WebSocket.new(out.replace("http", "ws")),
    "eventsource": js.EventSource.new,
}
if hasattr(js, "open"):  # the interface thread
    ways["beacon"] = lambda out: js.navigator.sendBeacon(out, "x")
    ways["image"] = lambda out: setattr(js.Image.new(), "src", out)
    ways["window"] = js.open
    ways["location"] = lambda out: setattr(js.location, "href", out)
for name, send in ways.items():
    try:
        send("%s" + name)
    except Exception:
        pass  # refused at once
js.console.log("tried from Python")
"""


class Elsewhere:
    """A server and a UDP port of somebody else.

    Attributes:
        reached: the names of the ways that got here.
    """

    def __init__(self):
        self.reached = reached = set()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not self.path.startswith("/favicon"):
                    reached.add(self.path.strip("/"))
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_OPTIONS = do_GET

            def log_message(self, *args) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        try:
            while self.udp.recv(2048):
                self.reached.add("webrtc")
        except OSError:
            pass  # closed

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    @property
    def stun(self) -> int:
        return self.udp.getsockname()[1]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.udp.close()


@contextmanager
def elsewhere():
    there = Elsewhere()
    yield there
    there.close()


def try_all(app: App, there: Elsewhere) -> None:
    """Try every way from JavaScript and Python, on the interface thread and in workers."""
    # The engine's worker; those of the runtime's threads answer to nobody.
    (worker,) = (worker for worker in app.page.workers if worker.url.startswith("blob:"))
    for name, code in FROM_PAGE.items():
        attempt(app.page, name, code, there)
    for name, code in FROM_WORKER.items():
        attempt(worker, "worker-" + name, code, there)
    for kind, config in (("mpy", "./app/page/page.toml"), ("py", "./pyscript.toml")):
        with app.page.expect_console_message(
            lambda message: message.text == "tried from Python", timeout=READY_WITHIN
        ):
            app.page.evaluate(
                """([type, config, textContent]) => {
                  const script = Object.assign(
                    document.createElement("script"), { type, textContent });
                  script.setAttribute("config", config);
                  script.toggleAttribute("worker", type == "py");
                  document.body.append(script);
                }""",
                [kind, config, PYTHON % f"{there.address}{kind}-"],
            )


def attempt(place, name: str, code: str, there: Elsewhere) -> None:
    """Try a way from a page or a worker."""
    with suppress(Error):  # which some are refused by
        place.evaluate(
            f"([out, stun]) => {{ {HELPERS} {code}; }}", [there.address + name, there.stun]
        )


def test_egress_is_open_on_each_way_without_a_policy(browser, site):
    """The control: what the other tests try does get out where nothing holds it."""
    context = browser.new_context()
    with serving(site, plain=True) as address, elsewhere() as there:
        pages = []
        for name, code in FROM_PAGE.items():
            page = context.new_page()
            page.goto(address + "sizes.json")
            attempt(page, name, code, there)
            pages.append(page)
        pages[-1].wait_for_timeout(SETTLED)
        context.close()
        assert there.reached >= set(FROM_PAGE)


@pytest.fixture
def refused(open_app):
    """Opens the app and tries every way: none gets out, and the app goes on."""

    def refused(address: str) -> App:
        app = open_app(address).until_ready()
        with elsewhere() as there:
            try_all(app, there)
            app.page.wait_for_timeout(SETTLED)
            assert there.reached == set()
        app.problems.clear()  # the browser tells of each refusal
        assert app.page.url.startswith(address)
        identify_somebody(app)
        return app

    return refused


def test_egress_is_refused_with_the_headers_of_serve_py(refused, address):
    app = refused(address)
    assert app.page.evaluate("typeof RTCPeerConnection") == "undefined"


def test_egress_is_refused_on_a_host_without_headers(refused, site):
    with serving(site, plain=True) as address:
        refused(address)

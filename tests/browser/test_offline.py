"""The site kept on the device: a visit without a network, newer versions, hosts without headers,
installing, frames of other origins. Real servers, stopped or changed while the page is there."""

import socket
import threading
from pathlib import Path

import pytest
from conftest import copy_site, serving
from driver import READY_WITHIN, App
from pictures import ROOT
from playwright.sync_api import expect
from test_axe import violations
from test_layout import covered
from test_network import identify_somebody

import serve
from tools.site import write_lists

KEPT_WITHIN = 120_000  # ms
READY = "Works without a network."
FULL = "The browser has no room left to keep this page: it needs a network to start."
NO_CACHE = """caches.open = async () => {
  throw new DOMException("no room", "QuotaExceededError");
};
const FILES ="""
OLD, NEW = "Nothing leaves this device.", "Nothing ever leaves this device."
NEWER = OLD + " Really."
CHANGED = {"index.html", "sizes.json"}  # by `publish`
NAVIGATION = "performance.getEntriesByType('navigation')[0].type"
KEPT = """async () => {
  const names = await caches.keys();
  const caches_ = await Promise.all(names.map((name) => caches.open(name)));
  const keys = await Promise.all(caches_.map((cache) => cache.keys()));
  return keys.flat().map(({ url }) => url);
}"""
KEEP_ALL = """async (models) => {
  const registration = await facesideOffline.register();
  await navigator.serviceWorker.ready;
  while (true) {
    const state = await facesideOffline.next(registration.active, models);
    if (state.failure || state.kept == state.all) return state;
  }
}"""


class Host:
    """A server of its own copy of the site.

    Attributes:
        asked: the files sent so far, in full.
        loads: how often the page itself was asked for.
    """

    def __init__(self, folder: Path, **options):
        self.folder = copy_site(folder)
        self.asked: list[str] = []
        self.loads = 0
        self.on = True
        host = self

        class Handler(serve.Handler):
            def do_GET(self) -> None:
                if host.on:
                    return super().do_GET()
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            do_HEAD = do_GET

            def log_request(self, code="-", size="-") -> None:
                name = self.path.split("?")[0].removeprefix(self.server.base) or "index.html"
                host.loads += name == "index.html"
                if code == 200:
                    host.asked.append(name)

        self.server = serve.make_server(self.folder, **options)
        self.server.RequestHandlerClass = Handler
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://localhost:{self.server.server_port}{self.server.base}"

    def stop(self) -> None:
        """As if the network was off: open connections end, new ones are refused."""
        if self.on:
            self.on = False
            self.server.shutdown()
            self.server.server_close()

    def change(self, name: str, old: str, new: str) -> None:
        """Another content of a file, which the lists know nothing of."""
        text = (self.folder / name).read_text()
        assert old in text
        (self.folder / name).unlink()  # it may be a link
        (self.folder / name).write_text(text.replace(old, new))

    def publish(self) -> None:
        """A new version of the site, whole."""
        self.change("index.html", OLD, NEW)
        write_lists(ROOT, self.folder)
        self.asked.clear()


@pytest.fixture
def start_host(tmp_path):
    """Serves a copy of the site: `start_host(plain=True)`."""
    hosts = []

    def start_host(**options) -> Host:
        hosts.append(Host(tmp_path / f"host-{len(hosts)}", **options))
        return hosts[-1]

    yield start_host
    for host in hosts:
        host.stop()


@pytest.fixture
def visit(open_app, watched):
    """Opens a page that may have a service worker; `visit(host, beside=app)` in the same browser
    profile."""

    def visit(host: Host, beside: App | None = None) -> App:
        if beside:
            return watched(App(beside.page.context, host.address))
        return open_app(address=host.address, service_workers="allow")

    return visit


def keep_all(app: App) -> None:
    """Have the whole site kept now, instead of when the page has time for it."""
    state = app.until_up().page.evaluate(KEEP_ALL, [])
    assert state["kept"] == state["all"] > 100, state


def is_offline(app: App) -> None:
    expect(app.locate("#offline-state")).to_have_text(READY, timeout=KEPT_WITHIN)


def subtitle(app: App):
    return app.locate(".brand p")


UPDATED = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration.update();
  const worker = registration.installing;
  if (worker) await new Promise((resolve) => {
    worker.onstatechange = () => worker.state != "installing" && resolve();
  });
  return registration.waiting.state;
}"""


def covers_nothing(app: App) -> None:
    """The notice of a newer version is above the footer, over no control of any view."""
    for width in (360, 1280):
        app.page.set_viewport_size({"width": width, "height": 740})
        for view in app.views():
            app.show(view)
            assert covered(app, "#update") == [], (width, view)
        notice, footer = (app.locate(name).bounding_box() for name in ("#update", "footer"))
        assert notice["y"] + notice["height"] <= footer["y"]
    assert violations(app) == []


MEMORY = """async (content) => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  const [key] = (await cache.keys()).filter(({ url }) => url.includes("pyodide/memory-"));
  if (content !== null) await cache.put(key, new Response(content));
  return key.url;
}"""
ANEW = "Python starts anew"
FORGET_OPENFACE = """async () => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  for (const key of await cache.keys())
    if (key.url.includes("openface")) await cache.delete(key);
}"""


def test_journey_second_visit_offline(start_host, visit):
    host = start_host()
    app = visit(host).until_ready()
    is_offline(app)
    keep_all(app)
    assert "vendor/pyodide/memory-" in app.page.evaluate(MEMORY, None)
    app.page.evaluate(FORGET_OPENFACE)
    host.stop()
    told = []
    app.page.context.on("console", lambda message: told.append(message.text))
    second = visit(host, beside=app).until_ready()
    assert second.page.evaluate("crossOriginIsolated")
    is_offline(second)
    identify_somebody(second)
    assert second.stored() == ["Ada"]
    assert not [text for text in told if ANEW in text]

    # a net that was never fetched says so
    second.show("settings")
    second.locate("#setting-recognizer").select_option("openface")
    fault = second.locate("#setting-recognizer-error")
    expect(fault).to_contain_text("check the connection")
    expect(second.locate("#setting-recognizer")).to_have_value("sface")
    second.locate("#setting-recognizer").select_option("dlib_resnet")  # which is kept
    expect(second.locate("#settings-state")).to_contain_text("1 setting differs")

    # Python starts anew where its snapshot is damaged
    second.page.evaluate(MEMORY, "damaged")
    second.page.reload()
    second.until_ready()
    assert [text for text in told if ANEW in text]


def test_offline_under_a_path_of_a_host_without_headers(start_host, visit):
    """The service worker isolates the page, after one more load; threads work."""
    host = start_host(plain=True, base="/some/path/")
    app = visit(host)
    app.page.wait_for_function("crossOriginIsolated", timeout=READY_WITHIN)
    assert app.page.evaluate(NAVIGATION) == "reload"
    app.until_ready()
    assert app.page.evaluate("navigator.serviceWorker.controller.scriptURL").endswith(
        "/some/path/sw.js"
    )
    expect(app.locate("#engine-info")).not_to_contain_text("1 thread")
    assert host.loads == 2
    is_offline(app)
    host.stop()
    second = visit(host, beside=app).until_ready()
    assert second.page.evaluate("crossOriginIsolated")
    identify_somebody(second)


def test_offline_nobody_who_does_something_is_interrupted(start_host, open_app):
    """On a host without headers the page is not loaded again once somebody has touched it."""
    host = start_host(plain=True)
    app = open_app(address="about:blank", service_workers="allow")
    app.page.add_init_script("setInterval(() => dispatchEvent(new KeyboardEvent('keydown')), 1)")
    app.page.goto(host.address)
    keep_all(app)
    assert app.page.evaluate(NAVIGATION) == "navigate"
    assert not app.page.evaluate("crossOriginIsolated")
    app.page.reload()  # the next visit has threads
    assert app.page.evaluate("crossOriginIsolated")


def test_journey_offline_update_is_offered(start_host, visit):
    host = start_host()
    app = visit(host)
    keep_all(app)
    other = visit(host, beside=app).until_up()
    other.page.evaluate("window.untouched = true")

    host.publish()
    app.page.reload()
    notice = app.locate("#update")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("A new version of Faceside is ready.")
    expect(subtitle(app)).to_have_text(OLD)  # it is not forced on anybody
    assert set(host.asked) == CHANGED | {"sw.js"}  # nothing else is fetched again
    covers_nothing(app)
    notice.get_by_role("button", name="Later").click()
    expect(notice).to_be_hidden()
    host.change("index.html", NEW, NEWER)  # another version, on the same visit
    write_lists(ROOT, host.folder)
    app.page.evaluate(UPDATED)
    expect(notice).to_be_hidden()
    expect(subtitle(app)).to_have_text(OLD)

    app.page.reload()
    notice.get_by_role("button", name="Update now").click()
    expect(subtitle(app)).to_have_text(NEWER)
    app.until_up()
    expect(notice).to_be_hidden()

    elsewhere = other.locate("#update")
    expect(elsewhere).to_contain_text("updated in another tab")
    expect(subtitle(other)).to_have_text(OLD)
    assert other.page.evaluate("untouched")
    elsewhere.get_by_role("button", name="Load again").click()
    expect(subtitle(other)).to_have_text(NEWER)

    keys = app.page.evaluate(KEPT)
    assert len(keys) == len({key.split("?")[0] for key in keys})  # the old ones are gone
    host.stop()
    third = visit(host, beside=app).until_ready()
    expect(subtitle(third)).to_have_text(NEWER)


def test_offline_an_update_that_is_not_whole_leaves_the_old_version(start_host, visit):
    host = start_host()
    app = visit(host)
    keep_all(app)
    host.publish()
    sizes = host.folder / "sizes.json"
    content = sizes.read_bytes()
    sizes.unlink()
    app.page.reload()
    gone = app.page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          await registration.update().catch(() => {});
          const worker = registration.installing;
          if (worker) await new Promise((resolve) => worker.onstatechange = resolve);
          return worker ? worker.state : "redundant";
        }"""
    )
    assert gone == "redundant"
    app.until_up()
    expect(app.locate("#update")).to_be_hidden()
    host.on = False
    expect(subtitle(visit(host, beside=app).until_ready())).to_have_text(OLD)

    host.on = True
    sizes.write_bytes(content)
    app.page.reload()
    app.locate("#update-now").click()
    expect(subtitle(app)).to_have_text(NEW)


def test_offline_a_file_of_another_version_is_not_kept(start_host, visit):
    host = start_host()
    host.change("app/page/css/people.css", "/* People", "/* Other people")
    app = visit(host).until_up()
    state = app.page.evaluate(KEEP_ALL, [])
    assert state["failure"] == "app/page/css/people.css: it is of another version"
    assert not state["ready"]
    keys = app.page.evaluate(KEPT)
    assert keys and not any("people.css" in key for key in keys)
    app.page.reload()  # a version that is not whole is not used: this comes from the server
    text = app.page.evaluate("fetch('app/page/css/people.css').then((answer) => answer.text())")
    assert "Other people" in text
    app.until_ready()
    expect(app.locate("#offline-state")).to_have_text("Needs a network to start.")


def test_offline_where_there_is_no_room_the_page_says_so_and_tries_again(start_host, visit):
    host = start_host()
    app = visit(host)
    devtools = app.page.context.new_cdp_session(app.page)

    def allow(size: int) -> None:
        origin = host.address.rstrip("/")
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size})

    allow(15_000_000)
    app.until_ready()
    expect(app.locate("#offline-state")).to_have_text(FULL, timeout=KEPT_WITHIN)
    assert max(host.asked.count(name) for name in set(host.asked)) <= 2  # not fetched over again
    identify_somebody(app)
    app.show("privacy")
    expect(app.locate("#storage-offline")).to_have_text(FULL)
    allow(1_000_000_000)
    app.page.evaluate("dispatchEvent(new Event('online'))")
    is_offline(app)


def test_offline_a_cache_that_cannot_be_opened_leaves_the_page_at_work(start_host, visit):
    host = start_host(plain=True)
    host.change("sw.js", "const FILES =", NO_CACHE)
    app = visit(host)
    # loaded once more, under the service worker, which gives threads all the same
    app.page.wait_for_function("crossOriginIsolated", timeout=READY_WITHIN)
    app.until_ready()
    expect(app.locate("#offline-state")).to_have_text(FULL, timeout=KEPT_WITHIN)


def test_offline_the_page_can_be_installed_and_the_service_worker_withdrawn(start_host, visit):
    """Withdrawn by the lines that docs/deploy.md gives."""
    host = start_host(base="/some/path/")
    app = visit(host)
    keep_all(app)
    devtools = app.page.context.new_cdp_session(app.page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["url"] == f"{app.address}faceside.webmanifest"
    assert manifest["errors"] == []
    faults = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {fault["errorId"] for fault in faults} <= {"in-incognito"}  # as all tests are

    button = app.locate("#install")
    expect(button).to_be_hidden()
    app.page.evaluate(
        """() => {
          const event = new Event("beforeinstallprompt", { cancelable: true });
          event.prompt = async () => { window.asked = true; };
          dispatchEvent(event);
        }"""
    )
    button.click()
    expect(button).to_be_hidden()
    assert app.page.evaluate("asked")

    text = (ROOT / "docs" / "deploy.md").read_text()
    (host.folder / "sw.js").unlink()
    (host.folder / "sw.js").write_text(text.split("```js\n")[1].split("```")[0])
    app.page.reload()
    app.page.wait_for_function(
        """async () => !navigator.serviceWorker.controller
             && (await caches.keys()).length == 0""",
        timeout=READY_WITHIN,
    )


@pytest.fixture
def framing(tmp_path):
    """Serves a page that frames another: `framing(address)` gives its own, of another origin."""
    folder = tmp_path / "framing"
    folder.mkdir()
    with serving(folder, plain=True) as address:
        origin = address.replace("localhost", "127.0.0.1").rstrip("/")

        def framing(inner: str | None = None) -> str:
            if inner:
                frame = f'<iframe src="{inner}" allow="camera" width=1000 height=800></iframe>'
                (folder / "index.html").write_text(f"<title>Frame</title>{frame}")
            return origin

        yield framing


def test_a_page_of_another_origin_cannot_frame_the_site(open_app, address, framing):
    app = open_app(address=framing(address))
    assert len(app.page.frames) == 2
    expect(app.page.frame_locator("iframe").locator(".brand")).to_have_count(0)
    app.page.wait_for_timeout(1000)
    expect(app.page.frame_locator("iframe").locator(".brand")).to_have_count(0)
    app.forgive("frame-ancestors")


def test_a_page_of_another_origin_frames_the_site_where_that_is_allowed(
    open_app, start_host, framing
):
    host = start_host(frame_ancestors=(framing(),))
    origin = framing(host.address)
    app = open_app(origin, service_workers="allow", toured=False, permissions=["camera"])
    frame = app.page.frame_locator("iframe")
    expect(frame.locator("#engine-info")).to_contain_text("Ready", timeout=READY_WITHIN)
    expect(frame.locator("#tour")).to_be_hidden()  # the page around it has a say of its own
    frame.locator("#camera-start").click()
    expect(frame.locator("#live")).to_have_attribute("data-camera", "on")
    expect(frame.locator("#live")).not_to_have_attribute("data-frames", "0")

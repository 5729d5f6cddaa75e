"""One server and one browser for all tests, and one loaded page for as many of them as possible."""

import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from driver import SCREEN, App
from pictures import ROOT, SAMPLES, Clip
from playwright.sync_api import expect, sync_playwright

from serve import make_server
from tools.chromium import find_browser

FLAGS = (
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
PATIENCE = 30_000  # ms


@pytest.fixture(scope="session")
def playwright():
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch(playwright):
    """Starts a browser: `launch(flag, …)`; with `profile=` a context that keeps its files there."""
    started = []

    def launch(*flags: str, profile: Path | None = None):
        flags = [*FLAGS, *flags]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # which Chromium does not have for root
        kind = playwright.chromium
        settings = {"executable_path": find_browser(), "args": flags}
        if profile:
            started.append(kind.launch_persistent_context(profile, viewport=SCREEN, **settings))
        else:
            started.append(kind.launch(**settings))
        return started[-1]

    yield launch
    for browser in started:
        browser.close()


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """The file that the fake camera plays."""
    path = tmp_path_factory.mktemp("camera") / "clip.mjpeg"
    Clip.write(path)
    return path


@pytest.fixture(scope="session")
def camera(clip) -> tuple[str, str]:
    """Flags of a browser with a camera that plays the clip."""
    return "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}"


@pytest.fixture(scope="session")
def browser(launch, camera):
    """The browser of nearly all tests."""
    return launch(*camera)


def copy_site(target: Path) -> Path:
    """A copy of the site, by links; to change a file, remove it first."""
    assert (ROOT / "site" / "sizes.json").exists(), "There is no site: run `make site`."

    def link(source, copy):
        try:
            os.link(source, copy)
        except OSError:
            shutil.copy2(source, copy)

    shutil.copytree(ROOT / "site", target, copy_function=link)
    return target


@contextmanager
def serving(folder: Path, **options):
    """A server of a folder; gives the address of its page."""
    server = make_server(folder, **options)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}{server.base}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The site, with the sample photos in pictures/ for the tests that fetch one."""
    folder = copy_site(tmp_path_factory.mktemp("served") / "site")
    (folder / "pictures").mkdir()
    for file in SAMPLES.glob("sample?.jpg"):
        shutil.copy2(file, folder / "pictures")
    return folder


@pytest.fixture(scope="session")
def address(site):
    """Where the site is served."""
    with serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def shared_app(browser, address):
    """The page that most tests share; they take it as `app`."""
    context = browser.new_context(viewport=SCREEN, permissions=["camera"])
    yield App(context, address).until_ready()
    context.close()


@pytest.fixture
def app(shared_app, watched):
    """The shared page: nobody enrolled, no photos, the camera off."""
    shared_app.reset()
    return watched(shared_app)


@pytest.fixture
def open_app(browser, address, contexts, watched):
    """Opens a page of its own: `open_app()`; `address=` and options of the context as wanted.

    It has no service worker, which would keep a copy of the whole site for each, unless
    `service_workers="allow"`; `toured=False` is a first visit, with the tour.
    """

    def open_app(
        address=address, browser=browser, service_workers="block", toured=True, **options
    ) -> App:
        contexts.append(
            browser.new_context(viewport=SCREEN, service_workers=service_workers, **options)
        )
        return watched(App(contexts[-1], address, toured))

    return open_app


@pytest.fixture
def contexts():
    """Those to close after the test."""
    contexts = []
    yield contexts
    for context in contexts:
        context.close()


@pytest.fixture
def watched(request, contexts, tmp_path):
    """Takes an App; after the test, an error it did not expect fails the test."""
    apps = []

    def watch(app: App) -> App:
        apps.append(app)
        return app

    yield watch
    report = getattr(request.node, "call_report", None)
    for number, app in enumerate(apps):
        if report is not None and report.failed:
            path = tmp_path / f"page-{number}.png"
            app.page.screenshot(path=path)
            report.sections.append(("page", f"screenshot: {path}\nproblems: {app.problems}"))
    problems = [problem for app in apps for problem in app.problems]
    assert not problems, f"the page reported errors: {problems}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        item.call_report = report
    return report

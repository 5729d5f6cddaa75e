"""face-api.js 0.22.2 itself, in a page of headless Chromium, for the scripts that write goldens.

It runs on its own TensorFlow.js (CPU backend) and on the weights of npm @vladmandic/face-api, whose
manifests name one file a model. npm brings it into a temporary folder; it is no part of the
project.
"""

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.golden.inputs import NODE_MODULES
from tools.chromium import find_browser

PACKAGE = "face-api.js@0.22.2"
WEIGHTS = "@vladmandic/face-api"
ADDRESS = "http://golden.test/"
QUIET = [
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
ORIGIN = (
    "{package} (its own TensorFlow.js, CPU backend) with the weights of {weights}@1.7.15 "
    "in headless Chromium {chromium} without a GPU; {date}; {command}"
)


@contextmanager
def face_api_page():
    """Gives a page with ``faceapi`` and the browser's version; ``demo/`` and ``model/`` of the
    weights' package are at the same address."""
    folder = NODE_MODULES / WEIGHTS

    def answer(route):
        name = route.request.url.removeprefix(ADDRESS)
        if name:
            return route.fulfill(path=folder / name)
        return route.fulfill(body="<!doctype html><title>golden</title>", content_type="text/html")

    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        command = ["npm", "install", "--ignore-scripts", "--no-save", "--prefix", temporary]
        subprocess.run([*command, PACKAGE], check=True)
        browser = playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
        page = browser.new_page()
        page.set_default_timeout(0)
        page.route("**/*", answer)
        page.goto(ADDRESS)
        script = Path(temporary) / "node_modules" / "face-api.js" / "dist" / "face-api.js"
        page.add_script_tag(path=script)
        page.evaluate('faceapi.tf.setBackend("cpu")')
        yield page, browser.version
        browser.close()

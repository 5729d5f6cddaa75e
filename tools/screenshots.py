"""Takes pictures of every view into a folder: `python -m tools.screenshots [build/screenshots]`.

At 1280 and 360 pixels, light and dark, with people enrolled from the sample photos of
@vladmandic/face-api and the test picture of a fake camera. `docs/screenshot.png` is the
photo view, wide and light.
"""

import os
import sys
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import serve
from tools.chromium import find_browser
from tools.venv import ROOT

SAMPLES = ROOT / "node_modules/@vladmandic/face-api/demo"
NAMES = ("Ada", "Bea", "Cleo")
FLAGS = (
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --use-fake-ui-for-media-stream --use-fake-device-for-media-stream"
).split()


def prepare(page: Page, address: str) -> None:
    """Load the page, show two photos and give three people names."""
    page.add_init_script("localStorage.setItem('faceside-tour', 'seen')")
    page.goto(f"{address}#photos")
    page.evaluate("faceside.ready")
    page.set_input_files("#photo-input", [SAMPLES / "sample6.jpg", SAMPLES / "sample1.jpg"])
    page.wait_for_selector(".photo-card[data-state=done] >> nth=1")
    for name in NAMES:
        page.click(".photo-card >> nth=0 >> button:visible:has-text('Add this person')")
        page.fill("dialog[open] input", name)
        page.press("dialog[open] input", "Enter")
        page.wait_for_selector(f".photo-card >> nth=0 >> text={name}")
    page.evaluate("document.querySelectorAll('#messages button').forEach(b => b.click())")


def take(page: Page, folder: Path, kind: str) -> None:
    """Photograph every view that the navigation names, the live one with the camera on."""
    views = page.eval_on_selector_all("nav [data-view]", "links => links.map(l => l.dataset.view)")
    for view in views[1:] + views[:1]:
        page.click(f"nav [data-view={view}]")
        page.wait_for_timeout(500)  # for what a view computes when it is shown
        if view == "live":
            page.click("#camera-start")
            page.wait_for_function("+document.querySelector('#live').dataset.frames > 2")
        page.screenshot(path=folder / f"{view}-{kind}.png", full_page=True)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    server = serve.make_server(ROOT / "site")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://localhost:{server.server_port}/"
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        for width in (1280, 360):
            for scheme in ("light", "dark"):
                viewport = {"width": width, "height": 800}
                context = browser.new_context(viewport=viewport, color_scheme=scheme)
                page = context.new_page()
                prepare(page, address)
                take(page, folder, f"{width}-{scheme}")
                context.close()
        browser.close()
    print(f"Screenshots: {folder}")


if __name__ == "__main__":
    main()

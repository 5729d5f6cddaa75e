"""Takes pictures of the page in use: `python -m tools.screenshots [FOLDER] [--scene live]`.

Every view, empty and filled, and the dialogs, at 1280 and 360 pixels, light and dark. What camera,
photos and film show is made of the sample photos of @vladmandic/face-api, as in the tests.
`--docs` makes docs/screenshot.png of live-1280-light.png.
"""

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Page, sync_playwright

import serve
from tools.chromium import find_browser
from tools.venv import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from films import write_webm  # noqa: E402
from pictures import Clip, encode, open_sample, sample  # noqa: E402

FLAGS = (
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --use-fake-ui-for-media-stream --use-fake-device-for-media-stream"
).split()
WIDTHS = {1280: 900, 360: 740}
SCHEMES = ("light", "dark")
NAMES = ("Ada Lovelace", "Grace Hopper", "Mary Jackson")
SHRUNK = 1080  # pixels, the width of the picture in docs/
WORK_WITHIN = 120_000  # ms
# The fake camera is called by the path of its file, and a first visit begins with a tour.
BEFORE = """
Object.defineProperty(MediaDeviceInfo.prototype, "label", { get: () => "Webcam" });
try { localStorage.setItem("faceside-tour", "seen"); } catch {}
"""


class Shots:
    """Photographs one page, in every scheme of colours, as `NAME-WIDTH-SCHEME.png`."""

    def __init__(self, page: Page, folder: Path, width: int):
        self.page, self.folder, self.width = page, folder, width

    def take(self, name: str, whole: bool = True) -> None:
        """Take the pictures; `whole` also of what lies below the window's lower edge."""
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            self.page.wait_for_timeout(1200)  # charts are drawn anew twice a second
            path = self.folder / f"{name}-{self.width}-{scheme}.png"
            self.page.screenshot(path=path, full_page=whole)
        self.page.emulate_media(color_scheme="light")

    def show(self, view: str) -> None:
        self.page.click(f"nav [data-view={view}]")
        self.page.wait_for_selector(f"section#{view}:visible")
        self.page.evaluate("document.querySelectorAll('#messages .icon').forEach(b => b.click())")


def empty_views(shots: Shots) -> None:
    for view in ("live", "photos", "people", "expressions", "compare", "settings"):
        shots.show(view)
        shots.take(f"{view}-empty")


def photos(shots: Shots) -> None:
    page = shots.page
    shots.show("photos")
    page.set_input_files("#photo-input", [sample(number) for number in (6, 1, 2, 4)])
    page.wait_for_selector(".photo-card[data-state=done] >> nth=3", timeout=WORK_WITHIN)
    page.wait_for_selector("#groups:visible", timeout=WORK_WITHIN)
    shots.take("photos-unnamed")
    for number, name in enumerate(NAMES):
        page.click(".photo-card >> nth=0 >> button:visible:has-text('Add this person')")
        page.fill("dialog#enroll input", name)
        if not number:
            shots.take("dialog-enroll", whole=False)
        page.press("dialog#enroll input", "Enter")
        page.wait_for_selector(f".photo-card >> nth=0 >> text={name}")
    shots.take("photos-message", whole=False)
    shots.show("photos")
    shots.take("photos-named")
    page.set_input_files(
        "#photo-input", [{"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}]
    )
    page.wait_for_selector("#photos-failures:visible", timeout=WORK_WITHIN)
    shots.take("photos-failure")
    page.click("#photos-clear")


def film() -> bytes:
    """Who of the clip is alone first, then both, then the other one."""
    width, height = Clip.size
    both = Clip.still()
    left, right = both.copy(), both.copy()
    left.paste((40, 60, 60), (width // 2 - 15, 0, width, height))
    right.paste((40, 60, 60), (0, 0, width // 2 + 15, height))
    return write_webm([left] * 12 + [both] * 12 + [right] * 12, 0.25)


def video(shots: Shots) -> None:
    page = shots.page
    shots.show("photos")
    file = {"name": "garden party.webm", "mimeType": "video/webm", "buffer": film()}
    page.set_input_files("#photo-input", [file])
    page.click(".video-card >> text=Look through the video")
    page.wait_for_selector(".video-card[data-state=done]", timeout=WORK_WITHIN)
    shots.take("photos-video")
    page.click(".video-card [aria-label^=Remove]")


def portrait() -> dict:
    """A file with one person of sample 6, mirrored: another picture of the same."""
    image = ImageOps.mirror(open_sample(6).crop((150, 350, 600, 900)))
    return {"name": "portrait.jpg", "mimeType": "image/jpeg", "buffer": encode(image, quality=70)}


def people(shots: Shots) -> None:
    page = shots.page
    shots.show("people")
    page.wait_for_selector(".person-card >> nth=2")
    shots.take("people")
    page.click("#people-new")
    shots.take("dialog-new-person", whole=False)
    page.keyboard.press("Escape")
    page.click(f".person-card a:has-text('{NAMES[0]}')")
    page.wait_for_selector("#person-photos img")
    page.set_input_files("#person-input", portrait())
    page.wait_for_selector("#person-photos img >> nth=1", timeout=WORK_WITHIN)
    shots.take("person")
    page.click("#person-rename")
    shots.take("dialog-rename", whole=False)
    page.keyboard.press("Escape")
    page.click("#person-take")
    page.wait_for_timeout(3000)
    shots.take("dialog-take", whole=False)
    page.keyboard.press("Escape")


def compare(shots: Shots) -> None:
    page = shots.page
    shots.show("compare")
    page.set_input_files("#compare-first-input", portrait())
    page.set_input_files("#compare-second-input", sample(6))
    for side in ("first", "second"):
        page.wait_for_selector(f"#compare-{side}[data-state=done]", timeout=WORK_WITHIN)
    page.wait_for_selector("#compare-result[data-verdict]", timeout=WORK_WITHIN)
    shots.take("compare")


def wait_for_frames(page: Page, count: int) -> None:
    goal = count + int(page.get_attribute("#live", "data-frames"))
    page.wait_for_function(
        f"+document.getElementById('live').dataset.frames >= {goal}", timeout=WORK_WITHIN
    )


def live(shots: Shots) -> None:
    page = shots.page
    shots.show("live")
    page.click("#camera-start")
    page.wait_for_selector("#seen-list li >> nth=1", timeout=WORK_WITHIN)
    wait_for_frames(page, 10)
    shots.take("live", whole=False)
    shots.take("live-whole")
    page.click("#stage-more")
    shots.take("live-more", whole=False)
    page.keyboard.press("Escape")
    for layer in ("shownLandmarks", "expressions", "ageAndGender"):
        page.click(f"[data-layer={layer}]")
        page.wait_for_selector(f"[data-setting={layer}][data-value=True]", state="attached")
    page.click("#speed summary")
    wait_for_frames(page, 30)
    shots.take("live-layers")
    for layer in ("shownLandmarks", "expressions", "ageAndGender"):
        page.click(f"[data-layer={layer}]")
        page.wait_for_selector(f"[data-setting={layer}][data-value=False]", state="attached")
    page.click("#speed summary")
    page.click("#guided-open")
    shots.take("guided-name", whole=False)
    page.fill("#guided-name", "Katherine Johnson")
    page.press("#guided-name", "Enter")
    page.wait_for_selector("#guided-list [data-state=taken]", timeout=WORK_WITHIN)
    wait_for_frames(page, 3)
    shots.take("guided", whole=False)
    page.keyboard.press("Escape")


def expressions(shots: Shots) -> None:
    page = shots.page
    shots.show("expressions")
    page.wait_for_selector(".expression-card >> nth=1", timeout=WORK_WITHIN)
    page.wait_for_timeout(40_000)  # for a timeline
    shots.take("expressions")
    shots.show("live")
    page.click("#camera-stop")


def settings(shots: Shots) -> None:
    shots.show("settings")
    shots.page.wait_for_selector("#models:visible")
    shots.take("settings")


def tour(shots: Shots) -> None:
    shots.show("live")
    shots.page.click("#help")
    shots.take("tour", whole=False)
    shots.page.click("#tour-skip")


SCENES: tuple[Callable[[Shots], None], ...] = (
    empty_views,
    tour,
    photos,
    video,
    people,
    compare,
    live,
    expressions,
    settings,
)
NEEDED = {photos}  # by the scenes after it: it names the people


def photograph(shots: Shots, scenes: set[str], address: str) -> None:
    page = shots.page
    page.goto(f"{address}#live")
    page.wait_for_selector("html.scripted", timeout=WORK_WITHIN)
    shots.take("loading", whole=False)
    page.evaluate("faceside.ready")
    page.wait_for_selector("#loading", state="hidden")
    for scene in SCENES:
        if not scenes or scene.__name__ in scenes or scene in NEEDED:
            scene(shots)


def shrink(source: Path, target: Path) -> None:
    """Save a picture smaller and in 256 colours: the most frequent ones, which are the page's own,
    as they are, and others near to those of the photos in it."""
    image = Image.open(source).convert("RGB")
    size = SHRUNK, round(image.height * SHRUNK / image.width)
    image = image.resize(size, Image.Resampling.LANCZOS)
    counts = sorted(image.getcolors(image.width * image.height), reverse=True)
    own = [value for _, colour in counts[:32] for value in colour]
    photos = image.quantize(224, Image.Quantize.MEDIANCUT, kmeans=2).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette(own + photos)
    image.quantize(palette=palette).save(target, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build/screenshots")
    parser.add_argument("--scene", action="append", default=[], help="only these; may be repeated")
    parser.add_argument("--width", type=int, action="append", choices=WIDTHS)
    parser.add_argument("--docs", action="store_true", help="also make docs/screenshot.png")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    server = serve.make_server(ROOT / "site")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://localhost:{server.server_port}/"
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = Path(folder) / "camera.mjpeg"
        Clip.write(clip)
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=[*flags, f"--use-file-for-fake-video-capture={clip}"],
        )
        for width in options.width or WIDTHS:
            viewport = {"width": width, "height": WIDTHS[width]}
            context = browser.new_context(viewport=viewport, service_workers="block")
            context.add_init_script(BEFORE)
            shots = Shots(context.new_page(), options.folder, width)
            photograph(shots, set(options.scene), address)
            context.close()
        browser.close()
    if options.docs:
        shrink(options.folder / "live-1280-light.png", ROOT / "docs/screenshot.png")
    print(f"Screenshots: {options.folder}")


if __name__ == "__main__":
    main()

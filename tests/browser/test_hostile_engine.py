"""Hostile pictures, galleries, locked files, names and models given to the page and its engine:
each is taken, or answered by one coded error; no script runs, and the engine goes on.

In the suite some hundred are tried; `make soak` tries 10,000.
"""

import asyncio
import base64
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import numpy as np
import pytest
from driver import App, FacesideError
from hostile import (
    IMAGE_CODES,
    LENGTH,
    MARKUP,
    altered_models,
    bombs,
    compact_galleries,
    damaged,
    drawn,
    hostile_galleries,
    hostile_pictures,
    named_galleries,
    polyglots,
)
from pictures import FACES, find_faces, sample
from playwright.sync_api import expect
from test_bad_input import portrait

from faceside.locking.container import lock_bytes

PHOTO = 6
BATCH = 50
WORDS = "four plain words here"
MODEL = "landmarks68_tiny.onnx"  # which nothing but the option `landmarks` loads
GALLERY = {"gallery-unreadable"}
# Of 10,000: how many, by which function, and what a refusal may say.
# Few are locked: each passphrase takes half a second, by design.
WAYS = {
    "pictures": (3140, "describe", IMAGE_CODES),
    "galleries": (3000, "importGallery", GALLERY),
    "names": (2000, "importGallery", GALLERY),
    "compact": (800, "importGallery", GALLERY),
    "models": (1000, "describe", {"model-damaged"}),
    "locked": (60, "importGallery", {"container-damaged", "passphrase-wrong", *GALLERY}),
}
SHARE = 40  # the suite tries one in so many

WATCH = """
Object.assign(window, { refused: [] });
addEventListener("securitypolicyviolation", ({ effectiveDirective, sample, blockedURI }) =>
  refused.push([effectiveDirective, sample, blockedURI].join(" ")));
"""
# What came of each: its code, "" where it was taken.
FEED = """async ([name, inputs, options, patience]) => {
  const answers = [];
  for (const input of inputs) {
    const bytes = Uint8Array.from(atob(input), (character) => character.charCodeAt(0));
    const late = new Promise((_, no) => setTimeout(() => no({ code: "no-answer" }), patience));
    try {
      await Promise.race([faceside[name](new Blob([bytes]), options), late]);
      answers.push("");
    } catch ({ code }) { answers.push(code ?? "no-code"); }
  }
  return answers;
}"""
RAN = """() => {
  const found = [...(window.hostile ?? []), ...refused];
  for (const name in {}) found.push(`Object.prototype.${name}`);
  return found;
}"""
PATIENCE = 60_000  # ms


@pytest.fixture(scope="module")
def noting_app(browser, address):
    """A page that notes dialogs, new pages, crashes and, by WATCH, what the policy refused."""
    context = browser.new_context(service_workers="block")  # it would have the whole models
    app = App(context, "about:blank")
    app.deeds = []
    app.page.add_init_script(WATCH)
    app.page.on("dialog", lambda dialog: (app.deeds.append("dialog"), dialog.dismiss()))
    app.page.on("crash", lambda page: app.deeds.append("crash"))
    app.page.on("popup", lambda page: app.deeds.append("popup"))
    app.page.on("worker", lambda worker: worker.on("close", lambda _: app.deeds.append("closed")))
    app.page.goto(address)
    yield app.until_ready()
    context.close()


@pytest.fixture
def hostile(noting_app, watched):
    return watched(noting_app)


def inputs_of(way: str, count: int) -> list[bytes]:
    strategies = {
        "pictures": hostile_pictures,
        "galleries": hostile_galleries,
        "names": named_galleries,
        "compact": lambda: damaged(lambda: compact_galleries(LENGTH)),
        "models": lambda: altered_models(MODEL),
        "locked": lambda: damaged(locked_files),
    }
    return drawn(strategies[way](), count)


def locked_files() -> tuple[bytes, ...]:
    content = compact_galleries(LENGTH)[0]
    with ThreadPoolExecutor(1) as pool:
        return (pool.submit(asyncio.run, lock_bytes(content, WORDS)).result(),)


def feed(app: App, way: str, inputs: list[bytes]) -> Counter:
    """Give them to the page one after the other; what came of them."""
    _, name, codes = WAYS[way]
    options = {"passphrase": WORDS} if name == "importGallery" else {}
    found = Counter()
    for start in range(0, len(inputs), BATCH):
        batch = [base64.b64encode(data).decode() for data in inputs[start : start + BATCH]]
        answers = app.page.evaluate(FEED, [name, batch, options, PATIENCE])
        wrong = [
            (answer, inputs[start + i][:200])
            for i, answer in enumerate(answers)
            if answer and answer not in codes
        ]
        assert not wrong, (way, wrong)
        found.update(answers)
        if name == "importGallery":
            look_at_people(app)
        check_nothing_ran(app)
    return found


def look_at_people(app: App) -> None:
    """Every name stands there as text; then everybody is deleted."""
    kept = sorted(person["label"] for person in app.call("people"))
    app.show("people")
    expect(app.locate("#people-list h3")).to_have_count(min(100, len(kept)))
    assert len(kept) > 100 or sorted(app.labels()) == kept
    if kept:
        app.locate("#people-list .person-card a").first.click()
        expect(app.locate("#person-title")).to_be_visible()
        app.show("people")
    for label in kept:
        app.call("forget", label)


def feed_models(app: App, files: list[bytes]) -> Counter:
    """Serve each in place of the model, and ask for what needs it."""
    served = []

    def answer(route) -> None:
        served.append(route.request.url)
        route.fulfill(body=files[len(served) - 1])

    app.page.route(f"**/{MODEL}*", answer)
    photo = base64.b64encode(portrait(0)).decode()
    found = Counter()
    options = {"landmarks": MODEL.removesuffix(".onnx"), "descriptors": False}
    for _ in files:
        found.update(app.page.evaluate(FEED, ["describe", [photo], options, PATIENCE]))
    app.page.unroute(f"**/{MODEL}*")
    assert len(served) == len(files)
    assert app.page.evaluate(FEED, ["describe", [photo], options, PATIENCE]) == [""]
    return found


def check_nothing_ran(app: App) -> None:
    assert app.deeds == []
    assert app.page.evaluate(RAN) == []
    assert app.problems == []


def check_goes_on(app: App) -> None:
    """The faces of a photo are those of CPython."""
    here = find_faces(sample(PHOTO))
    there = app.call("describe", app.blob(sample(PHOTO)))
    assert len(there) == FACES[PHOTO]
    rows = np.array([face["descriptor"] for face in there])
    near = np.linalg.norm(here.descriptors[:, np.newaxis] - rows, axis=2).min(axis=1)
    assert near.max() < 0.02
    app.show("live")
    expect(app.locate("#camera-start")).to_be_visible()


def try_hostile(app: App, share: int) -> int:
    tried = 0
    for way, (of_all, _, codes) in WAYS.items():
        inputs = inputs_of(way, of_all // share)
        begun = time.monotonic()
        found = feed_models(app, inputs) if way == "models" else feed(app, way, inputs)
        assert set(found) <= {"", *codes}
        assert sum(found.values()) == len(inputs) == of_all // share
        print(f"{way}: {json.dumps(found)} in {time.monotonic() - begun:.0f} s", flush=True)
        tried += len(inputs)
        check_nothing_ran(app)
    check_goes_on(app)
    return tried


def test_hostile_inputs_are_taken_or_refused_by_a_code(hostile):
    assert try_hostile(hostile, SHARE) > 200


@pytest.mark.soak
def test_hostile_engine_soak(hostile):
    assert try_hostile(hostile, 1) == 10_000


def test_hostile_files_and_their_names_in_the_photos_view(hostile):
    app = hostile
    contents = cycle(zip((*bombs(), *polyglots()), cycle(("image/jpeg", "image/svg+xml"))))
    files = [
        {"name": name, "mimeType": kind, "buffer": content}
        for name, (content, kind) in zip(MARKUP, contents, strict=False)
    ]
    cards = app.choose(*files)
    for card in cards:
        if card.get_attribute("data-state") == "failed":
            assert card.get_attribute("data-code") in IMAGE_CODES
        expect(card.locator("h3")).to_have_js_property("childElementCount", 0)
    check_nothing_ran(app)
    check_goes_on(app)


def test_hostile_names_of_people_who_are_enrolled(hostile):
    app = hostile
    face = app.blob(portrait(0))
    for name in MARKUP:
        try:
            assert app.call("enroll", name, face)["samples"] == 1
        except FacesideError as error:
            assert error.code.startswith("label-")
    look_at_people(app)
    check_nothing_ran(app)

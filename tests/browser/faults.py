"""Work during which faults are injected, and what must hold afterwards."""

import base64
import json
import os
import random
import time
from collections import Counter
from statistics import median

import numpy as np
import pytest
from driver import App, FacesideError
from playwright.sync_api import expect
from test_people import photo, upload

SEED = int(os.environ.get("FAULT_SEED", "20261125"))
TIMES = int(os.environ.get("FAULT_TIMES", "20"))  # in the long runs
WITHIN = 10  # s until the page can be used again, where a later visit starts within QUIET s;
QUIET = 4  # a machine that does other things as well has as many times longer
AT_MOST = 180  # s to wait for anything
SETTLED = 10  # s
PHOTOS = 6
ADDED = 4  # photos to one person
IMPORTED = 300  # people of a gallery
UNCERTAIN = ("engine-interrupted", "engine-failed-twice")  # it may have been done or not

# Kept past Faceside: who, how many records are not whole, and how many are there twice.
KEPT = """async () => {
  const there = (await indexedDB.databases()).some(({ name }) => name == "faceside");
  if (!there) return { labels: [], half: 0, doubled: 0 };
  return new Promise((resolve, reject) => {
    const open = indexedDB.open("faceside");
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const all = open.result.transaction("samples").objectStore("samples").getAll();
      all.onerror = () => reject(all.error);
      all.onsuccess = () => {
        open.result.close();
        const whole = ({ label, recognizer, created, descriptor, photo }) =>
          typeof label == "string" && label && recognizer == "sface" && created > 0 &&
          descriptor instanceof Float32Array && descriptor.length == 128 &&
          descriptor.every(Number.isFinite) &&
          (photo == null || (photo instanceof Uint8Array && photo[0] == 0xff));
        const keys = all.result.map(({ label, descriptor }) => `${label}/${descriptor?.join()}`);
        resolve({
          labels: all.result.map(({ label }) => label).sort(),
          half: all.result.filter((record) => !whole(record)).length,
          doubled: keys.length - new Set(keys).size,
        });
      };
    };
  });
}"""
# Enrols one photo after another, each under a name of its own, and tells what the page says. What
# was not kept is tried once more.
ENROL = """async ([labels, photos]) => {
  for (const [number, label] of labels.entries()) {
    const content = Uint8Array.from(atob(photos[number % photos.length]), (c) => c.charCodeAt(0));
    const enrol = () =>
      faceside.enroll(label, new Blob([content])).then(() => "", ({ code }) => code);
    let code = await enrol();
    if (code && code != "engine-interrupted") code = await enrol();
    faultTold(label, code);
  }
}"""
# Imports a gallery, and again where that fails: who is here already is left out.
IMPORT = """async ([text, name]) => {
  const bring = () => faceside.importGallery(text).then(() => "", ({ code }) => code);
  faultTold(name, await bring() && await bring());
}"""
# Has what a visit needs kept on the device, so that the next one is a later visit.
KEEP = """async () => {
  const registration = await facesideOffline.register();
  await navigator.serviceWorker.ready;
  const models = ["yunet", "landmarks68", "sface"].map((name) => `models/${name}.onnx`);
  const sizes = await (await fetch("./sizes.json")).json();
  const memory = Object.keys(sizes).filter((name) => /memory-.*gz$/.test(name));
  while (true) {
    const state = await facesideOffline.next(registration.active, [...models, ...memory]);
    if (state.failure || state.ready) return state.failure;
  }
}"""
# Names the callback by which the page looks whether a worker is stuck, every 20 s.
WATCHED = """(() => {
  const real = window.setInterval;
  window.setInterval = (work, every, ...given) => {
    if (every == 20000) window.faultPing = work;
    return real(work, every, ...given);
  };
})()"""


def injections(short: int):
    """How often a fault is injected: in the suite, and in the long runs."""
    return pytest.mark.parametrize("times", [short, pytest.param(TIMES, marks=pytest.mark.soak)])


class Trial:
    """One page with work under way.

    Attributes:
        told: labels the page said were kept, with how many samples, since the fault has begun.
        before: labels that were kept before.
        codes: what it said of those it did not keep.
    """

    def __init__(self, context, address: str):
        self.context, self.address = context, address
        self.told: dict[str, int] = {}
        self.before: dict[str, int] = {}
        self.codes: dict[str, str] = {}
        self.seconds: list[float] = []
        self.random = random.Random(SEED)
        self.number = 0
        self._imports: dict[str, list[str]] = {}
        self._adding = None  # the page on which photos are added to a person
        context.expose_binding("faultTold", lambda source, label, code: self._tell(label, code))
        context.add_init_script(WATCHED)
        self.photos = [photo(number) for number in range(PHOTOS)]
        first = App(context, address)
        assert not first.until_up().page.evaluate(KEEP)
        first.page.close()
        self.start = self._open()  # s, of a later visit

    def open(self) -> App:
        """Open the page anew, as somebody does whose tab is gone."""
        self._open()
        return self.app

    def _open(self) -> float:
        began = time.perf_counter()
        self.app = App(self.context, self.address).until_ready()
        return time.perf_counter() - began

    def begin(self, name: str) -> None:
        """Begin with a fault of another name."""
        print(f"\n{name}: seed {SEED}")
        self.random = random.Random(f"{SEED} {name}")
        self.seconds.clear()
        self.codes.clear()
        self.told.clear()
        self.before = Counter(self.app.page.evaluate(KEPT)["labels"])

    def forget(self) -> None:
        """Expect nothing more of what was kept: it has been deleted."""
        self.told.clear()
        self.before.clear()
        self._adding = None

    def _tell(self, label: str, code: str) -> None:
        labels = self._imports.pop(label, [label])
        for name in labels:
            if code:
                self.codes[name] = code
            else:
                self.told[name] = self.told.get(name, 0) + 1

    def names(self, many: int) -> list[str]:
        """Names that nobody had before."""
        self.number += 1
        return [f"Person {self.number}-{place}" for place in range(many)]

    # The work

    def work(self, *kinds: str) -> None:
        """Begin one kind of work, of those given or of all, and go on until a random moment."""
        kind = self.random.choice(kinds or ("enrol", "import", "batch"))
        {"enrol": self._enrol, "import": self._import, "batch": self._batch}[kind]()
        self.app.page.wait_for_timeout(self.random.uniform(0, 1500))
        self.now()

    def now(self) -> None:
        """Count from here until the page can be used."""
        self.since = time.perf_counter()

    @property
    def origin(self) -> str:
        return self.address.rstrip("/")

    def unplug(self) -> None:
        """Take the camera away."""
        self.now()
        self.app.page.evaluate(
            """() => {
              const [track] = document.getElementById("video").srcObject.getTracks();
              track.stop();  // which, unlike a device that goes away, fires no event
              track.dispatchEvent(new Event("ended"));
            }"""
        )

    def _enrol(self) -> None:
        self._run(ENROL, [self.names(4), [base64.b64encode(p).decode() for p in self.photos]])

    def _import(self) -> None:
        name = f"import {self.number}"
        self._imports[name] = self.names(IMPORTED)
        self._run(IMPORT, [gallery(self._imports[name], self.number), name])

    def _batch(self) -> None:
        """Photos added to one person, on the person's page."""
        (label,) = self.names(1)
        self.app.page.evaluate("() => { location.hash = 'people' }")
        self.app.locate("#people-new").click()
        self.app.submit("new-person", label)
        self.app.locate("#person-input").set_input_files(
            [upload(f"{number}.jpg", content) for number, content in enumerate(self.photos[:ADDED])]
        )
        self._adding = self.app.page

    def _run(self, function: str, argument) -> None:
        self.app.page.evaluate(
            f"""(given) => {{
              window.faultWork = (window.faultWork ?? 0) + 1;
              ({function})(given).finally(() => faultWork--);
            }}""",
            argument,
        )

    # What must hold

    def until_usable(self) -> None:
        """Wait until one more person can be added, and note how long that took."""
        while True:
            (label,) = self.names(1)
            try:
                self.app.call("enroll", label, self.app.blob(self.photos[0]))
                break
            except FacesideError as error:
                self.codes[label] = error.code
                self.app.page.wait_for_timeout(100)
                assert time.perf_counter() - self.since < AT_MOST, error
        self.told[label] = 1
        self.seconds.append(time.perf_counter() - self.since)

    def finish(self) -> None:
        """Wait until the work has ended, and every photo added to a person is there or has a line
        that says why not."""
        page = self.app.page
        page.wait_for_function("() => !window.faultWork", timeout=1000 * AT_MOST)
        expect(self.app.locate("#people-importing")).to_be_hidden()
        if page is self._adding:
            rows = self.app.locate("#person-photos li, #person-additions li")
            expect(rows).to_have_count(ADDED, timeout=1000 * AT_MOST)
            self._adding = None

    def check(self) -> dict[str, int]:
        """See that everybody the page said was kept is there, whole, once, and shown; samples kept
        by label."""
        self.finish()
        kept, shown = self._kept_and_shown()
        labels = Counter(kept["labels"])
        expected = {**self.before, **self.told}
        others = {name: labels[name] for name in expected if labels[name] != expected[name]}
        refused = [n for n, code in self.codes.items() if n in labels and code not in UNCERTAIN]
        assert (others, kept["half"], kept["doubled"], refused) == ({}, 0, 0, [])
        assert shown == labels
        print(f"{len(self.seconds)}: {self.seconds[-1]:.1f} s, {len(self.told)} kept", flush=True)
        return labels

    def _kept_and_shown(self) -> tuple[dict, dict[str, int]]:
        """What is kept and how many samples of whom the page knows, once they are the same or
        SETTLED s have passed: photos may still be added to a person in between."""
        deadline = time.perf_counter() + SETTLED
        while True:
            kept = self.app.page.evaluate(KEPT)
            shown = {person["label"]: person["samples"] for person in self.app.call("people")}
            if shown == Counter(kept["labels"]) or time.perf_counter() > deadline:
                return kept, shown
            self.app.page.wait_for_timeout(200)

    def end(self) -> None:
        """Tell how soon the page could be used, and see that it was soon enough."""
        middle, most = median(self.seconds), max(self.seconds)
        print(
            f"{len(self.seconds)} times, {len(self.told)} samples: usable after "
            f"{middle:.1f} s, at most {most:.1f} s; a later visit starts in {self.start:.1f} s; "
            f"not kept: {dict(Counter(self.codes.values()))}"
        )
        if most > self._at_most():  # is the machine busier than it was?
            self.app.page.close()
            self.start = max(self.start, self._open())
        assert most < self._at_most()

    def _at_most(self) -> float:
        return WITHIN * max(1, self.start / QUIET)


def gallery(labels: list[str], seed: int) -> str:
    """A gallery of people without photos, in Faceside's own format."""
    rows = np.random.default_rng([SEED, seed]).standard_normal((len(labels), 128))
    people = [
        {
            "label": label,
            "samples": [{"recognizer": "sface", "created": 1.5e9, "descriptor": row.tolist()}],
        }
        for label, row in zip(labels, rows.astype(np.float32), strict=True)
    ]
    return json.dumps({"format": "faceside-gallery", "version": 1, "people": people})

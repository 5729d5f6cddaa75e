"""The IndexedDB store in a real browser: Pyodide in a bare page, a real database behind it."""

import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from serve import make_server

ROOT = Path(__file__).parents[2]
PYODIDE = ROOT / "site" / "vendor" / "pyodide"
PAGE = """<!doctype html><meta charset="utf-8"><title>IndexedDB</title>
<script type="module" src="start.js"></script>"""
START = """
import { loadPyodide } from "./pyodide/pyodide.mjs";
async function start() {
  globalThis.py = await loadPyodide();
  await py.loadPackage("numpy");
  py.unpackArchive(await (await fetch("faceside.zip")).arrayBuffer(), "zip");
  await py.runPythonAsync(await (await fetch("helpers.py")).text());
}
globalThis.ready = start();
"""
HELPERS = """
import gc
import random
import js
import numpy as np
from faceside.errors import FacesideError
from faceside.gallery import Contents, Gallery
from faceside.gallery_json import write_gallery
from faceside.samples import Sample
from faceside.stores import indexeddb_database
from faceside.stores.indexeddb import IndexedDBStore
from faceside.stores.indexeddb_records import to_records

def numbers(seed, count):  # the numpy of a page has no random numbers
    drawn = np.frombuffer(random.Random(seed).randbytes(4 * count), np.uint32)
    return (drawn / 2.0**31 - 1).astype(np.float32)

def sample(label, seed, photo=b"photo"):
    return Sample(label, numbers(seed, 128), "sface", photo, 1000.5 + seed)

def kept(samples):
    return [
        [s.label, s.descriptor.tobytes().hex(), s.recognizer, s.photo and s.photo.hex(), s.created]
        for s in samples
    ]

async def code_of(work):
    try:
        await work
    except FacesideError as error:
        return error.code
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(PYODIDE, site / "pyodide")
    (site / "index.html").write_text(PAGE, encoding="utf-8")
    (site / "start.js").write_text(START, encoding="utf-8")
    (site / "helpers.py").write_text(HELPERS, encoding="utf-8")
    with zipfile.ZipFile(site / "faceside.zip", "w") as archive:
        package = ROOT / "app" / "faceside"
        for file in package.rglob("*.py"):
            # The package's own __init__ loads pictures and nets, which have no part in this.
            if file != package / "__init__.py":
                archive.write(file, Path("faceside") / file.relative_to(package))
        for file in package.rglob("*.js"):
            archive.write(file, Path("faceside") / file.relative_to(package))
    server = make_server(site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def context(browser):
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture(scope="module")
def page(context, server):
    return open_page(context, server)


def open_page(context, server):
    page = context.new_page()
    page.goto(f"http://localhost:{server.server_port}/")
    page.evaluate("ready.then(() => null)")
    return page


def python(page, code: str):
    """Run Python in the page and return the value of its last expression."""
    return page.evaluate(
        """async code => {
          const value = await py.runPythonAsync(code);
          const plain = value?.toJs ? value.toJs() : value;
          value?.destroy?.();
          return plain;
        }""",
        code,
    )


def test_samples_are_the_same_bit_for_bit_after_a_reload(browser, server):
    context = browser.new_context()
    page = open_page(context, server)
    before = python(
        page,
        """
first = sample("Ada <b>", 1, bytes(range(256)))
tiny = np.zeros(128, np.float32); tiny[:3] = [-0.0, 1e-42, 3.4028235e-38]
second = Sample("Zoë 🦊", tiny, "dlib_resnet", None, 7.25)
store = IndexedDBStore()
ids = await store.add([first, second])
[ids, kept([first, second])]""",
    )
    page.reload()
    page.evaluate("ready.then(() => null)")
    after = python(
        page,
        """
samples = await IndexedDBStore().all()
[[s.id for s in samples], kept(samples)]""",
    )
    assert after == before
    assert before[0] == [1, 2]
    context.close()


def test_rename_remove_clear_and_replace(page):
    answers = python(
        page,
        """
store = IndexedDBStore("changes")
await store.add([sample("Ada", 1), sample("Grace", 2), sample("Ada", 3, None)])
renamed = await store.rename("Ada", "Ada L."), await store.rename("Nobody", "Somebody")
names = [s.label for s in await store.all()]
removed = await store.remove("Ada L."), await store.remove("Ada L.")
left = [s.label for s in await store.all()]
await store.add([sample("Only", 4)], replace=True)
only = [s.label for s in await store.all()]
await store.clear()
[renamed, names, removed, left, only, len(await store.all())]""",
    )
    assert answers == [[2, 0], ["Ada L.", "Grace", "Ada L."], [2, 0], ["Grace"], ["Only"], 0]


def test_a_transaction_that_fails_leaves_nothing(page):
    answers = python(
        page,
        """
store = IndexedDBStore("aborted")
await store.add([sample("Ada", 1)])
def half(work):
    work.clear()
    work.samples.add(to_records([sample("Grace", 2)])[0])
    raise RuntimeError("half way")
try:
    await store._run("readwrite", half)
    outcome = "no error"
except RuntimeError as error:
    outcome = str(error)
[outcome, kept(await store.all()) == kept([sample("Ada", 1)])]""",
    )
    assert answers == ["half way", True]


def test_a_change_that_fails_in_a_callback_is_undone(page):
    answers = python(
        page,
        """
store = IndexedDBStore("callback")
await store.add([sample("Ada", 1), sample("Ada", 2)])
def work(work):
    def fail(record):
        work.samples.delete(record.id)
        raise RuntimeError("half way")
    work.each(work.samples.getAll(), fail)
[await code_of(store._run("readwrite", work)), len(await store.all())]""",
    )
    assert answers == ["storage-blocked", 2]


def test_a_transaction_aborted_from_outside_is_no_success(page):
    page.evaluate(
        """() => {
          globalThis.realTransaction = IDBDatabase.prototype.transaction;
          globalThis.aborting = false;
          IDBDatabase.prototype.transaction = function (...given) {
            const transaction = realTransaction.apply(this, given);
            if (aborting) queueMicrotask(() => transaction.abort());
            return transaction;
          };
        }"""
    )
    answers = python(
        page,
        """
store = IndexedDBStore("outside")
[ada] = await store.add([sample("Ada", 1)])
js.aborting = True
codes = [
    await code_of(work)
    for work in (
        store.add([sample("Grace", 2)]),
        store.change([sample("Ada", 1).altered(id=ada)], {"Ada": "note"}),
        store.describe([sample("Ada", 1).altered(id=ada)]),
        store.rename("Ada", "Eve"),
        store.remove("Ada"),
        store.clear(),
    )
]
js.aborting = False
[codes, kept(await store.all()) == kept([sample("Ada", 1)])]""",
    )
    page.evaluate("() => void (IDBDatabase.prototype.transaction = realTransaction)")
    assert answers == [["storage-blocked"] * 6, True]


def test_calls_at_once_share_one_connection_which_is_opened_again_once_closed(page):
    answers = python(
        page,
        """
import asyncio
store = IndexedDBStore("shared")
await asyncio.gather(store.add([sample("Ada", 1)]), store.all(), store.notes())
store._database._database.close()
[len(await store.all()), len(await store.add([sample("Grace", 2)]))]""",
    )
    assert answers == [1, 1]
    page.evaluate(
        """() => new Promise((resolve, reject) => {
          const gone = indexedDB.deleteDatabase("shared");
          gone.onsuccess = resolve; gone.onblocked = reject; gone.onerror = reject; })"""
    )


def test_a_full_storage_keeps_what_was_there_and_nothing_of_the_new(browser, server):
    context = browser.new_context()
    page = open_page(context, server)
    devtools = context.new_cdp_session(page)
    origin = f"http://localhost:{server.server_port}"
    # Chromium remembers the room left for a while: the quota is set before the first look at it.
    quota = {"origin": origin, "quotaSize": 1_000_000}
    devtools.send("Storage.overrideQuotaForOrigin", quota)
    outcome = python(
        page,
        """
gallery = Gallery(IndexedDBStore())
await gallery.enroll("Ada", sample("Ada", 1).descriptor, "sface")
big = random.Random(0).randbytes(3_000_000)
code = await code_of(gallery.enroll_many([sample("Grace", 2), sample("Hedy", 3, big)]))
text = write_gallery([sample("Grace", 2), sample("Hedy", 3, big)])
replaced = await code_of(gallery.load_json(text, replace=True))
[code, replaced, [p.label for p in await gallery.people()], kept(await gallery.store.all())]""",
    )
    assert outcome[:3] == ["storage-full", "storage-full", ["Ada"]]
    page.reload()
    page.evaluate("ready.then(() => null)")
    assert python(page, "kept(await IndexedDBStore().all())") == outcome[3]
    assert [label for label, *_ in outcome[3]] == ["Ada"]
    context.close()


def test_damaged_records_are_left_out_and_counted(page):
    page.evaluate(
        """() => new Promise((resolve, reject) => {
          const open = indexedDB.open("damaged", 1);
          open.onupgradeneeded = () => open.result.createObjectStore("samples",
            {keyPath: "id", autoIncrement: true}).createIndex("label", "label");
          open.onsuccess = () => {
            const transaction = open.result.transaction("samples", "readwrite");
            const samples = transaction.objectStore("samples");
            const good = {label: "Ada", recognizer: "sface", created: 1, photo: null,
                          descriptor: new Float32Array(128).fill(0.5)};
            samples.add({...good, descriptor: new Float32Array(127)});
            samples.add({...good, descriptor: new Float32Array(128).fill(NaN)});
            samples.add({...good, descriptor: "0.5"});
            samples.add({...good, descriptor: undefined});
            samples.add({...good, label: ""});
            samples.add({...good, label: 7});
            samples.add({...good, created: "today"});
            samples.add({...good, photo: "photo.jpg"});
            samples.add({...good, photo: 4});
            samples.add({...good, photo: 1e12});
            samples.add({...good, recognizer: undefined});
            samples.add({});
            samples.add(good);
            transaction.oncomplete = () => { open.result.close(); resolve(); };
            transaction.onabort = () => reject(transaction.error);
          };
        })"""
    )
    answers = python(
        page,
        """
store = IndexedDBStore("damaged")
samples = await store.all()
[[s.label for s in samples], store.damaged]""",
    )
    assert answers == [["Ada"], 12]


def test_a_database_removed_elsewhere_is_opened_again(page):
    python(page, 'elsewhere = IndexedDBStore("elsewhere"); await elsewhere.add([sample("Ada", 1)])')
    page.evaluate(
        """() => new Promise((resolve, reject) => {
          const gone = indexedDB.deleteDatabase("elsewhere");
          gone.onsuccess = resolve; gone.onblocked = reject; gone.onerror = reject; })"""
    )
    assert python(page, "len(await elsewhere.all())") == 0
    assert python(page, 'await elsewhere.add([sample("Ada", 1)])') == [1]


DELETED_AT_ONCE = """() => {
  const real = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    IDBFactory.prototype.open = real;
    const request = real.apply(this, given);
    queueMicrotask(() => request.addEventListener("success", () => {  // after Python's listener
      request.result.dispatchEvent(new IDBVersionChangeEvent("versionchange", { oldVersion: 2 }));
      try {
        window.letGo = !request.result.transaction("samples");
      } catch ({ name }) {
        window.letGo = name == "InvalidStateError";
      }
    }));
    return request;
  };
}"""


def test_a_database_deleted_the_moment_it_was_opened_is_let_go_and_opened_again(page):
    """Whoever deletes it would wait for ever for a connection that has not heard of it."""
    page.evaluate(DELETED_AT_ONCE)
    assert python(page, 'await IndexedDBStore("at-once").add([sample("Ada", 1)])') == [1]
    assert page.evaluate("letGo")


def test_another_tab_sees_the_change_when_it_looks_again(context, page, server):
    other = open_page(context, server)
    here = 'gallery = Gallery(IndexedDBStore("tabs")); len(await gallery.people())'
    assert [python(page, here), python(other, here)] == [0, 0]
    python(other, 'await gallery.enroll("Ada", sample("Ada", 1).descriptor, "sface"); None')
    python(page, "await gallery.refresh()")
    assert python(page, "[p.label for p in await gallery.people()]") == ["Ada"]
    other.close()


def test_a_hostile_file_is_refused_and_python_goes_on(page):
    """Deep nesting would overflow the browser's stack, which Python cannot survive."""
    answers = python(
        page,
        """
gallery = Gallery(IndexedDBStore("hostile"))
await gallery.enroll("Ada", sample("Ada", 1).descriptor, "sface")
deep = "[" * 1_000_000, '{"labeledDescriptors":' * 100_000, '{"a":"' + '\\\\"[' * 100_000
codes = [await code_of(gallery.load_json(text, replace=True)) for text in deep]
[set(codes) == {"gallery-unreadable"}, [p.label for p in await gallery.people()]]""",
    )
    assert answers == [True, ["Ada"]]


def test_a_newer_database_is_left_alone(page):
    page.evaluate(
        """() => new Promise(resolve => {
          indexedDB.open("newer", 3).onsuccess = e => { e.target.result.close(); resolve(); }; })"""
    )
    assert python(page, 'await code_of(IndexedDBStore("newer").all())') == "storage-blocked"


def test_a_database_that_never_opens_is_given_up(page):
    page.evaluate(
        """() => new Promise(resolve => {
          indexedDB.open("stuck", 1).onsuccess = e => {
            globalThis.held = e.target.result;  // never closes, so the upgrade below waits
            indexedDB.open("stuck", 2).onblocked = resolve; }; })"""
    )
    answers = python(
        page,
        """
indexeddb_database.PATIENCE = 0.3
stuck = await code_of(IndexedDBStore("stuck").all())
indexeddb_database.PATIENCE = 15.0
js.held.close()
stuck""",
    )
    assert answers == "storage-blocked"


def test_no_listener_stays_behind(page):
    left = python(
        page,
        """
def closures():
    gc.collect()
    inside = "Listeners.", "IndexedDBStore.", "Transaction.", "Records.", "Database."
    names = [getattr(thing, "__qualname__", "") for thing in gc.get_objects()]
    return sorted(name for name in names if "<locals>" in name and name.startswith(inside))

before = closures()
store = IndexedDBStore("listeners")
for i in range(5):
    await store.add([sample("Ada", i)])
    await store.rename("Ada", "Bea")
    await store.remove("Bea")
opened = closures()
store.close()
del store
[len(opened) > len(before), closures() == before]""",
    )
    assert left == [True, True]


def test_a_page_that_may_not_store_says_so(browser, server):
    """A sandboxed page has no origin of its own, and the browser refuses it a database."""
    usual = server.headers
    server.headers = {
        "Content-Security-Policy": "sandbox allow-scripts",
        "Access-Control-Allow-Origin": "*",
    }
    context = browser.new_context()
    try:
        page = open_page(context, server)
        answers = python(
            page,
            """
store = IndexedDBStore()
[await code_of(store.all()), await code_of(store.add([sample("Ada", 1)]))]""",
        )
        assert answers == ["storage-blocked"] * 2
        page.evaluate("Object.defineProperty(globalThis, 'indexedDB', {value: undefined})")
        assert python(page, "await code_of(IndexedDBStore().all())") == "storage-blocked"
    finally:
        server.headers = usual
        context.close()


def test_a_database_of_version_1_is_upgraded_and_keeps_its_samples(page):
    page.evaluate(
        """() => new Promise((resolve, reject) => {
          const open = indexedDB.open("earlier", 1);
          open.onupgradeneeded = () => open.result.createObjectStore("samples",
            {keyPath: "id", autoIncrement: true}).createIndex("label", "label");
          open.onsuccess = () => {
            const transaction = open.result.transaction("samples", "readwrite");
            transaction.objectStore("samples").add({label: "Ada", recognizer: "sface",
              created: 7.5, photo: new Uint8Array([1, 2]),
              descriptor: new Float32Array(128).fill(0.5)});
            transaction.oncomplete = () => { open.result.close(); resolve(); };
            transaction.onabort = () => reject(transaction.error);
          };
        })"""
    )
    answers = python(
        page,
        """
gallery = Gallery(IndexedDBStore("earlier"))
[ada] = await gallery.people()
await gallery.note("Ada", "Two\\nlines")
await gallery.describe(1, ada.samples[0].descriptor * 2, "dlib_resnet")
other = Gallery(IndexedDBStore("earlier"))
[again] = await other.people()
[kept(ada.samples) == kept(again.samples), ada.samples[0].id, ada.notes, again.notes,
 again.samples[0].others["dlib_resnet"].tolist() == [1.0] * 128, gallery.store.damaged]""",
    )
    assert answers == [True, 1, "", "Two\nlines", True, 0]


def test_what_was_removed_comes_back_with_its_ids(page):
    answers = python(
        page,
        """
gallery = Gallery(IndexedDBStore("undo"))
await gallery.enroll_many([sample("Ada", 1), sample("Grace", 2), sample("Ada", 3, None)])
await gallery.describe(1, sample("x", 9).descriptor, "dlib_resnet")
await gallery.note("Ada", "Notes")

async def everything():
    store = IndexedDBStore("undo")
    samples = await store.all()
    others = [[n, d.tobytes().hex()] for s in samples for n, d in s.others.items()]
    return [[s.id for s in samples], kept(samples), others, await store.notes()]

before, same = await everything(), []
for remove in (gallery.forget("Ada"), gallery.discard([1]), gallery.clear()):
    gone = await remove
    same.append(await everything() != before)
    await gallery.restore(gone)
    same.append(await everything() == before)
people = await gallery.people()
await gallery.rename("Ada", "Grace", merge=True)
merged = await everything()
await gallery.relabel(Contents([s for p in people for s in p.samples],
                               {"Ada": "Notes", "Grace": ""}))
[same, merged[3], await everything() == before]""",
    )
    assert answers == [[True] * 6, {"Grace": "Notes"}, True]

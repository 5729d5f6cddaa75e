"""Faults at random moments of enrolment and batch work: nothing enrolled is lost, nothing is there
by half or twice, and the page can be used again soon. FAULT_SEED chooses other moments."""

import time

import pytest
from driver import FacesideError
from faults import AT_MOST, TIMES, Trial, gallery, injections
from playwright.sync_api import Error, expect


@pytest.fixture(scope="module")
def trial(launch, camera, address, tmp_path_factory):
    """In a profile on the disk, as a person has it."""
    context = launch(*camera, profile=tmp_path_factory.mktemp("profile"))
    context.grant_permissions(["camera"])
    yield Trial(context, address)
    context.close()


# The tab


def crash(trial) -> None:
    """End the renderer of the page at once."""
    page = trial.app.page
    session = trial.context.new_cdp_session(page)
    page.on("crash", lambda page: page.close())  # it will not answer any more
    with pytest.raises(Error, match="closed|crashed"):
        session.send("Page.crash")
    assert page.is_closed()


@injections(2)
def test_fault_a_killed_tab(trial, times):
    trial.begin("a killed tab")
    for _ in range(times):
        trial.work()
        trial.random.choice((crash, lambda trial: trial.app.page.close()))(trial)
        trial.open()
        trial.until_usable()
        trial.check()
    trial.end()


# The engine's worker

END = {
    "terminated": "document.querySelector('script[data-engine]').xworker.terminate()",
    "closed by itself": "setTimeout(() => self.close())",
    "a broken Python": "setTimeout(() => { throw new WebAssembly.RuntimeError('unreachable'); })",
}
LATER = """() => {  // so that it does not count as twice within a minute
  const now = performance.now.bind(performance);
  performance.now = () => now() + 61000;
}"""


def engine(trial):
    """The worker of the engine."""
    (worker,) = [w for w in trial.app.page.workers if w.url.startswith("blob:")]
    return worker


def end_engine(trial, how: str) -> None:
    trial.app.page.evaluate(LATER)
    where = trial.app.page if how == "terminated" else engine(trial)
    where.evaluate(f"() => void ({END[how]})")


@injections(2)
def test_fault_a_killed_worker(trial, times):
    trial.begin("a killed worker")
    for _ in range(times):
        trial.work()
        end_engine(trial, trial.random.choice(list(END)))
        trial.until_usable()
        expect(trial.app.error("engine-restarted")).to_contain_text("was started again")
        trial.check()
    trial.end()


# The runtime

FAIL = """async ([address, times]) => {
  const { InferenceSession } = await import(address);
  const run = InferenceSession.prototype.run;
  let left = times;
  InferenceSession.prototype.run = function (...given) {
    if (left-- > 0) return Promise.reject(new Error("out of memory"));
    InferenceSession.prototype.run = run;
    return run.apply(this, given);
  };
}"""


# Has the next change of what is kept get stuck for ever, before it is begun or once it is kept, and
# its worker with it.
STICK = """(kept) => {
  const real = IDBDatabase.prototype.transaction;
  const stick = () => { postMessage({ kind: "fault-stuck" }); for (;;); };
  IDBDatabase.prototype.transaction = function (...given) {
    if (given[1] != "readwrite") return real.apply(this, given);
    if (!kept) stick();
    const transaction = real.apply(this, given);
    transaction.addEventListener("complete", stick);
    return transaction;
  };
}"""
IS_STUCK = """() => {
  const { xworker } = document.querySelector("script[data-engine]");
  xworker.addEventListener("message", ({ data }) => {
    if (data?.kind == "fault-stuck") window.faultStuck = xworker;
  });
}"""
PINGS = 5  # unanswered


def stick_engine(trial, kept: bool) -> None:
    """Have the engine get stuck while it keeps the next sample, and wait until it is."""
    page = trial.app.page
    page.evaluate(LATER)
    page.evaluate(IS_STUCK)
    engine(trial).evaluate(STICK, kept)
    trial.work("enrol")
    page.wait_for_function(
        "() => window.faultStuck == document.querySelector('script[data-engine]').xworker"
    )


@injections(2)
def test_fault_a_stuck_worker(trial, times):
    """It is alive but answers no more, with a sample kept or not: the page notices, starts it again
    as it was, and knows which of the two it is."""
    trial.begin("a stuck worker")
    trial.app.show("settings")
    trial.app.locate("#setting-detector").select_option("ssd_mobilenet")
    info = trial.app.locate("#engine-info")
    expect(info).to_contain_text("SSD")
    before = info.text_content()
    for number in range(times):
        stick_engine(trial, kept=number % 2 == 0)
        for _ in range(PINGS - 1):
            trial.app.page.evaluate("faultPing()")
        expect(trial.app.error("engine-restarting")).to_have_count(0)
        trial.app.page.evaluate("faultPing()")
        trial.now()
        expect(trial.app.error("engine-restarting")).to_contain_text("is being started again")
        trial.until_usable()
        expect(trial.app.error("engine-restarted")).to_contain_text("was started again")
        assert info.text_content() == before
        trial.check()
        assert not trial.codes
    trial.app.locate("#settings-reset").click()
    expect(info).not_to_contain_text("SSD")
    trial.end()


@pytest.mark.soak
def test_fault_a_stuck_worker_is_noticed_by_itself(trial):
    """With the clock as it is."""
    trial.begin("a stuck worker, noticed by itself")
    stick_engine(trial, kept=True)
    began = time.perf_counter()
    expect(trial.app.error("engine-restarting")).to_be_visible(timeout=120_000)
    print(f"noticed after {time.perf_counter() - began:.0f} s")
    trial.now()
    trial.until_usable()
    trial.check()
    trial.end()


@injections(2)
def test_fault_a_failing_runtime(trial, times):
    trial.begin("a failing runtime")
    for _ in range(times):
        trial.work("enrol", "batch")
        runtime = trial.address + "vendor/onnxruntime/ort.wasm.bundle.min.mjs"
        trial.app.page.evaluate(LATER)
        many = trial.random.choice((1, 2, 1000))
        engine(trial).evaluate(FAIL, [runtime, many])
        trial.until_usable()
        trial.check()
    trial.end()


# The database

ABORT = """(after) => {
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    const transaction = real.apply(this, given);
    if (given[1] == "readwrite") {
      IDBDatabase.prototype.transaction = real;
      const abort = () => { try { transaction.abort() } catch {} };
      after ? setTimeout(abort, after) : queueMicrotask(abort);
    }
    return transaction;
  };
}"""


@injections(2)
def test_fault_an_aborted_transaction(trial, times):
    trial.begin("an aborted transaction")
    for _ in range(times):
        trial.work()
        engine(trial).evaluate(ABORT, trial.random.choice((0, 1, 5)))
        trial.until_usable()
        trial.check()
    trial.end()


@injections(2)
def test_fault_a_closed_database(trial, times):
    """The connection of the page is closed under it, as browsers do when a disk fails."""
    trial.begin("a closed database")
    engine(trial).evaluate(CATCH)
    for _ in range(times):
        trial.work()
        engine(trial).evaluate("() => { for (const database of caught) database.close() }")
        trial.until_usable()
        trial.check()
    trial.end()


CATCH = """() => {
  globalThis.caught = new Set();
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    caught.add(this);
    return real.apply(this, given);
  };
}"""
DELETE = """() => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase("faceside");
  request.onsuccess = () => resolve();
  request.onerror = () => reject(request.error);
})"""


@injections(2)
def test_fault_a_database_deleted_by_another_tab(trial, other_page, times):
    """What was in it is gone, as was meant; the page says so, and goes on with a new one."""
    trial.begin("a database deleted by another tab")
    trial.app.call("enroll", *trial.names(1), trial.app.blob(trial.photos[0]))  # who can be gone
    for _ in range(times):
        trial.work("enrol", "batch")
        other_page.evaluate(DELETE)
        expect(trial.app.error("people-deleted")).to_contain_text("deleted by another tab")
        shown_codes(trial)
        trial.forget()
        trial.finish()
        trial.until_usable()
        trial.check()
    trial.end()


@pytest.fixture
def other_page(trial):
    """Another tab of the same address, without the page."""
    page = trial.context.new_page()
    page.goto(trial.address + "sizes.json")
    yield page
    page.close()


TO_VERSION_1 = """() => new Promise((resolve, reject) => {
  const later = indexedDB.open("faceside");
  later.onsuccess = () => {
    const all = later.result.transaction("samples").objectStore("samples").getAll();
    all.onsuccess = () => {
      later.result.close();
      indexedDB.deleteDatabase("faceside");
      const open = indexedDB.open("faceside", 1);
      open.onupgradeneeded = () => open.result
        .createObjectStore("samples", { keyPath: "id", autoIncrement: true })
        .createIndex("label", "label");
      open.onsuccess = () => {
        const transaction = open.result.transaction("samples", "readwrite");
        for (const { id, label, recognizer, created, descriptor, photo } of all.result)
          transaction.objectStore("samples").put(
            { id, label, recognizer, created, descriptor, photo });
        transaction.oncomplete = () => { open.result.close(); resolve(open.result.version); };
        transaction.onabort = () => reject(transaction.error);
      };
    };
  };
})"""


@pytest.mark.soak
@pytest.mark.parametrize("times", [TIMES])
def test_fault_an_upgrade_that_is_cut(trial, other_page, times):
    """A database as version 1 made it, opened by a page that is closed while it starts."""
    trial.begin("an upgrade that is cut")
    for _ in range(2):  # later visits are quicker: the browser keeps the code that it has compiled
        trial.app.page.close()
        trial.open()
    for _ in range(times):
        trial.app.page.close()
        assert other_page.evaluate(TO_VERSION_1) == 1
        page = trial.context.new_page()
        page.goto(trial.address)
        page.wait_for_timeout(trial.random.uniform(0, 1500 * trial.start))
        page.close()
        trial.now()
        trial.open()
        trial.until_usable()
        trial.check()
    trial.end()


@injections(2)
def test_fault_a_full_disk(trial, other_page, times):
    trial.begin("a full disk")
    devtools = trial.context.new_cdp_session(trial.app.page)
    for _ in range(times):
        trial.work()
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": trial.origin, "quotaSize": 1})
        trial.finish()
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": trial.origin})
        trial.now()
        trial.until_usable()
        trial.check()
    trial.end()


BACK = """(by) => { const now = Date.now; Date.now = () => now() - by; }"""
# Sets it back between a call and the moment at which the page's Python goes on with it.
BACK_AT_ONCE = f"""(by) => {{
  const asked = faceside.people();
  ({BACK})(by);
  const late = new Promise((_, no) => setTimeout(no, 1000 * {AT_MOST}, new Error("no answer")));
  return Promise.race([asked.then(() => undefined), late]);
}}"""


@injections(2)
def test_fault_a_clock_set_back(trial, times):
    trial.begin("a clock set back")
    for _ in range(times):
        trial.work()
        by = trial.random.choice((3600e3, 86400e3 * 365))
        engine(trial).evaluate(BACK, by)
        trial.app.page.evaluate(BACK_AT_ONCE, by)
        trial.until_usable()
        trial.check()
    trial.end()


@pytest.mark.soak
@pytest.mark.parametrize("times", [TIMES])
def test_fault_a_file_that_changes_while_it_is_read(trial, times, tmp_path):
    trial.begin("a file that changes while it is read")
    for number in range(times):
        path = tmp_path / f"people-{number}.json"
        labels = trial.names(2000)
        text = gallery(labels, trial.number)
        path.write_text(text)
        trial.app.show("people")
        trial.app.locate("#people-import").set_input_files(path)
        trial.app.page.wait_for_timeout(trial.random.uniform(0, 1000))
        trial.now()
        path.write_text(text[: trial.random.randrange(len(text))])
        expect(trial.app.locate("#people-importing")).to_be_hidden()
        trial.until_usable()
        kept = trial.check()
        number = sum(label in kept for label in labels)
        codes = shown_codes(trial)
        print("kept" if number else codes)
        assert number in (0, len(labels))
        assert number or codes & {"file-unreadable", "gallery-unreadable"}
    trial.end()


def shown_codes(trial) -> set[str]:
    """The codes of the errors that the page shows; they are taken away."""
    shown = trial.app.locate("#messages [data-code]")
    codes = shown.evaluate_all("(all) => all.map((one) => one.dataset.code)")
    trial.app.locate("#messages .icon").evaluate_all("(all) => all.forEach((one) => one.click())")
    return set(codes)


# The service worker keeps all nets in time; here some are not kept yet.
UNKEEP = """async (part) => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      if (request.url.includes(part)) await cache.delete(request);
  }
}"""


@pytest.mark.soak
@pytest.mark.parametrize("times", [TIMES])
def test_fault_the_network_cut_while_a_net_is_loaded(trial, times):
    trial.begin("the network cut while a net is loaded")
    for _ in range(times):
        trial.work("enrol")
        trial.app.show("settings")
        trial.app.page.evaluate(UNKEEP, "/models/mtcnn_")
        trial.context.set_offline(True)
        trial.app.locate("#setting-detector").select_option("mtcnn")
        expect(trial.app.locate("[data-setting=detector] [role=alert]")).to_contain_text(
            "could not be fetched"
        )
        trial.context.set_offline(False)
        trial.now()
        trial.until_usable()
        trial.check()
    trial.end()


@pytest.mark.soak
@pytest.mark.parametrize("times", [TIMES])
def test_fault_a_camera_unplugged(trial, times):
    trial.begin("a camera unplugged")
    for _ in range(times):
        trial.app.show("live")
        trial.app.locate("#camera-start").click()
        rows = trial.app.locate("#seen-list li")
        expect(rows).to_have_count(2)
        trial.app.page.wait_for_timeout(trial.random.uniform(0, 500))
        trial.unplug()
        expect(trial.app.error("camera-unplugged")).to_contain_text("connect it again")
        trial.until_usable()
        trial.check()
    trial.end()


@pytest.mark.soak
def test_fault_a_worker_killed_twice_within_a_minute(trial):
    """It is not started again and again: the page says so, and loading it again helps."""
    trial.begin("a worker killed twice within a minute")
    trial.work("enrol")
    end_engine(trial, "terminated")
    trial.until_usable()
    trial.app.page.evaluate(f"() => void ({END['terminated']})")
    failed = trial.app.locate("#loading-failed")
    expect(failed).to_contain_text("stopped twice within a minute")
    expect(trial.app.locate("#loading-code")).to_have_text("engine-failed-twice")
    with pytest.raises(FacesideError, match="engine-failed-twice"):
        trial.app.call("people")
    failed.get_by_role("button", name="Load again").click()
    trial.app.until_ready()
    trial.check()


@pytest.mark.soak
@pytest.mark.parametrize("times", [TIMES])
def test_fault_two_tabs_at_once(trial, times):
    trial.begin("two tabs at once")
    first, second = trial.app, trial.open()
    for _ in range(times):
        for trial.app in (first, second):
            trial.work("enrol", "import")
        for trial.app in (first, second):
            trial.until_usable()
        for trial.app in (first, second):
            trial.finish()
        for trial.app in (first, second):
            trial.check()
    second.page.close()
    trial.app = first
    trial.end()


DAMAGE = """([place, kind]) => new Promise((resolve, reject) => {
  const open = indexedDB.open("faceside");
  open.onsuccess = () => {
    const transaction = open.result.transaction("samples", "readwrite");
    const samples = transaction.objectStore("samples");
    samples.getAll().onsuccess = ({ target }) => {
      const record = target.result[Math.floor(place * target.result.length)];
      window.undamaged = structuredClone(record);
      if (kind == "cut") record.descriptor = record.descriptor.slice(0, 100);
      else if (kind == "numbers") record.descriptor[5] = NaN;
      else if (kind == "name") record.label = "\\ud800" + String.fromCharCode(0);
      else if (kind == "all") for (const name in record) if (name != "id") delete record[name];
      samples.put(record);
    };
    transaction.oncomplete = () => { open.result.close(); resolve(); };
    transaction.onabort = () => reject(transaction.error);
  };
})"""
MEND = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open("faceside");
  open.onsuccess = () => {
    const transaction = open.result.transaction("samples", "readwrite");
    transaction.objectStore("samples").put(undamaged);
    transaction.oncomplete = () => { open.result.close(); resolve(undamaged.label); };
    transaction.onabort = () => reject(transaction.error);
  };
})"""
KINDS = ("cut", "numbers", "name", "all")


@pytest.mark.soak
@pytest.mark.parametrize("times", [TIMES])
def test_fault_a_damaged_record(trial, other_page, times):
    """It is left out, told of and not deleted; everybody else is there."""
    trial.begin("a damaged record")
    for _ in range(times):
        trial.work("enrol")
        trial.finish()
        kind = trial.random.choice(KINDS)
        other_page.evaluate(DAMAGE, [trial.random.random(), kind])
        trial.now()
        trial.app.reload()
        expect(trial.app.error("samples-damaged")).to_contain_text("left out: 1;")
        before = sum(person["samples"] for person in trial.app.call("people"))
        label = other_page.evaluate(MEND)
        trial.app.page.evaluate("new BroadcastChannel('faceside').postMessage('people')")
        trial.app.page.wait_for_function(
            "async (label) => (await faceside.people()).some((one) => one.label == label)",
            arg=label,
        )
        trial.until_usable()
        assert sum(trial.check().values()) == before + 2  # the one mended, and one more
    trial.end()

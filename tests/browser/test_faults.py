"""Faults at random moments of enrolment and batch work: nothing enrolled is lost, nothing is there
by half or twice, and the page can be used again soon. FAULT_SEED chooses other moments."""

import pytest
from driver import SCREEN
from faults import Trial, injections
from playwright.sync_api import Error, expect


@pytest.fixture(scope="module")
def trial(browser, address):
    context = browser.new_context(viewport=SCREEN, permissions=["camera"], service_workers="block")
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


@injections(3)
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


@injections(3)
def test_fault_an_aborted_transaction(trial, times):
    trial.begin("an aborted transaction")
    for _ in range(times):
        trial.work()
        engine(trial).evaluate(ABORT, trial.random.choice((0, 1, 5)))
        trial.until_usable()
        trial.check()
    trial.end()

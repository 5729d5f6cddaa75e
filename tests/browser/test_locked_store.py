"""The store that can be locked, in a real browser: Pyodide in a bare page, real databases."""

import pytest
from test_indexeddb import open_page, python, server  # noqa: F401

HELPERS = """
import asyncio, time
from faceside.stores.indexeddb_lockable import LockableStore
from faceside.stores import indexeddb_database, indexeddb_sealed
from faceside.stores.memory import MemoryStore
from faceside.locking import passphrase as rules

WORDS, OTHERS = "four plain words here", "other plain words here"

def people(store):
    return sorted((s.id, *kept([s])[0], sorted(s.others)) for s in store)

async def opened(name):
    store = LockableStore(name)
    await store.prepare()
    return store

async def filled(name, number=3):
    store = await opened(name)
    await store.add([sample(f"Ada {n}", n) for n in range(number)], notes={"Ada 1": "plays chess"})
    return store

async def databases():
    return sorted(d.name for d in await js.indexedDB.databases())
"""


@pytest.fixture(scope="module")
def page(browser, server):  # noqa: F811
    context = browser.new_context()
    page = open_page(context, server)
    python(page, HELPERS)
    yield page
    context.close()


def test_what_was_in_the_clear_is_the_same_locked_and_in_the_clear_again(page):
    answers = python(
        page,
        """
store = await filled("whole", 1203)
await store.describe([s.described(np.ones(128, np.float32), "dlib_resnet")
                      for s in await store.all() if s.label == "Ada 2"])
before, notes = people(await store.all()), await store.notes()
await store.turn_on(WORDS)
there = [n for n in await databases() if n.startswith("whole")]
locked = people(await store.all()) == before and await store.notes() == notes
again = await opened("whole")
closed = [again.is_locked, await again.all(), await code_of(again.add([sample("Bea", 1)]))]
await again.unlock(WORDS)
reread = people(await again.all()) == before and await again.notes() == notes
await again.turn_off(WORDS)
end = await opened("whole")
[there, locked, closed, reread, people(await end.all()) == before, await end.notes() == notes,
 [n for n in await databases() if n.startswith("whole")]]""",
    )
    assert answers == [
        ["whole-locked"],
        True,
        [True, [], "gallery-locked"],
        True,
        True,
        True,
        ["whole"],
    ]


def test_changes_of_what_is_locked_are_those_of_a_store_in_memory(page):
    answers = python(
        page,
        """
store, model = await opened("changes"), MemoryStore()
await store.turn_on(WORDS)
steps = [
    ("add", [sample("Ada", 1), sample("Ada", 2), sample("Bea", 3)], False, {"Ada": "one"}),
    ("rename", "Ada", "Zoë", "two"), ("add", [sample("Cleo", 4)], False, {"Cleo": "", "Bea": "b"}),
    ("remove", "Bea"), ("add", [sample("Dora", 5, None)], False, {"Cleo": "c"}),
    ("change", [], {"Cleo": ""}), ("rename", "Cleo", "Zoë", "both"),
]
same = []
def known(samples, notes):
    return sorted(kept(samples)), notes
for name, *args in steps:
    answers = [await getattr(s, name)(*args) for s in (store, model)]
    fresh = await opened("changes")
    await fresh.unlock(WORDS)
    same.append([known(await s.all(), await s.notes()) for s in (store, fresh)]
                == 2 * [known(await model.all(), await model.notes())])
    if name in ("rename", "remove"):
        same.append(answers[0] == answers[1])
every = await store.all()
await store.discard(every[:1], {"Zoë": ""})
one = [len(await store.all()), await store.notes()]
await store.restore(every[:1], {"Zoë": "back"})
two = [[s.id for s in await store.all()] == [s.id for s in every], await store.notes()]
await store.add([sample("Eve", 9)], True, {"Eve": "only"})
three = [[s.label for s in await store.all()], await store.notes()]
await store.clear()
[same, one, two, three, await store.all(), await store.notes()]""",
    )
    same, one, two, three, *empty = answers
    assert all(same) and len(same) == 10
    assert one == [3, {}] and two == [True, {"Zoë": "back"}]
    assert three == [["Eve"], {"Eve": "only"}] and empty == [[], {}]


def test_two_tabs_change_what_is_locked_without_losing_anything(page):
    answers = python(
        page,
        """
here = await filled("tabs")
await here.turn_on(WORDS)
there = await opened("tabs")
await there.unlock(WORDS)
await there.all()
await here.add([sample("Ada 1", 77)], notes={"Ada 1": "here"})
number = await there.rename("Ada 1", "Bea", "there")
labels = sorted(s.label for s in await there.all())
await here.change_passphrase(WORDS, OTHERS)
await there.add([sample("Cleo", 5)])  # the key within is the same
old = await code_of((await opened("tabs")).unlock(WORDS))
await here.turn_off(OTHERS)
stale = await code_of(there.add([sample("Dora", 6)]))
await there.follow()
await there.add([sample("Dora", 6)])
await here.turn_on(WORDS)
lost = await code_of(there.add([sample("Eve", 7)]))
await there.follow()
[labels, old, stale, lost, there.is_locked, sorted(s.label for s in await here.all())]""",
    )
    labels, old, stale, lost, locked, end = answers
    assert labels == ["Ada 0", "Ada 2", "Bea", "Bea"]
    assert [old, stale, lost, locked] == ["passphrase-wrong", *["gallery-locked"] * 2, True]
    assert end == ["Ada 0", "Ada 2", "Bea", "Bea", "Cleo", "Dora"]


@pytest.mark.parametrize("step", ["fill", "put_lock", "wipe", "restore", "remove_lock"])
def test_whatever_ends_halfway_leaves_everything(page, step):
    answers = python(
        page,
        f"""
step, name = {step!r}, "halfway-" + {step!r}
store = await filled(name)
before = people(await store.all())
async def end(*_):
    raise KeyError("the browser was killed")
if step in ("fill", "put_lock"):
    if step == "fill":
        real = store.sealed.fill
        async def end(samples, notes, progress):
            await real(samples[:2], {{}}, None)
            raise KeyError("the browser was killed")
    setattr(store.sealed, step, end)
    turn = store.turn_on(WORDS)
elif step == "wipe":
    store.clear_store.wipe = end
    turn = store.turn_on(WORDS)
else:
    await store.turn_on(WORDS)
    setattr(store.clear_store if step == "restore" else store.sealed, step, end)
    turn = store.turn_off(WORDS)
try:
    await turn
    outcome = "done"
except KeyError:
    outcome = "killed"
again = await opened(name)
locked = again.is_locked
if locked:
    await again.unlock(WORDS)
[outcome, locked, people(await again.all()) == before, await again.notes(),
 [n for n in await databases() if n.startswith(name)]]""",
    )
    outcome, locked, same, notes, there = answers
    assert outcome == "killed" and same and notes == {"Ada 1": "plays chess"}
    assert locked == (step not in ("fill", "put_lock"))
    assert there == [f"halfway-{step}" + ("-locked" if locked else "")]


def test_a_wrong_passphrase_says_one_thing_and_takes_its_time(page):
    answers = python(
        page,
        """
store = await filled("wrong")
short = await code_of(store.turn_on("short"))
await store.turn_on(WORDS)
store.close()
tries = []
for words in (WORDS[:-1], "", WORDS.upper(), "x" * 5000, None, 7):
    began = time.perf_counter()
    try:
        await store.unlock(words)
    except FacesideError as error:
        tries.append([error.code, str(error), time.perf_counter() - began])
record = indexeddb_sealed._to_lock((await store.sealed._run(
    "readonly", lambda work: work.lock.get("lock"))).result)
await store.sealed.put_lock(indexeddb_sealed.replace(record, wrapped=bytes(48)))
began = time.perf_counter()
try:
    await store.unlock(WORDS)
except FacesideError as error:
    tries.append([error.code, str(error), time.perf_counter() - began])
[short, tries, record.iterations]""",
    )
    short, tries, iterations = answers
    assert short == "passphrase-too-short" and len(tries) == 7
    assert {(code, sentence) for code, sentence, _ in tries} == {
        ("passphrase-wrong", "The passphrase is wrong: type it again.")
    }
    assert min(seconds for *_, seconds in tries) >= 0.25
    assert iterations >= 600_000


@pytest.mark.soak
def test_a_hundred_thousand_people_are_locked_and_unlocked(page):
    locking, unlocking, number, renaming = python(
        page,
        """
rows = numbers(1, 100_000 * 128).reshape(-1, 128)
rows.setflags(write=False)
store = await opened("many")
await store.add([Sample(f"Person {n}", row, "sface", None, 1.0) for n, row in enumerate(rows)])
began = time.perf_counter()
await store.turn_on(WORDS)
locking = time.perf_counter() - began
store.close()
began = time.perf_counter()
await store.unlock(WORDS)
number = len(await store.all())
unlocking = time.perf_counter() - began
began = time.perf_counter()
await store.rename("Person 5", "Ada")
[locking, unlocking, number, time.perf_counter() - began]""",
    )
    print(f"\nlock {locking:.1f} s, unlock {unlocking:.1f} s, rename {renaming:.2f} s")
    assert number == 100_000 and unlocking < 60 and renaming < 2

"""The lock of the people kept here: on or off, open or closed, followed by every view and tab.

Views listen with `on_lock(listener)` and are told `listener(locked)` when it opens or closes. The
passphrase is known to the engine alone, and only while it derives the key.
"""

import js

from worker import call, tell_change

_root = js.document.documentElement
_listeners, _last_works, _state_listeners, _tab_listeners = [], [], [], []
_state = {"possible": False, "on": False, "locked": False}


def is_on():
    return _state["on"]


def is_possible():
    return _state["possible"]


def is_locked():
    return _state["locked"]


def on_lock(listener):
    """Have `listener(locked)` called when the lock opens or closes."""
    _listeners.append(listener)


def before(work):
    """Have `await work()` done before the lock closes."""
    _last_works.append(work)


def on_state(listener):
    """Have `listener()` called when anything about the lock is known anew."""
    _state_listeners.append(listener)


def on_tell(listener):
    """Have `listener(word)` called with what other tabs are to be told."""
    _tab_listeners.append(listener)


def begin(record):
    """Take over the state of an engine that has just started."""
    _read(record)


async def turn_on(passphrase):
    """Turn the lock on; false where the browser has not deleted all that was in the clear yet."""
    record = await call("turn_lock_on", passphrase)
    _take(record)
    _tell("lock")
    return record.wiped


async def turn_off(passphrase):
    _take(await call("turn_lock_off", passphrase))
    _tell("lock")


async def change(passphrase, new):
    _take(await call("change_passphrase", passphrase, new))


async def unlock(passphrase):
    _take(await call("unlock", passphrase))


async def close(everywhere=False):
    """Lock now; everywhere: in all tabs."""
    if is_on() and not is_locked():
        for work in _last_works:
            await work()
        _state["locked"] = True
        _show()  # before the engine has done what it does
        _take(await call("lock"))
        if everywhere:
            _tell("close")


def cover():
    """Take all that tells of people off the page for good: everything is forgotten."""
    _state["locked"] = True
    _show()


async def begin_anew():
    _take(await call("begin_anew"))
    _tell("lock")


async def follow(word):
    """Do as another tab has told."""
    if word == "close":
        await close()
    else:
        _take(await call("follow_lock"))


def _take(record):
    _read(record)
    tell_change()


def _read(record):
    for name in _state:
        _state[name] = bool(getattr(record, name))
    _show()
    for listener in _state_listeners:
        listener()


def _show():
    """Show every view as locked or not, if it is not yet."""
    locked = is_locked()
    if _root.hasAttribute("data-locked") == locked:
        return
    if locked:
        _root.setAttribute("data-locked", "")
    else:
        _root.removeAttribute("data-locked")
    for listener in _listeners:
        listener(locked)


def _tell(word):
    for listener in _tab_listeners:
        listener(word)

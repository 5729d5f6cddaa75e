"""Whether the page starts without a network, newer versions, and installing it: the page's side of
sw.js.

    offline.on_change(lambda state: …)

is told whenever `state` changes: `name` is "none" (not kept, or the browser cannot), "full" (the
browser has no room for it), "keeping" (files are being fetched) or "ready" (a visit without a
network works); `kept` of `all` files are on this device.
"""

import asyncio

import js
from pyscript.ffi import to_js

import stored
import texts
from dom import by_id, field, has_focus, offer, on, show
from messages import spawn
from worker import until_ready

PAUSE = 0.02  # s between two files that are needed
LONG_PAUSE = 1  # s between two models that only other settings need
LOOK_AGAIN = 3_600_000  # ms between two looks for a newer version while the page stays open


class State:
    def __init__(self, name="none", kept=0, all=0):
        self.name, self.kept, self.all = name, kept, all


state = State()
_listeners = []
_registration = None
_keeping = False
_accepted = False
_put_off = set()  # the notices that somebody does not want to see again on this visit
_kept_before = False  # whether another version answered for the site when this page was loaded


def on_change(listener):
    """Have `listener(state)` called now and after every change."""
    _listeners.append(listener)
    listener(state)


def start():
    """Follow the service worker. It keeps the site once the engine runs, which needs the network
    itself before that."""
    on_change(_show_state)
    _offer_install()
    on(by_id("install"), "click", lambda event: spawn(_install()))
    on(by_id("update-now"), "click", lambda event: _take_over())
    on(by_id("update-later"), "click", lambda event: _put_update_off())
    on(js.window, "faceside-install", lambda event: _offer_install())
    on(js.window, "appinstalled", lambda event: _offer_install())
    spawn(_follow())


async def _follow():
    global _registration, _kept_before
    if not _workers():
        return
    _kept_before = bool(field(_workers(), "controller"))
    if not js.facesideOffline.registered:
        await until_ready()
    _registration = await js.facesideOffline.register()
    if not _registration:
        return
    on(_workers(), "controllerchange", _on_other_version)
    on(_registration, "updatefound", lambda event: _follow_newer(_registration.installing))
    if _registration.waiting:
        _on_newer(_registration.waiting)
    elif _registration.installing:
        _follow_newer(_registration.installing)
    js.setInterval(_look_for_newer, LOOK_AGAIN)
    on(js.window, "online", lambda event: spawn(_keep()))
    await until_ready()
    await _workers().ready
    await _keep()


def _workers():
    try:
        return field(js.navigator, "serviceWorker")
    except Exception:  # a frame without storage
        return None


# Keeping


async def _keep():
    """Have file after file fetched, what the settings need first."""
    global _keeping
    if _keeping:
        return
    _keeping = True
    _change(State("keeping", state.kept, state.all))
    while True:
        _, models = stored.recall()
        needed = to_js(["models/" + file for file in models])
        answer = await js.facesideOffline.next(_registration.active, needed)
        _change(State("ready" if answer.ready else "keeping", answer.kept, answer.all))
        if answer.failure or answer.kept == answer.all or (answer.ready and _saves_data()):
            break
        await asyncio.sleep(LONG_PAUSE if answer.ready else PAUSE)
    _keeping = False
    if answer.failure:
        print("offline:", answer.failure)
        if not answer.ready:
            _change(State("full" if answer.full else "none", answer.kept, answer.all))


def _saves_data():
    """Whether the browser was told to fetch little: other models are then kept when first used."""
    return field(field(js.navigator, "connection", js.Object.new()), "saveData", False)


def _change(new):
    global state
    state = new
    for listener in _listeners:
        listener(state)


def _show_state(state):
    element = by_id("offline-state")
    # only the end is read out
    element.setAttribute("aria-busy", "true" if state.name == "keeping" else "false")
    element.setAttribute("data-state", state.name)
    element.setAttribute("data-kept", f"{state.kept}/{state.all}")
    text = texts.offline_state(state)
    if element.textContent != text:
        element.textContent = text


# Newer versions


def _look_for_newer():
    update = _registration.update()
    update.catch(lambda error: None)  # without a network there is none


def _follow_newer(worker):
    """Offer a version once it is whole; the first one has nothing to take the place of."""

    def on_state(event):
        if worker.state == "installed" and _registration.active:
            _on_newer(worker)

    if worker:
        on(worker, "statechange", on_state)


def _on_newer(worker):
    if _kept_before:
        _show_update(texts.UPDATE_READY, texts.UPDATE_NOW)


def _on_other_version(event):
    """Another version answers for the site from now on, because it was accepted here or in another
    tab, which is no reason to disturb anybody in this one."""
    global _kept_before
    if _accepted:
        js.location.reload()
    elif _kept_before:
        _show_update(texts.UPDATED_ELSEWHERE, texts.RELOAD)
    _kept_before = True


def _show_update(text, action):
    if text in _put_off:
        return
    show(by_id("update"))
    by_id("update-text").textContent = text
    by_id("update-now").textContent = action


def _put_update_off():
    _put_off.add(by_id("update-text").textContent)
    if has_focus(by_id("update-later")):
        js.document.querySelector("nav [aria-current]").focus()
    show(by_id("update"), False)


def _take_over():
    """The version that waits takes over, then the page is loaded again."""
    global _accepted
    _accepted = True
    waiting = _registration.waiting
    if not waiting:
        js.location.reload()
        return
    message = js.Object.new()
    message.kind = "take-over"
    waiting.postMessage(message)


# Installing


def _offer_install():
    offer(by_id("install"), bool(field(js.facesideOffline, "install")), by_id("engine-info"))


async def _install():
    event, js.facesideOffline.install = js.facesideOffline.install, None
    _offer_install()
    await event.prompt()

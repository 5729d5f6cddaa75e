"""The interface: puts the views together and follows the start. It never computes on pixels.

The browser gets its turn between the imports, so that a click is answered while they run.
"""

import asyncio

import js

import language

language.use()  # before any other module reads a text
# isort: split

import addresses
import dialogs

await asyncio.sleep(0)
import facade

await asyncio.sleep(0)
import landmarks
import lock
import messages
import offline

await asyncio.sleep(0)
import texts
import tour
import views
import worker
from dom import by_id, on
from expressions import Expressions
from live import Live

await asyncio.sleep(0)
from loading import Loading
from lock_panel import LockPanel

await asyncio.sleep(0)
from people import People

await asyncio.sleep(0)
from compare import Compare

await asyncio.sleep(0)
from photos import Photos

await asyncio.sleep(0)
from keeping import Keeping
from privacy import Privacy

await asyncio.sleep(0)
from settings import Settings
from stage import Stage
from tabs import Tabs

await asyncio.sleep(0)

js.facesideEarly.up = True
js.document.documentElement.className = "scripted"

stage = Stage()
live = Live(stage)
expressions = Expressions(stage)
compare = Compare()
photos = Photos()
people = People()
privacy = Privacy(stage.stop)
keeping = Keeping()


def tell_engine(settings_in_force):
    tell_backends(settings.backends.in_use)
    people.use(settings_in_force.recognizer, started.models)
    stage.layers.follow(settings_in_force, settings.change)
    expressions.follow(settings_in_force, started.models, settings.change)
    loading.use(settings_in_force, started.models)


def tell_backends(names):
    text = texts.engine(settings.info, started.models, names, started.threads)
    by_id("engine-info").textContent = text


settings = Settings(tell_engine, tell_backends)
tabs = Tabs()
started = None  # what the engine said of itself


def show_view(*_):
    """Show the view the address names and keep the camera off wherever nobody looks at it; whether
    that has moved the focus."""
    view = views.update()
    moved = people.go(person_asked_for() if view == "people" else None)
    if view == "privacy":
        privacy.open()
    watching = {"live": live, "expressions": expressions}.get(view)
    if watching:
        watching.open()
    if watching and not js.document.hidden:
        stage.resume()
    else:
        stage.rest()
    return moved


def person_asked_for():
    """The label of the person whose page the address asks for, "" for the list."""
    part = views.part()
    label = addresses.label_at(part)
    if label is None:
        messages.spawn(find_person(part))
    return label or ""


async def find_person(part):
    if await addresses.find(part) and views.part() == part:
        show_view()


def on_lock(locked):
    """Take off the page what tells of people; what it was looking at is there again afterwards."""
    if locked:
        dialogs.forget()
        messages.clear_all()
        live.guided.cancel()
        live.presence.close()
        expressions.forget()
        live.clear(stage.sentence())
        if stage.paused:
            stage.stop()
    photos.on_lock(locked)
    show_view()


def reopened():
    """The lock has been opened here: the focus goes back into the view."""
    views.focus()


def on_address(event):
    if not show_view():
        views.focus()


def on_ready(info):
    global started
    again, started = started is not None, info
    lock.begin(info.lock)
    landmarks.set_contours(info.contours)
    settings.begin(info)
    tell_engine(info)
    dialogs.refresh_known_people()
    photos.on_ready()
    privacy.kept.refresh()
    keeping.look()
    for warning in info.warnings:
        messages.error(worker.FacesideError(warning.code, warning.message))
    if again:
        on_ready_again()


def on_ready_again():
    """What the engine knew of this visit is gone with its worker; what was kept is there."""
    photos.forget_videos()
    worker.tell_change()
    messages.clear("engine-restarting")
    messages.error(worker.FacesideError("engine-restarted"))


def on_failure():
    """The engine's worker has ended."""
    if loading.may_go_on():
        messages.end_undo()
        messages.clear("engine-restarted")
        messages.error(worker.FacesideError("engine-restarting"))
        live.presence.close()
        messages.spawn(loading.again())
    else:
        twice = started is not None
        stage.stop()
        messages.clear("engine-restarting")
        code = "engine-failed-twice" if twice else "engine-failed"
        loading.fail_for_good(worker.FacesideError(code))


async def keep_storage():
    """Ask the browser once not to clear what was enrolled; it may say no, and says so nowhere."""
    storage = getattr(js.navigator, "storage", None)
    if storage and not await storage.persisted():
        await storage.persist()


def ask_to_keep():
    global ask_to_keep_done
    if not ask_to_keep_done:
        ask_to_keep_done = True
        messages.spawn(keep_storage())


ask_to_keep_done = False

loading = Loading(on_ready)
LockPanel(reopened)
lock.on_lock(on_lock)
worker.on_failure(on_failure)
worker.on_keep(ask_to_keep)
facade.publish()
on(js.window, "hashchange", on_address)
on(js.document, "visibilitychange", show_view)
on(js.window, "pagehide", lambda event: stage.stop())
show_view()
messages.spawn(stage.choice.refresh())
offline.start()
tour.start()
await loading.run()

"""What was done with people on this device: enrolments, exports, deletions. Times and numbers, no
names: so nothing is left here of somebody who was forgotten, and it can be read while people are
locked."""

import json

import js

import files
import texts
import worker
from days import moment
from dom import by_id, make, offer, on, show

KEY = "faceside-log"  # of the Web Storage
AT_MOST = 500  # entries; older ones go
SHOWN = 20
EXPORTS = ("export_gallery", "export_file", "export_locked")

_listeners = []


def entries():
    """(moment, what, number or None for everybody) of each, oldest first; a damaged record counts
    as none."""
    try:
        kept = json.loads(js.facesideEarly.recall(KEY))
        return [(str(when), str(what), number) for when, what, number in kept]
    except (ValueError, TypeError):
        return []


def note(what, number):
    """Keep that something was done."""
    kept = entries() + [(moment(), what, number)]
    js.facesideEarly.keep(json.dumps([list(entry) for entry in kept[-AT_MOST:]]), KEY)
    for listener in _listeners:
        listener()


def _on_done(name, arguments, value):
    """Note what the engine has done."""
    if name in worker.ENROL:
        note("enrolled", value.added)
    elif name == "import_gallery":
        note("imported", value.samples)
    elif name in ("forget", "delete_person"):
        note("deleted", 1)
    elif name == "delete_photo":
        note("photo", 1)
    elif name == "delete_everything":
        note("deleted", None)
    elif name == "undo" and value:
        note("undone", 1)
    elif name in EXPORTS:
        one = name == "export_file" and arguments and arguments[0]
        note("exported", 1 if one else None)


worker.on_done(_on_done)


class Journal:
    """The list of what was done, newest first, and the ways to save it."""

    def __init__(self):
        self.list, self.empty = by_id("log-list"), by_id("log-empty")
        self.title = by_id("log-title")
        self.buttons = {kind: by_id("log-" + kind) for kind in files.KINDS}
        for kind, button in self.buttons.items():
            on(button, "click", lambda event, kind=kind: self._save(kind))
        _listeners.append(self.refresh)
        self.refresh()

    def refresh(self):
        kept = entries()
        self.list.replaceChildren()
        for when, what, number in reversed(kept[-SHOWN:]):
            item = make("li", parent=self.list)
            make("span", texts.done(what, number), item)
            local = js.Date.new(when).toLocaleString()
            make("time", local, item, class_="muted", datetime=when)
        show(self.empty, not kept)
        for button in self.buttons.values():
            offer(button, bool(kept), self.title)

    def _save(self, kind):
        rows = entries()
        if kind == "json":
            names = ("time", "what", "number")
            text = json.dumps([dict(zip(names, row)) for row in rows])
        else:
            lines = ["time,what,number"]
            for time, what, number in rows:
                lines.append(f"{time},{what},{'all' if number is None else number}")
            text = "\r\n".join(lines) + "\r\n"
        files.save(texts.LOG_FILE, kind, text)

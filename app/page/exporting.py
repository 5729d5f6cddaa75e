"""People as a file."""

import js

import messages
import passphrase
import texts
from dom import make, revoke
from worker import call


async def export(label, compact=False):
    """Save everybody, or one person, as a JSON file or a compact one."""
    name = texts.COMPACT_FILE if compact else texts.PEOPLE_FILE
    name = texts.person_file(label) if label else name
    _save(await call("export_file", label, compact), name)


def export_locked(refocus):
    """Ask for a passphrase, and save everybody as a file that it alone opens."""

    async def submit(words):
        _save(await call("export_locked", words["new"]), texts.LOCKED_FILE)

    passphrase.ask("export", submit, refocus=refocus)


def _save(blob, name):
    url = js.URL.createObjectURL(blob)
    make("a", href=url, download=name).click()
    js.setTimeout(lambda: revoke(url), 10000)
    messages.success(texts.exported(name))

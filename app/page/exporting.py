"""People as a file."""

import js

import messages
import texts
from dom import make, revoke
from worker import call


async def export(label, compact=False):
    """Save everybody, or one person, as a JSON file or a compact one."""
    url = js.URL.createObjectURL(await call("export_file", label, compact))
    name = texts.COMPACT_FILE if compact else texts.PEOPLE_FILE
    name = texts.person_file(label) if label else name
    make("a", href=url, download=name).click()
    js.setTimeout(lambda: revoke(url), 10000)
    messages.success(texts.exported(name))

"""People as a file."""

import js

import messages
import texts
from dom import make, revoke
from worker import call


async def export(label):
    """Save everybody, or one person, as a file."""
    url = js.URL.createObjectURL(await call("export_file", label))
    name = texts.person_file(label) if label else texts.PEOPLE_FILE
    make("a", href=url, download=name).click()
    js.setTimeout(lambda: revoke(url), 10000)
    messages.success(texts.exported(name))

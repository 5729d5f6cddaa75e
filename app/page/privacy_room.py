"""The JavaScript of app/privacy, which is loaded when somebody first needs it."""

import js
from pyscript import js_import


async def load(name):
    """A module by the name of its file."""
    modules = await js_import(js.URL.new("./app/privacy/" + name, js.location.href).href)
    return modules[0]

"""A page whose engine tells how many JavaScript objects Python holds, and its memory."""

from conftest import copy_site, serving

ENGINE = "app/engine/interpreter.mjs"
START = "pyodide.loadPyodide({ ...options, indexURL })"
COUNTED = (
    START + ".then((python) => "
    "((globalThis.references = () => python._module._hiwire_num_refs()), python))"
)
# The browser waits a minute for every thread to collect its garbage.
HEAP = "async () => (await performance.measureUserAgentSpecificMemory()).bytes"


def open_counted(open_app, folder, **options):
    """Open such a page, made of a copy of the site in a folder; yields it."""
    copy_site(folder)
    text = (folder / ENGINE).read_text()
    assert text.count(START) == 1
    (folder / ENGINE).unlink()  # a link to the site's own
    (folder / ENGINE).write_text(text.replace(START, COUNTED))
    with serving(folder) as address:
        yield open_app(address=address, **options).until_ready()


def references(app) -> int:
    """How many JavaScript objects Python holds, at the least of ten moments."""
    (engine,) = [worker for worker in app.page.workers if worker.url.startswith("blob:")]
    return min(engine.evaluate("references()") for _ in range(10))


def heap(app) -> int:
    """Bytes in use by the page and the engine, after a collection of garbage."""
    return app.page.evaluate(HEAP)

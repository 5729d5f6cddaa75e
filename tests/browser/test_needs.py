"""What the page says where a browser lacks what it needs, before anything is loaded."""

import pytest
from playwright.sync_api import expect

# What takes a need of needs.js away from a browser before any script of the page runs.
GONE = {
    "WebAssembly": "delete window.WebAssembly",
    "WebAssembly SIMD": "WebAssembly.validate = () => false",
    "JavaScript of 2022": "window.Function = function () { throw new SyntaxError(); }",
    "Promise.withResolvers": "delete Promise.withResolvers",
    "structuredClone": "delete window.structuredClone",
    "WeakRef": "delete window.WeakRef",
    "module workers": "window.Worker = class { terminate() {} }",
    "OffscreenCanvas": "delete window.OffscreenCanvas",
    "createImageBitmap": "delete window.createImageBitmap",
    "TransformStream": "delete window.TransformStream",
    "BroadcastChannel": "delete window.BroadcastChannel",
    "ResizeObserver": "delete window.ResizeObserver",
    "dialogs": "delete HTMLDialogElement.prototype.showModal",
}
ADVICE = "update it, or open this page in a current Chrome, Edge, Firefox or Safari"
READY = "faceside.ready.then(() => 'ready', ({ code, message }) => `${code}: ${message}`)"


@pytest.mark.parametrize("need", GONE)
def test_a_browser_without_what_is_needed_is_told_so(open_app, address, need):
    app = open_app("about:blank")
    app.page.add_init_script(GONE[need])
    asked = []
    app.page.on("request", lambda request: asked.append(request.url))
    app.page.goto(address, wait_until="commit")
    expect(app.locate("#loading-lacks")).to_be_visible()
    expect(app.locate("#loading-lacks")).to_contain_text(ADVICE)
    named = app.locate("#loading-lacked").text_content().split(", ")
    assert need in named and (len(named) == 1 or need == "WebAssembly"), named
    answer = app.page.evaluate(READY)
    assert answer.startswith("browser-too-old: ") and need in answer
    assert not app.page.evaluate("'tour' in document.documentElement.dataset")
    assert not [url for url in asked if "/pyodide/" in url or "/models/" in url]
    app.problems.clear()  # a module of the page may fail where it finds the need gone

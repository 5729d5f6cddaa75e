"""A few short words for the document: find, make, listen. Data goes in as text, never as markup."""

import js

SVG = "http://www.w3.org/2000/svg"
LOADED_WITHIN = 2000  # ms that a small picture takes at most, once its address is known


def by_id(name):
    return js.document.getElementById(name)


def make(tag, text=None, parent=None, **attributes):
    """Make an element; `class_` loses its underscore, other underscores become hyphens."""
    return _fill(js.document.createElement(tag), text, parent, attributes)


def make_svg(tag, parent=None, **attributes):
    """Make an element of a drawing."""
    return _fill(js.document.createElementNS(SVG, tag), None, parent, attributes)


def _fill(element, text, parent, attributes):
    for name, value in attributes.items():
        element.setAttribute(name.rstrip("_").replace("_", "-"), value)
    if text is not None:
        element.textContent = text
    if parent is not None:
        parent.appendChild(element)
    return element


def button(text, handler, parent=None, **attributes):
    element = make("button", text, parent, type="button", **attributes)
    on(element, "click", handler)
    return element


def on(target, event, handler):
    target.addEventListener(event, handler)


def show(element, visible=True):
    element.hidden = not visible


def offer(control, offered, fallback):
    """Show or hide a control; a focus it had goes to `fallback`, not to the top of the page."""
    if not offered and has_focus(control):
        fallback.focus()
    show(control, offered)


def field(record, name, default=None):
    """A field of a JavaScript record; absent, undefined and null are all `default`."""
    value = getattr(record, name, None)
    return default if value is None or value is js.undefined else value


def has_focus(element):
    return js.document.activeElement == element


def jpeg_url(data):
    """A blob: address for JPEG bytes; give it back with `revoke`."""
    parts = js.Array.of(data)
    options = js.Object.new()
    options.type = "image/jpeg"
    return js.URL.createObjectURL(js.Blob.new(parts, options))


def revoke(url):
    if url:
        js.URL.revokeObjectURL(url)


def revoke_soon(urls):
    """Give back addresses of pictures that were taken off the page, maybe while they were loading:
    without its address a picture that loads is an error to the browser."""

    def give_back():
        for url in urls:
            revoke(url)

    js.setTimeout(give_back, LOADED_WITHIN)


def save(blob, name):
    """Have the browser save a Blob as a file."""
    url = js.URL.createObjectURL(blob)
    make("a", href=url, download=name).click()
    js.setTimeout(lambda: revoke(url), 60_000)  # browsers read it a little later

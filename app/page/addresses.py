"""The addresses of people's pages, which hold no names: browsers keep addresses in their history.

A person is the number of a photo, such as #people/~12; somebody without a photo yet is ~new.
"""

import lock
from worker import FacesideError, call

NEW = "~new"
_labels = {}  # by the part of the address


def address_of(label, id=None):
    """The address of a person's page; `id` of one of the photos."""
    part = NEW if id is None else f"~{id}"
    _labels[part] = label
    return "#people/" + part


def label_at(part):
    """Whose page a part of an address asks for: "" for nobody's, None where only the engine can
    tell. Names themselves are understood as well, as they may have been written down."""
    if not part.startswith("~"):
        return part
    return _labels.get(part, "" if part == NEW else None)


def renamed(part, label):
    """The person whose page this is has another name by now."""
    _labels[part] = label


async def find(part):
    """Ask the engine whose page it is; "" where nobody's."""
    try:
        label = await call("label_of", int(part[1:]))
    except (FacesideError, ValueError):
        return ""
    _labels[part] = label
    return label


def _forget(locked):
    _labels.clear()


lock.on_lock(_forget)

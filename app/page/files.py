"""Files that a person gives: chosen, dropped or pasted, whole folders too; and files given back."""

import js

from dom import make, revoke
from worker import FacesideError

# What browsers give no type for, or not every browser.
PICTURES = "jpg jpeg jpe jfif png webp gif bmp tif tiff avif heic heif".split()
VIDEOS = "mp4 m4v mov webm mkv avi ogv mpg mpeg wmv 3gp".split()
KINDS = ("csv", "json")
TYPES = {"csv": "text/csv;charset=utf-8", "json": "application/json"}
URL_STAYS_FOR = 10000  # ms a download may take to begin


def ending(name):
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def is_video(file):
    return file.type.startswith("video/") or ending(file.name) in VIDEOS


def is_picture(file):
    return file.type.startswith("image/") or ending(file.name) in PICTURES


def of_folder(files):
    """Those of a folder's files that are pictures or videos, and how many others there are."""
    visible = [file for file in files if not file.name.startswith(".")]
    wanted = [file for file in visible if is_picture(file) or is_video(file)]
    return wanted, len(visible) - len(wanted)


def carries_files(event):
    return bool(event.dataTransfer) and "Files" in list(event.dataTransfer.types)


def dropped_entries(transfer):
    """What was dropped, as entries; must be asked for while the drop is told."""
    items = [item for item in list(transfer.items) if item.kind == "file"]
    entries = [item.webkitGetAsEntry() for item in items]
    return [entry for entry in entries if entry]


async def files_of(entries):
    """(files, others left out) of dropped entries, folders with all that is in them."""
    files, left_out = [], 0
    for entry in entries:
        if entry.isFile:
            files.append(await _file(entry))
        else:
            found = []
            await _walk(entry, found)
            wanted, others = of_folder(found)
            files += wanted
            left_out += others
    return files, left_out


async def _walk(folder, found):
    reader = folder.createReader()
    while True:  # a reader gives at most a hundred at once
        entries = await _promised(reader, "readEntries")
        if not len(entries):
            return
        for entry in list(entries):
            if entry.isFile:
                found.append(await _file(entry))
            else:
                await _walk(entry, found)


async def _file(entry):
    return await _promised(entry, "file")


async def _promised(target, method):
    try:
        return await js.Promise.new(
            lambda resolve, reject: getattr(target, method)(resolve, reject)
        )
    except Exception:
        raise FacesideError("folder-unreadable")


def save(name, kind, text):
    """Give a text to the person as a file of a kind of KINDS."""
    options = js.Object.new()
    options.type = TYPES[kind]
    url = js.URL.createObjectURL(js.Blob.new(js.Array.of(text), options))
    make("a", href=url, download=f"{name}.{kind}").click()
    js.setTimeout(lambda: revoke(url), URL_STAYS_FOR)

"""Where pictures are: folders, patterns, zip and tar files and any address that fsspec opens.

They are gone through one after the other; of a folder of the machine only the names of one
directory are in memory at a time, of a tar file none, of a zip file its table of contents.
"""

import glob
import os
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import fsspec
from fsspec.implementations.local import LocalFileSystem

from ..errors import FacesideError

# What the page takes for pictures too, where nothing but the name tells.
PICTURES = tuple(".jpg .jpeg .jpe .jfif .png .webp .gif .bmp .tif .tiff .avif .heic .heif".split())
TARS = tuple(".tar .tar.gz .tgz .tar.bz2 .tbz2 .tar.xz .txz".split())
ARCHIVES = (".zip", *TARS)
PACKED = {".gz": "gzip", ".tgz": "gzip", ".bz2": "bz2", ".tbz2": "bz2", ".xz": "xz", ".txz": "xz"}


@dataclass(frozen=True)
class Item:
    """One picture.

    Attributes:
        file: its absolute path or address, which :func:`fsspec.open` opens; unique within a source.
        archive: the zip or tar file that it is part of, or None.
        member: its name inside a zip file.
        offset, size: where its bytes lie inside the unpacked tar file.
    """

    file: str
    archive: str | None = None
    member: str | None = None
    offset: int | None = None
    size: int | None = None


@dataclass(frozen=True)
class Sources:
    """What a batch goes through.

    Attributes:
        places: folders, patterns (``*``, ``?``, ``[…]``, ``**``), zip and tar files, pictures;
            paths or addresses of fsspec, as ``s3://bucket/photos`` or ``zip://*.jpg::photos.zip``.
        files_from: a text file with one more of them a line, UTF-8, or None.

    In folders and archives, and among what a pattern matches, only names that end like a picture's
    count, and hidden ones do not.
    """

    places: tuple[str, ...] = ()
    files_from: str | None = None

    def items(self) -> Iterator[Item]:
        """Every picture, in the order of the sources, sorted within a directory.

        Raises:
            FacesideError: ``source-missing``, ``source-unreadable``, ``source-empty`` for a source
                without a picture.
        """
        for place in self._places():
            found = False
            with _told(place):
                for item in _items_at(place):
                    found = True
                    yield item
            if not found:
                raise FacesideError(
                    "source-empty",
                    f"There is no picture at {place}; name a folder, an archive or a pattern "
                    "that has some.",
                )

    def _places(self) -> Iterator[str]:
        yield from self.places
        if self.files_from is not None:
            with _told(self.files_from), open(self.files_from, encoding="utf-8") as lines:
                yield from (line.rstrip("\r\n") for line in lines if line.strip())


@contextmanager
def _told(place: str):
    """Turn what storage answers into the errors of this library."""
    try:
        yield
    except FacesideError:
        raise
    except FileNotFoundError:
        raise FacesideError(
            "source-missing", f"There is nothing at {place}; check the path or address."
        ) from None
    except (OSError, EOFError, ImportError, ValueError, zipfile.BadZipFile, tarfile.TarError) as e:
        raise FacesideError(
            "source-unreadable", f"{place} cannot be read ({e}); check it, or leave it out."
        ) from None


def _items_at(place: str) -> Iterator[Item]:
    head, chained, rest = place.partition("::")
    filesystem, path = fsspec.url_to_fs(place, use_listings_cache=False)
    if isinstance(filesystem, LocalFileSystem):
        yield from _local_items(path)
        return

    def address(path: str) -> str:
        return f"{filesystem.unstrip_protocol(path)}{chained}{rest}"

    if glob.has_magic(head):
        yield from _matched(sorted(filesystem.glob(path)), address)
    elif filesystem.isdir(path):
        for folder, folders, files in filesystem.walk(path):
            folders.sort()
            for name in sorted(filter(is_picture, files)):
                yield Item(address(f"{folder}/{name}" if folder else name))
    else:
        if not filesystem.exists(path):
            raise FileNotFoundError(place)
        yield from _file_items(address(path))


def _local_items(path: str) -> Iterator[Item]:
    if os.path.isdir(path):
        for folder, folders, files in os.walk(path, onerror=_raise):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(filter(is_picture, files)):
                yield Item(os.path.join(folder, name))
    elif glob.has_magic(path) and not os.path.exists(path):
        yield from _matched(glob.iglob(path, recursive=True), str)
    else:
        os.stat(path)
        yield from _file_items(path)


def _raise(error: OSError) -> None:
    raise error


def _matched(paths, address) -> Iterator[Item]:
    for path in paths:
        if is_picture(path) or is_archive(path):
            yield from _file_items(address(path))


def _file_items(file: str) -> Iterator[Item]:
    if not is_archive(file):
        yield Item(file)
    elif _is_tar(file):
        yield from _tar_items(file)
    else:
        yield from _zip_items(file)


def _zip_items(archive: str) -> Iterator[Item]:
    with fsspec.open(archive) as file, zipfile.ZipFile(file) as contents:
        for member in contents.infolist():
            if is_picture(member.filename):
                yield Item(f"zip://{member.filename}::{archive}", archive, member.filename)


def _tar_items(archive: str) -> Iterator[Item]:
    with open_unpacked(archive) as file, tarfile.open(fileobj=file, mode="r|") as contents:
        while member := contents.next():
            contents.members.clear()  # which tarfile would keep, all of them
            if member.isreg() and is_picture(member.name):
                address = f"tar://{member.name}::{archive}"
                yield Item(address, archive, offset=member.offset_data, size=member.size)


def open_unpacked(archive: str):
    """Open a tar file to read its bytes, unpacked where it is compressed."""
    packed = PACKED.get(os.path.splitext(archive)[1].lower())
    return fsspec.open(archive, compression=packed).open()


def is_picture(path: str) -> bool:
    """Whether a visible file's name ends like that of a picture."""
    return path.lower().endswith(PICTURES) and not os.path.basename(path).startswith(".")


def is_archive(file: str) -> bool:
    """Whether a name ends like that of an archive; one inside another archive is not looked at."""
    return file.lower().endswith(ARCHIVES) and "::" not in file


def _is_tar(file: str) -> bool:
    return file.lower().endswith(TARS)

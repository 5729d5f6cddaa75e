"""A worker's way to the pictures; the archive it read last stays open."""

import os
import zipfile
from contextlib import ExitStack

import fsspec

from ..errors import FacesideError
from ..image import Picture, read_image
from .sources import Item, open_unpacked


class Reader:
    """Reads the pictures of a batch, wherever they lie."""

    def __init__(self):
        self._archive, self._file = None, None
        self._open = ExitStack()

    def read(self, item: Item) -> Picture:
        """The picture of an item.

        Raises:
            FacesideError: ``image-…``, as of :func:`~faceside.image.read_image`.
        """
        return read_image(self._source(item))

    def _source(self, item: Item) -> str | bytes:
        if item.archive is None and os.path.isabs(item.file):
            return item.file
        try:
            return self._fetch(item)
        except FileNotFoundError:
            raise FacesideError(
                "image-missing", f"There is no file {item.file}; it was there when it was listed."
            ) from None
        except Exception as error:  # whatever this kind of storage raises
            self.close()
            raise FacesideError(
                "image-unreadable", f"{item.file} cannot be read ({error}); check where it lies."
            ) from None

    def _fetch(self, item: Item) -> bytes:
        if item.archive is None:
            with fsspec.open(item.file) as file:
                return file.read()
        archive = self._opened(item)
        if item.member is not None:
            return archive.read(item.member)
        archive.seek(item.offset)
        return archive.read(item.size)

    def _opened(self, item: Item):
        if item.archive != self._archive:
            self.close()
            if item.member is None:
                self._file = self._open.enter_context(open_unpacked(item.archive))
            else:
                file = self._open.enter_context(fsspec.open(item.archive))
                self._file = self._open.enter_context(zipfile.ZipFile(file))
            self._archive = item.archive
        return self._file

    def close(self) -> None:
        """Close the archive that is open."""
        self._archive = None
        self._open.close()

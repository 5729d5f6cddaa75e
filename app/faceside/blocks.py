"""A file of blocks, each with a checksum that covers everything before it as well.

    file = MAGIC, then blocks
    block = kind (4 ASCII letters), length of the payload (u32, little-endian), payload, SHA-256

The SHA-256 of a block is taken over that of the block before it (of the first: over the SHA-256 of
MAGIC), then its own kind, length and payload; so no block can be altered, left out or moved without
the next checksum telling. Written and read in a stream; a reader holds one unfinished block.
"""

import hashlib
import struct
from collections.abc import Callable

from .documents import damaged

# After PNG's signature (PNG specification, 5.2): a byte that is no text, and the line ends that
# show what a transfer as text has done to the file.
MAGIC = b"\x89FSG\r\n\x1a\n"
HEADER = struct.Struct("<4sI")
CHECKSUM = hashlib.sha256().digest_size
LARGEST_BLOCK = 1 << 26  # bytes of payload


def is_blocks(start: bytes | str) -> bool:
    """Whether a file that begins like this is one of blocks."""
    return isinstance(start, bytes | bytearray) and start[: len(MAGIC)] == MAGIC


class BlockWriter:
    """Writes blocks one after another.

    Args:
        write: takes the bytes, such as the method of a file.
    """

    def __init__(self, write: Callable[[bytes], object]):
        self._write = write
        self.checksum = hashlib.sha256(MAGIC).digest()
        write(MAGIC)

    def add(self, kind: bytes, *parts: bytes) -> None:
        """Write one block, its payload in parts."""
        header = HEADER.pack(kind, sum(map(len, parts)))
        checksum = hashlib.sha256(self.checksum + header)
        self._write(header)
        for part in parts:
            checksum.update(part)
            self._write(part)
        self.checksum = checksum.digest()
        self._write(self.checksum)


class BlockReader:
    """Reads blocks from bytes given piece by piece.

    Every method raises FacesideError gallery-unreadable, with the place of the damage.

    Attributes:
        checksum: of all that has been read.
    """

    def __init__(self):
        self.checksum = b""
        self._rest = bytearray()
        self._place = 0  # in the file, of the first byte of the rest

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Read on; return the kind and the payload of every block that is complete now."""
        self._rest += data
        blocks = []
        if self.checksum or self._take_magic():
            while block := self._take_block():
                blocks.append(block)
        return blocks

    def end(self) -> None:
        """Tell that nothing comes after this."""
        if self._rest or not self.checksum:
            raise damaged("the file", f"is cut short after byte {self._place + len(self._rest):,}")

    def _take_magic(self) -> bool:
        if len(self._rest) < len(MAGIC):
            return False
        if not is_blocks(self._rest):
            raise damaged("the file", "does not begin like one")
        self.checksum = hashlib.sha256(MAGIC).digest()
        self._drop(len(MAGIC))
        return True

    def _take_block(self) -> tuple[bytes, bytes] | None:
        if len(self._rest) < HEADER.size:
            return None
        kind, length = HEADER.unpack_from(self._rest)
        if length > LARGEST_BLOCK:
            raise damaged(self._where(), f"says that it has {length:,} bytes")
        end = HEADER.size + length
        if len(self._rest) < end + CHECKSUM:
            return None
        checksum = hashlib.sha256(self.checksum)
        with memoryview(self._rest) as rest:
            checksum.update(rest[:end])
            payload = bytes(rest[HEADER.size : end])
            told = bytes(rest[end : end + CHECKSUM])
        if checksum.digest() != told:
            raise damaged(self._where(), "differs from its checksum")
        self.checksum = told
        self._drop(end + CHECKSUM)
        return kind, payload

    def _drop(self, count: int) -> None:
        del self._rest[:count]
        self._place += count

    def _where(self) -> str:
        return f"the block at byte {self._place:,}"

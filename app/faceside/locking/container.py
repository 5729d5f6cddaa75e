"""The format of a file locked by a passphrase, around any bytes, version 1.

| Bytes | What |
| --- | --- |
| 0 to 7 | 89 46 53 4C 0D 0A 1A 0A: ``\\x89FSL\\r\\n\\x1a\\n``, spoilt by whoever alters line ends |
| 8 | the version: 1 |
| 9 | how the key is derived: 1, PBKDF2 with HMAC-SHA-256 |
| 10, 11 | zero |
| 12 to 15 | iterations of PBKDF2, unsigned, the least significant byte first |
| 16 to 31 | the salt |
| 32 to 35 | the size of a chunk, as the iterations |
| 36 to 51 | the check: the tag of chunk 0, an empty text, which only the passphrase opens |
| from 52 | the chunks 1, 2 …, each followed by its tag of 16 bytes |

The key of 32 bytes is derived from the passphrase (UTF-8, NFC) and the salt. A chunk is encrypted
by AES-256-GCM; every chunk but the last has the size told, the last one at least one byte, or none
where the whole is empty. Its nonce is its number in 11 bytes, the most significant first, and a
byte that is 1 for the last chunk and 0 for the others, so that chunks cannot be left out, moved or
cut off (STREAM: Hoang, Reyhanitabar, Rogaway and Vizár 2015). The context of every chunk are the
bytes 0 to 35.
"""

import struct
from collections.abc import AsyncIterator

from ..errors import FacesideError
from . import ciphers
from .passphrase import (
    FEWEST_ITERATIONS,
    MOST_ITERATIONS,
    SALT,
    calibrated,
    check_new_passphrase,
    equal_time,
    passphrase_bytes,
    wrong_passphrase,
)

MAGIC = b"\x89FSL\r\n\x1a\n"
HEADER = struct.Struct(f"<8sBBHI{SALT}sI")
TAG = 16
START = HEADER.size + TAG  # of the chunks
VERSION, PBKDF2 = 1, 1
CHUNK = 1 << 20
LARGEST_CHUNK = 1 << 26


def is_locked(start: bytes) -> bool:
    """Whether the file that begins with these bytes, 8 or more, is locked by a passphrase."""
    return bytes(start[: len(MAGIC)]) == MAGIC


async def lock_bytes(data: bytes, passphrase: str) -> bytes:
    """Return a locked file of data.

    Raises:
        FacesideError: passphrase-too-short, passphrase-too-long, lock-unavailable.
    """
    check_new_passphrase(passphrase)
    cipher = ciphers()
    iterations, salt = await calibrated(cipher), cipher.random(SALT)
    header = HEADER.pack(MAGIC, VERSION, PBKDF2, 0, iterations, salt, CHUNK)
    key = await cipher.derive(passphrase_bytes(passphrase), salt, iterations)
    data = memoryview(data)
    parts = [header, await cipher.seal(key, _nonce(0, False), b"", header)]
    starts = range(0, len(data), CHUNK) or (0,)
    for number, start in enumerate(starts, 1):
        chunk = bytes(data[start : start + CHUNK])
        parts.append(await cipher.seal(key, _nonce(number, number == len(starts)), chunk, header))
    return b"".join(parts)


class LockedFile:
    """Opens a locked file piece by piece.

    Args:
        start: its first START bytes.

    Attributes:
        chunk: how many bytes from START on a chunk has, the last one may have fewer.

    Raises:
        FacesideError: container-damaged.
    """

    def __init__(self, start: bytes):
        start = bytes(start[:START])
        if len(start) < START or not is_locked(start):
            raise damaged("is cut short")
        self._header, self._check = start[: HEADER.size], start[HEADER.size :]
        _, version, derivation, zero, iterations, self._salt, size = HEADER.unpack(self._header)
        if (version, derivation, zero) != (VERSION, PBKDF2, 0):
            raise damaged("was locked by a later release of Faceside")
        if not FEWEST_ITERATIONS <= iterations <= MOST_ITERATIONS or not 0 < size <= LARGEST_CHUNK:
            raise damaged("has a beginning that makes no sense")
        self._iterations, self.chunk = iterations, size + TAG
        self._key = None

    async def unlock(self, passphrase: str) -> None:
        """Derive the key, and see that it is the right one.

        Raises:
            FacesideError: passphrase-wrong, after LEAST_SECONDS; lock-unavailable.
        """
        cipher = ciphers()
        async with equal_time():
            data = passphrase_bytes(passphrase)
            key = await cipher.derive(data, self._salt, self._iterations)
            if await cipher.unseal(key, _nonce(0, False), self._check, self._header) is None:
                raise wrong_passphrase()
        self._key = key

    async def open_chunk(self, number: int, data: bytes, last: bool) -> bytes:
        """Return what a chunk, counted from 1, holds.

        Raises:
            FacesideError: container-damaged.
        """
        opened = await ciphers().unseal(self._key, _nonce(number, last), data, self._header)
        if opened is None or (not opened and number > 1):
            raise damaged("was altered or cut short")
        return opened

    async def pieces(self, size: int, read) -> AsyncIterator[bytes]:
        """Yield what the file holds, chunk by chunk.

        Args:
            size: how many bytes the whole file has.
            read: gives its bytes, ``await read(start, end)``.

        Raises:
            FacesideError: container-damaged.
        """
        for number, start in enumerate(range(START, size, self.chunk) or (START,), 1):
            end = min(start + self.chunk, size)
            yield await self.open_chunk(number, await read(start, end), end == size)


async def unlock_bytes(data: bytes, passphrase: str) -> bytes:
    """Return what a locked file holds.

    Raises:
        FacesideError: passphrase-wrong, container-damaged, lock-unavailable.
    """

    async def read(start: int, end: int) -> bytes:
        return bytes(data[start:end])

    file = LockedFile(data)
    await file.unlock(passphrase)
    return b"".join([piece async for piece in file.pieces(len(data), read)])


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def damaged(problem: str) -> FacesideError:
    """The error for a locked file that cannot be right."""
    return FacesideError(
        "container-damaged",
        f"The locked file {problem}: take another copy of it. Nothing was changed.",
    )

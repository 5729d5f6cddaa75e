"""The lock of a gallery: a random key that encrypts what is kept, wrapped by the passphrase's key.

Another passphrase wraps the same key anew: one small record changes, nothing is encrypted again. In
the browser alone; keys are WebCrypto's and cannot be read out while they are in use.
"""

from dataclasses import dataclass

from ..errors import FacesideError
from .passphrase import (
    SALT,
    calibrated,
    check_new_passphrase,
    equal_time,
    passphrase_bytes,
    wrong_passphrase,
)

NONCE = 12  # bytes, of AES-GCM
CONTEXT = b"faceside lock 1"


@dataclass(frozen=True)
class Lock:
    """What is kept to open a gallery by its passphrase.

    Attributes:
        id: 16 random bytes, of the key within; they stay when the passphrase is changed.
        iterations, salt: of PBKDF2 with HMAC-SHA-256.
        nonce, wrapped: the key within, encrypted by AES-256-GCM.
    """

    id: bytes
    iterations: int
    salt: bytes
    nonce: bytes
    wrapped: bytes


async def new_lock(cipher, passphrase: str) -> tuple[Lock, object]:
    """Return a lock with a new key within, and that key.

    Raises:
        FacesideError: passphrase-too-short, passphrase-too-long.
    """
    check_new_passphrase(passphrase)
    lock = await _wrapped(cipher, cipher.random(16), await cipher.new_key(), passphrase)
    return lock, await open_lock(cipher, lock, passphrase)


async def open_lock(cipher, lock: Lock, passphrase: str, changing: bool = False):
    """Return the key within a lock; ``changing``: one that can be wrapped again.

    Raises:
        FacesideError: passphrase-wrong, after LEAST_SECONDS.
    """
    async with equal_time():
        try:
            outer = await cipher.derive(passphrase_bytes(passphrase), lock.salt, lock.iterations)
            key = await cipher.unwrap(outer, lock.nonce, lock.wrapped, CONTEXT, changing)
        except Exception as error:  # a record that was altered, whatever becomes of it
            raise wrong_passphrase() from error
        if key is None:
            raise wrong_passphrase()
        return key


async def changed_lock(cipher, lock: Lock, passphrase: str, new: str) -> Lock:
    """Return the lock with another passphrase.

    Raises:
        FacesideError: passphrase-wrong, passphrase-too-short, passphrase-too-long.
    """
    key = await open_lock(cipher, lock, passphrase, changing=True)
    check_new_passphrase(new)
    return await _wrapped(cipher, lock.id, key, new)


async def _wrapped(cipher, id: bytes, key, passphrase: str) -> Lock:
    iterations, salt = await calibrated(cipher), cipher.random(SALT)
    nonce = cipher.random(NONCE)
    outer = await cipher.derive(passphrase_bytes(passphrase), salt, iterations)
    return Lock(id, iterations, salt, nonce, await cipher.wrap(outer, nonce, key, CONTEXT))


def gallery_locked() -> FacesideError:
    """The error of whatever needs the people while they are locked."""
    return FacesideError(
        "gallery-locked", "The people kept here are locked: unlock them by the passphrase."
    )

"""The ciphers in CPython: AES-256-GCM and PBKDF2 of the package `cryptography`."""

import asyncio
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

random = secrets.token_bytes


async def derive(passphrase: bytes, salt: bytes, iterations: int) -> AESGCM:
    """Derive a key from a passphrase."""
    derivation = PBKDF2HMAC(SHA256(), 32, salt, iterations)
    return AESGCM(await asyncio.to_thread(derivation.derive, passphrase))


async def seal(key: AESGCM, nonce: bytes, data: bytes, context: bytes) -> bytes:
    """Encrypt data; the 16 bytes of the tag, which also covers the context, are at its end."""
    return key.encrypt(nonce, data, context)


async def unseal(key: AESGCM, nonce: bytes, data: bytes, context: bytes) -> bytes | None:
    """Decrypt data; None where the key, the data or the context is another."""
    try:
        return key.decrypt(nonce, data, context)
    except InvalidTag:
        return None

"""The ciphers in the browser: AES-256-GCM and PBKDF2 of WebCrypto, for Pyodide in a page or worker.

Keys are CryptoKeys, which cannot be read out. Many pieces go through one small script, as asking
JavaScript from Python for each would take longer than the cipher.
"""

import sys
from pathlib import Path

import js
from pyodide.code import run_js
from pyodide.ffi import JsException, to_js

from ..errors import FacesideError

USES = ["encrypt", "decrypt"]
_many = run_js(Path(__file__).with_name("many.js").read_text("utf-8"))


def checked():
    """This module.

    Raises:
        FacesideError: lock-unavailable, where the page was not opened safely or the browser lacks
            what the lock needs.
    """
    databases, locks = hasattr(js.indexedDB, "databases"), hasattr(js.navigator, "locks")
    if not (getattr(js.crypto, "subtle", None) and databases and locks):
        raise FacesideError(
            "lock-unavailable",
            "This browser cannot lock here: open the page over https or on localhost, in a newer "
            "browser.",
        )
    return sys.modules[__name__]


def random(length: int) -> bytes:
    """Random bytes to be used as keys."""
    return js.crypto.getRandomValues(js.Uint8Array.new(length)).to_bytes()


async def derive(passphrase: bytes, salt: bytes, iterations: int):
    """Derive a key from a passphrase."""
    subtle = js.crypto.subtle
    uses = to_js(["deriveKey"])
    material = await subtle.importKey("raw", to_js(passphrase), "PBKDF2", False, uses)
    how = _record(name="PBKDF2", hash="SHA-256", salt=to_js(salt), iterations=iterations)
    kind = _record(name="AES-GCM", length=256)
    uses = to_js([*USES, "wrapKey", "unwrapKey"])
    return await subtle.deriveKey(how, material, kind, False, uses)


async def new_key():
    """Make a random key, one that can be wrapped."""
    kind = _record(name="AES-GCM", length=256)
    return await js.crypto.subtle.generateKey(kind, True, to_js(USES))


async def wrap(outer, nonce: bytes, key, context: bytes) -> bytes:
    """Encrypt a key by another."""
    how = _how(nonce, context)
    return (await js.crypto.subtle.wrapKey("raw", key, outer, how)).to_bytes()


async def unwrap(outer, nonce: bytes, wrapped: bytes, context: bytes, changing: bool):
    """Decrypt a key by another; None where it does not open. ``changing``: one to be wrapped."""
    how, kind = _how(nonce, context), _record(name="AES-GCM")
    try:
        return await js.crypto.subtle.unwrapKey(
            "raw", to_js(wrapped), outer, how, kind, changing, to_js(USES)
        )
    except JsException:
        return None


async def seal(key, nonce: bytes, data: bytes, context: bytes) -> bytes:
    """Encrypt data; the 16 bytes of the tag, which also covers the context, are at its end."""
    sealed = await js.crypto.subtle.encrypt(_how(nonce, context), key, to_js(data))
    return sealed.to_bytes()


async def unseal(key, nonce: bytes, data: bytes, context: bytes) -> bytes | None:
    """Decrypt data; None where the key, the data or the context is another."""
    try:
        opened = await js.crypto.subtle.decrypt(_how(nonce, context), key, to_js(data))
    except JsException:
        return None
    return opened.to_bytes()


async def seal_many(key, pieces: list[bytes], context: bytes):
    """Encrypt each of many pieces; a JavaScript array of ``{iv, data}``, with random nonces."""
    lengths = to_js([len(piece) for piece in pieces])
    return await _many.seal(key, to_js(b"".join(pieces)), lengths, to_js(context))


async def unseal_many(key, records, context: bytes) -> list[memoryview | None]:
    """Decrypt a JavaScript array of ``{iv, data}``; None for what does not open."""
    opened = await _many.unseal(key, records, to_js(context))
    data, pieces, start = memoryview(opened.data.to_bytes()), [], 0
    for length in opened.lengths.to_py():
        pieces.append(None if length < 0 else data[start : start + length])
        start += max(0, length)
    return pieces


def ids_of(records) -> list[int]:
    """The ids of a JavaScript array of records."""
    return [int(id) for id in _many.ids(records).to_py()]


def _how(nonce: bytes, context: bytes):
    return _record(name="AES-GCM", iv=to_js(nonce), additionalData=to_js(context))


def _record(**fields):
    return to_js(fields, dict_converter=js.Object.fromEntries)

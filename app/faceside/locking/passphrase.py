"""The rules of passphrases: how one is checked, and how long it takes to try one.

A key is derived from it by PBKDF2 with HMAC-SHA-256 (RFC 8018), which every browser and OpenSSL
have built in; what is stronger against graphics cards, such as Argon2id, none of them has.
"""

import asyncio
import time
import unicodedata
from contextlib import asynccontextmanager

from ..errors import FacesideError

SHORTEST = 8  # characters; the least of NIST SP 800-63B
LONGEST = 1000  # characters
SALT = 16  # bytes; NIST SP 800-132 asks for 128 bits
FEWEST_ITERATIONS = 600_000  # OWASP, Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256
MOST_ITERATIONS = 50_000_000  # a file that asks for more would hold the device up for minutes
LEAST_SECONDS = 0.25  # that a wrong passphrase costs
AIMED_SECONDS = 0.6  # that a derivation takes when it is made: well above, as devices get quicker
TRIAL = 100_000  # iterations timed


def check_new_passphrase(text) -> str:
    """Return a passphrase that may be chosen, as it is.

    Raises:
        FacesideError: passphrase-too-short, passphrase-too-long.
    """
    if not isinstance(text, str) or len(text) < SHORTEST:
        raise FacesideError(
            "passphrase-too-short",
            f"A passphrase has at least {SHORTEST} characters: take four or more words that "
            "nobody would guess together.",
        )
    if len(text) > LONGEST:
        raise FacesideError(
            "passphrase-too-long", f"A passphrase has at most {LONGEST} characters: shorten it."
        )
    return text


def passphrase_bytes(text) -> bytes:
    """Return what a key is derived from: UTF-8 of the one spelling NFC, so that every keyboard
    gives the same (RFC 8265, OpaqueString)."""
    text = text if isinstance(text, str) else ""
    return unicodedata.normalize("NFC", text[:LONGEST]).encode("utf-8", "surrogatepass")


def wrong_passphrase() -> FacesideError:
    """The one sentence for whatever does not open."""
    return FacesideError("passphrase-wrong", "The passphrase is wrong: type it again.")


async def calibrated(ciphers) -> int:
    """How many iterations a derivation is to have on this device: the seconds aimed at, by the
    quicker of three trials, and never fewer than recommended."""
    salt = ciphers.random(SALT)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        await ciphers.derive(b"trial", salt, TRIAL)
        seconds.append(time.perf_counter() - started)
    aimed = int(TRIAL * AIMED_SECONDS / max(min(seconds), 1e-4))
    return min(max(FEWEST_ITERATIONS, aimed), MOST_ITERATIONS)


@asynccontextmanager
async def equal_time():
    """Around a try: whatever is wrong with it, a failure comes no sooner than LEAST_SECONDS."""
    started = time.perf_counter()
    try:
        yield
    except FacesideError:
        await asyncio.sleep(max(0.0, LEAST_SECONDS - (time.perf_counter() - started)))
        raise

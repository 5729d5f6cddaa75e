"""Locking by a passphrase: what is kept or written to a file can be read with it alone.

`passphrase` has the rules, `container` the format of locked files; the ciphers are WebCrypto's in
the browser (`web`) and those of the package `cryptography` elsewhere (`native`).
"""

import sys
from types import ModuleType

from ..errors import FacesideError


def ciphers() -> ModuleType:
    """The ciphers of this place: a module with `derive`, `seal`, `unseal` and `random`.

    Raises:
        FacesideError: lock-unavailable.
    """
    if sys.platform == "emscripten":
        from . import web

        return web.checked()
    try:
        from . import native
    except ImportError as error:
        raise FacesideError(
            "lock-unavailable",
            "Locked galleries need the package cryptography: pip install faceside[lock].",
        ) from error
    return native

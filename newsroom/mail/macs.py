"""Message authentication codes under ADDRESS_KEY."""

import hashlib
from functools import lru_cache
from typing import Any

from django.conf import settings

BLOCK = 64  # Bytes that SHA-256 takes at once.


def mac(what: bytes) -> bytes:
    """HMAC-SHA-256 of it, 32 bytes; a list mail needs half a dozen."""
    inner, outer = (half.copy() for half in _keyed(settings.ADDRESS_KEY))
    inner.update(what)
    outer.update(inner.digest())
    digest: bytes = outer.digest()
    return digest


@lru_cache(maxsize=4)
def _keyed(key: str) -> tuple[Any, Any]:
    """The two hashes, each after its half of the key: the same for every code (RFC 2104, section 4).

    Copies of them cost a third of what a copy of Python's own HMAC does.
    """
    raw = key.encode()
    block = (hashlib.sha256(raw).digest() if len(raw) > BLOCK else raw).ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
    return inner, hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

"""Named rate limits, counted in the cache, in fixed windows."""

import hashlib
import logging
import time
from dataclasses import dataclass

from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
_own = LocMemCache("limits", {})  # Counts per process while the shared cache is away.


@dataclass(frozen=True)
class Limit:
    """At most `times` per `seconds` for one key."""

    name: str
    times: int
    seconds: int

    def allows(self, *key: str) -> bool:
        """Count this try; False if it is one too many. Keys are stored hashed."""
        window = int(time.time()) // self.seconds
        digest = hashlib.sha256("\0".join(key).encode()).hexdigest()[:32]
        return _count(f"limit:{self.name}:{window}:{digest}", self.seconds) <= self.times


def _count(key: str, seconds: int) -> int:
    try:
        return _increment(caches["default"], key, seconds)
    except (RedisError, OSError):
        logger.warning("cache away, limits counted per process")
        return _increment(_own, key, seconds)


def _increment(cache: object, key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=seconds)  # type: ignore[attr-defined]  # A Django cache; the handler is untyped.
    return int(cache.incr(key))  # type: ignore[attr-defined]  # As above.

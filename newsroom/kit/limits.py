"""Named rate limits, counted in the cache, in fixed windows."""

import hashlib
import time
from dataclasses import dataclass

from django.core.cache import cache


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
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # It ran out in between, or another cache took over.
        return 1

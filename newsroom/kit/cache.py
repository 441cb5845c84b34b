"""The shared cache, and what stands in for it while it is away."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
COMPLAIN_EVERY = 60  # Seconds.


class FallbackCache(RedisCache):
    """Redis; while it cannot be reached, a memory of this process.

    Limits (ours and allauth's) then count per process instead of failing the request.
    """

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("while-redis-is-away", {})
        self._complained_at = 0.0

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try(super().add, self._own.add, *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._try(super().get, self._own.get, *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try(super().set, self._own.set, *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._try(super().incr, self._own.incr, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try(super().delete, self._own.delete, *args, **kwargs))

    def _try(
        self, shared: Callable[..., Any], own: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        try:
            return shared(*args, **kwargs)
        except (RedisError, OSError):
            self._complain()
            return own(*args, **kwargs)

    def _complain(self) -> None:
        now = time.monotonic()
        if now - self._complained_at > COMPLAIN_EVERY:
            self._complained_at = now
            logger.warning("cache away, counted per process")

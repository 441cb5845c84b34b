"""Limits, also while the shared cache is away."""

from typing import Any

import time_machine
from django.core.cache import caches

from newsroom.kit.limits import Limit

LIMIT = Limit("test", times=2, seconds=60)


def test_one_too_many_is_refused_and_other_keys_are_not() -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        assert [LIMIT.allows("a", "b") for _ in range(3)] == [True, True, False]
        assert LIMIT.allows("a", "c")


def test_a_new_window_begins_at_nought() -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        refused = [LIMIT.allows("x") for _ in range(3)]
        clock.shift(60)
        assert refused[-1] is False
        assert LIMIT.allows("x")


def test_limits_hold_per_process_while_the_cache_is_away(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "newsroom.kit.cache.FallbackCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }

    assert caches["default"].get("nothing") is None
    assert [LIMIT.allows("away") for _ in range(3)] == [True, True, False]

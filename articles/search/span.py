"""From when to when."""

from dataclasses import dataclass
from datetime import datetime

from articles.models.search import place_at

FIRST, LAST = -(2**62), 2**62  # Beyond all that `place_at` gives.


@dataclass(frozen=True)
class Span:
    """The places between two moments, both included."""

    first: int = FIRST
    last: int = LAST

    @classmethod
    def between(cls, since: datetime | None, until: datetime | None) -> "Span":
        """From `since` on, and before `until`."""
        return cls(
            place_at(since) if since else FIRST,
            place_at(until) - 1 if until else LAST,
        )

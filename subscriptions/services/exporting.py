"""Everyone who is subscribed or was, as a list that spreadsheets and other programs read."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from subscriptions.models import Subscriber, Subscription
from subscriptions.sheets import harmless

COLUMNS = (
    "email", "state", "wishes", "confirmed_at", "consent_at", "consent_from", "consent_words",
    "origin", "suppressed", "paused_until", "left_at", "created_at",
    "zone", "hour", "weekday", "quiet_from", "quiet_to", "daily_cap", "breaking_at_once",
)  # fmt: skip
AT_ONCE = 2000


def export_lines() -> Iterator[str]:
    """The list line by line, the first its head; bounded in memory however long it is.

    Whoever was erased is not in it. Comma-separated as in RFC 4180; moments are in UTC. No cell
    is a formula to a spreadsheet: see `subscriptions.sheets.harmless`.
    """
    yield _written(COLUMNS)
    standing = Subscription.objects.standing().select_related("section", "topic", "author")
    wishes = Prefetch("subscriptions", standing.order_by("pk"), "wishes")
    rows = Subscriber.objects.exclude(address__compared=None).select_related("address")
    known = rows.with_suppression().prefetch_related(wishes).order_by("pk")
    for reader in known.iterator(chunk_size=AT_ONCE):
        yield _written(_cells(reader))


def _cells(reader: Any) -> list[str]:
    special: dict[str, Any] = {
        "email": reader.address.typed,
        "wishes": "; ".join(str(wish) for wish in reader.wishes),
        "suppressed": reader.stopped or "",
    }
    return [_cell(special.get(name, getattr(reader, name, ""))) for name in COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return harmless(str(value))


def _written(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()

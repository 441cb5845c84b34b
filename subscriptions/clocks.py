"""Keeping the Clock rows right, so that the database can read what it cannot reckon."""

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.utils import timezone

from subscriptions.models import Clock, Subscriber
from subscriptions.rows import insert_from
from subscriptions.schedule import end_of_quarter, local_day, next_daily, next_weekly, zone_of

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # A clock that was not set yet.
KEY = ["zone", "hour", "weekday"]
SET = ["local_hour", "day_began_at", "day_ends_at", "daily_at", "weekly_at", "good_until"]


def set_clocks(readers: QuerySet[Subscriber], now: datetime) -> None:
    """See that there is a clock for each of these readers, and that all clocks are right."""
    unknown = readers.filter(
        ~Exists(Clock.objects.filter(**{name: OuterRef(name) for name in KEY}))
    )
    moments = [Value(NEVER) for _name in SET[1:]]
    rows = unknown.order_by().values_list(*KEY, Value(0), *moments).distinct()
    insert_from(rows, Clock, [*KEY, *SET])
    if Clock.objects.filter(good_until__lte=now).exists():
        _set_stale(now)


def add_clock(zone: str, hour: int, weekday: int) -> None:
    """Before these are a reader's: a story that is just being owed looks for their clock."""
    clock = Clock(zone=zone, hour=hour, weekday=weekday)
    _set(clock, timezone.now())
    Clock.objects.bulk_create([clock], ignore_conflicts=True)


def hold_clocks(readers: QuerySet[Subscriber]) -> None:
    """Inside a transaction: whoever gives mail to these readers goes one after the other.

    Otherwise two stories at one moment would both count as the last that a limit allows.
    """
    shown = Clock.objects.filter(Exists(readers.filter(**{name: OuterRef(name) for name in KEY})))
    list(shown.select_for_update().order_by("pk").values_list("pk"))


@transaction.atomic
def _set_stale(now: datetime) -> None:
    """In the order in which `hold_clocks` takes them, so that neither waits for the other."""
    rows = Clock.objects.select_for_update().filter(good_until__lte=now)
    stale = list(rows.order_by("pk"))
    for clock in stale:
        _set(clock, now)
    Clock.objects.bulk_create(  # One plain row each: `bulk_update` takes a tenth of a second.
        stale, batch_size=500, update_conflicts=True, unique_fields=KEY, update_fields=SET
    )


def _set(clock: Clock, now: datetime) -> None:
    zone = zone_of(clock.zone)
    day = local_day(now, zone)
    clock.local_hour, clock.day_began_at, clock.day_ends_at = day.hour, day.began_at, day.ends_at
    clock.daily_at = next_daily(now, clock.hour, zone)
    clock.weekly_at = next_weekly(now, clock.hour, clock.weekday, zone)
    clock.good_until = end_of_quarter(now)

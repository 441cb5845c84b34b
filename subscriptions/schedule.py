"""When digests come and when it is quiet: wall clocks turned into moments.

Zones are those of the IANA database. An hour that a night leaves out, because clocks go
forward, is taken as the same time after the change; one that a night has twice is the first
of the two. So each local day has one such moment.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

DAY = timedelta(days=1)
WEEK = 7
QUARTER = 15 * 60  # Seconds: every zone in use differs from UTC by whole quarters of an hour.


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; the title's for none, or for one that is no longer known."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def moment_of(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which clocks in the zone show that hour of that day."""
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def next_daily(now: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """The first moment after now at which clocks in the zone show that hour."""
    day = now.astimezone(zone).date() - DAY
    while (moment := moment_of(day, hour, zone)) <= now:
        day += DAY
    return moment


def next_weekly(now: datetime, hour: int, weekday: int, zone: ZoneInfo) -> datetime:
    """The first such moment on that weekday, Monday being 0."""
    day = now.astimezone(zone).date()
    day += DAY * ((weekday - day.weekday()) % WEEK)
    moment = moment_of(day, hour, zone)
    return moment if moment > now else moment_of(day + DAY * WEEK, hour, zone)


def last_daily(now: datetime, hour: int, zone: ZoneInfo) -> tuple[date, datetime]:
    """The last day whose moment at that hour has come, and the moment."""
    day = now.astimezone(zone).date()
    while (moment := moment_of(day, hour, zone)) > now:
        day -= DAY
    return day, moment


def is_quiet(hour: int, quiet_from: int | None, quiet_to: int | None) -> bool:
    """Whether that hour of the wall clock lies in the quiet hours, which may pass midnight."""
    if quiet_from is None or quiet_to is None:
        return False
    if quiet_from < quiet_to:
        return quiet_from <= hour < quiet_to
    return hour >= quiet_from or hour < quiet_to


@dataclass(frozen=True)
class LocalDay:
    """The day on the wall clocks of a zone: its hour now, and when it begins and ends."""

    hour: int
    began_at: datetime
    ends_at: datetime


def local_day(now: datetime, zone: ZoneInfo) -> LocalDay:
    """The day that it is in the zone."""
    there = now.astimezone(zone)
    began_at = moment_of(there.date(), 0, zone)
    return LocalDay(there.hour, began_at, moment_of(there.date() + DAY, 0, zone))


def end_of_quarter(now: datetime) -> datetime:
    """Until then no clock anywhere shows another hour than now."""
    seconds = int(now.timestamp()) // QUARTER * QUARTER + QUARTER
    return datetime.fromtimestamp(seconds, UTC)

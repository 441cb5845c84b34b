"""Wall clocks of all zones: each local day has one digest, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from subscriptions.schedule import (
    end_of_quarter,
    is_quiet,
    last_daily,
    local_day,
    moment_of,
    next_daily,
    next_weekly,
    zone_of,
)

NAMES = sorted(name for name in available_timezones() if "/" in name and "Etc" not in name)
zones = st.sampled_from(NAMES).map(ZoneInfo)
hours = st.integers(0, 23)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - The strategy gives them their zone.
OSLO, LORD_HOWE = ZoneInfo("Europe/Oslo"), ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("day", "hour", "zone", "utc"),
    [
        (date(2026, 3, 29), 2, OSLO, "01:00"),  # There is no 2:00: it is 3:00 already.
        (date(2026, 3, 29), 3, OSLO, "01:00"),
        (date(2026, 10, 25), 2, OSLO, "00:00"),  # There are two: the first.
        (date(2026, 10, 25), 3, OSLO, "02:00"),
        (date(2026, 10, 4), 2, LORD_HOWE, "15:30"),  # Half an hour forward.
    ],
)
def test_an_hour_left_out_or_doubled_is_one_moment(
    day: date, hour: int, zone: ZoneInfo, utc: str
) -> None:
    assert moment_of(day, hour, zone).strftime("%H:%M") == utc


@given(day=days, hour=hours, zone=zones)
def test_each_local_day_has_one_moment_and_they_follow_each_other(
    day: date, hour: int, zone: ZoneInfo
) -> None:
    week = [moment_of(day + timedelta(days=n), hour, zone) for n in range(8)]

    gaps = [after - before for before, after in pairwise(week)]

    assert all(timedelta(hours=21) <= gap <= timedelta(hours=27) for gap in gaps)
    assert all(moment.astimezone(zone).date() == day + timedelta(days=n)
               for n, moment in enumerate(week))  # fmt: skip


@given(now=moments, hour=hours, zone=zones)
@example(now=datetime(2026, 3, 29, 1, tzinfo=UTC), hour=2, zone=OSLO)
@example(now=datetime(2026, 10, 25, 1, tzinfo=UTC), hour=2, zone=OSLO)
def test_the_next_digest_is_the_first_after_now_and_the_last_is_not_after_it(
    now: datetime, hour: int, zone: ZoneInfo
) -> None:
    coming = next_daily(now, hour, zone)
    day, gone = last_daily(now, hour, zone)

    assert gone <= now < coming
    assert coming == moment_of(day + timedelta(days=1), hour, zone)
    assert next_daily(gone, hour, zone) == coming


@given(now=moments, hour=hours, weekday=st.integers(0, 6), zone=zones)
def test_the_next_weekly_digest_is_on_its_weekday_within_a_week(
    now: datetime, hour: int, weekday: int, zone: ZoneInfo
) -> None:
    coming = next_weekly(now, hour, weekday, zone)

    assert coming.astimezone(zone).weekday() == weekday
    assert now < coming <= now + timedelta(days=7, hours=3)
    assert next_weekly(coming, hour, weekday, zone) > coming


@given(hour=hours, quiet_from=hours, quiet_to=hours)
def test_quiet_hours_are_those_from_one_to_the_other_going_round_the_clock(
    hour: int, quiet_from: int, quiet_to: int
) -> None:
    if quiet_from == quiet_to:
        return
    passed, at = set(), quiet_from
    while at != quiet_to:
        passed.add(at)
        at = (at + 1) % 24

    assert is_quiet(hour, quiet_from, quiet_to) == (hour in passed)


@pytest.mark.parametrize(("quiet_from", "quiet_to"), [(None, None), (22, None), (None, 7)])
def test_without_both_ends_nothing_is_quiet(quiet_from: int | None, quiet_to: int | None) -> None:
    assert not any(is_quiet(hour, quiet_from, quiet_to) for hour in range(24))


@given(now=moments, zone=zones)
def test_the_local_day_holds_now_and_no_clock_changes_its_hour_within_the_quarter(
    now: datetime, zone: ZoneInfo
) -> None:
    day = local_day(now, zone)
    end = end_of_quarter(now)

    assert day.began_at <= now < day.ends_at
    assert now < end <= now + timedelta(minutes=15)
    assert local_day(end - timedelta(seconds=1), zone).hour == day.hour


def test_a_zone_that_is_not_known_is_the_titles() -> None:
    assert [str(zone_of(name)) for name in ("", "Atlantis/Poseidonis", "../etc", "Europe/Oslo")] == [
        "UTC", "UTC", "UTC", "Europe/Oslo",
    ]  # fmt: skip

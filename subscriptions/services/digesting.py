"""Digests: what is due goes out at a reader's hour, all of it in one mail.

One mailing per local day, zone and hour; its key makes it one, so that no day brings two,
also where clocks change. It begins with the dues, so that there is no empty one.

What fell due while the site stood still, or before its database was brought back, may long
have reached its readers: its digest waits for a person, and goes or is dropped as a whole.
"""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models import Article
from newsroom.mail.models import Mailing
from newsroom.mail.services import TOO_OLD, halt_mailing, promise_mailing, unfinished
from subscriptions.clocks import hold_clocks, set_clocks
from subscriptions.models import Cadence, Due, Heartbeat, Subscriber
from subscriptions.schedule import (
    end_of_quarter,
    last_daily,
    local_day,
    moment_of,
    next_daily,
    next_weekly,
    zone_of,
)
from subscriptions.services.packing import Packer, ranges
from subscriptions.services.renewing import hold_articles

KEY = "digest:"
SECONDS = 2.0  # Of work for one task.
Hours = dict[tuple[str, int], datetime]  # A moment for each zone and hour of digests.


def promise_digests() -> list[int]:
    """The mailings of the digests whose hour has come and that are not all packed yet."""
    now, last = timezone.now(), Heartbeat.objects.first()
    _hold_what_was_missed(now, last)
    _drop_called_off()
    for zone, hour in _hours_with_dues(waiting_dues(now)):
        if last is not None and _had_none(now, last, zone, hour):
            _wait(zone, hour, now)
            continue
        mailing = promise_mailing(_key_of_last(now, zone, hour))
        if mailing.filled_at is not None:
            _put_off(zone, hour, now)  # It went without them, so the next one has them.
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": now})
    rows = Mailing.objects.filter(unfinished(), key__startswith=KEY)
    return list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def hold_digests(why: str, *, since: datetime | None = None, until: datetime) -> int:
    """What fell due in this time, and went into no digest, waits for a person; how many digests.

    It stands at the desk with the reason `why`.
    """
    missed = waiting_dues(until).filter(**({"due_at__gt": since} if since else {}))
    mailings = [
        promise_mailing(_key_of_last(until, zone, hour)) for zone, hour in _hours_with_dues(missed)
    ]
    return sum(halt_mailing(mailing.pk, why) for mailing in mailings)


def _hold_what_was_missed(now: datetime, last: Heartbeat | None) -> None:
    """What fell due since somebody last looked, longer ago than a mailing may be old."""
    oldest = now - settings.MAILING_MAX_AGE
    if last is not None and last.at < oldest:
        hold_digests(TOO_OLD, since=last.at, until=oldest)


def _had_none(now: datetime, last: Heartbeat, zone: str, hour: int) -> bool:
    """Whether there was no digest at this hour, though somebody looked: nothing was to be sent.

    What is due now is of a story that was withdrawn then and has come back. Until the end of
    the quarter there may be one: that long a clock is good, by which a story was owed.
    """
    _day, moment = last_daily(now, hour, zone_of(zone))
    promised = Mailing.objects.filter(key=_key_of_last(now, zone, hour))
    return last.at >= end_of_quarter(moment) and not promised.exists()


def _key_of_last(now: datetime, zone: str, hour: int) -> str:
    day, _moment = last_daily(now, hour, zone_of(zone))
    return f"{KEY}{day}:{zone}:{hour:02}"


def _hours_with_dues(dues: QuerySet[Due]) -> list[tuple[str, int]]:
    """The zones and hours of these dues, but for those that wait with a digest of their own."""
    held = _moments(_waiting())
    rows = dues.values_list("subscriber__zone", "subscriber__hour").annotate(Max("due_at"))
    newest: Hours = {}
    for zone, hour, due_at in rows.order_by():
        place = (zone or settings.TIME_ZONE, hour)
        newest[place] = max(due_at, newest.get(place, due_at))
    return [place for place, due_at in newest.items() if place not in held or due_at > held[place]]


def _waiting() -> QuerySet[Mailing]:
    """The digests that wait, for a person or for something else, and are not all packed."""
    return Mailing.objects.filter(key__startswith=KEY, state=Mailing.State.WAITING, filled_at=None)


def _moments(digests: QuerySet[Mailing]) -> Hours:
    """For each zone and hour of these the moment of the last."""
    moments: Hours = {}
    for key in digests.values_list("key", flat=True):
        day, zone, hour = _read_key(key)
        moment = moment_of(day, hour, zone_of(zone))
        moments[zone, hour] = max(moment, moments.get((zone, hour), moment))
    return moments


def _dues_of(zone: str, hour: int, moment: datetime) -> QuerySet[Due]:
    """What is due for the digests of this hour, but for what waits with one of its own."""
    dues = waiting_dues(moment).filter(subscriber__in=_readers(zone, hour))
    held = _moments(_waiting()).get((zone, hour))
    return dues if held is None else dues.filter(due_at__gt=held)


def _drop_called_off() -> None:
    """What was to go into a digest that a person called off goes into none."""
    called_off = Mailing.objects.filter(key__startswith=KEY, state=Mailing.State.CANCELLED)
    for (zone, hour), moment in _moments(called_off.filter(filled_at=None)).items():
        _dues_of(zone, hour, moment).delete()
    called_off.filter(filled_at=None).update(filled_at=timezone.now())


def waiting_dues(now: datetime) -> QuerySet[Due]:
    """What is due for a digest and may be sent: the story is public, the reader wants mail."""
    return Due.objects.filter(
        ~Q(cadence=Cadence.AT_ONCE),
        delivery=None,
        due_at__lte=now,
        subscriber__state=Subscriber.State.CONFIRMED,
        article__in=Article.objects.published(),
    )


def pack_digest(mailing_id: int) -> None:
    """Pack all of it, however long that takes."""
    start: int | None = 0
    while start is not None:
        start = pack_some(mailing_id, start)


def pack_some(mailing_id: int, start: int = 0) -> int | None:
    """Go on with the readers from the id `start` on, for two seconds; where to go on then."""
    mailing = Mailing.objects.filter(unfinished(), pk=mailing_id).first()
    if mailing is None:
        return None
    packer, until, place = Packer(mailing), time.monotonic() + SECONDS, start
    if not packer.renew(until):
        return start
    day, zone, hour = _read_key(mailing.key)
    moment = moment_of(day, hour, zone_of(zone))
    dues = _dues_of(zone, hour, moment)
    for number, (first, last) in enumerate(ranges(_readers(zone, hour), start)):
        if number and time.monotonic() > until:
            return first
        readers = _readers(zone, hour).filter(pk__range=(first, last))
        _pack(packer, dues, readers, zone_of(zone))
        place = last + 1
    _put_off(zone, hour, moment)
    return None if packer.end() else place


def _read_key(key: str) -> tuple[date, str, int]:
    day, _colon, clock = key.removeprefix(KEY).partition(":")
    zone, _colon, hour = clock.rpartition(":")
    return date.fromisoformat(day), zone, int(hour)


def _readers(zone: str, hour: int) -> QuerySet[Subscriber]:
    """Those who confirmed and have their digests at this hour of this zone."""
    names = {zone, ""} if zone == settings.TIME_ZONE else {zone}
    return Subscriber.objects.filter(
        state=Subscriber.State.CONFIRMED, zone__in=sorted(names), hour=hour
    )


def _pack(
    packer: Packer, dues: QuerySet[Due], readers: QuerySet[Subscriber], zone: ZoneInfo
) -> None:
    now = timezone.now()
    set_clocks(readers, now)
    packer.prepare(_going(dues, readers, now, zone))  # Before any lock: it takes a while.
    with transaction.atomic():
        hold_clocks(readers)
        theirs = dues.filter(subscriber__in=readers)
        hold_articles(theirs.values_list("article", flat=True).distinct())
        packer.pack(_going(dues, readers, now, zone))
        packer.begin()


def _going(
    dues: QuerySet[Due], readers: QuerySet[Subscriber], now: datetime, zone: ZoneInfo
) -> QuerySet[Due]:
    """What these readers get now: not in their quiet hours, nor past their daily limit."""
    day = local_day(now, zone)
    mails = Due.objects.filter(subscriber=OuterRef("pk"), due_at__range=(day.began_at, now))
    mails = mails.filter(Q(cadence=Cadence.AT_ONCE) | Q(delivery__isnull=False))
    number = (
        mails.order_by()
        .values("subscriber")
        .annotate(number=Count(Coalesce("delivery", -F("article")), distinct=True))
    )
    limit = Q(daily_cap=None) | Q(daily_cap__gt=Coalesce(Subquery(number.values("number")), 0))
    may = readers.awake(day.hour).filter(limit)  # type: ignore[attr-defined]  # Its query set is ours.
    return dues.filter(subscriber__in=may)


def _put_off(zone: str, hour: int, until: datetime) -> None:
    """What was due until then and could not go with its digest goes with the next one."""
    later = next_daily(timezone.now(), hour, zone_of(zone))
    _dues_of(zone, hour, until).update(due_at=later)


def _wait(zone: str, hour: int, now: datetime) -> None:
    """What was due until now waits for its reader's next digest, a weekly one for the day."""
    place, dues = zone_of(zone), _dues_of(zone, hour, now)
    weekly = dues.filter(cadence=Cadence.WEEKLY)
    for weekday in Subscriber.Weekday.values:
        later = next_weekly(now, hour, weekday, place)
        weekly.filter(subscriber__weekday=weekday).update(due_at=later)
    dues.update(due_at=next_daily(now, hour, place))

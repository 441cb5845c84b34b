"""Digests: what is due goes out at a reader's hour, all of it in one mail.

One mailing per local day, zone and hour; its key makes it one, so that no day brings two,
also where clocks change. It begins with the dues, so that there is no empty one.
"""

import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models import Article
from newsroom.mail.models import Mailing
from newsroom.mail.services import begin_mailing, end_filling, promise_mailing
from subscriptions.clocks import hold_clocks, set_clocks
from subscriptions.models import Cadence, Due, Subscriber
from subscriptions.schedule import last_daily, local_day, moment_of, next_daily, zone_of
from subscriptions.services.packing import Packer, hold_articles, ranges

KEY = "digest:"
SECONDS = 2.0  # Of work for one task.
LATEST = timedelta(days=2)  # So long an unfinished digest is gone on with.


def promise_digests() -> list[int]:
    """The mailings of the digests whose hour has come and that are not all packed yet."""
    now = timezone.now()
    for zone, hour in _clocks_with_dues(now):
        day, _moment = last_daily(now, hour, zone_of(zone))
        mailing = promise_mailing(f"{KEY}{day}:{zone}:{hour:02}")
        if mailing.filled_at is not None or mailing.state == Mailing.State.CANCELLED:
            _put_off(zone, hour)  # It went without them, so the next one has them.
    return _unfinished(now)


def _clocks_with_dues(now: datetime) -> set[tuple[str, int]]:
    rows = waiting_dues(now).values_list("subscriber__zone", "subscriber__hour").distinct()
    return {(zone or settings.TIME_ZONE, hour) for zone, hour in rows}


def _unfinished(now: datetime) -> list[int]:
    rows = Mailing.objects.filter(
        key__startswith=KEY,
        state__in=[Mailing.State.FILLING, Mailing.State.SENDING],
        filled_at=None,
        created_at__gt=now - LATEST,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


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
    if mailing_id not in _unfinished(timezone.now()):
        return None
    mailing = Mailing.objects.get(pk=mailing_id)
    packer = Packer(mailing)
    if start == 0:
        packer.renew()
    day, zone, hour = _read_key(mailing.key)
    until = time.monotonic() + SECONDS
    for number, (first, last) in enumerate(ranges(_readers(zone, hour), start)):
        if number and time.monotonic() > until:
            return first
        readers = _readers(zone, hour).filter(pk__range=(first, last))
        _pack(packer, readers, moment_of(day, hour, zone_of(zone)), zone_of(zone))
    begin_mailing(mailing.pk)
    _put_off(zone, hour)
    end_filling(mailing.pk)
    return None


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


def _pack(packer: Packer, readers: QuerySet[Subscriber], moment: datetime, zone: ZoneInfo) -> None:
    now = timezone.now()
    set_clocks(readers, now)
    packer.prepare(_dues(readers, moment, now, zone))  # Before any lock: it takes a while.
    with transaction.atomic():
        hold_clocks(readers)
        open_dues = waiting_dues(moment).filter(subscriber__in=readers)
        hold_articles(open_dues.values_list("article", flat=True).distinct())
        packer.pack(_dues(readers, moment, now, zone))
        begin_mailing(packer.mailing.pk)


def _dues(
    readers: QuerySet[Subscriber], moment: datetime, now: datetime, zone: ZoneInfo
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
    return waiting_dues(moment).filter(subscriber__in=may)


def _put_off(zone: str, hour: int) -> None:
    """What could not go with this digest goes with the next one."""
    now = timezone.now()
    left = waiting_dues(now).filter(subscriber__in=_readers(zone, hour))
    left.update(due_at=next_daily(now, hour, zone_of(zone)))

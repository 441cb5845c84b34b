"""One person's page: everything that ever happened, the newest first, a page at a time."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from newsroom.mail.models import BounceNotice, Delivery, Suppression
from subscriptions.models import Event, Subscriber

PER_PAGE = 50
MOST_PAGES = 200


@dataclass(frozen=True)
class Entry:
    """A line of a person's history; `link` leads to the row of the ledger, "" to none."""

    at: datetime
    kind: str
    words: str
    detail: str = ""
    link: str = ""
    link_words: str = ""


@dataclass(frozen=True)
class History:
    """One page of it. `newer` and `older` are the numbers of the pages beside it, or None."""

    entries: list[Entry]
    newer: int | None
    older: int | None


def page_number(typed: str) -> int:
    """What `?page=` says; the first page for what is no number."""
    return max(1, min(int(typed), MOST_PAGES)) if typed.isdecimal() and len(typed) < 6 else 1


def history_of(subscriber: Subscriber, number: int = 1) -> History:
    """Three queries, whatever the length: each source gives what this page may need of it."""
    upto = number * PER_PAGE + 1
    sources = (source(subscriber, upto) for source in (_events, _deliveries, _notices))
    merged = heapq.merge(*sources, key=lambda entry: entry.at, reverse=True)
    shown = list(islice(merged, upto - PER_PAGE - 1, upto))
    older = number + 1 if len(shown) > PER_PAGE and number < MOST_PAGES else None
    return History(shown[:PER_PAGE], number - 1 or None, older)


def suppression_row(subscriber: Subscriber) -> Suppression | None:
    """Why the address gets no list mail, as the post room knows it."""
    if not subscriber.fingerprint:
        return None
    return Suppression.objects.filter(digest=subscriber.fingerprint).first()


def _events(subscriber: Subscriber, upto: int) -> Iterator[Entry]:
    rows = subscriber.events.select_related("address").order_by("-at", "-pk")
    for event in rows[:upto]:
        yield Entry(event.at, "event", event.get_what_display(), _detail(event))


def _detail(event: Event) -> str:
    match event.what:
        case Event.What.PAUSED:
            until = parse_datetime(event.detail)
            shown = date_format(localtime(until), "j F Y, H:i") if until else event.detail
            return _("until %(moment)s") % {"moment": shown}
        case Event.What.MOVED:
            return _("from %(address)s") % {"address": event.address} if event.address else ""
    return event.detail


def _deliveries(subscriber: Subscriber, upto: int) -> Iterator[Entry]:
    """The words of a message are long and not shown: only its subject is fetched."""
    rows = (
        Delivery.objects.filter(address__in=_addresses(subscriber))
        .select_related("mailing")
        .annotate(
            at=Coalesce("started_at", "mailing__created_at"),
            subject=KeyTextTransform("subject", "rendering__parts"),
        )
        .order_by("-at", "-pk")
    )
    for delivery in rows[:upto]:
        yield Entry(
            delivery.at,
            "mail",
            delivery.subject or _("(a letter whose words are not kept)"),
            f"{delivery.get_state_display()}. {delivery.outcome}".removesuffix(". "),
            reverse("admin:mail_delivery_change", args=[delivery.pk]),
            delivery.mailing.key,
        )


def _notices(subscriber: Subscriber, upto: int) -> Iterator[Entry]:
    rows = BounceNotice.objects.filter(delivery__address__in=_addresses(subscriber))
    for notice in rows.order_by("-received_at", "-pk")[:upto]:
        yield Entry(
            notice.received_at,
            "notice",
            str(notice),
            f"{notice.get_effect_display()}. {notice.status} {notice.words}".strip(" ."),
            reverse("admin:mail_bouncenotice_change", args=[notice.pk]),
            notice.came_by,
        )


def _addresses(subscriber: Subscriber) -> set[int]:
    """Where mail goes, and where it went before it was moved."""
    before = subscriber.events.exclude(address=None).values_list("address", flat=True)
    return {subscriber.address_id, *before}

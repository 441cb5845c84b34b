"""The digests that everyone may read, and how often mail comes: rows made once by the clock."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from articles.models import Article
from newsroom.mail.models import Delivery, Mailing, Rendering
from newsroom.press.services import new_generation, purge
from subscriptions import shown
from subscriptions.bundles import Bundled
from subscriptions.models import Bundle, Cadence, Edition, Pace
from subscriptions.models.editions import COUNTED_DAYS
from subscriptions.schedule import DAY, last_daily, moment_of, zone_of

HOUR, WEEKDAY = 7, 0  # Of the title's own zone; what subscribers have who chose no other.
SPAN = {Cadence.DAILY: DAY, Cadence.WEEKLY: 7 * DAY}
COUNTED = timedelta(days=COUNTED_DAYS)
KEY = "article:"
LOOKED_AT = 100  # Bundles: the last mails, of everyone and of those with wishes of their own.


def make_editions() -> list[Edition]:
    """The general digests whose hour has come and that are not there yet, if they hold a story."""
    zone = zone_of(settings.TIME_ZONE)
    day, moment = last_daily(timezone.now(), HOUR, zone)
    cadences = [Cadence.DAILY, *([Cadence.WEEKLY] if day.weekday() == WEEKDAY else [])]
    made = [_make(day, moment, cadence) for cadence in cadences]
    return [edition for edition in made if edition is not None]


@transaction.atomic
def _make(day: date, moment: datetime, cadence: Cadence) -> Edition | None:
    editions = Edition.objects.filter(cadence=cadence)
    if editions.filter(on__gte=day).exists():
        return None
    before = editions.first()  # Whatever kept the sweep away, no story is left between two.
    first_moment = moment_of(day - SPAN[cadence], HOUR, zone_of(settings.TIME_ZONE))
    begins_at = before.ends_at if before else first_moment
    stories = mailed_between(begins_at, moment)
    if not stories:
        return None
    edition, made = Edition.objects.get_or_create(
        on=day, cadence=cadence, defaults={"begins_at": begins_at, "ends_at": moment}
    )
    if not made:
        return None
    edition.articles.set(stories)
    purge(shown.editions_changed([day]))
    return edition


def mailed_between(begins_at: datetime, ends_at: datetime) -> "list[Article]":
    """Public stories that were promised to everyone and whose hold ended in this time."""
    promised = Mailing.objects.filter(
        key__startswith=KEY, not_before__gt=begins_at, not_before__lte=ends_at
    )
    keys = promised.values_list("key", flat=True)
    return list(
        Article.objects.published().filter(pk__in=[int(k.removeprefix(KEY)) for k in keys])
    )


@transaction.atomic
def count_pace() -> bool:
    """Count the stories mailed in the last thirty days, once a day; whether the box now differs.

    It stands on most stored pages, which begin anew then.
    """
    now = timezone.now()
    today = timezone.localtime(now).date()
    before = Pace.objects.first()
    if before is not None and before.counted_on >= today:
        return False
    stories = len(mailed_between(now - COUNTED, now))
    now_counted, _made = Pace.objects.update_or_create(
        pk=1, defaults={"stories": stories, "counted_on": today}
    )
    differs = before is None or before.a_week != now_counted.a_week
    if differs:
        new_generation()
    return differs


def editions() -> QuerySet[Edition]:
    """Those with a story that is still public, the newest first."""
    return Edition.objects.filter(articles__in=Article.objects.published()).distinct()


def last_general_mail() -> dict[str, Any] | None:
    """The words of the last mail sent to whoever asked for everything; None before the first.

    Only one whose stories are public in those very words: neither a text that was withdrawn
    nor one that was corrected is told again.
    """
    sent = Delivery.objects.filter(rendering=OuterRef("rendering"), state=Delivery.State.SENT)
    rows = Bundle.objects.filter(Exists(sent)).order_by("-rendering")
    for pk, stories in rows.values_list("rendering", "stories")[:LOOKED_AT]:
        bundled = Bundled.read(stories)
        if bundled.is_general and bundled.as_now() == bundled:
            parts: dict[str, Any] = Rendering.objects.get(pk=pk).parts  # Long: of this one only.
            return parts
    return None

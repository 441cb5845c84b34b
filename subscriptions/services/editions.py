"""The digests that everyone may read, and how often mail comes: rows made once by the clock."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Article
from newsroom.mail.models import Mailing
from subscriptions.models import Cadence, Edition, Pace
from subscriptions.schedule import DAY, last_daily, moment_of, zone_of

HOUR, WEEKDAY = 7, 0  # Of the title's own zone; what subscribers have who chose no other.
SPAN = {Cadence.DAILY: DAY, Cadence.WEEKLY: 7 * DAY}
COUNTED = timedelta(days=30)
KEY = "article:"


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
    first_day = day - SPAN[cadence]
    before = editions.filter(on__gte=first_day).first()  # Set the clock back, and none is missed.
    begins_at = (
        before.ends_at if before else moment_of(first_day, HOUR, zone_of(settings.TIME_ZONE))
    )
    stories = mailed_between(begins_at, moment)
    if not stories:
        return None
    edition, made = Edition.objects.get_or_create(
        on=day, cadence=cadence, defaults={"begins_at": begins_at, "ends_at": moment}
    )
    if not made:
        return None
    edition.articles.set(stories)
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


def count_pace() -> bool:
    """Count the stories mailed in the last thirty days, once a day; whether the box now differs."""
    now = timezone.now()
    today = timezone.localtime(now).date()
    before = Pace.objects.first()
    if before is not None and before.counted_on >= today:
        return False
    stories = len(mailed_between(now - COUNTED, now))
    Pace.objects.update_or_create(pk=1, defaults={"stories": stories, "counted_on": today})
    return before is None or a_week(before.stories) != a_week(stories)


def a_week(stories: int) -> int:
    """Of so many in thirty days, about how many a week: to the one up to ten, then to the five."""
    exact = stories * 7 / COUNTED.days
    return round(exact) if exact < 10 else 5 * round(exact / 5)


def editions() -> QuerySet[Edition]:
    """Those with a story that is still public, the newest first."""
    return Edition.objects.filter(articles__in=Article.objects.published()).distinct()

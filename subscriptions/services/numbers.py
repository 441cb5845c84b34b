"""How many there are, come, go and are reached; counted from what is written down anyhow.

Nobody is watched for it: no pixel, no counted link. Days and weeks are those of TIME_ZONE, weeks
begin on Monday. Each function takes a few grouped queries, whatever the number of readers.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    Subquery,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.text import capfirst

from newsroom.mail.models import Delivery, Mailing, Rendering, Suppression
from subscriptions.models import Cadence, Event, Subscriber, Subscription
from subscriptions.models.events import JOINING, LEAVING
from subscriptions.models.wishes import number_of_wish, word_of_number
from subscriptions.reasons import MODELS, phrase
from subscriptions.schedule import DAY, moment_of, zone_of

SUBSCRIBED = (Subscriber.State.CONFIRMED, Subscriber.State.PAUSED)
TOLD = (Delivery.State.SENT, Delivery.State.FAILED, Delivery.State.BOUNCED)
MAILINGS = 12
MOST_WISHES = 60
Weeks = list[tuple[date, int, int]]  # The Monday, how many came, how many went.


@dataclass
class Wished:
    """How a wish stands: how many have it in each rhythm, came to it and left it lately."""

    word: str
    name: str
    by_cadence: dict[str, int] = field(default_factory=dict)
    joined: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_cadence.values())

    @property
    def cells(self) -> list[int]:
        """In the order of `Cadence`, then all, came and went."""
        each = [self.by_cadence.get(cadence, 0) for cadence in Cadence.values]
        return [*each, self.total, self.joined, self.left]


@dataclass(frozen=True)
class Mailed:
    """What became of a mailing."""

    mailing: Mailing
    subject: str
    sent: int
    failed: int
    bounced: int
    others: int


def counts_now() -> dict[str, int]:
    """How many are in each state, and how many of the subscribed get nothing."""
    rows = Subscriber.objects.order_by().values_list("state").annotate(Count("pk"))
    found = dict.fromkeys(Subscriber.State.values, 0) | dict(rows)
    mine = Suppression.objects.values("digest")
    stopped = Subscriber.objects.filter(state__in=SUBSCRIBED, fingerprint__in=mine)
    return found | {"stopped": stopped.count()}


def first_moment(days: int) -> datetime:
    """When the day began that is `days` days before today, in TIME_ZONE."""
    return moment_of(timezone.localdate() - days * DAY, 0, zone_of(""))


def subscribers_by_day(days: int) -> list[tuple[date, int]]:
    """How many were subscribed at the end of each of so many days, today being the last.

    Reckoned back from today's count by who came and went since.
    """
    change: Counter[date] = Counter()
    for on, what, count in _came_and_went(first_moment(days)):
        change[on] += -count if what in LEAVING else count
    standing = Subscriber.objects.filter(state__in=SUBSCRIBED).count()
    today, found = timezone.localdate(), []
    for back in range(days):
        found.append((today - back * DAY, standing))
        standing -= change[today - back * DAY]
    return found[::-1]


def joins_and_leaves(weeks: int) -> Weeks:
    """How many came and went in each week, this one being the last."""
    joined: Counter[date] = Counter()
    left: Counter[date] = Counter()
    for on, what, count in _came_and_went(_first_monday(weeks)):
        (left if what in LEAVING else joined)[_monday_of(on)] += count
    return _weeks(weeks, joined, left)


def wish_joins_and_leaves(weeks: int, *, word: str = "", cadence: str = "") -> Weeks:
    """The same of one wish (`topic:8`) or one rhythm, by who has or had it."""
    rows = _of(word, cadence)
    since = _first_monday(weeks)
    return _weeks(weeks, _by_week(rows, "wished_at", since), _by_week(rows, "ended_at", since))


def wishes(days: int) -> list[Wished]:
    """Every wish that somebody has or had lately, those that most have first."""
    since = first_moment(days)
    rows = _of("", "").values_list(number_of_wish(), "cadence")
    counted = rows.annotate(
        standing=Count("pk", filter=Q(ended_at=None)),
        joined=Count("pk", filter=Q(wished_at__gte=since)),
        left=Count("pk", filter=Q(ended_at__gte=since)),
    ).filter(Q(standing__gt=0) | Q(joined__gt=0) | Q(left__gt=0))
    found: dict[str, Wished] = {}
    for number, cadence, standing, joined, left in counted:
        word = word_of_number(number)
        row = found.setdefault(word, Wished(word, word))
        row.by_cadence[cadence] = standing
        row.joined += joined
        row.left += left
    most = sorted(found.values(), key=lambda wish: (-wish.total, wish.word))[:MOST_WISHES]
    _name(most)
    return most


def mailings() -> list[Mailed]:
    """The last mailings to a list, the oldest of them first."""
    subject = Rendering.objects.filter(mailing=OuterRef("pk")).order_by("pk")
    words = KeyTextTransform("subject", "parts")
    rows = Mailing.objects.filter(priority=Mailing.Priority.LIST, renderings__isnull=False)
    last = list(
        rows.annotate(words=Subquery(subject.values(said=words)[:1])).distinct()[:MAILINGS]
    )
    counts: dict[tuple[int, str], int] = {}
    made = Delivery.objects.filter(mailing__in=last).order_by()
    for pk, state, count in made.values_list("mailing", "state").annotate(Count("pk")):
        counts[pk, state] = count
    return [_mailed(mailing, counts) for mailing in reversed(last)]


def _mailed(mailing: Any, counts: dict[tuple[int, str], int]) -> Mailed:
    mine = {state: count for (pk, state), count in counts.items() if pk == mailing.pk}
    sent, failed, bounced = (mine.pop(state, 0) for state in TOLD)
    words = mailing.words or mailing.key
    return Mailed(mailing, words, sent, failed, bounced, sum(mine.values()))


def _first_monday(weeks: int) -> datetime:
    monday = _monday_of(timezone.localdate()) - timedelta(weeks=weeks - 1)
    return moment_of(monday, 0, zone_of(""))


def _weeks(weeks: int, joined: Counter[date], left: Counter[date]) -> Weeks:
    monday = _monday_of(timezone.localdate())
    mondays = [monday - timedelta(weeks=back) for back in range(weeks)][::-1]
    return [(day, joined[day], left[day]) for day in mondays]


def _of(word: str, cadence: str) -> Any:
    """The wishes of whoever confirmed, with `ended_at`: when they or the reader left."""
    gone = Q(subscriber__state=Subscriber.State.LEFT)
    ended = Case(
        When(left_at__isnull=False, then=F("left_at")),
        When(gone, then=F("subscriber__left_at")),
        output_field=DateTimeField(),
    )
    rows = Subscription.objects.filter(subscriber__confirmed_at__isnull=False)
    if cadence:
        rows = rows.filter(cadence=cadence)
    kind, _colon, pk = word.partition(":")
    if kind in MODELS and pk.isdecimal():
        rows = rows.filter(what=kind, **{kind: int(pk)})
    elif word:
        rows = rows.filter(what=kind)
    return rows.annotate(ended_at=ended).order_by()


def _came_and_went(since: datetime) -> Iterator[tuple[date, str, int]]:
    """The day, what happened and how often, since that moment; a day may come several times."""
    rows = Event.objects.filter(at__gte=since, what__in=[*JOINING, *LEAVING]).order_by()
    for quarter, what, count in rows.values_list(Quarter("at"), "what").annotate(Count("pk")):
        yield _day_of(quarter), what, count


def _by_week(rows: Any, name: str, since: datetime) -> Counter[date]:
    quarters = rows.filter(**{f"{name}__gte": since}).values_list(Quarter(name))
    weeks: Counter[date] = Counter()
    for quarter, count in quarters.annotate(Count("pk")):
        weeks[_monday_of(_day_of(quarter))] += count
    return weeks


class Quarter(Func):
    """Which quarter of an hour since 1970 a moment lies in: every zone's midnight begins one.

    On SQLite, Django's own functions of days and weeks are a call of Python for each row; and
    only whole seconds are read there, for it rounds to the next thousandth.
    """

    output_field = BigIntegerField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "CAST(strftime('%%%%s', substr(%(expressions)s, 1, 19)) AS INTEGER) / 900"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / 900) AS bigint)"
        return self.as_sql(compiler, connection, template=template, **more)


def _day_of(quarter: int) -> date:
    return datetime.fromtimestamp(quarter * 900, zone_of("")).date()


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _name(rows: Sequence[Wished]) -> None:
    """The names of them all by one query for each kind."""
    for kind, model in MODELS.items():
        pks = [int(row.word.partition(":")[2]) for row in rows if row.word.startswith(f"{kind}:")]
        things: dict[int, Model] = model._default_manager.in_bulk(pks) if pks else {}
        for row in rows:
            if row.word.startswith(f"{kind}:"):
                thing = things.get(int(row.word.partition(":")[2]))
                row.name = capfirst(f"{model._meta.verbose_name}: {thing}")
    for row in rows:
        if row.word == "all":
            row.name = capfirst(phrase("all"))

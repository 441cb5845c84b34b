"""Who would get a story: counted before it is published, by one statement, without writing.

It goes through the wishes in the order of their readers and looks each reader up once
(SQLite keeps to the order of a CROSS JOIN); all that readers are told apart by is one number,
for grouping by several columns takes as long as all the rest.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils.translation import gettext as _

from articles.models import Article, Revision
from newsroom.mail.models import Delivery, Suppression
from newsroom.mail.services import CALLED_OFF
from subscriptions.models import Due, Subscriber, Subscription
from subscriptions.models.wishes import KIND, fits, number_of_wish, word_of_number
from subscriptions.reasons import thing_of
from subscriptions.schedule import local_day, zone_of
from subscriptions.services.owing import IS_QUIET, MAILS_TODAY, fastest, with_rows

COUNT = f"""
    WITH clock(zone, local_hour, day_began_at, day_ends_at) AS (VALUES {{clocks}})
    SELECT wanted.first * 32 + wanted.fastest * 8
        + CASE WHEN {IS_QUIET} THEN 4 ELSE 0 END
        + CASE WHEN reader.daily_cap IS NOT NULL AND reader.daily_cap <= ({MAILS_TODAY})
            THEN 2 ELSE 0 END
        + CASE WHEN reader.breaking_at_once THEN 1 ELSE 0 END AS alike, COUNT(*)
    FROM ({{wanted}}) wanted
    CROSS JOIN ({{readers}}) reader
    LEFT JOIN clock ON (reader.quiet_from IS NOT NULL OR reader.daily_cap IS NOT NULL)
        AND clock.zone = reader.zone
    WHERE reader.id = wanted.subscriber_id
    GROUP BY alike
"""  # noqa: S608 - Texts of this module and of `owing`; all values are parameters.
OF_READER = ("id", "zone", "quiet_from", "quiet_to", "daily_cap", "breaking_at_once")
Choice = Article.MailChoice
NOW, WEEKLY = 0, 2  # As FASTEST says it.


class Group(NamedTuple):
    """Readers who are alike in all that decides how a story comes to them."""

    first: int  # The first of their reasons, as `number_of_wish`.
    fastest: int
    is_quiet: bool
    is_capped: bool
    breaking: bool
    people: int

    @classmethod
    def read(cls, alike: int, people: int) -> "Group":
        """From what the statement calls readers who are alike."""
        reason, bits = divmod(alike, 32)
        return cls(reason, bits // 8, bool(bits & 4), bool(bits & 2), bool(bits & 1), people)

    def wants_now(self, choice: str) -> bool:
        """Whether they want a story of this mail choice at once."""
        if choice == Choice.DIGEST:
            return False
        return self.fastest == NOW or (choice == Choice.BREAKING and self.breaking)


@dataclass(frozen=True)
class Going:
    """How many get it how; `quiet` and `capped` are of those in a digest, who want it at once."""

    at_once: int = 0
    daily: int = 0
    weekly: int = 0
    quiet: int = 0
    capped: int = 0


@dataclass(frozen=True)
class Audience:
    """Everyone who would get a story; each person counts once."""

    groups: list[Group]

    @property
    def total(self) -> int:
        return sum(group.people for group in self.groups)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Reason and people, each under the first that fits: everything, section, topic, author."""
        counted: Counter[int] = Counter()
        for group in self.groups:
            counted[group.first] += group.people
        in_order = sorted(counted.items(), key=lambda pair: (pair[0] // KIND, -pair[1]))
        return [(_name(first), count) for first, count in in_order]

    def going(self, choice: str) -> Going:
        """How it would come to them with this mail choice."""
        if choice == Choice.NONE:
            return Going()
        counted: Counter[str] = Counter()
        for group in self.groups:
            held = group.is_quiet or group.is_capped
            if group.wants_now(choice) and not held:
                counted["at_once"] += group.people
                continue
            counted["weekly" if group.fastest == WEEKLY else "daily"] += group.people
            if group.wants_now(choice):
                counted["quiet" if group.is_quiet else "capped"] += group.people
        return Going(**counted)


def audience_of(
    story: Article | Revision, moment: datetime, *, since: datetime | None = None
) -> Audience:
    """Who would get the story if its mail began at this moment.

    `since`: when it was promised, if it was; who came later does not get it, nor who had it.
    As far as can be known now: until then some will leave, change their hours or get other mail.
    """
    fitting = Subscription.objects.filter(fits(story, made_by=since))
    wishes = fitting.order_by().values("subscriber_id")
    wanted = wishes.annotate(first=Min(number_of_wish()), fastest=fastest(""))
    stopped = Suppression.objects.filter(address=OuterRef("address"))
    readers = Subscriber.objects.wanting(since or moment).filter(~Exists(stopped))
    if since:
        readers = readers.filter(~Exists(_had(story)))
    clocks = _clocks(moment)
    if not clocks:
        return Audience([])
    return Audience([Group.read(*row) for row in _run(wanted, readers, clocks)])


def _had(story: Article | Revision) -> QuerySet[Due]:
    """Of a reader of the outer query: that they had the story, or are about to."""
    article = story.pk if isinstance(story, Article) else story.article_id
    given = Due.objects.filter(article=article, delivery__isnull=False)
    called_off = Delivery.objects.filter(**CALLED_OFF)
    return given.filter(subscriber=OuterRef("pk")).exclude(delivery__in=called_off)


def _run(
    wanted: QuerySet[Any, Any], readers: QuerySet[Any, Any], clocks: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    sql, values = with_rows(COUNT, wanted=wanted, readers=readers.order_by().values(*OF_READER))
    places = []
    for number, clock in enumerate(clocks):
        names = [f"clock_{number}_{column}" for column in range(len(clock))]
        values |= dict(zip(names, clock, strict=True))
        places.append("({})".format(", ".join(f"%({name})s" for name in names)))
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{clocks}", ", ".join(places)), values)
        return list(cursor.fetchall())


def _clocks(moment: datetime) -> list[tuple[Any, ...]]:
    """What it is then in each zone that somebody lives in; only read, never written."""
    adapt = connection.ops.adapt_datetimefield_value
    clocks = []
    for name in Subscriber.objects.order_by().values_list("zone", flat=True).distinct():
        day = local_day(moment, zone_of(name))
        clocks.append((name, day.hour, adapt(day.began_at), adapt(day.ends_at)))
    return clocks


def _name(first: int) -> str:
    """What a reader asked for, as their own page calls it."""
    word = word_of_number(first)
    kind = word.partition(":")[0]
    if kind == "all":
        return str(Subscription.What.ALL.label)
    kinds = {"section": _("Section"), "topic": _("Topic"), "author": _("Author")}
    return f"{kinds[kind]}: {thing_of(word)}"

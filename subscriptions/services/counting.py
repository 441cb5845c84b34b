"""Who would get a story: counted before it is published, by one statement, without writing."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, CharField, Min, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from articles.models import Article, Revision
from subscriptions.models import Subscriber, Subscription
from subscriptions.models.wishes import fits, word_of_wish
from subscriptions.reasons import ORDER, thing_of
from subscriptions.schedule import local_day, zone_of
from subscriptions.services.owing import FASTEST, IS_QUIET, MAILS_TODAY, WISH, with_wanted

COUNT = f"""
    WITH clock(zone, local_hour, day_began_at, day_ends_at) AS (VALUES {{clocks}})
    SELECT first, fastest, is_quiet, is_capped, breaking, COUNT(*)
    FROM (
        SELECT wanted.first, wanted.fastest, {IS_QUIET} AS is_quiet,
            reader.daily_cap IS NOT NULL AND reader.daily_cap <= ({MAILS_TODAY}) AS is_capped,
            reader.breaking_at_once AS breaking
        FROM ({{wanted}}) wanted
        JOIN subscriptions_subscriber reader ON reader.id = wanted.pk
        JOIN clock ON clock.zone = reader.zone
        WHERE NOT EXISTS (
            SELECT 1 FROM mail_suppression stop WHERE stop.address_id = reader.address_id
        )
    ) one
    GROUP BY first, fastest, is_quiet, is_capped, breaking
"""  # noqa: S608 - Texts of this module and of `owing`; all values are parameters.
Choice = Article.MailChoice
NOW, WEEKLY = 0, 2  # As FASTEST says it.


class Group(NamedTuple):
    """Readers who are alike in all that decides how a story comes to them."""

    first: str  # The first of their reasons: a digit for its rank, then the word of the wish.
    fastest: int
    is_quiet: bool
    is_capped: bool
    breaking: bool
    people: int

    def wants_now(self, choice: str) -> bool:
        """Whether they want a story of this mail choice at once."""
        if choice == Choice.DIGEST:
            return False
        return self.fastest == NOW or (choice == Choice.BREAKING and bool(self.breaking))


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
        counted: Counter[str] = Counter()
        for group in self.groups:
            counted[group.first] += group.people
        in_order = sorted(counted.items(), key=lambda pair: (pair[0][0], -pair[1]))
        return [(_name(first[1:]), count) for first, count in in_order]

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

    `since`: when it was promised, if it was; who came later does not get it. As far as can be
    known now: until then some will leave, change their hours or get other mail.
    """
    wanted = Subscriber.objects.wanting(since or moment).filter(fits(story, WISH))
    rows = wanted.order_by().values("pk").annotate(first=Min(_ranked()), fastest=FASTEST)
    clocks = _clocks(moment)
    if not clocks:
        return Audience([])
    return Audience([Group(*row) for row in _run(rows, clocks)])


def _run(rows: QuerySet[Any, Any], clocks: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    sql, values = with_wanted(COUNT, rows)
    places = []
    for number, clock in enumerate(clocks):
        names = [f"clock_{number}_{column}" for column in range(len(clock))]
        values |= dict(zip(names, clock, strict=True))
        places.append("({})".format(", ".join(f"%({name})s" for name in names)))
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{clocks}", ", ".join(places)), values)
        return list(cursor.fetchall())


def _ranked() -> Concat:
    """A wish's word behind its rank, so that the least is the one that is named."""
    ranks = [
        When(**{f"{WISH}what": what}, then=Value(str(rank))) for rank, what in enumerate(ORDER)
    ]
    rank = Case(*ranks, output_field=CharField())
    return Concat(rank, word_of_wish(WISH), output_field=CharField())


def _clocks(moment: datetime) -> list[tuple[Any, ...]]:
    """What it is then in each zone that somebody lives in; only read, never written."""
    adapt = connection.ops.adapt_datetimefield_value
    clocks = []
    for name in Subscriber.objects.order_by().values_list("zone", flat=True).distinct():
        day = local_day(moment, zone_of(name))
        clocks.append((name, day.hour, adapt(day.began_at), adapt(day.ends_at)))
    return clocks


def _name(word: str) -> str:
    """What a reader asked for, as their own page calls it."""
    kind = word.partition(":")[0]
    if kind == "all":
        return str(Subscription.What.ALL.label)
    kinds = {"section": _("Section"), "topic": _("Topic"), "author": _("Author")}
    return f"{kinds[kind]}: {thing_of(word)}"

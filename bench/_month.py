"""A month of stories and readers on a simulated clock: who got what, and when.

It runs inside Django, on an empty database. Words are not made here (each mail's text is the
list of what it carries) and nothing is handed over: a delivery counts as sent as soon as a
worker could take it. All else is the house's own code.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import time_machine
from django.utils import timezone

from articles.models import Article, Author, Section, Topic
from articles.services import Words, create_article, publish
from newsroom.mail.letters import Letter
from newsroom.mail.models import Delivery
from newsroom.mail.services import find_or_make_address
from subscriptions import services
from subscriptions.bundles import Bundled
from subscriptions.models import Due, Subscriber, Subscription
from subscriptions.schedule import is_quiet

BEGIN = datetime(2026, 10, 12, tzinfo=UTC)  # Clocks change in Europe, America and Oceania.
ZONES = (
    "", "Europe/Oslo", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
    "Pacific/Auckland", "America/Santiago", "Europe/London",
)  # fmt: skip
CHOICES = ("at_once",) * 7 + ("breaking", "digest", "none")
QUIET = (None, None, (22, 7), (0, 6), (9, 17), (18, 4))
CAPS = (None, None, None, 1, 2, 3, 5)
TICK = timedelta(minutes=30)  # No zone here has its hours at a quarter.
DRAIN = timedelta(days=9)  # After the last story, so that the last weekly digests go out.


@dataclass
class Seen:
    """What went wrong, by name, and how much there was."""

    faults: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    stories: int = 0  # Stories sent to readers, in whatever mail.
    digests: int = 0


def simulate(
    *, begin: datetime = BEGIN, days: int = 30, stories: int = 500, readers: int = 1_000
) -> Seen:
    """Publish, announce, pack and send, half an hour at a time; then judge."""
    dice = random.Random(1)
    with time_machine.travel(begin, tick=False) as clock, cheap_words():
        places = furnish(dice)
        people = [make_reader(dice, places, number) for number in range(readers)]
        moments = sorted(begin + timedelta(days=days) * dice.random() for _n in range(stories))
        moment = begin
        while moment < begin + timedelta(days=days) + DRAIN:
            clock.move_to(moment)
            while moments and moments[0] <= moment:
                moments.pop(0)
                publish_one(dice, places)
            work()
            moment += TICK
        return judge(people)


@contextmanager
def cheap_words() -> Iterator[None]:
    """The text of a mail is the line of what it carries."""
    with patch(
        "subscriptions.services.packing.letter_of", lambda bundled: Letter(str(bundled), "-")
    ):
        yield


@dataclass(frozen=True)
class Places:
    """What stories are sorted by."""

    sections: list[Section]
    topics: list[Topic]
    authors: list[Author]


def furnish(dice: random.Random) -> Places:
    """Five sections, thirty topics, ten authors."""
    return Places(
        [Section.objects.create(name=f"S{n}", slug=f"s{n}", position=n) for n in range(5)],
        [Topic.objects.create(name=f"T{n}", slug=f"t{n}") for n in range(30)],
        [Author.objects.create(name=f"A{n}", slug=f"a{n}") for n in range(10)],
    )


def make_reader(dice: random.Random, places: Places, number: int) -> Subscriber:
    """Someone with one to four wishes, each with a rhythm of its own, and hours of their own."""
    now, quiet = timezone.now(), dice.choice(QUIET)
    loud = [h for h in range(24) if quiet is None or not is_quiet(h, *quiet)]
    # An hour that the clocks leave out would be one of the quiet ones after it.
    reader = Subscriber.objects.create(
        address=find_or_make_address(f"reader{number}@example.org"),
        state="confirmed", confirmed_at=now, wants_since=now,
        zone=dice.choice(ZONES), hour=dice.choice(loud), weekday=dice.randrange(7),
        quiet_from=quiet[0] if quiet else None, quiet_to=quiet[1] if quiet else None,
        daily_cap=dice.choice(CAPS), breaking_at_once=dice.random() < 0.3,
    )  # fmt: skip
    for _n in range(dice.randint(1, 4)):
        what = dice.choice(["all", "section", "topic", "topic", "author"])
        thing = {} if what == "all" else {what: dice.choice(getattr(places, f"{what}s"))}
        Subscription.objects.get_or_create(
            subscriber=reader,
            what=what,
            **thing,
            defaults={"cadence": dice.choice(["at_once", "daily", "weekly"])},
        )
    return reader


def publish_one(dice: random.Random, places: Places) -> None:
    """A story of one section, up to four topics, one or two authors."""
    words = Words(
        headline="A story",
        body="<p>Text.</p>",
        section=dice.choice(places.sections),
        topics=tuple(dice.sample(places.topics, dice.randint(0, 4))),
        bylines=tuple(dice.sample(places.authors, dice.randint(1, 2))),
    )
    draft = create_article(words, editor=None, mail_choice=dice.choice(CHOICES))
    publish(draft.pk, editor=None)


def work() -> None:
    """What the sweep hints at, and the sending."""
    for article_id in services.unfinished_announcements():
        services.announce(article_id)
    services.make_editions()
    for mailing_id in services.promise_digests():
        services.pack_digest(mailing_id)
    waiting = Delivery.objects.filter(state="queued", mailing__state="sending")
    waiting.update(state="sent", sent_at=timezone.now())


def judge(people: list[Subscriber]) -> Seen:
    """Whether each got every story they wished once, in their hours and within their limit."""
    seen = Seen()
    carried = mails_by_reader(seen)
    wanted = wanted_by_reader()
    for person in people:
        mails = carried.get(person.pk, [])
        got = Counter(story for _at, stories, _digest in mails for story in stories)
        seen.stories += got.total()
        seen.faults["a story twice"] += sum(count > 1 for count in got.values())
        seen.faults["a story lost"] += len(wanted[person.pk] - set(got))
        seen.faults["a story not asked for"] += len(set(got) - wanted[person.pk])
        check_hours(person, mails, seen)
    unsent = Due.objects.exclude(delivery__state="sent").count()
    seen.faults["a due not sent"] += unsent
    return seen


Mail = tuple[datetime, set[int], bool]  # When, which stories, whether a digest.


def mails_by_reader(seen: Seen) -> dict[int, list[Mail]]:
    """What each mail carried, read from the words that were frozen for it."""
    of_revision = dict(Article.objects.values_list("live", "pk"))
    found: dict[int, list[Mail]] = defaultdict(list)
    sent = Delivery.objects.filter(state="sent").select_related("rendering")
    for delivery in sent.order_by("sent_at").values_list(
        "address__subscriber", "sent_at", "rendering__parts"
    ):
        reader, at, parts = delivery
        bundled = Bundled.read(parts["subject"])
        stories = {of_revision[pk] for pk, _why in bundled.stories}
        is_digest = bundled.cadence != "at_once"
        seen.mails += 1
        seen.digests += is_digest
        seen.faults["an empty mail"] += not stories
        if at is not None:
            found[reader].append((at, stories, is_digest))
    return found


def wanted_by_reader() -> dict[int, set[int]]:
    """Who wished which story, reckoned in Python and not by the queries under test."""
    wanted: dict[int, set[int]] = defaultdict(set)
    wishes = list(Subscription.objects.all())
    for article in Article.objects.exclude(mail_choice="none"):
        topics = set(article.topics.values_list("pk", flat=True))
        authors = set(article.bylines.values_list("pk", flat=True))
        for wish in wishes:
            if (
                wish.what == "all"
                or (wish.section_id and wish.section_id == article.section_id)
                or wish.topic_id in topics
                or wish.author_id in authors
            ):
                wanted[wish.subscriber_id].add(article.pk)
    return wanted


def check_hours(person: Subscriber, mails: list[Mail], seen: Seen) -> None:
    """No mail in quiet hours, none past the limit, one digest a local day at most, at its hour."""
    zone = ZoneInfo(person.zone or "UTC")
    days: Counter[object] = Counter()
    digests: Counter[object] = Counter()
    for at, _stories, is_digest in mails:
        local = at.astimezone(zone)
        days[local.date()] += 1
        digests[local.date()] += is_digest
        quiet = is_quiet(local.hour, person.quiet_from, person.quiet_to)
        seen.faults["a mail in quiet hours"] += quiet
        late = is_digest and local.hour != person.hour and not left_out(local, person.hour)
        seen.faults["a digest at another hour"] += late
    limit = person.daily_cap or 10**6
    seen.faults["a mail past the limit"] += sum(max(0, n - limit) for n in days.values())
    seen.faults["two digests a day"] += sum(n > 1 for n in digests.values())


def left_out(local: datetime, hour: int) -> bool:
    """Whether that day has no such hour, for clocks went forward."""
    there = local.replace(hour=hour, minute=0)
    return there.astimezone(UTC).astimezone(there.tzinfo).hour != hour

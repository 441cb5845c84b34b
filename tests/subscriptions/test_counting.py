"""Who would get a story is counted before it is published, and matches who gets it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from articles.models import Article
from articles.services import MailPlan, publish
from newsroom.mail.models import Suppression
from newsroom.mail.suppressions import suppress
from subscriptions import services
from subscriptions.models import Clock, Due
from subscriptions.services.counting import Audience, Going, audience_of
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_section,
    make_subscriber,
    make_topic,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def audience(draft: Article) -> Audience:
    assert draft.newest is not None
    return audience_of(draft.newest, timezone.now())


def test_each_person_counts_once_under_the_first_reason_that_fits() -> None:
    sea, baltic, ann = make_section("Sea"), make_topic("Baltic"), make_author("Ann")
    draft = make_draft(section=sea, topics=(baltic,), bylines=(ann,))
    make_subscriber(wishes={"all": "at_once", f"topic:{baltic.pk}": "daily"})
    make_subscriber(wishes={f"section:{sea.pk}": "daily", f"author:{ann.pk}": "at_once"})
    make_subscriber(wishes={f"topic:{baltic.pk}": "weekly", f"author:{ann.pk}": "weekly"})
    make_subscriber(wishes={f"author:{ann.pk}": "at_once"})
    make_subscriber(wishes={f"topic:{make_topic().pk}": "at_once"})

    counted = audience(draft)

    assert counted.reasons == [
        ("Every story", 1),
        ("Section: Sea", 1),
        ("Topic: Baltic", 1),
        ("Author: Ann", 1),
    ]
    assert counted.total == 4
    assert counted.going("at_once") == Going(at_once=3, weekly=1)
    assert counted.going("digest") == Going(daily=3, weekly=1)
    assert counted.going("none") == Going()


def test_who_gets_no_mail_is_not_counted() -> None:
    draft = make_draft()
    for state in ("pending", "paused", "left"):
        make_subscriber(state=state)
    gone = make_subscriber()
    suppress(gone.address, Suppression.Reason.HARD_BOUNCE)
    make_subscriber(wants_since=timezone.now() + timedelta(days=1))

    assert audience(draft).total == 0


@time_machine.travel(NOON, tick=False)
def test_quiet_hours_and_daily_limits_hold_back_what_was_wanted_at_once() -> None:
    make_subscriber(zone="UTC", quiet_from=11, quiet_to=14, hour=7)
    make_subscriber(zone="Asia/Tokyo", quiet_from=11, quiet_to=14, hour=7)  # It is 21 there.
    limited = make_subscriber(daily_cap=1)
    Due.objects.create(
        subscriber=limited,
        article=make_article(),
        why="all",
        cadence="at_once",
        due_at=timezone.now() - timedelta(hours=1),
    )
    draft = make_draft()

    going = audience(draft).going("at_once")

    assert going == Going(at_once=1, daily=2, quiet=1, capped=1)


def test_breaking_news_goes_at_once_to_who_asked_for_that() -> None:
    make_subscriber(wishes={"all": "weekly"}, breaking_at_once=True)
    make_subscriber(wishes={"all": "daily"})
    draft = make_draft()

    counted = audience(draft)

    assert counted.going("breaking") == Going(at_once=1, daily=1)
    assert counted.going("at_once") == Going(daily=1, weekly=1)


def test_counting_writes_nothing() -> None:
    make_subscriber()
    draft = make_draft()
    Clock.objects.all().delete()

    audience(draft)

    assert not Clock.objects.exists()
    assert not Due.objects.exists()


def test_it_takes_as_many_statements_for_many_readers_as_for_few(
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(12):
        make_subscriber(zone="Europe/Oslo")
    draft = make_draft()

    with django_assert_max_num_queries(4):
        assert audience(draft).total == 12


@pytest.mark.parametrize("choice", ["breaking", "at_once", "digest"])
@time_machine.travel(NOON, tick=False)
def test_what_was_counted_is_what_happens(choice: str) -> None:
    sea = make_section("Sea")
    for number, cadence in enumerate(("at_once", "at_once", "daily", "weekly", "weekly")):
        make_subscriber(
            wishes={f"section:{sea.pk}": cadence, "all": "weekly"},
            breaking_at_once=number == 4,
            quiet_from=11 if number == 0 else None,
            quiet_to=14 if number == 0 else None,
        )
    draft = make_draft(section=sea)
    expected = audience(draft).going(choice)

    publish(draft.pk, editor=None, announce=MailPlan(choice))
    services.announce(draft.pk)

    dues = [due.cadence for due in Due.objects.filter(article=draft)]
    assert dues.count("at_once") == expected.at_once
    assert dues.count("daily") == expected.daily
    assert dues.count("weekly") == expected.weekly

"""Many wishes, one mail; and what quiet hours, a limit and the desk's choice make of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from articles.models import Article
from articles.services import withdraw
from newsroom.mail.models import Delivery, Mailing
from subscriptions import services, tasks
from subscriptions.clocks import hold_clocks
from subscriptions.models import Due, Subscriber
from subscriptions.services import owing
from tests.conftest import Committing
from tests.makers import make_article, make_author, make_section, make_subscriber, make_topic
from tests.subscriptions.conftest import Outbox, html_of, text_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # A Wednesday.
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def reader(email: str = "", wishes: dict[str, str] | None = None, **fields: Any) -> Subscriber:
    return make_subscriber(email, wishes=wishes, wants_since=LONG_AGO, **fields)


def due_of(person: Subscriber) -> tuple[str, str]:
    due = Due.objects.get(subscriber=person)
    return due.cadence, due.due_at.strftime("%d %H:%M")


def test_a_wish_for_anything_the_story_has_brings_it_and_no_other_does() -> None:
    section, topic, author = make_section(), make_topic(), make_author()
    told = [
        reader(wishes={word: "at_once"})
        for word in ("all", f"section:{section.pk}", f"topic:{topic.pk}", f"author:{author.pk}")
    ]
    for other in (make_section(), make_topic(), make_author()):
        reader(wishes={f"{other._meta.model_name}:{other.pk}": "at_once"})

    article = make_article(section=section, topics=(topic,), bylines=(author,), announce=True)
    services.announce(article.pk)

    assert [due.subscriber for due in Due.objects.order_by("subscriber")] == told
    assert {delivery.address for delivery in Delivery.objects.all()} == {
        person.address for person in told
    }


def test_several_wishes_make_one_mail_that_names_them(
    outbox: Outbox, committing: Committing
) -> None:
    topic, author = make_topic("Meren Strait"), make_author("Ida Holm")
    wishes = {f"topic:{topic.pk}": "weekly", f"author:{author.pk}": "at_once"}
    reader(wishes=wishes)
    reader("plain@example.org")

    with committing():
        make_article(topics=(topic,), bylines=(author,), announce=True)

    mails = {message["To"]: message for message in outbox()}
    assert len(mails) == 2
    plain = text_of(mails.pop("plain@example.org"))
    (named,) = mails.values()
    assert "for each new story and confirmed" in " ".join(plain.split())
    assert "the topic Meren Strait and stories by Ida Holm" in " ".join(text_of(named).split())
    assert "the topic Meren Strait and stories by Ida Holm" in " ".join(html_of(named).split())


@pytest.mark.parametrize(
    ("cadences", "due"),
    [
        (["at_once", "weekly"], ("at_once", "25 12:00")),
        (["daily", "weekly"], ("daily", "26 07:00")),
        (["weekly"], ("weekly", "30 07:00")),
    ],
)
def test_the_fastest_of_the_wishes_sets_the_rhythm(
    cadences: list[str], due: tuple[str, str]
) -> None:
    topic = make_topic()
    words = ["all", f"topic:{topic.pk}"]
    person = reader(wishes=dict(zip(words, cadences, strict=False)))

    article = make_article(topics=(topic,), announce=True)
    services.announce(article.pk)

    assert due_of(person) == due


@pytest.mark.parametrize(
    ("choice", "wish", "breaking_at_once", "cadence"),
    [
        ("breaking", "daily", True, "at_once"),
        ("breaking", "daily", False, "daily"),
        ("breaking", "at_once", False, "at_once"),
        ("digest", "at_once", True, "daily"),
        ("digest", "weekly", True, "weekly"),
        ("at_once", "weekly", True, "weekly"),
    ],
)
def test_the_desks_choice_and_the_readers_make_the_rhythm(
    choice: str,
    wish: str,
    breaking_at_once: bool,  # noqa: FBT001 - A case of the table.
    cadence: str,
) -> None:
    person = reader(wishes={"all": wish}, breaking_at_once=breaking_at_once)

    article = make_article(mail_choice=choice, announce=True)
    services.announce(article.pk)

    assert due_of(person)[0] == cadence


def test_breaking_news_is_not_held_and_says_what_it_is(
    outbox: Outbox, committing: Committing, settings: Any
) -> None:
    settings.MAIL_HOLD_MINUTES = 5
    reader()

    with committing():
        make_article(mail_choice="breaking", announce=True)

    (message,) = outbox()
    assert "BREAKING NEWS" in text_of(message)
    assert "Breaking news" in html_of(message)


@pytest.mark.parametrize(
    ("hours", "due"),
    [
        ({"quiet_from": 11, "quiet_to": 13}, ("daily", "26 07:00")),
        ({"quiet_from": 22, "quiet_to": 13, "hour": 14}, ("daily", "25 14:00")),
        ({"quiet_from": 12, "quiet_to": 6}, ("daily", "26 07:00")),
        ({"quiet_from": 13, "quiet_to": 12, "hour": 12}, ("at_once", "25 12:00")),
        ({"quiet_from": 0, "quiet_to": 12, "hour": 12}, ("at_once", "25 12:00")),
        ({"quiet_from": 20, "quiet_to": 23, "zone": "Asia/Tokyo"}, ("daily", "25 22:00")),
    ],
)
def test_quiet_hours_hold_a_story_for_the_next_digest(
    hours: dict[str, Any], due: tuple[str, str]
) -> None:
    person = reader(**hours)

    article = make_article(announce=True)
    services.announce(article.pk)

    assert due_of(person) == due


def test_past_the_daily_limit_stories_wait_for_a_digest_which_counts_too(
    outbox: Outbox, committing: Committing, clock: Any
) -> None:
    reader(daily_cap=2, hour=18)
    with committing():
        for number in range(4):
            make_article(headline=f"Story {number}", announce=True)

    clock.move_to(NOON.replace(hour=18))
    with committing():
        tasks.sweep()
    that_day = [message["Subject"] for message in outbox()]
    clock.move_to(NOON.replace(day=26, hour=18))
    with committing():
        tasks.sweep()

    assert sorted(that_day) == ["Story 0", "Story 1"]
    assert [message["Subject"] for message in outbox()][2:] == ["Story 3, and 1 more"]


def test_a_reader_whose_limit_a_digest_used_gets_the_rest_tomorrow(
    outbox: Outbox, committing: Committing, clock: Any
) -> None:
    reader(daily_cap=1, wishes={"all": "at_once"}, hour=18)

    def publish_at(day: int, hour: int, headline: str) -> None:
        clock.move_to(NOON.replace(day=day, hour=hour))
        with committing():
            make_article(headline=headline, announce=True)
            tasks.sweep()

    publish_at(25, 12, "At once")
    publish_at(25, 13, "Held")
    publish_at(25, 18, "Held too")
    publish_at(26, 9, "Held as well")
    publish_at(26, 18, "After the digest")

    assert [message["Subject"] for message in outbox()] == ["At once", "Held as well, and 2 more"]


@pytest.mark.parametrize("before", ["new", "left"])
def test_a_story_is_not_lost_to_whoever_narrows_their_wishes_while_it_is_held(
    settings: Any, clock: Any, before: str
) -> None:
    settings.MAIL_HOLD_MINUTES = 5
    section = make_section()
    word = f"section:{section.pk}"
    person = reader()
    if before == "left":
        services.choose(person.pk, {"all": "at_once", word: "daily"})
        services.choose(person.pk, {"all": "at_once"})
    clock.shift(60)
    article = make_article(section=section, announce=True)
    other = make_article(announce=True)

    clock.shift(60)
    services.choose(person.pk, {word: "at_once"})
    clock.shift(300)
    services.announce(article.pk)
    services.announce(other.pk)

    assert Due.objects.get().why == word


def test_hours_chosen_while_a_story_is_being_owed_lose_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = reader()

    def late(readers: Any) -> None:
        hold_clocks(readers)
        services.choose(person.pk, {"all": "daily"}, services.Hours(zone="Asia/Kathmandu", hour=3))

    monkeypatch.setattr(owing, "hold_clocks", late)
    services.announce(make_article(announce=True).pk)

    assert due_of(person) == ("daily", "25 21:15")


def test_a_story_withdrawn_before_its_digest_is_not_in_it(
    outbox: Outbox, committing: Committing, clock: Any
) -> None:
    reader(wishes={"all": "daily"})
    with committing():
        make_article(headline="Stays", announce=True)
        gone = make_article(headline="Goes", announce=True)
    withdraw(gone.pk, editor=None, note="It was wrong.")

    clock.move_to(NOON.replace(day=26, hour=7))
    with committing():
        tasks.sweep()

    assert [message["Subject"] for message in outbox()] == ["Stays"]


def test_the_promise_of_a_story_for_digests_only_ends_without_a_mail(
    committing: Committing,
) -> None:
    reader()

    with committing():
        article = make_article(mail_choice="digest", announce=True)

    assert Mailing.objects.get(key=f"article:{article.pk}").state == Mailing.State.DONE
    assert not Delivery.objects.exists()


def test_who_is_owed_is_told_by_few_statements_however_many_wish(
    django_assert_max_num_queries: Any,
) -> None:
    topic = make_topic()
    for number in range(30):
        wishes = {"all": "daily"} if number % 2 else {f"topic:{topic.pk}": "at_once"}
        reader(wishes=wishes, hour=number % 24, zone="Europe/Oslo" if number % 3 else "")
    article: Article = make_article(topics=(topic,), announce=True)

    with django_assert_max_num_queries(80):
        services.announce(article.pk)

    assert Due.objects.count() == 30

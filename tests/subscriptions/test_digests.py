"""Digests: at the reader's hour, each local day once, never empty, whatever is killed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import feedparser
import pytest
import time_machine
from django.test import Client

from articles.models import Article
from articles.services import PublicChange, publish, publish_changes, save_revision, withdraw
from newsroom.mail.ages import TOO_OLD
from newsroom.mail.deciding import call_off, send_on
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.sweeping import sweep as sweep_post_room
from subscriptions import services, tasks
from subscriptions.models import Due, Edition, Pace, Subscriber
from subscriptions.services import packing
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_section,
    make_staff,
    make_subscriber,
    make_topic,
    make_words,
)
from tests.subscriptions.conftest import Outbox, html_of, text_of
from tests.subscriptions.test_announcing import Killed, killed_at

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # A Wednesday.
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def reader(email: str = "", wishes: dict[str, str] | None = None, **fields: Any) -> Subscriber:
    wishes = wishes or {"all": "daily"}
    subscriber = make_subscriber(email, wishes=wishes, wants_since=LONG_AGO, **fields)
    subscriber.subscriptions.update(wished_at=LONG_AGO)
    return subscriber


def story(headline: str, **words: Any) -> Article:
    """Published, and owed to everyone who wants it."""
    article = make_article(headline=headline, announce=True, **words)
    services.announce(article.pk)
    return article


def sweep_at(clock: Any, committing: Committing, moment: datetime) -> None:
    clock.move_to(moment)
    with committing():
        tasks.sweep()


def subjects(outbox: Outbox) -> list[tuple[str, str]]:
    return sorted((message["To"], message["Subject"]) for message in outbox())


def test_it_comes_at_the_readers_hour_of_their_zone(
    clock: Any, outbox: Outbox, committing: Committing
) -> None:
    reader("oslo@example.org", zone="Europe/Oslo")
    reader("tokyo@example.org", zone="Asia/Tokyo", hour=8)
    story("One")

    told = []
    for hour in (22, 23, 29, 30):
        sweep_at(clock, committing, NOON.replace(hour=0) + timedelta(hours=hour))
        told.append([to for to, _subject in subjects(outbox)])

    both = ["oslo@example.org", "tokyo@example.org"]
    assert told == [[], ["tokyo@example.org"], ["tokyo@example.org"], both]


def test_readers_with_other_stories_get_other_words_in_one_mailing(
    clock: Any, outbox: Outbox, committing: Committing
) -> None:
    topic = make_topic("Meren Strait")
    reader("all@example.org")
    reader("topic@example.org", {f"topic:{topic.pk}": "daily"})
    story("First")
    story("Second", topics=(topic,))

    sweep_at(clock, committing, NOON + timedelta(hours=19))

    mailing = Mailing.objects.get(key__startswith="digest:")
    assert mailing.key == "digest:2026-11-26:UTC:07"
    assert subjects(outbox) == [
        ("all@example.org", "Second, and 1 more"),
        ("topic@example.org", "Second"),
    ]
    assert mailing.renderings.count() == 2
    named = next(message for message in outbox() if message["To"] == "topic@example.org")
    assert "You asked for the topic Meren Strait." in text_of(named)
    assert "You asked for the topic Meren Strait." in " ".join(html_of(named).split())


def test_the_weekly_mail_comes_on_its_day_with_what_is_daily(
    clock: Any, outbox: Outbox, committing: Committing
) -> None:
    section = make_section()
    reader("a@example.org", {"all": "weekly", f"section:{section.pk}": "daily"}, weekday=4)
    story("For the week")

    sweep_at(clock, committing, NOON + timedelta(hours=19))
    on_thursday = subjects(outbox)
    story("For the day", section=section)
    sweep_at(clock, committing, NOON + timedelta(hours=43))

    assert on_thursday == []
    assert subjects(outbox) == [("a@example.org", "The week: For the day, and 1 more")]
    assert "a mail a week" in text_of(outbox()[0])


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_over_a_clock_change_each_local_day_has_one(
    day: datetime, clock: Any, outbox: Outbox, committing: Committing
) -> None:
    reader("a@example.org", zone="Europe/Oslo", hour=2)

    for hour in range(-49, 48):
        clock.move_to(day + timedelta(hours=hour, minutes=5))
        story("Hourly")
        with committing():
            tasks.sweep()

    keys = Mailing.objects.filter(key__startswith="digest:").values_list("key", flat=True)
    days = [str((day + timedelta(days=n)).date()) for n in (-2, -1, 0, 1)]
    assert [key[7:17] for key in keys.order_by("pk")] == days
    assert len(outbox()) == 4


def test_there_is_no_empty_digest(clock: Any, outbox: Outbox, committing: Committing) -> None:
    reader()
    withdraw(story("Withdrawn").pk, editor=None, note="It was wrong.")

    for hours in (19, 43, 67):
        sweep_at(clock, committing, NOON + timedelta(hours=hours))

    assert outbox() == []
    assert not Mailing.objects.filter(key__startswith="digest:").exists()
    assert not Edition.objects.exists()


def test_a_sweep_that_comes_late_sends_it_once_and_the_next_in_its_time(
    clock: Any, outbox: Outbox, committing: Committing
) -> None:
    reader("a@example.org")
    story("One")

    sweep_at(clock, committing, NOON + timedelta(hours=30))
    story("Two")
    for hours in (31, 42, 43, 44):
        sweep_at(clock, committing, NOON + timedelta(hours=hours))

    assert [message["Subject"] for message in outbox()] == ["One", "Two"]


def test_a_process_killed_before_any_statement_loses_and_doubles_nothing(
    clock: Any, outbox: Outbox, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "FIRST", 2)
    monkeypatch.setattr(packing, "RANGE", 3)
    for number in range(7):
        reader(f"{number}@example.org")
    kills = 0

    for number in count(1):
        story("One")
        story("Two")
        before = len(outbox())
        clock.shift(timedelta(days=1))
        (mailing_id,) = services.promise_digests()
        died = False
        with killed_at(number):
            try:
                services.pack_digest(mailing_id)
            except Killed:
                died = True
        with committing():
            tasks.sweep()
            sweep_post_room()

        assert sorted(message["To"] for message in outbox()[before:]) == [
            f"{reader}@example.org" for reader in range(7)
        ]
        assert not Due.objects.exclude(delivery__state="sent").exists()
        kills += died
        if not died:
            break
    assert kills > 10


class TestQueued:
    """What is packed and waits to be sent when a story in it changes."""

    @pytest.fixture
    def queued(self, clock: Any) -> list[Article]:
        reader("a@example.org")
        articles = [story("First"), story("Second")]
        clock.move_to(NOON + timedelta(hours=19))
        (mailing_id,) = services.promise_digests()
        services.pack_digest(mailing_id)  # Its hints do not run: no worker is there.
        return articles

    def test_a_withdrawn_story_is_not_in_it(
        self, queued: list[Article], outbox: Outbox, committing: Committing
    ) -> None:
        with committing():
            withdraw(queued[1].pk, editor=None, note="It was wrong.")
            sweep_post_room()

        assert subjects(outbox) == [("a@example.org", "First")]

    def test_it_is_called_off_if_nothing_is_left(
        self, queued: list[Article], outbox: Outbox, committing: Committing
    ) -> None:
        with committing():
            for article in queued:
                withdraw(article.pk, editor=None, note="It was wrong.")

        assert outbox() == []
        assert Delivery.objects.get().state == Delivery.State.CANCELLED

    def test_a_changed_story_goes_out_in_its_newest_words(
        self, queued: list[Article], outbox: Outbox, committing: Committing
    ) -> None:
        article = Article.objects.select_related("newest").get(pk=queued[1].pk)
        assert article.newest is not None
        words = make_words(headline="Second, put right", section=article.section)
        with committing():
            save_revision(article.pk, words, editor=None, began_from=article.newest.number)
            publish_changes(article.pk, PublicChange("typo"), editor=None)
            sweep_post_room()

        assert subjects(outbox) == [("a@example.org", "Second, put right, and 1 more")]


def test_one_that_is_filled_once_more_leaves_the_next_its_stories(
    clock: Any, outbox: Outbox, committing: Committing
) -> None:
    reader("a@example.org")
    story("One")
    sweep_at(clock, committing, NOON + timedelta(hours=19))
    before = Mailing.objects.get(key__startswith="digest:")
    Mailing.objects.filter(pk=before.pk).update(state=Mailing.State.FILLING, filled_at=None)
    story("Two")

    clock.move_to(NOON + timedelta(hours=43))
    services.pack_digest(before.pk)
    with committing():
        tasks.sweep()

    assert [message["Subject"] for message in outbox()] == ["One", "Two"]


@pytest.mark.parametrize(("rhythm", "goes_after"), [("daily", 43), ("weekly", 163)])
def test_a_story_that_comes_back_goes_at_the_readers_hour(
    clock: Any, outbox: Outbox, committing: Committing, rhythm: str, goes_after: int
) -> None:
    reader("a@example.org", {"all": rhythm}, weekday=2)
    clock.shift(-timedelta(days=1))
    back = story("Back")
    withdraw(back.pk, editor=None, note="Wait.")
    for hours in (-1, 0, 19, 21):  # Wednesday at eleven to Thursday at nine.
        sweep_at(clock, committing, NOON + timedelta(hours=hours))

    clock.move_to(NOON + timedelta(hours=22))
    publish(back.pk, editor=None)
    told = []
    for hours in (22, goes_after - 1, goes_after):
        sweep_at(clock, committing, NOON + timedelta(hours=hours))
        told.append([message["Subject"] for message in outbox()])

    assert told[:2] == [[], []]
    assert len(told[2]) == 1


class TestMissed:
    """What fell due while nobody was there: readers may long have had it from elsewhere."""

    @pytest.fixture
    def missed(self, clock: Any, committing: Committing) -> Mailing:
        """Stories due on Thursday at seven; the sweep stood still until Friday at ten."""
        reader("a@example.org")
        story("One")
        sweep_at(clock, committing, NOON + timedelta(hours=1))
        sweep_at(clock, committing, NOON + timedelta(hours=46))
        return Mailing.objects.get(key__startswith="digest:")

    def test_it_waits_for_a_person_and_the_next_one_has_its_own_stories(
        self, missed: Mailing, clock: Any, outbox: Outbox, committing: Committing
    ) -> None:
        story("Two")
        for day in (2, 3):
            sweep_at(clock, committing, NOON + timedelta(days=day, hours=19))

        missed.refresh_from_db()
        assert (missed.state, missed.halted_for) == (Mailing.State.WAITING, TOO_OLD)
        assert [message["Subject"] for message in outbox()] == ["Two"]

    def test_sent_on_however_late_it_goes_out(
        self, missed: Mailing, clock: Any, outbox: Outbox, committing: Committing
    ) -> None:
        clock.shift(timedelta(days=3))
        send_on(missed.pk, by=make_staff())
        sweep_at(clock, committing, NOON + timedelta(days=5))

        assert [message["Subject"] for message in outbox()] == ["One"]

    def test_called_off_it_goes_out_with_none(
        self, missed: Mailing, clock: Any, outbox: Outbox, committing: Committing
    ) -> None:
        call_off(missed.pk, by=make_staff())
        for day in (2, 3):
            sweep_at(clock, committing, NOON + timedelta(days=day, hours=19))

        assert outbox() == []
        assert not Due.objects.exists()

    def test_a_restored_title_holds_it_however_short_the_time(
        self, clock: Any, outbox: Outbox, committing: Committing
    ) -> None:
        reader("a@example.org")
        story("One")
        clock.move_to(NOON + timedelta(hours=20))

        held = services.hold_digests("Restored.", until=NOON + timedelta(hours=20))
        for hours in (20, 43):
            sweep_at(clock, committing, NOON + timedelta(hours=hours))

        assert held == 1
        assert outbox() == []
        assert Mailing.objects.get(key__startswith="digest:").halted_for == "Restored."

    def test_an_hour_late_is_soon_enough_and_so_is_a_story_that_comes_back(
        self, clock: Any, outbox: Outbox, committing: Committing
    ) -> None:
        reader("a@example.org")
        story("One")
        back = story("Back")
        withdraw(back.pk, editor=None, note="Wait.")
        for hours in (1, 20, 43, 67):
            sweep_at(clock, committing, NOON + timedelta(hours=hours))
        publish(back.pk, editor=None)
        sweep_at(clock, committing, NOON + timedelta(hours=91))

        assert [message["Subject"] for message in outbox()] == ["One", "Back"]


class TestEditions:
    """The general digest, which everyone may read."""

    @pytest.fixture
    def edition(self, clock: Any, committing: Committing) -> Edition:
        for headline in ("First", "Second"):
            story(headline, standfirst="In short.")
        make_article(headline="Not mailed", mail_choice="none", announce=True)
        sweep_at(clock, committing, NOON + timedelta(hours=19))
        return Edition.objects.get()

    def test_it_has_a_page_a_place_in_the_list_and_in_the_feed(
        self, edition: Edition, client: Client
    ) -> None:
        listed = client.get("/digests/").content.decode()
        page = client.get("/digests/2026-11-26/").content.decode()
        feed = feedparser.parse(client.get("/digests/feed/").content)

        assert 'href="/digests/2026-11-26/"' in listed
        assert "Second" in page
        assert "Not mailed" not in page
        (entry,) = feed.entries
        assert entry.id == "tag:localhost,2026-11-26:digest/daily"
        assert entry.link == "http://localhost:8000/digests/2026-11-26/"
        assert "First" in entry.summary
        assert feed.bozo == 0
        assert client.cookies == {}

    @pytest.mark.parametrize("day", ["2026-11-25", "2026-13-45", "0000-00-00"])
    def test_a_day_without_one_is_not_found(
        self, edition: Edition, client: Client, day: str
    ) -> None:
        assert client.get(f"/digests/{day}/").status_code == 404

    def test_a_withdrawn_story_is_gone_from_it_and_the_last_takes_it_along(
        self, edition: Edition, client: Client
    ) -> None:
        for left, article in zip((200, 404), edition.articles.all(), strict=True):
            withdraw(article.pk, editor=None, note="It was wrong.")

            answer = client.get("/digests/2026-11-26/")
            assert answer.status_code == left
        assert "2026-11-26" not in client.get("/digests/").content.decode()

    def test_on_monday_there_is_one_of_the_week_too(
        self, edition: Edition, clock: Any, committing: Committing, client: Client
    ) -> None:
        for day in range(2, 6):
            sweep_at(clock, committing, NOON + timedelta(days=day))

        week = Edition.objects.get(cadence="weekly")
        assert str(week.on) == "2026-11-30"
        assert week.articles.count() == 2
        assert b"Weekly edition" in client.get("/digests/2026-11-30/").content

    def test_each_story_is_in_one_daily_edition(
        self, edition: Edition, clock: Any, committing: Committing
    ) -> None:
        for day in range(2, 5):
            clock.move_to(NOON + timedelta(days=day))
            story("Another")
            sweep_at(clock, committing, NOON + timedelta(days=day, hours=19))

        daily = Edition.objects.filter(cadence="daily").values_list("articles", flat=True)
        assert len(daily) == len(set(daily)) == 5

    def test_whoever_gets_that_very_digest_is_told_its_page(
        self, clock: Any, outbox: Outbox, committing: Committing
    ) -> None:
        reader()
        story("One")

        sweep_at(clock, committing, NOON + timedelta(hours=19))

        assert "http://localhost:8000/digests/2026-11-26/" in text_of(outbox()[0])


class TestPace:
    """How often mail comes, as the box says it."""

    def test_it_is_counted_once_a_day_and_said_in_the_box(
        self, clock: Any, client: Client
    ) -> None:
        article = story("One")
        story("Two")

        counted = [services.count_pace(), services.count_pace()]
        before = client.get("/subscribe/").content
        for _number in range(30):
            story("More")
        same_day = services.count_pace()
        page = client.get(article.get_absolute_url()).content
        clock.shift(timedelta(days=1))
        next_day = services.count_pace()

        assert counted == [True, False]
        assert b"Less than one story a week" in before
        assert not same_day
        assert b"Less than one story a week" in page
        assert next_day
        assert b"About 7 stories a week" in client.get(article.get_absolute_url()).content

    @pytest.mark.parametrize(
        ("stories", "a_week"), [(0, 0), (2, 0), (3, 1), (30, 7), (43, 10), (50, 10), (200, 45)]
    )
    def test_it_is_rounded_so_that_pages_seldom_change(self, stories: int, a_week: int) -> None:
        assert Pace(stories=stories).a_week == a_week

    def test_before_the_first_count_the_box_says_nothing(self, client: Client) -> None:
        page = client.get("/subscribe/").content

        assert b"subscribe__pace" not in page


class TestLastMail:
    """The last mail that went to everyone, to look at before one subscribes."""

    def test_it_is_shown_without_anyones_links(
        self, client: Client, committing: Committing, outbox: Outbox
    ) -> None:
        make_subscriber("a@example.org", wants_since=LONG_AGO)
        with committing():
            make_article(headline="Told to all", announce=True)

        answer = client.get("/subscribe/last-mail/")

        page = answer.content.decode()
        assert "Told to all" in page
        assert "%%" not in page
        assert "/unsubscribe/" not in page
        assert "a@example.org" not in page
        assert answer["X-Robots-Tag"] == "noindex"
        assert "script-src" not in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]

    def test_of_the_mails_looked_at_only_the_shown_one_is_read(
        self, committing: Committing, outbox: Outbox, django_assert_num_queries: Any
    ) -> None:
        make_subscriber("a@example.org", wants_since=LONG_AGO)
        with committing():
            for _number in range(3):
                make_article(announce=True)

        with django_assert_num_queries(3) as asked:
            services.last_general_mail()

        reading = [query["sql"] for query in asked if '"parts"' in query["sql"]]
        assert len(reading) == 1
        assert "LIMIT 100" not in reading[0]

    @pytest.mark.parametrize("what", ["nothing", "unsent", "personal", "withdrawn", "changed"])
    def test_it_is_none_that_readers_may_not_see(
        self, what: str, client: Client, committing: Committing
    ) -> None:
        article = make_article()
        word = f"section:{article.section_id}" if what == "personal" else "all"
        make_subscriber(wishes={word: "at_once"}, wants_since=LONG_AGO)
        if what == "unsent":
            services.announce(make_article(announce=True).pk)
        elif what != "nothing":
            with committing():
                article = make_article(announce=True, section=article.section)
        if what == "withdrawn":
            withdraw(article.pk, editor=None, note="It was wrong.")
        if what == "changed":
            words = make_words(section=article.section)
            save_revision(article.pk, words, editor=None, began_from=1)
            publish_changes(article.pk, PublicChange("typo"), editor=None)

        answer = client.get("/subscribe/last-mail/")
        assert answer.status_code == 404
        assert b"No mail to show" in answer.content
        assert "script-src 'self'" in answer["Content-Security-Policy"]

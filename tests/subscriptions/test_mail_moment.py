"""The moment before which no mail leaves: kept when a story comes back, and counted anew for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from articles.services import MailPlan, publish, save_revision, withdraw
from newsroom.mail.models import Delivery, Mailing, Recall
from newsroom.mail.services import suppress, take_up_mailing
from newsroom.mail.tasks import send_mailing
from subscriptions import services, tasks
from subscriptions.models import Due, Subscriber
from subscriptions.services.owing import owe
from tests.conftest import Committing
from tests.makers import make_draft, make_staff, make_subscriber, make_words
from tests.subscriptions.conftest import Outbox

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def zone(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    settings.MAIL_HOLD_MINUTES = 5


@pytest.fixture
def evening() -> Any:
    with time_machine.travel(EVENING, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(client: Client, evening: Any) -> Client:
    client.force_login(make_staff())
    return client


def publish_for(moment: datetime | None) -> Article:
    return publish(make_draft().pk, editor=None, announce=MailPlan("at_once", moment))


def take_back(article: Article) -> Article:
    withdraw(article.pk, editor=None, note="Not yet.")
    article.refresh_from_db()
    return article


def page(client: Client, article: Article, step: str) -> str:
    answer = client.get(reverse(f"admin:articles_article_{step}", args=[article.pk]))
    return " ".join(answer.content.decode().split())


def begins(article: Article) -> datetime | None:
    return Mailing.objects.get(key=f"article:{article.pk}").not_before


class TestPublishedAgain:
    def test_a_story_called_off_during_the_hold_is_asked_about_its_mail_anew(
        self, desk: Client
    ) -> None:
        make_subscriber()
        article = take_back(publish_for(MORNING))

        shown = page(desk, article, "publish")

        assert "so it is mailed now: as you say below" in shown
        assert 'value="2026-11-26T07:00"' in shown  # As it was decided before.
        assert "<strong>1 person</strong> asked for this story" in shown

    def test_what_the_editor_says_then_is_what_happens(
        self, desk: Client, evening: Any, outbox: Outbox, committing: Committing
    ) -> None:
        make_subscriber()
        article = take_back(publish_for(MORNING))
        said = {"mail_choice": "at_once", "not_before": "2026-11-26T08:30"}

        with committing():
            desk.post(reverse("admin:articles_article_publish", args=[article.pk]), said)
            tasks.sweep()
        assert begins(article) == MORNING + timedelta(minutes=90)
        assert outbox() == []
        evening.move_to(MORNING + timedelta(minutes=90))
        with committing():
            tasks.sweep()

        assert len(outbox()) == 1

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ({"mail_choice": "at_once"}, EVENING + timedelta(minutes=5)),
            ({"mail_choice": "breaking"}, EVENING),
            ({"mail_choice": "digest", "not_before": "2026-11-26T07:00"}, MORNING),
        ],
    )
    def test_an_empty_moment_is_none_and_the_hold_counts_as_ever(
        self, desk: Client, said: dict[str, str], expected: datetime
    ) -> None:
        article = take_back(publish_for(MORNING))

        desk.post(reverse("admin:articles_article_publish", args=[article.pk]), said)

        article.refresh_from_db()
        assert article.mail_choice == said["mail_choice"]
        assert begins(article) == expected

    def test_none_leaves_it_called_off(self, desk: Client) -> None:
        article = take_back(publish_for(MORNING))

        desk.post(
            reverse("admin:articles_article_publish", args=[article.pk]), {"mail_choice": "none"}
        )

        article.refresh_from_db()
        assert article.is_public
        assert Mailing.objects.get().state == Mailing.State.CANCELLED

    def test_by_a_service_without_a_plan_the_moment_of_before_holds(self, evening: Any) -> None:
        article = take_back(publish_for(MORNING))
        publish(article.pk, editor=None)
        assert begins(article) == MORNING

        evening.move_to(MORNING - timedelta(minutes=1))
        take_back(article)
        evening.move_to(MORNING + timedelta(minutes=1))
        publish(article.pk, editor=None)

        assert begins(article) == MORNING + timedelta(minutes=6)

    def test_a_moment_that_is_past_is_not_offered(self, desk: Client, evening: Any) -> None:
        article = take_back(publish_for(MORNING))
        evening.move_to(MORNING)

        assert 'value="2026-11-26T07:00"' not in page(desk, article, "publish")

    def test_once_mailed_it_is_not_asked_about(
        self, desk: Client, outbox: Outbox, committing: Committing
    ) -> None:
        make_subscriber()
        with committing():
            article = publish(make_draft().pk, editor=None, announce=MailPlan("breaking"))
        assert len(outbox()) == 1
        take_back(article)

        shown = page(desk, article, "publish")

        assert "A story that comes back is not mailed again." in shown
        assert 'name="not_before"' not in shown

    def test_whoever_subscribed_meanwhile_is_neither_counted_nor_mailed(
        self, desk: Client, evening: Any, outbox: Outbox, committing: Committing
    ) -> None:
        make_subscriber("before@example.org")
        article = take_back(publish_for(None))
        evening.move_to(EVENING + timedelta(days=1))
        make_subscriber("after@example.org")

        shown = page(desk, article, "publish")
        with committing():
            publish(article.pk, editor=None, announce=MailPlan("breaking"))
            tasks.sweep()

        assert "<strong>1 person</strong>" in shown
        assert [message["To"] for message in outbox()] == ["before@example.org"]


@pytest.fixture
def half_sent(evening: Any, outbox: Outbox) -> Article:
    """Two of five have it, a server put off the other three, and it was withdrawn."""
    for name in ("a", "b", "stays", "leaves", "sleeps"):
        make_subscriber(f"{name}@example.org")
    article = publish_for(None)
    evening.move_to(EVENING + timedelta(minutes=6))
    services.announce(article.pk)
    late = Delivery.objects.exclude(address__typed__in=["a@example.org", "b@example.org"])
    late.update(state="deferred", attempts=1, not_before=MORNING)
    send_mailing(Mailing.objects.get().pk)
    assert told(outbox) == ["a@example.org", "b@example.org"]
    evening.move_to(EVENING + timedelta(minutes=10))
    return take_back(article)


def told(outbox: Outbox) -> list[str]:
    return sorted(message["To"] for message in outbox())


class TestWithdrawnHalfWay:
    def test_the_editor_is_told_how_many_had_it_and_how_many_get_it(
        self, half_sent: Article, desk: Client
    ) -> None:
        shown = page(desk, half_sent, "publish")

        assert "called off when 2 messages had left. Nobody gets it twice" in shown
        assert "<strong>3 people</strong> asked for this story" in shown
        assert 'name="not_before"' in shown

    def test_the_rest_get_it_in_the_words_of_then_and_nobody_twice(
        self, half_sent: Article, outbox: Outbox, committing: Committing
    ) -> None:
        services.leave(Subscriber.objects.get(address__typed="leaves@example.org").pk)
        make_subscriber("later@example.org")
        save_revision(half_sent.pk, make_words(headline="Put Right"), editor=None, began_from=1)

        with committing():
            publish(half_sent.pk, editor=None, announce=MailPlan("breaking"))
            tasks.sweep()

        assert told(outbox) == [
            f"{name}@example.org" for name in ("a", "b", "sleeps", "stays")
        ]  # fmt: skip
        assert [message["Subject"] for message in outbox()[2:]] == ["Put Right"] * 2
        assert Delivery.objects.count() == 5  # Those of before, not others in their place.
        assert Delivery.objects.get(state="cancelled").address.typed == "leaves@example.org"
        assert Mailing.objects.get().state == Mailing.State.DONE
        assert Due.objects.filter(delivery__state="sent").count() == 4

    def test_for_digests_only_it_goes_into_those_of_the_rest(
        self, half_sent: Article, evening: Any, outbox: Outbox, committing: Committing
    ) -> None:
        publish(half_sent.pk, editor=None, announce=MailPlan("digest"))
        evening.move_to(EVENING + timedelta(minutes=15))
        with committing():
            tasks.sweep()

        assert len(outbox()) == 2
        assert Due.objects.filter(cadence="daily", delivery=None).count() == 3

    def test_what_waited_for_a_digest_is_owed_as_the_choice_of_now_has_it(
        self, evening: Any, outbox: Outbox, committing: Committing
    ) -> None:
        make_subscriber("daily@example.org", wishes={"all": "daily"}, breaking_at_once=True)
        make_subscriber("now@example.org")
        article = publish_for(None)
        evening.move_to(EVENING + timedelta(minutes=6))
        services.announce(article.pk)
        assert Due.objects.get(delivery=None).cadence == "daily"
        take_back(article)

        with committing():
            publish(article.pk, editor=None, announce=MailPlan("breaking"))
            tasks.sweep()

        assert told(outbox) == ["daily@example.org", "now@example.org"]

    def test_for_none_it_goes_into_no_digest_either(
        self, half_sent: Article, outbox: Outbox, committing: Committing
    ) -> None:
        make_subscriber("daily@example.org", wishes={"all": "daily"}, wants_since=EVENING)
        owe(half_sent, timezone.now(), Subscriber.objects.all())
        assert Due.objects.filter(delivery=None).count() == 1

        publish(half_sent.pk, editor=None, announce=MailPlan("none"))

        assert Due.objects.filter(delivery__state="sent").count() == Due.objects.count() == 2

    def test_who_sleeps_by_then_gets_it_in_a_digest(
        self, half_sent: Article, outbox: Outbox, committing: Committing
    ) -> None:
        Subscriber.objects.filter(address__typed="sleeps@example.org").update(
            quiet_from=20, quiet_to=6
        )
        with committing():
            publish(half_sent.pk, editor=None, announce=MailPlan("breaking"))
            tasks.sweep()

        assert len(outbox()) == 4
        assert Due.objects.get(delivery=None).cadence == "daily"

    def test_what_a_worker_still_holds_is_waited_for(
        self, half_sent: Article, outbox: Outbox, committing: Committing
    ) -> None:
        held = Delivery.objects.get(address__typed="stays@example.org")
        Delivery.objects.filter(pk=held.pk).update(
            state="claimed",
            outcome="",
            lease="its",
            leased_until=timezone.now() + timedelta(hours=1),
        )
        Recall.objects.get_or_create(delivery=held, defaults={"why": "The mailing was cancelled."})
        with committing():
            publish(half_sent.pk, editor=None, announce=MailPlan("breaking"))
            tasks.sweep()
        assert len(outbox()) == 2

        Delivery.objects.filter(pk=held.pk).update(  # It turns out to have left.
            state="sent", sent_at=timezone.now(), lease="", leased_until=None
        )
        with committing():
            tasks.sweep()

        assert told(outbox) == sorted(
            f"{name}@example.org" for name in ("a", "b", "leaves", "sleeps")
        )  # fmt: skip

    def test_what_a_worker_gave_back_leaves_after_all(
        self, half_sent: Article, outbox: Outbox, committing: Committing
    ) -> None:
        back, sent = (
            Delivery.objects.get(address__typed=f"{name}@example.org") for name in ("stays", "a")
        )
        for delivery in (back, sent):  # Both were in a worker's hands when it was called off.
            Recall.objects.create(delivery=delivery, why="The mailing was cancelled.")

        with committing():
            publish(half_sent.pk, editor=None, announce=MailPlan("breaking"))
            tasks.sweep()

        assert len(outbox()) == len(set(told(outbox))) == 5
        assert Recall.objects.get().delivery == sent  # That it left nevertheless stays told.

    def test_called_off_once_more_it_stays_recalled(self, half_sent: Article) -> None:
        held = Delivery.objects.filter(address__typed="stays@example.org")
        publish(half_sent.pk, editor=None, announce=MailPlan("breaking"))
        held.update(state="claimed", outcome="", lease="its", started_at=timezone.now())
        take_back(half_sent)
        held.update(state="queued", lease="", started_at=None)  # It came back unsent.

        assert not take_up_mailing(held.get().mailing_id)

        assert Recall.objects.get().delivery == held.get()

    @pytest.mark.parametrize("choice", ["none", "breaking"])
    def test_only_if_the_editor_wants_it_and_no_person_stopped_it(
        self, choice: str, half_sent: Article, outbox: Outbox, committing: Committing
    ) -> None:
        if choice == "breaking":
            Mailing.objects.update(stopped_at=timezone.now())
        with committing():
            publish(half_sent.pk, editor=None, announce=MailPlan(choice))
            tasks.sweep()

        assert len(outbox()) == 2

    def test_done_twice_it_is_done_once(
        self, half_sent: Article, outbox: Outbox, committing: Committing
    ) -> None:
        publish(half_sent.pk, editor=None, announce=MailPlan("breaking"))
        for _again in range(2):
            Mailing.objects.update(state=Mailing.State.FILLING, filled_at=None)
            services.announce(half_sent.pk)
        assert Delivery.objects.filter(state="queued").count() == 3
        with committing():
            send_mailing(Mailing.objects.get().pk)

        assert len(outbox()) == len(set(told(outbox))) == 5


class TestTheCountUntilThen:
    def test_the_storys_page_counts_for_the_moment_of_the_mail_each_time(
        self, desk: Client, evening: Any
    ) -> None:
        readers = [make_subscriber(zone="UTC") for _ in range(4)]
        make_subscriber(wishes={"all": "daily"}, zone="UTC")
        make_subscriber(zone="UTC", quiet_from=6, quiet_to=9, hour=12)  # Awake now, not then.
        article = publish_for(MORNING)

        first = page(desk, article, "change")
        services.leave(readers[0].pk)
        suppress(readers[1].address, "complaint")
        make_subscriber(wants_since=EVENING + timedelta(hours=1))
        evening.move_to(MORNING - timedelta(hours=1))
        desk.force_login(make_staff())
        later = page(desk, article, "change")

        assert "its mail begins on 26 November 2026, 07:00 UTC" in first
        assert "6 people get it: at once 4, in the next daily mail 2" in first
        assert "1 of them has quiet hours then" in first
        assert "4 people get it: at once 2, in the next daily mail 2" in later

    def test_what_it_said_last_is_what_happens(
        self, desk: Client, evening: Any, outbox: Outbox, committing: Committing
    ) -> None:
        for quiet in (None, 6):
            make_subscriber(zone="UTC", quiet_from=quiet, quiet_to=quiet and 9, hour=12)
        article = publish_for(MORNING)
        said = page(desk, article, "change")
        evening.move_to(MORNING)

        with committing():
            tasks.sweep()

        assert "2 people get it: at once 1, in the next daily mail 1" in said
        assert len(outbox()) == 1
        assert "To 1 person on its own" in page(desk, article, "change")

    def test_of_a_story_without_a_hold_nothing_is_counted(self, evening: Any) -> None:
        from subscriptions.services.telling import told_of

        article = publish_for(MORNING)
        assert told_of(article).audience is not None
        evening.move_to(MORNING + timedelta(seconds=1))

        assert told_of(article).audience is None
        assert timezone.now() > MORNING

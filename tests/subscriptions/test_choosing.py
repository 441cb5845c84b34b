"""One's own page: pause, resume, leave, come back; and what of it reaches the ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.kit.links import make_token
from newsroom.mail.models import Delivery, Suppression
from newsroom.mail.services import (
    erase_address,
    preferences_token,
    promise_letter,
    suppress,
    suppression_of,
)
from subscriptions import emails, services, tasks
from subscriptions.consent import WORDS, Consent
from subscriptions.models import Due, Subscriber
from tests.conftest import Committing
from tests.makers import make_article, make_subscriber, make_topic, make_user
from tests.subscriptions.conftest import Outbox, path_in

pytestmark = pytest.mark.django_db


def path_of(subscriber: Subscriber) -> str:
    return f"/subscription/{preferences_token(subscriber.address)}/"


@pytest.fixture
def reader() -> Subscriber:
    return make_subscriber("Ann@example.org")


def state_now() -> str:
    return Subscriber.objects.get().state


@pytest.mark.parametrize("state", ["pending", "confirmed", "paused", "left"])
def test_the_page_shows_each_state_and_looking_changes_nothing(client: Client, state: str) -> None:
    reader = make_subscriber("Ann@example.org", state=state)
    before = Subscriber.objects.values().get()

    page, head = client.get(path_of(reader)), client.head(path_of(reader))

    assert (page.status_code, head.status_code) == (200, 200)
    assert b"Ann@example.org" in page.content
    assert b"None" not in page.content
    assert page["Cache-Control"] == "private, no-store"
    assert Subscriber.objects.values().get() == before


def test_the_buttons_lead_through_all_states(client: Client, reader: Subscriber) -> None:
    seen = []

    for press in ("pause", "resume", "leave", "come-back"):
        client.post(path_of(reader), {"do": press}, follow=True)
        seen.append(state_now())

    assert seen == ["paused", "confirmed", "left", "confirmed"]


def test_pressing_twice_changes_nothing_the_second_time(
    client: Client, reader: Subscriber
) -> None:
    for press in ("pause", "resume", "leave", "come-back"):
        client.post(path_of(reader), {"do": press})
        once = Subscriber.objects.values().get()
        client.post(path_of(reader), {"do": press})

        assert Subscriber.objects.values().get() == once


def test_an_unknown_press_changes_nothing(client: Client, reader: Subscriber) -> None:
    for press in ("", "erase", "state=left"):
        client.post(path_of(reader), {"do": press})

    assert state_now() == "confirmed"


@pytest.mark.parametrize("fault", ["altered", "of another purpose", "of nobody", "erased"])
def test_a_bad_link_is_told_plainly(client: Client, reader: Subscriber, fault: str) -> None:
    path = path_of(reader)
    token = path.split("/")[-2]
    bad = {
        "altered": token.swapcase(),
        "of another purpose": make_token("unsubscribe", f"{reader.address_id}:x"),
        "of nobody": make_token("preferences", "99:x"),
        "erased": token,
    }[fault]
    if fault == "erased":
        erase_address(reader.address_id)

    answer = client.post(f"/subscription/{bad}/", {"do": "leave"})

    assert answer.status_code == 410
    assert b"older than" not in answer.content  # It does not grow old.
    assert state_now() == "confirmed"


def test_a_pause_lasts_thirty_days_and_the_sweep_ends_it(reader: Subscriber) -> None:
    services.pause(reader.pk)

    with time_machine.travel(timezone.now() + timedelta(days=29, hours=23)):
        tasks.sweep()
        before = state_now()
    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)):
        tasks.sweep()

    assert (before, state_now()) == ("paused", "confirmed")


@pytest.mark.skipif(
    "sqlite" not in str(settings.DATABASES["default"]["ENGINE"]),
    reason="PostgreSQL plans by what a table holds",
)
def test_those_whose_pause_is_over_are_found_without_reading_everybody() -> None:
    with CaptureQueriesContext(connection) as queries:
        services.resume_ended_pauses()
    looking = next(query["sql"] for query in queries if query["sql"].startswith("SELECT"))

    with connection.cursor() as cursor:
        plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {looking}").fetchall())

    assert "INDEX subscriptions_pause_ends" in plan


def test_what_was_missed_in_a_pause_is_not_sent_after_it(
    reader: Subscriber, outbox: Outbox, committing: Committing
) -> None:
    services.pause(reader.pk)
    with committing():
        make_article(headline="Missed", announce=True)
    services.resume(reader.pk)

    with committing():
        tasks.sweep()
        make_article(headline="Next", announce=True)

    assert [message["Subject"] for message in outbox()] == ["Next"]


def test_resuming_while_a_story_is_held_does_not_bring_it(
    reader: Subscriber, outbox: Outbox, committing: Committing, settings: Any
) -> None:
    settings.MAIL_HOLD_MINUTES = 5
    services.pause(reader.pk)
    make_article(headline="Published in the pause", announce=True)

    services.resume(reader.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)), committing():
        tasks.sweep()

    assert outbox() == []


@pytest.mark.parametrize(("hold", "swept"), [(5, True), (0, False)])
def test_a_story_published_when_a_pause_is_just_over_is_theirs(
    reader: Subscriber, settings: Any, hold: int, *, swept: bool
) -> None:
    settings.MAIL_HOLD_MINUTES = hold
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as clock:
        midnight = datetime(2026, 11, 26, tzinfo=UTC)
        Subscriber.objects.update(wants_since=timezone.now())
        reader.subscriptions.update(wished_at=timezone.now())
        services.pause(reader.pk, until=midnight)
        clock.move_to(midnight + timedelta(seconds=5))
        article = make_article(announce=True)
        clock.shift(7)
        if swept:
            tasks.sweep()
        clock.shift(60 * hold)
        services.announce(article.pk)

    reader.refresh_from_db()
    assert reader.wants_since == midnight
    assert Due.objects.get().article == article


@pytest.mark.parametrize("press", ["leave", "pause"])
def test_what_is_queued_is_cancelled_but_a_letter_still_comes(
    client: Client, reader: Subscriber, press: str
) -> None:
    article = make_article(announce=True)
    services.announce(article.pk)
    letter = emails.link_to_choices(reader.address)
    promise_letter("letter", reader.address, letter, expires_at=timezone.now() + timedelta(days=1))

    client.post(path_of(reader), {"do": press})

    states = dict(Delivery.objects.values_list("mailing__key", "state"))
    assert states == {f"article:{article.pk}": "cancelled", "letter": "queued"}


def test_leaving_between_the_queue_and_the_sending_stops_the_mail(
    client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
) -> None:
    other = make_subscriber("other@example.org")
    with committing():
        article = make_article(announce=True)
        services.announce(article.pk)
        client.post(path_of(reader), {"do": "leave"})

    assert [message["To"] for message in outbox()] == [str(other)]


def test_leaving_suppresses_the_address_and_coming_back_lifts_it(
    client: Client, reader: Subscriber
) -> None:
    client.post(path_of(reader), {"do": "leave"})
    left = suppression_of(reader.address)

    client.post(path_of(reader), {"do": "come-back"})

    assert left == Suppression.Reason.LEFT
    assert suppression_of(reader.address) is None


@pytest.mark.parametrize("state", ["pending", "left"])
def test_coming_back_records_the_words_beside_the_button(client: Client, state: str) -> None:
    reader = make_subscriber(state=state)
    page = client.get(path_of(reader)).content.decode()

    client.post(path_of(reader), {"do": "come-back"})

    kept = Subscriber.objects.get()
    assert kept.consent_from == "/subscription/-/"
    assert str(WORDS[kept.consent_words]) in page


@pytest.mark.parametrize("state", ["pending", "withdrawn"])
def test_whoever_never_confirmed_gets_what_was_asked_for_as_the_page_says(
    client: Client, state: str
) -> None:
    topic = make_topic("Meren Strait")
    word = f"topic:{topic.pk}"
    pending = make_subscriber(state="pending", asked=[[word, "weekly"]])
    if state == "withdrawn":
        services.leave(pending.pk)
    page = client.get(path_of(pending)).content

    client.post(path_of(pending), {"do": "come-back"})

    assert b"the topic Meren Strait, weekly" in page
    standing = pending.subscriptions.standing()
    assert {wish.word: wish.cadence for wish in standing} == {word: "weekly"}


def test_one_click_leaving_and_its_undo_reach_the_subscriber(
    client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
) -> None:
    with committing():
        make_article(announce=True)
    link = path_in(outbox()[0], "/unsubscribe/")

    client.post(link, {"List-Unsubscribe": "One-Click"})
    left = state_now()
    client.post(link, {"undo": "1"})

    assert (left, state_now()) == ("left", "confirmed")
    assert Subscriber.objects.get().subscriptions.exists()


def test_an_undo_brings_them_back_whoever_typed_their_address_meanwhile(
    client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
) -> None:
    with committing():
        make_article(announce=True)
    link = path_in(outbox()[0], "/unsubscribe/")
    client.post(link)
    services.request_subscription(str(reader), consent=Consent("/"))
    asked = state_now()

    page = client.post(link, {"undo": "1"})

    assert b"You are back" in page.content
    assert (asked, state_now()) == ("pending", "confirmed")
    assert suppression_of(reader.address) is None


def test_undoing_is_no_consent_so_the_proof_of_the_earlier_one_stays(
    client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
) -> None:
    with committing():
        make_article(announce=True)
    link = path_in(outbox()[0], "/unsubscribe/")

    client.post(link)
    client.post(link, {"undo": "1"})

    undone = Subscriber.objects.get()
    assert undone.confirmed_at == reader.confirmed_at
    assert undone.wants_since != reader.wants_since


@pytest.mark.parametrize(
    ("reason", "notices"), [("left", 0), ("hard_bounce", 1), ("complaint", 1)]
)
def test_the_page_says_why_mail_stopped_unless_the_reader_stopped_it(
    client: Client, reader: Subscriber, reason: str, notices: int
) -> None:
    suppress(reader.address, Suppression.Reason(reason))

    page = client.get(path_of(reader)).content

    assert page.count(b"notice--alert") == notices


def test_whoever_complained_cannot_come_back_by_a_button(
    client: Client, reader: Subscriber
) -> None:
    suppress(reader.address, Suppression.Reason.COMPLAINT)
    services.leave(reader.pk)

    page = client.get(path_of(reader)).content
    client.post(path_of(reader), {"do": "come-back"})

    assert b"reported as unwanted" in page
    assert b"come-back" not in page
    assert suppression_of(reader.address) == Suppression.Reason.COMPLAINT


def test_a_signed_in_reader_comes_to_the_same_page_by_a_verified_address(
    client: Client, reader: Subscriber
) -> None:
    user = make_user("ANN@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.force_login(user)

    answer = client.get("/subscription/", follow=True)

    assert b"Ann@example.org" in answer.content
    assert b'value="leave"' in answer.content


def test_an_unverified_address_opens_nothing(client: Client, reader: Subscriber) -> None:
    user = make_user("ann@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    client.force_login(user)

    answer = client.get("/subscription/", follow=True)

    assert b'value="leave"' not in answer.content
    assert answer.status_code == 200

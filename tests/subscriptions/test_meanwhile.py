"""Between the promise of a mail and its leaving: minds change, and night comes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from articles.services import PublicChange, publish_changes, save_revision, withdraw
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.claims import claimable
from newsroom.mail.deciding import (
    failed_deliveries,
    pause_mailing,
    send_again,
    send_on,
    try_failed_again,
)
from newsroom.mail.leaving import leave
from newsroom.mail.models import Address, Delivery, Mailing, Suppression
from newsroom.mail.rounds import Round, next_round
from newsroom.mail.sending import send_some
from newsroom.mail.suppressions import lift
from newsroom.mail.sweeping import sweep
from subscriptions import services
from tests.mail.smtp import SmtpServer
from tests.mail.test_connections import use
from tests.mail.test_sending import outbox as plain_outbox  # noqa: F401 - A fixture.
from tests.makers import make_article, make_staff, make_subscriber, make_topic, make_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[SmtpServer]:
    settings.MAIL_HOLD_MINUTES = 0
    with SmtpServer(pipelining=True) as running:
        use(settings, running)
        yield running


def claim(mailing: Mailing) -> Round:
    """A worker holds all of it, and has not sent any."""
    working = next_round(None, claimable(timezone.now()).filter(mailing=mailing))
    assert working is not None
    return working


def test_what_was_claimed_and_not_sent_leaves_in_the_new_words(server: SmtpServer) -> None:
    make_subscriber("r@example.net")
    article = make_article(announce=True, headline="Old words")
    services.announce(article.pk)
    mailing = Mailing.objects.get()
    working = claim(mailing)

    words = make_words(headline="New words", section=article.section)
    save_revision(article.pk, words, editor=None, began_from=1)
    publish_changes(article.pk, PublicChange("typo"), editor=None)
    services.announce(article.pk)
    working.end()
    services.announce(article.pk)
    send_some(mailing.pk)

    (content,) = server.contents
    assert b"Subject: New words" in content


def test_a_story_withdrawn_meanwhile_leaves_in_no_digest(server: SmtpServer) -> None:
    with time_machine.travel("2026-11-25T05:00Z", tick=False):
        make_subscriber("r@example.net", wishes={"all": "daily"}, hour=7)
        kept, gone = (
            make_article(announce=True, headline="Stays"),
            make_article(announce=True, headline="Withdrawn"),
        )
        services.announce(kept.pk)
        services.announce(gone.pk)
    with time_machine.travel("2026-11-25T07:01Z", tick=True):
        (pk,) = services.promise_digests()
        services.pack_digest(pk)
        working = claim(Mailing.objects.get(pk=pk))

        withdraw(gone.pk, editor=None, note="It was wrong.")
        services.pack_digest(pk)
        working.end()
        services.pack_digest(pk)
        send_some(pk)

    (content,) = server.contents
    assert b"Stays" in content
    assert b"Withdrawn" not in content


@pytest.mark.parametrize("change", ["leave a wish", "pause"])
def test_a_reader_who_no_longer_wants_it_is_not_sent_it_later(
    server: SmtpServer, change: str
) -> None:
    topic, other = make_topic(), make_topic()
    wishes = {f"topic:{topic.pk}": "at_once", f"topic:{other.pk}": "at_once"}
    reader = make_subscriber("r@example.net", wishes=wishes)
    article = make_article(announce=True, topics=(topic,))
    services.announce(article.pk)
    mailing = Mailing.objects.get()
    working = claim(mailing)

    if change == "pause":
        services.pause(reader.pk, days=7)
    else:
        leave(Address.objects.get(compared="r@example.net"), wish=mailing.key)
    working.end()
    send_some(mailing.pk)

    assert server.taken == []
    assert Delivery.objects.get().state == Delivery.State.CANCELLED


@pytest.mark.parametrize("state", [Delivery.State.FAILED, Delivery.State.IN_DOUBT])
@pytest.mark.parametrize("change", ["pause", "leave and come back", "move"])
def test_what_went_wrong_is_not_sent_again_to_who_no_longer_wants_it(
    server: SmtpServer, change: str, state: str
) -> None:
    reader = make_subscriber("r@example.net")
    services.announce(make_article(announce=True).pk)
    mailing, editor = Mailing.objects.get(), make_staff()
    server.replies["RCPT"] = ["554 5.7.1 Relay access denied"]
    send_some(mailing.pk)
    Delivery.objects.update(state=state)

    if change == "pause":
        services.pause(reader.pk, days=7)
    elif change == "move":
        services.move(reader, find_or_make_address("new@example.net"))
    else:
        services.leave(reader.pk)
        lift(reader.address, Suppression.Reason.LEFT)

    assert failed_deliveries(mailing.pk).count() == 0
    assert not try_failed_again(mailing.pk, by=editor)
    assert not send_again(Delivery.objects.get().pk, by=editor)
    send_some(mailing.pk)
    assert server.taken == []


def test_what_failed_is_tried_again_in_the_words_of_now(server: SmtpServer) -> None:
    make_subscriber("r@example.net")
    article = make_article(announce=True, headline="Old words")
    services.announce(article.pk)
    mailing = Mailing.objects.get()
    server.replies["RCPT"] = ["554 5.7.1 Relay access denied"]
    send_some(mailing.pk)
    words = make_words(headline="New words", section=article.section)
    save_revision(article.pk, words, editor=None, began_from=1)
    publish_changes(article.pk, PublicChange("typo"), editor=None)

    assert try_failed_again(mailing.pk, by=make_staff())
    send_some(mailing.pk)
    assert server.contents == []
    services.announce(article.pk)
    send_some(mailing.pk)

    (content,) = server.contents
    assert b"Subject: New words" in content


# Night comes ------------------------------------------------------------------------------


def announced(*, quiet_from: int = 22) -> Mailing:
    """To one reader who sleeps from ten, and one who never does."""
    make_subscriber("owl@example.net", zone="UTC")
    make_subscriber("lark@example.net", zone="UTC", quiet_from=quiet_from, quiet_to=7, hour=8)
    services.announce(make_article(announce=True).pk)
    return Mailing.objects.get()


def lark() -> Delivery:
    return Delivery.objects.get(address__compared="lark@example.net")


def test_what_a_server_put_off_into_the_night_waits_for_the_morning(server: SmtpServer) -> None:
    server.replies["RCPT TO:<lark@example.net>"] = ["450 4.2.1 later"]
    with time_machine.travel("2026-11-25T21:59:30Z", tick=True):
        mailing = announced()
        send_some(mailing.pk)
    with time_machine.travel("2026-11-25T22:01:00Z", tick=True):
        sweep()
        assert server.taken == ["owl@example.net"]
        assert lark().state == Delivery.State.DEFERRED
        assert lark().not_before == datetime(2026, 11, 26, 7, tzinfo=UTC)
        assert lark().attempts == 1
    with time_machine.travel("2026-11-26T07:00:01Z", tick=True):
        sweep()

    assert server.taken == ["owl@example.net", "lark@example.net"]
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DONE


def test_a_mailing_sent_on_at_night_leaves_those_who_sleep_alone(server: SmtpServer) -> None:
    editor = make_staff()
    with time_machine.travel("2026-11-25T20:00:00Z", tick=True):
        mailing = announced()
        pause_mailing(mailing.pk, by=editor)
    with time_machine.travel("2026-11-25T23:30:00Z", tick=True):
        send_on(mailing.pk, by=editor)
        send_some(mailing.pk)
        assert server.taken == ["owl@example.net"]
        assert (lark().attempts, lark().started_at) == (0, None)
    with time_machine.travel("2026-11-26T07:00:01Z", tick=True):
        sweep()

    assert server.taken == ["owl@example.net", "lark@example.net"]


def test_other_mailers_wait_for_the_morning_too(
    plain_outbox: Path,  # noqa: F811 - The fixture.
    settings: Any,
) -> None:
    settings.MAIL_HOLD_MINUTES = 0
    with time_machine.travel("2026-11-25T21:50:00Z", tick=True):
        mailing = announced()
    with time_machine.travel("2026-11-25T22:00:00Z", tick=True):
        send_some(mailing.pk)

    assert len(list(plain_outbox.glob("*.eml"))) == 1
    assert lark().state == Delivery.State.DEFERRED
    assert lark().attempts == 0


@pytest.mark.parametrize(("wakes", "leaves"), [("07:30", True), ("09:30", False)])
def test_only_what_waited_too_long_after_the_night_waits_for_a_person(
    server: SmtpServer, settings: Any, wakes: str, *, leaves: bool
) -> None:
    settings.MAILING_MAX_AGE = timedelta(hours=2)
    with time_machine.travel("2026-11-25T21:59:59Z", tick=False):
        mailing = announced()
    with time_machine.travel("2026-11-25T22:00:00Z", tick=True):
        send_some(mailing.pk)
    with time_machine.travel(f"2026-11-26T{wakes}:00Z", tick=True):
        sweep()

    mailing.refresh_from_db()
    assert mailing.state == (Mailing.State.DONE if leaves else Mailing.State.WAITING)
    assert server.taken == ["owl@example.net", "lark@example.net"][: 1 + leaves]


def test_within_the_quarter_nobody_is_asked(
    server: SmtpServer, django_assert_num_queries: Any
) -> None:
    """No clock shows another hour than when it was filled, and a large mailing is not held up."""
    with time_machine.travel("2026-11-25T22:00:00Z", tick=False):
        mailing = announced(quiet_from=23)
    with (
        time_machine.travel("2026-11-25T22:14:59Z", tick=False),
        django_assert_num_queries(0),
    ):
        assert services.quiet_until(mailing, [1, 2]) == {}


def test_a_correction_wakes_whoever_was_told_wrong(server: SmtpServer) -> None:
    with time_machine.travel("2026-11-25T20:00:00Z", tick=False):
        mailing = announced()
        correction = Mailing.objects.create(key="correction:1", priority=Mailing.Priority.LIST)
    with time_machine.travel("2026-11-25T23:00:00Z", tick=False):
        address = lark().address_id

        assert list(services.quiet_until(mailing, [address])) == [address]
        assert services.quiet_until(correction, [address]) == {}

"""When one message after the other is refused, it may be for a fault of ours."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from newsroom.accounts.models import Role, User
from newsroom.desk.roles import assign_roles
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.deciding import send_again, send_on, try_failed_again
from newsroom.mail.desk.progress import progress_of
from newsroom.mail.messages import message_id
from newsroom.mail.models import Delivery, Mailing, RenderingCarries, Suppression
from newsroom.mail.refusals import MOST
from newsroom.mail.sending import send_some
from newsroom.mail.suppressions import suppress
from tests.mail.smtp import SmtpServer
from tests.mail.test_connections import use
from tests.mail.test_sending import make_mailing, outbox, states  # noqa: F401 - A fixture.
from tests.makers import make_staff, make_user

pytestmark = pytest.mark.django_db
DENIED = "554 5.7.1 Relay access denied"
ADDRESSES = [f"r{n}@example.net" for n in range(60)]
CONNECTIONS = 4
TURNS = 20  # Of two seconds at most, in which anything here is over.


def send_all(mailing: Mailing) -> None:
    for _ in range(TURNS):
        if not send_some(mailing.pk):
            break
    mailing.refresh_from_db()


def fail(mailing: Mailing, *, count: int = 60) -> None:
    """So many of it were refused, a minute ago."""
    ids = mailing.deliveries.order_by("pk").values_list("pk", flat=True)[:count]
    Delivery.objects.filter(pk__in=list(ids)).update(
        state="failed", attempts=1, started_at=timezone.now() - timedelta(minutes=1)
    )


def test_a_mailing_of_which_all_is_refused_waits_for_a_person(settings: Any) -> None:
    with SmtpServer({"RCPT": DENIED}, pipelining=True) as server:
        use(settings, server)
        mailing = make_mailing(*ADDRESSES)
        send_all(mailing)

    assert mailing.state == Mailing.State.WAITING
    assert DENIED in mailing.halted_for
    assert MOST <= states()["failed"] <= MOST + 2 * CONNECTIONS
    assert states()["queued"] == 60 - states()["failed"]


def test_why_it_waits_names_no_reader(settings: Any) -> None:
    with SmtpServer({".": "554 5.7.1 <reader@example.net> is denied"}, pipelining=True) as server:
        use(settings, server)
        mailing = make_mailing(*ADDRESSES)
        send_all(mailing)

    assert "554 5.7.1 <…> is denied" in mailing.halted_for


@pytest.mark.parametrize("by_smtp", [True, False], ids=["SMTP", "another mailer"])
def test_a_mailing_that_cannot_be_built_waits_for_a_person(
    settings: Any,
    outbox: Path,  # noqa: F811 - The fixture.
    monkeypatch: pytest.MonkeyPatch,
    *,
    by_smtp: bool,
) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("newsroom.mail.copies.prepare", broken)
    monkeypatch.setattr("newsroom.mail.sending.build", broken)
    mailing = make_mailing(*ADDRESSES)
    with SmtpServer(pipelining=True) as server:
        if by_smtp:
            use(settings, server)
        send_all(mailing)

    assert mailing.state == Mailing.State.WAITING
    assert mailing.halted_for.endswith("The message could not be built.")
    assert states() == {"failed": MOST, "queued": 60 - MOST}


def test_bad_addresses_among_good_ones_halt_nothing(settings: Any) -> None:
    bad = {f"RCPT TO:<{address}>": DENIED for address in ADDRESSES[::2]}
    with SmtpServer({**bad}, pipelining=True) as server:
        use(settings, server)
        mailing = make_mailing(*ADDRESSES)
        send_all(mailing)

    assert mailing.state == Mailing.State.DONE
    assert states() == {"failed": 30, "sent": 30}


def test_turns_that_send_few_count_with_those_before_them(settings: Any) -> None:
    mailing = make_mailing(*ADDRESSES)
    fail(mailing, count=MOST - 1)
    settings.MAIL_PER_SECOND = 1
    with SmtpServer({"RCPT": DENIED}, pipelining=True) as server:
        use(settings, server)
        send_some(mailing.pk)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.WAITING
    assert states()["failed"] <= MOST + 2


def test_sent_on_by_a_person_it_is_tried_anew(settings: Any) -> None:
    mailing = make_mailing(*ADDRESSES)
    fail(mailing, count=MOST)
    Mailing.objects.update(state=Mailing.State.WAITING)
    send_on(mailing.pk, by=make_staff())
    only = [DENIED]
    with SmtpServer({"RCPT": only}, pipelining=True) as server:
        use(settings, server)
        send_all(mailing)

    assert mailing.state == Mailing.State.DONE
    assert states() == {"failed": MOST + 1, "sent": 60 - MOST - 1}


# Trying them again ------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client) -> User:
    assign_roles()
    user = make_user("editor@example.org", is_staff=True, name="Ed Itor")
    user.groups.add(Group.objects.get(name=Role.EDITOR))
    client.force_login(user)
    return user


def test_what_failed_is_sent_again_under_its_old_message_id(
    settings: Any, client: Client, editor: User
) -> None:
    mailing = make_mailing("a@example.net", "b@example.net")
    fail(mailing)
    Mailing.objects.update(state=Mailing.State.DONE)
    before = {message_id(delivery) for delivery in Delivery.objects.all()}
    way = f"/admin/mail/mailing/{mailing.pk}/again/confirm/"

    assert way in client.get(f"/admin/mail/mailing/{mailing.pk}/change/").content.decode()
    assert "2 messages that the next server refused" in client.get(way).content.decode()
    assert states() == {"failed": 2}
    client.post(way)
    with SmtpServer(pipelining=True) as server:
        use(settings, server)
        send_all(mailing)

    sent = {content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for content in server.contents}
    assert {each.decode() for each in sent} == before
    assert states() == {"sent": 2}
    (decision,) = progress_of(mailing).decisions
    assert decision.change_message == "Tried 2 failed messages again."
    assert decision.user == editor


def test_who_is_suppressed_meanwhile_is_not_tried_again() -> None:
    mailing = make_mailing("a@example.net", "b@example.net")
    fail(mailing)
    suppress(find_or_make_address("a@example.net"), Suppression.Reason.HARD_BOUNCE)

    assert progress_of(mailing).failed_again == 1
    assert try_failed_again(mailing.pk, by=make_staff())

    assert states() == {"failed": 1, "queued": 1}


def test_what_waits_or_was_called_off_is_not_set_going_by_it() -> None:
    waiting, called_off = make_mailing("a@example.net"), make_mailing("a@example.net", key="b")
    fail(waiting)
    fail(called_off)
    Mailing.objects.filter(pk=waiting.pk).update(state=Mailing.State.WAITING)
    Mailing.objects.filter(pk=called_off.pk).update(state=Mailing.State.CANCELLED)
    person = make_staff()

    assert try_failed_again(waiting.pk, by=person)
    assert not try_failed_again(called_off.pk, by=person)

    waiting.refresh_from_db()
    assert waiting.state == Mailing.State.WAITING
    assert states() == {"failed": 1, "queued": 1}


@pytest.mark.parametrize("state", ["failed", "in_doubt"])
def test_what_carries_a_story_goes_again_in_its_newest_words(state: str) -> None:
    mailing = make_mailing("a@example.net")
    RenderingCarries.objects.create(rendering=mailing.renderings.get(), key="revision:1")
    fail(mailing)
    Delivery.objects.update(state=state)
    Mailing.objects.update(state=Mailing.State.DONE)

    if state == "failed":
        try_failed_again(mailing.pk, by=make_staff())
    else:
        send_again(Delivery.objects.get().pk, by=make_staff())

    mailing.refresh_from_db()
    assert (mailing.state, mailing.filled_at) == (Mailing.State.FILLING, None)


def test_who_may_not_decide_may_not_try_again(client: Client) -> None:
    mailing = make_mailing("a@example.net")
    fail(mailing)
    client.force_login(make_user("author@example.org", is_staff=True))

    assert client.post(f"/admin/mail/mailing/{mailing.pk}/again/confirm/").status_code == 403
    assert states() == {"failed": 1}

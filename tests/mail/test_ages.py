"""A mailing that nobody wants any more does not start by itself."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail.ages import TOO_OLD
from newsroom.mail.deciding import send_again
from newsroom.mail.ledger import promise_mailing, resume_mailing, start_mailing
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.sending import send_some
from newsroom.mail.sweeping import sweep
from tests.mail.test_sending import make_mailing, outbox, states  # noqa: F401 - A fixture.
from tests.makers import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day(settings: Any) -> None:
    settings.MAILING_MAX_AGE = timedelta(hours=12)


def travel(hours: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False)


def test_yesterdays_database_with_a_mailing_under_way_mails_nothing() -> None:
    mailing = make_mailing("a@example.org", "b@example.org")

    with travel(hours=13):
        send_some(mailing.pk)
        sweep()

    mailing.refresh_from_db()
    assert (mailing.state, mailing.halted_for) == (Mailing.State.WAITING, TOO_OLD)
    assert states() == {"queued": 2}


def test_a_mailing_filled_too_late_waits() -> None:
    mailing = promise_mailing("article:1")

    with travel(hours=13):
        start_mailing(mailing.pk)

    mailing.refresh_from_db()
    assert (mailing.state, mailing.halted_for) == (Mailing.State.WAITING, TOO_OLD)


def test_one_put_off_until_the_morning_counts_from_then() -> None:
    mailing = make_mailing("a@example.org")
    Mailing.objects.update(not_before=timezone.now() + timedelta(hours=20))

    with travel(hours=21):
        send_some(mailing.pk)

    assert states() == {"sent": 1}


def test_one_that_sends_for_longer_than_that_goes_on() -> None:
    mailing = make_mailing("a@example.org", "b@example.org")
    moment = timezone.now() + timedelta(hours=12)
    Delivery.objects.filter(address__typed="a@example.org").update(
        state="sent", sent_at=moment, started_at=moment
    )

    with travel(hours=20):
        send_some(mailing.pk)

    assert states() == {"sent": 2}


def test_what_a_server_put_off_goes_on_by_itself() -> None:
    mailing = make_mailing("a@example.org")
    Delivery.objects.update(state="deferred", not_before=timezone.now() + timedelta(hours=24))

    with travel(hours=25):
        send_some(mailing.pk)

    assert states() == {"sent": 1}


def test_a_person_may_send_it_all_the_same() -> None:
    mailing = make_mailing("a@example.org")

    with travel(hours=13):
        send_some(mailing.pk)
        resume_mailing(mailing.pk, by_hand=True)
        send_some(mailing.pk)

    assert states() == {"sent": 1}


def test_one_message_of_yesterday_in_doubt_is_sent_again(outbox: Path) -> None:  # noqa: F811
    mailing = make_mailing("a@example.org", "b@example.org")
    send_some(mailing.pk)
    doubtful = Delivery.objects.order_by("pk")[0]
    Delivery.objects.filter(pk=doubtful.pk).update(state="in_doubt", sent_at=None)

    with travel(hours=14):
        assert send_again(doubtful.pk, by=make_staff())
        sweep()
        send_some(mailing.pk)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DONE
    assert states() == {"sent": 2}


def test_the_postal_address_brings_no_old_mailing_back(settings: Any) -> None:
    """It was halted for that; when somebody types one days later, the news is old."""
    settings.MAIL_STAYS_HERE = False
    mailing = make_mailing("a@example.org")

    with travel(hours=13):
        Site.objects.create(pk=1, postal_address="1 Quay Street")
        sweep()
        send_some(mailing.pk)

    mailing.refresh_from_db()
    assert (mailing.state, mailing.halted_for) == (Mailing.State.WAITING, TOO_OLD)


def test_the_desk_sees_it_and_starts_it(client: Client) -> None:
    mailing = make_mailing("a@example.org")
    with travel(hours=13):
        send_some(mailing.pk)
    client.force_login(make_staff())
    page = client.get("/admin/mail/mailing/").content.decode()
    assert TOO_OLD in page

    client.post(
        "/admin/mail/mailing/", {"action": "resume", "_selected_action": [str(mailing.pk)]}
    )

    mailing.refresh_from_db()
    assert mailing.state != Mailing.State.WAITING
    assert mailing.resumed_at

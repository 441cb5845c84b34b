"""Who asked and never confirmed is forgotten after thirty days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsroom.mail.models import Address
from newsroom.mail.services import find_or_make_address
from subscriptions import tasks
from subscriptions.consent import Consent
from subscriptions.models import Subscriber
from subscriptions.services import (
    forget_strangers,
    forget_unconfirmed,
    move,
    request_move,
    request_subscription,
)
from tests.mail.notices import make_sent
from tests.makers import make_subscriber

pytestmark = pytest.mark.django_db
OLD = timedelta(days=31)


def make_pending(email: str, age: timedelta = OLD, **fields: Any) -> Subscriber:
    made = make_subscriber(email, state="pending", consent_at=timezone.now() - age, **fields)
    Subscriber.objects.filter(pk=made.pk).update(created_at=timezone.now() - age)
    return made


def test_the_sign_up_and_its_address_are_gone_after_thirty_days() -> None:
    request_subscription("ann@example.org", consent=Consent("/"))
    Subscriber.objects.update(consent_at=timezone.now() - OLD, created_at=timezone.now() - OLD)

    assert forget_unconfirmed() == 1
    assert forget_unconfirmed() == 0

    assert not Subscriber.objects.exists()
    assert Address.objects.get().typed == ""  # The row stays for the count of letters.


def test_before_that_nothing_is_forgotten() -> None:
    make_pending("ann@example.org", timedelta(days=29))

    assert forget_unconfirmed() == 0


@pytest.mark.parametrize("consent_at", [None, datetime(2019, 6, 14, tzinfo=UTC)])
def test_who_was_brought_in_by_a_list_today_is_not_forgotten_today(
    consent_at: datetime | None,
) -> None:
    make_subscriber("ann@example.org", state="pending", consent_at=consent_at, origin="Before")

    assert forget_unconfirmed() == 0


def test_who_was_asked_for_anew_is_not_forgotten() -> None:
    reader = make_pending("ann@example.org")
    Subscriber.objects.filter(pk=reader.pk).update(consent_at=timezone.now())

    assert forget_unconfirmed() == 0


def test_an_address_that_is_known_for_another_reason_is_kept() -> None:
    make_pending("ann@example.org")
    make_sent("ann@example.org")

    forget_unconfirmed()

    assert not Subscriber.objects.exists()
    assert Address.objects.get().typed == "ann@example.org"


def test_whoever_left_and_was_asked_for_again_has_left_again() -> None:
    moment = timezone.now() - 2 * OLD
    reader = make_pending(
        "ann@example.org", confirmed_at=moment, wants_since=moment, left_at=moment
    )

    assert forget_unconfirmed() == 0

    reader.refresh_from_db()
    assert (reader.state, reader.left_at) == (Subscriber.State.LEFT, moment)


@pytest.mark.parametrize("state", ["confirmed", "paused", "left"])
def test_nobody_else_is_touched(state: str) -> None:
    make_subscriber(state=state, consent_at=timezone.now() - OLD)

    assert forget_unconfirmed() == 0
    assert Subscriber.objects.get().state == state


def test_a_stranger_to_whom_mail_was_to_be_moved_is_forgotten_after_thirty_days() -> None:
    reader = make_subscriber("ann@example.org")
    for name in ("stranger@example.org", "young@example.org", "mailed@example.org"):
        request_move(reader, name)
    make_sent("mailed@example.org")
    move(reader, find_or_make_address("new@example.org"))
    Address.objects.exclude(typed="young@example.org").update(created_at=timezone.now() - OLD)

    assert (forget_strangers(), forget_strangers()) == (1, 0)

    assert set(Address.objects.values_list("typed", flat=True)) == {
        "", "ann@example.org", "new@example.org", "young@example.org", "mailed@example.org",
    }  # fmt: skip


def test_the_task_forgets_strangers_and_whom_nobody_confirmed() -> None:
    make_pending("ann@example.org")
    find_or_make_address("stranger@example.org")
    Address.objects.update(created_at=timezone.now() - OLD)

    tasks.forget()

    assert not Address.objects.exclude(typed="").exists()

"""Two at the same moment. SQLite lets one write at a time, so only PostgreSQL can tell."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from newsroom.mail import redirecting, tasks
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.claims import claim_begun, claimable
from newsroom.mail.deciding import try_failed_again
from newsroom.mail.ledger import cancel_deliveries
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.outcomes import finish
from newsroom.mail.redirecting import redirect_list_mail
from tests.articles.test_at_once import at_once
from tests.mail.test_sending import make_mailing
from tests.makers import make_staff

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in str(settings.DATABASES["default"]["ENGINE"]),
        reason="needs a database with several writers: see make test-all",
    ),
]


@pytest.fixture(autouse=True)
def nothing_leaves_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed here is seen by all: tasks would send it at once."""
    monkeypatch.setattr(tasks.send_mailing, "delay", lambda _pk: None)


def take() -> list[int]:
    """A worker, with a connection of its own, takes what it can."""
    try:
        with transaction.atomic():
            taken, _changes = claim_begun(
                claimable(timezone.now()), "its", timedelta(minutes=5), 10
            )
            return [pk for pk, *_more in taken]
    finally:
        connection.close()


def test_no_worker_takes_what_is_just_going_to_another_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_mailing("old@example.net")
    taken: list[int] = []

    def meanwhile(*args: Any) -> int:
        with ThreadPoolExecutor(1) as worker:
            taken.extend(worker.submit(take).result())
        return cancel_deliveries(*args)

    monkeypatch.setattr(redirecting, "cancel_deliveries", meanwhile)
    redirect_list_mail(
        find_or_make_address("old@example.net"), find_or_make_address("new@example.net")
    )

    assert taken == []
    assert Delivery.objects.get().address.typed == "new@example.net"


def test_a_mailing_is_not_done_while_what_failed_is_just_tried_again() -> None:
    mailing, person = make_mailing("a@example.net"), make_staff()
    Delivery.objects.update(state=Delivery.State.FAILED)
    is_queued = threading.Event()

    def again() -> None:
        with transaction.atomic():
            try_failed_again(mailing.pk, by=person)
            is_queued.set()
            time.sleep(0.5)  # In which the other comes to the mailing, and waits.

    def end() -> None:
        is_queued.wait(10)
        finish(Mailing.objects.all())

    at_once(again, end)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING

"""PostgreSQL took its statistics when the tables were empty, and now there are thousands of rows."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from newsroom.mail.models import Address, Delivery
from newsroom.mail.services import cancel_list_mail, digest
from subscriptions.models import Due, Subscriber, Subscription
from subscriptions.services import announcing, correcting
from tests.makers import make_article
from tests.subscriptions.test_correcting import correction_of, edit

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        "postgresql" not in str(settings.DATABASES["default"]["ENGINE"]),
        reason="only PostgreSQL plans by statistics: see make test-all",
    ),
]
READERS = 5_000


@pytest.fixture(autouse=True)
def empty_tables() -> None:
    """As after an autovacuum that found nothing; no statement may then take two seconds."""
    with connection.cursor() as cursor:
        cursor.execute("""
            UPDATE pg_class SET reltuples = 0, relpages = 1
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        """)
        cursor.execute("SET LOCAL statement_timeout = '2s'")


@pytest.fixture
def readers() -> list[Subscriber]:
    before = timezone.now() - timedelta(hours=1)
    compared = [f"reader{number}@example.org" for number in range(READERS)]
    addresses = Address.objects.bulk_create(
        Address(typed=address, compared=address) for address in compared
    )
    moments = {"consent_at": before, "confirmed_at": before, "wants_since": before}
    rows = Subscriber.objects.bulk_create(
        Subscriber(
            address=address,
            fingerprint=digest(address.typed),
            state=Subscriber.State.CONFIRMED,
            **moments,
        )
        for address in addresses
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber=row, what="all", wished_at=before) for row in rows
    )
    return rows


def test_filling_a_mailing_and_its_correction_compares_no_row_with_each(
    readers: list[Subscriber],
) -> None:
    article = make_article(announce=True)
    announcing.announce(article.pk)

    assert Due.objects.exclude(delivery=None).count() == READERS
    assert Delivery.objects.count() == READERS

    Delivery.objects.update(state=Delivery.State.SENT, sent_at=timezone.now())
    edit(article)
    correction = correction_of(article)
    assert correcting.count_readers(correction) == READERS
    correcting.promise_correction(correction.pk)
    correcting.correct(correction.pk)

    assert Delivery.objects.filter(state=Delivery.State.QUEUED).count() == READERS


def test_calling_off_the_mail_of_one_reader_compares_no_row_with_each(
    readers: list[Subscriber],
) -> None:
    article = make_article(announce=True)
    announcing.announce(article.pk)
    address = readers[7].address

    assert cancel_list_mail(address) == 1
    assert Delivery.objects.get(address=address).state == Delivery.State.CANCELLED

"""One announcement, once to everyone, with two beats, two workers and a broker that forgets."""

import email
from collections import Counter
from email import policy

import pytest
from redis import Redis

from tests.processes.conftest import MakeHouse
from tests.processes.house import House, wait_until

pytestmark = pytest.mark.processes
READERS = 600
PUBLISH = f"""
from datetime import timedelta
from django.utils import timezone
from articles.models import Author, Section
from articles.services import Words, create_article, publish
from newsroom.mail.models import Address
from newsroom.mail.services import compared_form
from subscriptions.models import Subscriber, Subscription
an_hour_ago = timezone.now() - timedelta(hours=1)
typed = [f"reader{{n}}@example.org" for n in range({READERS})]
addresses = Address.objects.bulk_create(
    Address(typed=t, compared=compared_form(t)) for t in typed
)
readers = Subscriber.objects.bulk_create(
    Subscriber(
        address=address, state="confirmed", consent_at=an_hour_ago, confirmed_at=an_hour_ago,
        wants_since=an_hour_ago,
    )
    for address in addresses
)
Subscription.objects.bulk_create(Subscription(subscriber=reader) for reader in readers)
section = Section.objects.create(name="Sea", slug="sea", position=1)
author = Author.objects.create(name="Ann", slug="ann")
words = Words("A story", "<p>Text.</p>", section, bylines=(author,))
draft = create_article(words, editor=None, mail_choice="breaking")
publish(draft.pk, editor=None)
"""


def unsettled(house: House) -> int:
    return READERS - house.states().get("sent", 0)


def delivered(house: House) -> Counter[str]:
    return Counter(
        str(email.message_from_bytes(path.read_bytes(), policy=policy.default)["To"])
        for path in (house.folder / "outbox").glob("*.eml")
    )


def test_two_beats_and_two_workers_make_one_announcement(make_house: MakeHouse) -> None:
    house = make_house()
    house.start("broker")
    for name in ("beat", "beat", "mailing", "mailing", "house", "house"):
        house.start(name, kept=True)

    house.python(PUBLISH)
    wait_until(lambda: not unsettled(house), 100, f"all sent: {house.states()}")

    assert house.rows("SELECT count(*) FROM mail_mailing") == [(1,)]
    assert set(delivered(house).values()) == {1}
    assert len(delivered(house)) == READERS


def test_a_broker_flushed_and_killed_in_the_middle_loses_and_doubles_nothing(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    broker = house.start("broker")
    for name in ("beat", "mailing", "house"):
        house.start(name, kept=True)

    house.python(PUBLISH)
    wait_until(lambda: house.states().get("sent", 0) > READERS // 10, 60, "some were sent")
    Redis(unix_socket_path=str(house.folder / "valkey.sock")).flushall()
    house.kill(broker)
    house.start("broker")
    wait_until(lambda: not unsettled(house), 150, f"all sent: {house.states()}")

    assert set(delivered(house).values()) == {1}
    assert len(delivered(house)) == READERS

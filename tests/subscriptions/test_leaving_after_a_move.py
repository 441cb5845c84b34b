"""A link to leave that was mailed before its reader moved to another address."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsroom.mail.models import Suppression
from newsroom.mail.services import find_or_make_address, suppress, suppression_of
from subscriptions import services
from subscriptions.models import Subscriber
from tests.conftest import Committing
from tests.makers import make_article, make_section, make_subscriber, make_topic
from tests.subscriptions.conftest import Outbox, path_in, text_of

pytestmark = pytest.mark.django_db
OLD, NEW = "ann@old.example", "ann@new.example"


@pytest.fixture
def reader() -> Subscriber:
    return make_subscriber(OLD)


def mail(committing: Committing) -> None:
    with committing():
        make_article(announce=True)


def move(reader: Subscriber, to: str = NEW) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        services.move(Subscriber.objects.get(pk=reader.pk), find_or_make_address(to))


def press(client: Client, committing: Committing, link: str, **said: str) -> str:
    """The page's words, on one line."""
    with committing():
        page = client.post(link, said or {"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def link(reader: Subscriber, outbox: Outbox, committing: Committing) -> str:
    """Mailed to the old address; the reader has moved since."""
    mail(committing)
    move(reader)
    return path_in(outbox()[0], "/unsubscribe/")


def test_the_reader_leaves_at_the_new_address(
    client: Client, reader: Subscriber, link: str, outbox: Outbox, committing: Committing
) -> None:
    page = press(client, committing, link)
    sent = len(outbox())
    mail(committing)

    reader.refresh_from_db()
    assert (reader.state, str(reader)) == ("left", NEW)
    assert suppression_of(reader.address) == Suppression.Reason.LEFT
    assert "the address that their reader has moved to" in page
    assert len(outbox()) == sent


def test_the_pages_tell_nothing_of_the_new_address(
    client: Client, link: str, committing: Committing
) -> None:
    """Whoever reads mail at the old one may be somebody else by now."""
    pages = [client.get(link).content.decode()]
    pages += [press(client, committing, link, **said) for said in ({}, {"everything": "1"})]
    pages += [press(client, committing, link, undo="1")]

    assert all(OLD in page for page in pages[:3])
    assert not any(NEW in page or "/subscription/ey" in page for page in pages)
    assert not any(re.search(r'href="/subscription/[^"]+/"', page) for page in pages)


def test_the_reader_is_told_at_the_new_address_once(
    client: Client, link: str, outbox: Outbox, committing: Committing
) -> None:
    for _time in range(2):
        press(client, committing, link)

    (told,) = [message for message in outbox() if message["To"] == NEW]
    assert told["Subject"].startswith("You have left")
    assert OLD in text_of(told)
    assert client.get(path_in(told, "/subscription/")).status_code == 200


def test_pressing_and_undoing_all_day_fills_no_inbox(
    client: Client, link: str, outbox: Outbox, committing: Committing
) -> None:
    for _time in range(5):
        press(client, committing, link)
        press(client, committing, link, undo="1")

    assert sum(message["To"] == NEW for message in outbox()) == 3


def test_it_can_be_undone(
    client: Client, reader: Subscriber, link: str, committing: Committing
) -> None:
    press(client, committing, link)

    page = press(client, committing, link, undo="1")

    reader.refresh_from_db()
    assert "to the new address again" in page
    assert reader.state == "confirmed"
    assert suppression_of(reader.address) is None


def test_the_last_of_several_addresses_is_the_one(
    client: Client, reader: Subscriber, link: str, committing: Committing
) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        move(reader, "ann@newest.example")

    press(client, committing, link)

    reader.refresh_from_db()
    assert (reader.state, str(reader)) == ("left", "ann@newest.example")


def test_who_signed_up_with_the_old_address_since_stays(
    client: Client, link: str, committing: Committing
) -> None:
    successor = make_subscriber(OLD)

    press(client, committing, link)

    successor.refresh_from_db()
    assert successor.state == "confirmed"
    assert suppression_of(successor.address) is None


def test_who_got_the_mail_after_the_move_leaves_alone(
    client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
) -> None:
    move(reader)
    successor = make_subscriber(OLD)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        mail(committing)
        (link,) = [path_in(one, "/unsubscribe/") for one in outbox() if one["To"] == OLD]
        page = press(client, committing, link)

    states = {str(row): row.state for row in Subscriber.objects.all()}
    assert states == {NEW: "confirmed", OLD: "left"}
    assert suppression_of(successor.address) == Suppression.Reason.LEFT
    assert "moved" not in page


def test_other_wishes_stand_and_what_the_mail_was_for_is_left(
    client: Client, outbox: Outbox, committing: Committing
) -> None:
    section, topic = make_section(), make_topic()
    words = [f"section:{section.pk}", f"topic:{topic.pk}"]
    reader = make_subscriber(OLD, wishes=dict.fromkeys(words, "at_once"))
    with committing():
        make_article(section=section, announce=True)
    move(reader)
    link = path_in(outbox()[0], "/unsubscribe/")

    page = press(client, committing, link)
    left = [wish.word for wish in reader.subscriptions.standing()]
    press(client, committing, link, undo="1")

    assert "Other wishes stand" in page
    assert left == words[1:]
    assert outbox()[-1]["Subject"].startswith("You get less mail")
    assert {wish.word for wish in reader.subscriptions.standing()} == set(words)


def test_a_reader_who_complained_hears_nothing(
    client: Client, reader: Subscriber, link: str, outbox: Outbox, committing: Committing
) -> None:
    suppress(find_or_make_address(NEW), Suppression.Reason.COMPLAINT)

    press(client, committing, link)

    assert not any(message["To"] == NEW for message in outbox())


def test_after_erasing_the_link_leads_to_nobody(
    client: Client, reader: Subscriber, link: str
) -> None:
    services.erase(Subscriber.objects.get(pk=reader.pk))

    assert client.post(link).status_code == 404


def test_looking_changes_nothing(client: Client, link: str) -> None:
    before = list(Subscriber.objects.values())

    page = client.get(link).content.decode()

    assert "at another address now" in re.sub(r"\s+", " ", page)
    assert list(Subscriber.objects.values()) == before
    assert not Suppression.objects.exists()

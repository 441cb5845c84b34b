"""Download, erase, another address: by a fresh link that lives 30 minutes, and by no other."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsroom.mail.models import Address, Attempt, Delivery, Suppression
from newsroom.mail.services import (
    erase_address,
    find_or_make_address,
    preferences_token,
    promise_letter,
    suppress,
    suppression_of,
)
from newsroom.mail.signals import person_erased
from newsroom.mail.sweeping import sweep as sweep_post_room
from subscriptions import emails, services
from subscriptions.consent import Consent
from subscriptions.links import data_link, moving_link, preferences_path
from subscriptions.models import Due, Import, ImportLine, Subscriber
from subscriptions.services import announce
from subscriptions.views.asking import PER_NETWORK
from tests.conftest import Committing
from tests.makers import make_article, make_subscriber
from tests.subscriptions.conftest import Outbox, path_in

pytestmark = pytest.mark.django_db
HERE = "http://localhost:8000"


@pytest.fixture
def reader() -> Subscriber:
    return make_subscriber("Ann@example.org", consent_from="/latest/", consent_words="2026-11")


def path_of(subscriber: Subscriber) -> str:
    return data_link(subscriber.address).removeprefix(HERE)


def test_the_link_is_mailed_on_ones_own_page_and_a_few_an_hour(
    client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
) -> None:
    own = f"/subscription/{preferences_token(reader.address)}/"
    for _time in range(7):
        with committing():
            page = client.post(own, {"do": "send-key"}, follow=True)

    assert b"on its way to this address" in page.content
    assert len(outbox()) == 5
    assert client.get(path_in(outbox()[0], "/subscription/data/")).status_code == 200


@pytest.mark.parametrize("do", ["download", "erase", "move"])
def test_it_lives_thirty_minutes_and_the_mailed_link_to_choices_does_none_of_it(
    client: Client, reader: Subscriber, do: str
) -> None:
    path = path_of(reader)
    said = {"do": do, "sure": "on", "email": "new@example.org"}
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        late = client.post(path, said)
    token = preferences_token(reader.address)
    other = [
        client.post(f"/subscription/{token}/", said),
        client.post(f"/subscription/data/{token}/", said),
    ]

    assert late.status_code == 410
    assert b"older than 30 minutes" in late.content
    assert [answer.status_code for answer in other] == [303, 410]
    assert not Delivery.objects.exists()
    assert Subscriber.objects.get().state == "confirmed"


def test_looking_changes_nothing(client: Client, reader: Subscriber) -> None:
    before = Subscriber.objects.values().get(), Address.objects.values().get()

    answers = [getattr(client, how)(path_of(reader)) for how in ("get", "head", "get")]

    assert {answer.status_code for answer in answers} == {200}
    assert answers[0]["Cache-Control"] == "private, no-store"
    assert (Subscriber.objects.values().get(), Address.objects.values().get()) == before


def test_the_download_holds_everything(
    client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
) -> None:
    with committing():
        make_article(headline="A story for Ann", announce=True)

    answer = client.post(path_of(reader), {"do": "download"})

    held = json.loads(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="my-subscription.json"'
    assert held["address"]["as_typed"] == "Ann@example.org"
    assert held["subscriber"]["consent_from"] == "/latest/"
    assert held["subscriber"]["consent_words_in_full"].startswith("We send you each new story")
    assert held["wishes"][0]["rhythm"] == "at_once"
    assert held["stories_owed"][0]["why"] == "all"
    (mail,) = held["mails"]
    assert (mail["subject"], mail["state"]) == ("A story for Ann", "sent")
    assert mail["earlier_attempts"] == []


def test_the_download_holds_the_mails_from_before_a_move_and_nobody_elses() -> None:
    ann, bob = make_subscriber("ann@example.org"), make_subscriber("bob@example.org")
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False) as clock:
        for reader, told, to in (
            (bob, "to Bob", "new-bob@example.org"),
            (ann, "to Ann", "bob@example.org"),
            (bob, "to Bob again", "ann@example.org"),
        ):
            clock.shift(60)
            make_letter(reader, told)
            clock.shift(60)
            services.move(reader, find_or_make_address(to))
            reader.refresh_from_db()
        clock.shift(60)
        make_letter(ann, "to Ann after her move")
        make_letter(bob, "to Bob where Ann was")

    subjects = [mail["subject"] for mail in services.everything_held(ann)["mails"]]
    assert subjects == ["to Ann", "to Ann after her move"]


def make_letter(reader: Subscriber, subject: str) -> None:
    letter = replace(emails.link_to_choices(reader.address), subject=subject)
    promise_letter(subject, reader.address, letter, expires_at=timezone.now() + timedelta(days=1))


def test_what_servers_said_at_earlier_attempts_is_among_what_is_held(
    client: Client, reader: Subscriber, committing: Committing, outbox: Outbox
) -> None:
    with committing():
        make_article(announce=True)
    delivery = Delivery.objects.get(address=reader.address)
    Attempt.objects.create(delivery=delivery, state="deferred", words="450 4.2.1 Busy")

    held = json.loads(client.post(path_of(reader), {"do": "download"}).content)

    assert [row["words_of_the_server"] for row in held["mails"][0]["earlier_attempts"]] == [
        "450 4.2.1 Busy"
    ]


class TestErasing:
    def test_nothing_is_left_that_says_who_it_was(
        self, client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
    ) -> None:
        with committing():
            make_article(announce=True)
        told: list[str] = []

        def hear(address: Address, **_: Any) -> None:
            told.append(address.typed)

        person_erased.connect(hear)
        try:
            page = client.post(path_of(reader), {"do": "erase", "sure": "on"})
        finally:
            person_erased.disconnect(hear)
        with committing():
            make_article(announce=True)

        address, subscriber = Address.objects.get(), Subscriber.objects.get()
        assert b"It is erased" in page.content
        assert told == ["Ann@example.org"]
        assert (address.typed, address.compared) == ("", None)
        assert (subscriber.state, subscriber.consent_from) == ("left", "")
        assert not subscriber.subscriptions.exists()
        assert Delivery.objects.count() == len(outbox()) == Due.objects.count() == 1
        assert Suppression.objects.get().reason == "left"

    @pytest.mark.parametrize("outcome", ["made", ""])
    def test_no_list_that_was_brought_names_them_any_more(
        self, reader: Subscriber, outcome: str
    ) -> None:
        kept = Import.objects.create(name="list.csv", state="checked")
        for number, name in enumerate(("Ann@example.org", "bob@example.org")):
            ImportLine.objects.create(
                of=kept, number=number, typed=name, outcome=outcome,
                compared=name.casefold() if outcome else "",
            )  # fmt: skip

        services.erase(reader)

        assert list(kept.lines.order_by("number").values_list("typed", flat=True)) == [
            "", "bob@example.org",
        ]  # fmt: skip
        assert not kept.lines.filter(compared="ann@example.org").exists()

    def test_an_address_they_had_moved_from_is_forgotten_too(
        self, reader: Subscriber, outbox: Outbox, committing: Committing
    ) -> None:
        with committing():
            make_article(announce=True)
        old = reader.address
        moved = services.move(reader, find_or_make_address("new@example.org"))

        services.erase(moved)

        assert set(Address.objects.values_list("typed", "compared")) == {("", None)}
        assert suppression_of(find_or_make_address(old.typed)) == Suppression.Reason.LEFT

    @pytest.mark.parametrize("there", ["subscriber", "letter"])
    def test_but_not_one_that_somebody_else_has_by_now(
        self, reader: Subscriber, outbox: Outbox, committing: Committing, there: str
    ) -> None:
        moved = services.move(reader, find_or_make_address("new@example.org"))
        if there == "subscriber":
            make_subscriber("Ann@example.org")
        else:
            services.request_subscription("Ann@example.org", consent=Consent(page="/"))
            Subscriber.objects.exclude(pk=moved.pk).delete()

        services.erase(moved)

        assert sorted(Address.objects.values_list("typed", flat=True)) == ["", "Ann@example.org"]
        assert not Suppression.objects.filter(address__typed="Ann@example.org").exists()

    def test_without_the_tick_nothing_happens(self, client: Client, reader: Subscriber) -> None:
        answer = client.post(path_of(reader), {"do": "erase"})

        assert answer.status_code == 422
        assert b"Tick this box first" in answer.content
        assert Address.objects.get().typed == "Ann@example.org"

    def test_the_link_is_dead_afterwards(self, client: Client, reader: Subscriber) -> None:
        path = path_of(reader)
        client.post(path, {"do": "erase", "sure": "on"})

        assert client.post(path, {"do": "erase", "sure": "on"}).status_code == 410


class TestMoving:
    def test_the_new_address_is_asked_and_its_yes_moves_everything(
        self, client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
    ) -> None:
        with committing():
            asked = client.post(path_of(reader), {"do": "move", "email": "New@example.org"})
        link = path_in(outbox()[0], "/subscription/move/")
        looks = [client.get(link), client.head(link)]
        before = str(Subscriber.objects.get())
        pressed = [client.post(link), client.post(link)]
        with committing():
            make_article(announce=True)

        assert b"New@example.org" in asked.content
        assert outbox()[0]["To"] == "New@example.org"
        assert {look.status_code for look in looks} == {200}
        assert before == "Ann@example.org"
        assert all(b"Your mail comes here now" in page.content for page in pressed)
        assert outbox()[1]["To"] == "New@example.org"

    def test_the_answer_is_the_same_for_every_address(
        self, client: Client, reader: Subscriber, outbox: Outbox, committing: Committing
    ) -> None:
        make_subscriber("known@example.org")
        complained = make_subscriber("sour@example.org")
        suppress(complained.address, Suppression.Reason.COMPLAINT)

        pages = []
        for email in ("known@example.org", "sour@example.org", "fresh@example.org"):
            with committing():
                page = client.post(path_of(reader), {"do": "move", "email": email})
            pages.append(page.content.decode().replace(email, "X"))

        assert len(set(pages)) == 1
        assert {message["To"] for message in outbox()} == {
            "known@example.org",
            "fresh@example.org",
        }

    def test_many_subscriptions_cannot_fill_one_strangers_inbox(
        self, client: Client, outbox: Outbox, committing: Committing
    ) -> None:
        for n in range(4):
            path = path_of(make_subscriber(f"attacker+{n}@example.net"))
            for _again in range(3):
                with committing():
                    page = client.post(path, {"do": "move", "email": "victim@example.org"})
                assert b"We sent a link" in page.content

        assert [message["To"] for message in outbox()] == ["victim@example.org"] * 3

    def test_a_strangers_address_that_is_sent_nothing_is_not_written_down(
        self, reader: Subscriber
    ) -> None:
        erased = find_or_make_address("victim@example.org")
        suppress(erased, Suppression.Reason.COMPLAINT)
        erase_address(erased.pk)

        services.request_move(reader, "victim@example.org")

        assert not Address.objects.filter(compared="victim@example.org").exists()

    def test_letters_that_ask_for_a_sign_up_count_as_well(self, reader: Subscriber) -> None:
        for _time in range(2):
            services.request_subscription("victim@example.org", consent=Consent(page="/"))
        for _time in range(2):
            services.request_move(reader, "victim@example.org")

        assert Delivery.objects.count() == 3

    def test_an_address_that_mail_came_back_from_is_asked_once_a_week(
        self, reader: Subscriber
    ) -> None:
        suppress(find_or_make_address("gone@example.org"), Suppression.Reason.HARD_BOUNCE)

        for _time in range(2):
            services.request_move(reader, "gone@example.org")

        assert Delivery.objects.count() == 1

    def test_one_network_asks_only_so_many_strangers(self, client: Client) -> None:
        for n in range(12):
            path = path_of(make_subscriber(f"attacker+{n}@example.net"))
            for each in "abc":
                client.post(path, {"do": "move", "email": f"{each}{n}@example.org"})

        assert Delivery.objects.count() == PER_NETWORK.times

    def test_an_address_with_a_subscription_of_its_own_stays_as_it_is(
        self, client: Client, reader: Subscriber
    ) -> None:
        other = make_subscriber("other@example.org", wishes={"all": "weekly"})
        link = moving_link(reader, other.address).removeprefix(HERE)

        with time_machine.travel(timezone.now(), tick=False):  # A link says when it was made.
            answers = [client.get(link), client.post(link)]
            own = preferences_path(other.address).encode()

        for answer in answers:
            assert answer.status_code == 409
            assert b"has a subscription of its own" in answer.content
            assert own in answer.content
        assert {str(row) for row in Subscriber.objects.all()} == {
            "Ann@example.org", "other@example.org",
        }  # fmt: skip

    def test_once_its_own_is_left_the_same_link_moves_the_other_there(
        self, client: Client, reader: Subscriber
    ) -> None:
        other = make_subscriber("other@example.org")
        link = moving_link(reader, other.address).removeprefix(HERE)
        client.post(link)
        services.leave(other.pk)

        answer = client.post(link)

        assert b"Your mail comes here now" in answer.content
        assert str(Subscriber.objects.get()) == "other@example.org"

    def test_what_waits_for_the_old_address_goes_to_the_new(
        self, reader: Subscriber, outbox: Outbox, committing: Committing
    ) -> None:
        article = make_article(announce=True)
        announce(article.pk)  # Written down, not yet sent.
        services.move(reader, find_or_make_address("new@example.org"))

        with committing():
            sweep_post_room()

        assert [message["To"] for message in outbox()] == ["new@example.org"]
        assert Due.objects.get().delivery == Delivery.objects.get()

    @pytest.mark.parametrize("state", ["sent", "claimed", "in_doubt"])
    def test_what_left_or_is_leaving_stays_as_it_is(self, reader: Subscriber, state: str) -> None:
        announce(make_article(announce=True).pk)
        Delivery.objects.update(state=state, started_at=timezone.now(), sent_at=timezone.now())

        services.move(reader, find_or_make_address("new@example.org"))

        delivery = Delivery.objects.get()
        assert (str(delivery.address), delivery.state) == ("Ann@example.org", state)

    def test_what_a_worker_has_only_claimed_is_taken_from_it(self, reader: Subscriber) -> None:
        announce(make_article(announce=True).pk)
        Delivery.objects.update(state="claimed", lease="x", leased_until=timezone.now())

        services.move(reader, find_or_make_address("new@example.org"))

        delivery = Delivery.objects.get()
        assert (str(delivery.address), delivery.state) == ("new@example.org", "queued")
        assert (delivery.lease, delivery.leased_until) == ("", None)

    @pytest.mark.parametrize("there", ["sent", "cancelled"])
    def test_a_mailing_comes_once_though_both_addresses_were_to_get_it(
        self, reader: Subscriber, there: str
    ) -> None:
        """Whoever had the new address left it while the mailing was under way."""
        other = make_subscriber("new@example.org")
        announce(make_article(announce=True).pk)
        Subscriber.objects.filter(pk=other.pk).update(state="left", left_at=timezone.now())
        theirs = Delivery.objects.filter(address=other.address)
        theirs.update(state=there, sent_at=timezone.now())

        services.move(reader, other.address)

        (delivery,) = Delivery.objects.exclude(pk__in=theirs)
        assert (str(delivery.address), delivery.state) == ("Ann@example.org", "cancelled")
        assert theirs.get().state == ("sent" if there == "sent" else "queued")

    @pytest.mark.parametrize("state", ["pending", "left"])
    def test_one_that_never_confirmed_or_left_makes_way(
        self, client: Client, reader: Subscriber, state: str
    ) -> None:
        other = make_subscriber("other@example.org", state=state)
        suppress(other.address, Suppression.Reason.LEFT)

        client.post(moving_link(reader, other.address).removeprefix(HERE))

        assert str(Subscriber.objects.get()) == "other@example.org"
        assert suppression_of(other.address) is None

    def test_an_older_link_cannot_move_it_after_another_move(
        self, client: Client, reader: Subscriber
    ) -> None:
        first, second = make_subscriber("x@example.org").address, None
        Subscriber.objects.filter(address=first).delete()
        second = make_subscriber("y@example.org").address
        Subscriber.objects.filter(address=second).delete()
        links = [moving_link(reader, where).removeprefix(HERE) for where in (first, second)]

        answers = [client.post(link).status_code for link in links]

        assert answers == [200, 410]
        assert str(Subscriber.objects.get()) == "x@example.org"

    @pytest.mark.parametrize("email", ["", "nobody", "ü@example.org"])
    def test_what_is_no_address_is_told_at_the_field(
        self, client: Client, reader: Subscriber, email: str
    ) -> None:
        answer = client.post(path_of(reader), {"do": "move", "email": email})

        assert answer.status_code == 422
        assert b"new-email-error" in answer.content


def test_what_is_queued_for_someone_erased_is_called_off(reader: Subscriber) -> None:
    announce(make_article(announce=True).pk)

    Client().post(path_of(reader), {"do": "erase", "sure": "on"})

    assert Delivery.objects.get().state == Delivery.State.CANCELLED

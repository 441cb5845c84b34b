"""Somebody changes their mind while a worker holds the messages."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail import rounds
from newsroom.mail.addresses import find_address, find_or_make_address
from newsroom.mail.claims import CHUNK
from newsroom.mail.copies import Copies
from newsroom.mail.deciding import pause_mailing, send_again, take_as_sent, try_failed_again
from newsroom.mail.desk.deliveries import history_of
from newsroom.mail.desk.progress import progress_of
from newsroom.mail.errors import NotSentError
from newsroom.mail.journal import Fate
from newsroom.mail.ledger import (
    cancel_deliveries,
    cancel_list_mail,
    cancel_mailing,
    refill_mailing,
    reopen_mailing,
    start_mailing,
    take_up_mailing,
)
from newsroom.mail.messages import Message
from newsroom.mail.models import Delivery, Mailing, Recall, Suppression
from newsroom.mail.redirecting import redirect_list_mail
from newsroom.mail.rounds import Round, Tempo, replay
from newsroom.mail.senders import Sender
from newsroom.mail.sending import send_some
from newsroom.mail.suppressions import lift
from tests.mail.smtp import SmtpServer
from tests.mail.test_connections import use
from tests.mail.test_journal import begin, by_name, die, result
from tests.mail.test_sending import make_mailing, outbox, states  # noqa: F401 - A fixture.
from tests.makers import make_staff

pytestmark = pytest.mark.django_db


def taken_from(working: Round) -> Any:
    """Its messages, one after the other, as a post takes them."""
    return working.messages(Copies(Mailing.objects.get(), Site.current()), time.monotonic() + 60)


def leave(name: str) -> None:
    address = find_address(f"{name}@example.net")
    assert address is not None
    cancel_list_mail(address)


def change_words() -> None:
    """They change, and whoever fills the mailing has been there."""
    pk = Mailing.objects.get().pk
    refill_mailing(pk)
    start_mailing(pk)


def test_what_is_called_off_while_claimed_does_not_leave_later() -> None:
    working, _ids = begin()

    leave("b")
    working.end()

    assert states() == {"queued": 3, "cancelled": 1}
    assert by_name()["b"].outcome == "The reader left."
    said = [(event.what, event.words) for event in history_of(by_name()["b"])]
    assert ("It was called off after a worker had taken it.", "The reader left.") in said


@pytest.mark.parametrize("fate", [Fate.UNSENT, Fate.PUT_OFF])
def test_what_a_server_put_off_meanwhile_is_called_off_too(fate: Fate) -> None:
    working, ids = begin()
    working.begins(ids["a"])

    leave("a")
    working.ends(result(ids["a"], fate, "450 later"))
    working.end()

    assert by_name()["a"].state == Delivery.State.CANCELLED


def test_what_was_at_its_dot_is_marked_as_it_was() -> None:
    working, ids = begin()
    working.begins(ids["a"])
    working.begins(ids["b"])

    cancel_mailing(Mailing.objects.get().pk)
    working.ends(result(ids["a"]))
    working.end()

    assert {name: row.state for name, row in by_name().items()} == {
        "a": "sent", "b": "in_doubt", "c": "cancelled", "d": "cancelled"
    }  # fmt: skip


def test_old_words_that_come_back_are_filled_once_more() -> None:
    working, _ids = begin()

    change_words()
    assert Mailing.objects.get().state == Mailing.State.SENDING
    working.end()

    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.filled_at) == (Mailing.State.FILLING, None)


def test_words_that_changed_before_the_claim_are_the_newest() -> None:
    make_mailing("a@example.net")
    change_words()
    working = rounds.next_round(None, Delivery.objects.all())
    assert working is not None

    working.end()

    assert Mailing.objects.get().state == Mailing.State.SENDING


def test_a_killed_worker_brings_back_no_old_words_and_nothing_called_off() -> None:
    dead, _ids = begin()
    change_words()
    leave("c")
    die(dead)

    replay()

    assert states() == {"queued": 3, "cancelled": 1}
    assert Mailing.objects.get().state == Mailing.State.FILLING


def test_a_worker_looks_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    working, ids = begin()
    monkeypatch.setattr(rounds, "LOOKS", 0.0)
    taken = taken_from(working)
    next(taken)

    cancel_deliveries(Delivery.objects.filter(pk=ids["b"]), "The reader left what it was for.")

    assert [message.pk for message in taken] == [ids["c"], ids["d"]]
    working.end()
    assert by_name()["b"].state == Delivery.State.CANCELLED


@pytest.mark.parametrize("change", ["pause", "words", "call off"])
def test_a_mailing_that_is_halted_is_let_go_at_once(
    monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    working, _ids = begin()
    monkeypatch.setattr(rounds, "LOOKS", 0.0)
    taken = taken_from(working)
    next(taken)

    if change == "pause":
        pause_mailing(Mailing.objects.get().pk, by=make_staff())
    elif change == "words":
        change_words()
    else:
        cancel_mailing(Mailing.objects.get().pk)

    assert list(taken) == []
    working.end()


def test_a_look_too_late_is_made_up_for_by_the_next_claim(settings: Any) -> None:
    """Whoever marks rows does not wait for a worker: its mark may come just behind that one's."""
    mailing = make_mailing("a@example.net", "b@example.net")
    first = Delivery.objects.order_by("pk")[0]
    Recall.objects.create(delivery=first, why="The reader left.")
    with SmtpServer(pipelining=True) as server:
        use(settings, server)
        send_some(mailing.pk)

    assert server.taken == ["b@example.net"]
    assert states() == {"sent": 1, "cancelled": 1}


def test_other_mailers_heed_it_too(
    outbox: Path,  # noqa: F811 - The fixture.
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailing = make_mailing("a@example.net", "b@example.net")

    def later(_sender: Sender, _message: Message) -> str:
        change_words()
        leave("a")
        raise NotSentError("450 later")

    monkeypatch.setattr(Sender, "send", later)
    send_some(mailing.pk)

    assert by_name()["a"].state == Delivery.State.CANCELLED
    assert Mailing.objects.get().state == Mailing.State.FILLING


def test_who_moves_back_is_mailed_after_all() -> None:
    working, ids = begin("a", "b")
    leave("a")
    working.end()
    Delivery.objects.filter(pk=ids["b"]).update(state="queued", started_at=None)

    redirect_list_mail(
        find_or_make_address("b@example.net"), find_or_make_address("a@example.net")
    )

    assert by_name()["a"].state == Delivery.State.QUEUED
    assert not Recall.objects.filter(delivery=ids["a"]).exists()


def fail_all(working: Round, ids: dict[str, int]) -> Mailing:
    """All of it is refused, and a person wants to try it again."""
    for pk in ids.values():
        working.begins(pk)
        working.ends(result(pk, Fate.REFUSED, "554 5.7.1 Relay access denied"))
    working.end()
    return Mailing.objects.get()


def test_what_failed_is_not_tried_again_for_who_left_that_wish() -> None:
    working, ids = begin()
    mailing = fail_all(working, ids)

    cancel_deliveries(Delivery.objects.filter(pk=ids["b"]), "The reader left what it was for.")

    assert progress_of(mailing).failed_again == 3
    assert try_failed_again(mailing.pk, by=make_staff())
    assert states() == {"queued": 3, "failed": 1}


def test_what_failed_is_tried_again_once_a_suppression_is_lifted() -> None:
    """A relay that no longer knows us may say that it knows no reader."""
    working, ids = begin("a")
    working.begins(ids["a"])
    working.ends(result(ids["a"], Fate.REFUSED, "550 5.1.1 User unknown"))
    working.end()
    mailing = Mailing.objects.get()
    assert progress_of(mailing).failed_again == 0

    lift(find_or_make_address("a@example.net"), Suppression.Reason.HARD_BOUNCE)

    assert try_failed_again(mailing.pk, by=make_staff())


def test_what_failed_is_tried_again_once_a_mailing_called_off_is_taken_up() -> None:
    working, ids = begin()
    mailing = fail_all(working, ids)
    Delivery.objects.filter(pk=ids["a"]).update(state=Delivery.State.IN_DOUBT)
    cancel_mailing(mailing.pk)
    assert progress_of(mailing).failed_again == 0
    assert not send_again(ids["a"], by=make_staff())

    reopen_mailing(mailing.key)
    assert take_up_mailing(mailing.pk)

    assert progress_of(mailing).failed_again == 3
    assert send_again(ids["a"], by=make_staff())


def test_what_is_in_doubt_may_count_as_sent_whatever_was_called_off() -> None:
    working, ids = begin("a", "b")
    for pk in ids.values():
        working.begins(pk)
    working.end()
    leave("a")
    cancel_mailing(Mailing.objects.get().pk)

    assert all(take_as_sent(pk, by=make_staff()) for pk in ids.values())


def test_a_round_is_no_larger_than_two_seconds_send(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed: list[int] = []
    begins = Round.begins

    def counting(working: Round, pk: int) -> None:
        claimed.append(len(working.ids))
        begins(working, pk)

    monkeypatch.setattr(Round, "begins", counting)
    settings.MAIL_PER_SECOND = 2
    mailing = make_mailing(*(f"r{n}@example.net" for n in range(30)))
    with SmtpServer(pipelining=True) as server:
        use(settings, server)
        send_some(mailing.pk)

    assert max(claimed) <= 4
    assert 3 <= len(server.taken) <= 5


def test_how_many_are_enough_follows_what_the_last_round_managed() -> None:
    tempo = Tempo()
    assert tempo.most(2.0, 0) == 50

    tempo.note(200, 0.03)
    assert tempo.most(2.0, 0) == CHUNK
    assert tempo.most(0.01, 0) == 67
    assert tempo.most(2.0, 10) == 20

    tempo.note(3, 2.0)
    assert tempo.most(2.0, 0) == 8  # More than that, or it would never see that it can.
    tempo.note(0, 2.0)  # Nothing was tried.
    assert tempo.most(2.0, 1) == 2
    assert tempo.most(0.1, 1) == 1


def test_the_moment_of_a_change_is_kept() -> None:
    make_mailing("a@example.net")
    before = timezone.now()

    change_words()

    changed_at = Mailing.objects.get().changed_at
    assert changed_at is not None
    assert timedelta() <= changed_at - before < timedelta(seconds=5)

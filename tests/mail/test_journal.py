"""What is known of the messages of a worker that was killed, and what of one that lives."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, transaction
from django.db import OperationalError as OperationalDatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError

from newsroom.mail import journal, rounds, sending, tasks
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.claims import claimable
from newsroom.mail.journal import Fate, Journal, Result, left_behind
from newsroom.mail.leaving import leave
from newsroom.mail.ledger import cancel_mailing, erase_address, refill_mailing
from newsroom.mail.models import Attempt, BounceNotice, Delivery, Mailing, Suppression
from newsroom.mail.pipelining import Post
from newsroom.mail.rounds import Round, next_round, replay
from newsroom.mail.senders import make_post
from newsroom.mail.sending import send_some
from newsroom.mail.suppressions import suppress
from newsroom.mail.sweeping import settle_lost_leases, sweep
from tests.mail.smtp import SmtpServer
from tests.mail.test_connections import use
from tests.mail.test_sending import make_mailing, states

pytestmark = pytest.mark.django_db
NAMES = ["a", "b", "c", "d"]


@pytest.fixture
def server(settings: Any) -> Iterator[SmtpServer]:
    with SmtpServer(pipelining=True) as running:
        use(settings, running)
        yield running


def begin(*names: str) -> tuple[Round, dict[str, int]]:
    """A round of a mailing to these, as its worker has it; the ids by name."""
    mailing = make_mailing(*(f"{name}@example.net" for name in names or NAMES))
    fresh = next_round(None, claimable(timezone.now()).filter(mailing=mailing))
    assert fresh is not None
    return fresh, {row.typed[0]: row.pk for row in fresh.rows}


def die(dead: Round) -> None:
    """Its process is gone: nobody holds its journal."""
    dead.let_go()


def result(pk: int, fate: Fate = Fate.SENT, words: str = "250 ok") -> Result:
    return Result(pk, fate, words, time.time())


def by_name() -> dict[str, Delivery]:
    return {row.address.typed[0]: row for row in Delivery.objects.select_related("address")}


def test_a_journal_says_what_was_written_and_is_forgotten() -> None:
    written = Journal("lease")
    written.begins(1)
    written.ends(Result(1, Fate.SENT, "250 ok\nwörds \\n", 1.5))
    written.begins(2)
    written.let_go()

    (told,) = left_behind()

    assert told.lease == "lease"
    assert told.results == [Result(1, Fate.SENT, "250 ok\nwörds \\n", 1.5)]
    assert told.begun == {2}
    assert told.whole
    assert list(left_behind()) == []


def test_a_line_that_the_system_takes_in_pieces_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the disk is nearly full."""
    written, write = Journal("lease"), os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, line: write(file, line[:3]))
        written.begins(12)
        written.ends(Result(11, Fate.SENT, "250 ok", 1.5))
    written.let_go()

    (told,) = left_behind()

    assert (told.begun, told.whole) == ({12}, True)
    assert told.results == [Result(11, Fate.SENT, "250 ok", 1.5)]


def test_a_message_begun_again_counts_by_its_last_line() -> None:
    written = Journal("lease")
    written.begins(1)
    written.ends(result(1, Fate.UNSENT))
    written.begins(1)
    written.let_go()

    (told,) = left_behind()

    assert (told.results, told.begun) == ([], {1})


def test_a_journal_that_is_held_is_nobody_elses() -> None:
    held = Journal("lease")

    assert list(left_behind()) == []
    held.forget()
    assert not held.path.exists()


def test_a_line_torn_by_a_power_cut_is_no_line_and_the_rest_may_lack_more(
    fresh_journals: Path,
) -> None:
    folder = fresh_journals / "mail-journal"
    folder.mkdir()
    (folder / "one.journal").write_text("another boot\ndot 1\nsent 1 1.5 250\ndot 2\nsen")
    (folder / "two.journal").write_bytes(b"boot\ndot 1\n\0\0\0\n")
    (folder / "three.journal").write_bytes(b"")

    told = {each.lease: each for each in left_behind()}

    assert told["one"].begun == {2}
    assert told["one"].results == [Result(1, Fate.SENT, "250", 1.5)]
    assert not any(each.whole for each in told.values())


def test_after_a_kill_each_message_is_sent_back_in_the_queue_or_in_doubt() -> None:
    dead, ids = begin()
    dead.begins(ids["a"])
    dead.ends(result(ids["a"], words="250 2.0.0 queued"))
    dead.begins(ids["b"])
    die(dead)

    replay()

    rows = by_name()
    assert {name: row.state for name, row in rows.items()} == {
        "a": "sent", "b": "in_doubt", "c": "queued", "d": "queued"
    }  # fmt: skip
    assert rows["a"].outcome == "250 2.0.0 queued"
    assert rows["a"].sent_at
    assert [row.attempts for row in rows.values()] == [1, 1, 0, 0]
    assert rows["c"].started_at is None
    assert {row.lease for row in rows.values()} == {""}


def test_what_was_refused_or_put_off_before_the_kill_is_known() -> None:
    dead, ids = begin()
    dead.ends(result(ids["a"], Fate.REFUSED, "550 5.1.1 no such user"))
    dead.ends(result(ids["b"], Fate.PUT_OFF, "450 4.2.1 busy"))
    dead.ends(result(ids["c"], Fate.DOUBT, "lost"))
    die(dead)

    replay()

    assert states() == {"failed": 1, "deferred": 1, "in_doubt": 1, "queued": 1}
    assert Suppression.objects.count() == BounceNotice.objects.count() == 1


def test_a_journal_of_before_the_machine_went_down_is_not_believed_in_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dead, ids = begin()
    dead.begins(ids["a"])
    dead.ends(result(ids["a"]))
    die(dead)
    (tmp_path / "boot").write_text("another\n")
    monkeypatch.setattr(journal, "BOOT_ID", tmp_path / "boot")

    replay()

    assert states() == {"sent": 1, "in_doubt": 3}


def test_replaying_what_was_marked_already_changes_nothing() -> None:
    dead, ids = begin()
    dead.begins(ids["a"])
    dead.ends(result(ids["a"]))
    with transaction.atomic():
        dead.settle()
    die(dead)
    before = list(Delivery.objects.order_by("pk").values())

    replay()

    assert list(Delivery.objects.order_by("pk").values()) == before


def test_a_lease_without_a_journal_is_in_doubt_when_it_runs_out(fresh_journals: Path) -> None:
    dead, _ids = begin()
    die(dead)
    (journal_file,) = (fresh_journals / "mail-journal").iterdir()
    journal_file.unlink()
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    settle_lost_leases()

    assert states() == {"in_doubt": 4}


def test_a_worker_that_slept_over_its_lease_still_writes_the_truth() -> None:
    slow, ids = begin()
    slow.begins(ids["a"])
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    settle_lost_leases()
    assert states() == {"in_doubt": 4}

    slow.ends(result(ids["a"]))
    slow.end()

    assert by_name()["a"].state == Delivery.State.SENT


def test_a_bounce_quicker_than_the_mark_stays() -> None:
    slow, ids = begin()
    slow.begins(ids["a"])
    Delivery.objects.filter(pk=ids["a"]).update(state="bounced", lease="", leased_until=None)

    slow.ends(result(ids["a"]))
    slow.end()

    assert by_name()["a"].state == Delivery.State.BOUNCED


def test_the_sweep_of_a_living_worker_settles_what_a_dead_one_left(server: SmtpServer) -> None:
    dead, _ids = begin()
    die(dead)

    sweep()

    assert states() == {"sent": 4}
    assert len(server.taken) == 4


def test_marks_that_could_not_be_written_are_found_by_the_next(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = make_mailing("a@example.net", "b@example.net")
    settle = rounds.settle

    def away(*_args: Any, **_more: Any) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(rounds, "settle", away)
    with pytest.raises(ConnectionError):
        send_some(mailing.pk)
    assert states() == {"claimed": 2}
    assert len(server.taken) == 2

    monkeypatch.setattr(rounds, "settle", settle)
    send_some(mailing.pk)

    assert states() == {"sent": 2}
    assert len(server.taken) == 2


def test_no_message_leaves_that_cannot_be_written_down(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = make_mailing("a@example.net")

    def full(_journal: Journal, _pk: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Journal, "begins", full)
    send_some(mailing.pk)

    assert server.taken == []
    assert states() == {"deferred": 1}


UNFIT = "451 4.3.0 no\0way \ud800" + "y" * 600  # What a column of PostgreSQL cannot keep.
FIT = "451 4.3.0 no way ?" + "y" * 482


@pytest.mark.parametrize(
    ("fate", "state"),
    [(Fate.SENT, "sent"), (Fate.REFUSED, "failed"), (Fate.PUT_OFF, "deferred")],
)
def test_words_that_no_database_can_keep_are_kept_without_them(fate: Fate, state: str) -> None:
    working, ids = begin("a")
    working.begins(ids["a"])
    working.ends(result(ids["a"], fate, UNFIT))
    working.end()

    assert (by_name()["a"].state, by_name()["a"].outcome) == (state, FIT)


def test_why_there_is_no_way_out_is_fit_to_be_kept(server: SmtpServer) -> None:
    mailing = make_mailing("a@example.net")
    server.replies["MAIL"] = f"451 4.3.0 no\0way for a@example.net {'y' * 300}"
    send_some(mailing.pk)

    mailing.refresh_from_db()
    assert mailing.halted_for.startswith("451 4.3.0 no way for … yyy")
    assert len(mailing.halted_for) == 200


def test_a_journal_that_cannot_be_written_down_is_kept_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, server: SmtpServer, fresh_journals: Path
) -> None:
    first, ids = begin("a")
    first.begins(ids["a"])
    first.ends(result(ids["a"]))
    die(first)
    other = make_mailing("b@example.net", key="article:2")
    settle = rounds.settle

    def broken(lease: str, *rest: Any) -> None:
        if lease == first.lease:
            raise DataError("a string literal cannot contain NUL")
        settle(lease, *rest)

    monkeypatch.setattr(rounds, "settle", broken)
    send_some(other.pk)
    assert server.taken == ["b@example.net"]
    assert len(list((fresh_journals / "mail-journal").iterdir())) == 1

    monkeypatch.setattr(rounds, "settle", settle)
    replay()
    assert states() == {"sent": 2}


def test_while_the_database_is_away_a_journal_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead, _ids = begin("a")
    die(dead)

    def away(*_args: Any) -> None:
        raise OperationalDatabaseError("the database is away")

    monkeypatch.setattr(rounds, "settle", away)
    with pytest.raises(OperationalDatabaseError):
        replay()


# Whoever changes their mind meanwhile -----------------------------------------------------


def test_what_is_being_handed_over_is_not_called_off_and_the_truth_is_written() -> None:
    working, ids = begin()

    cancel_mailing(Mailing.objects.get().pk)
    working.begins(ids["a"])
    working.ends(result(ids["a"]))
    working.end()
    sweep()

    assert states() == {"sent": 1, "cancelled": 3}


def test_words_that_change_meanwhile_are_given_to_what_comes_back() -> None:
    working, _ids = begin()

    refill_mailing(Mailing.objects.get().pk)
    working.end()

    assert states() == {"queued": 4}
    assert Mailing.objects.get().state == Mailing.State.FILLING


def test_who_left_before_the_round_is_passed_over_by_one_query_for_all(
    django_assert_max_num_queries: Any,
) -> None:
    mailing = make_mailing(*(f"r{n}@example.net" for n in range(150)))
    for number in (3, 77):
        suppress(find_or_make_address(f"r{number}@example.net"), Suppression.Reason.LEFT)
    erase_address(find_or_make_address("r99@example.net").pk)

    with django_assert_max_num_queries(10):
        working = next_round(None, claimable(timezone.now()).filter(mailing=mailing))
        assert working is not None
        working_rows = len(working.rows)

    working.end()
    assert working_rows == 147
    assert states() == {"queued": 147, "cancelled": 3}
    stopped = Delivery.objects.filter(state="cancelled", started_at=None, attempts=0)
    assert stopped.count() == 3


def test_what_a_server_says_of_an_erased_address_is_forgotten_by_the_next_day() -> None:
    working, ids = begin("a", "b")
    for pk in ids.values():
        working.begins(pk)
    erase_address(by_name()["a"].address_id)
    Attempt.objects.create(delivery_id=ids["a"], state="deferred", words="450 <a@example.net>")
    for name, pk in ids.items():
        working.ends(result(pk, words=f"250 <{name}@example.net> ok"))
    working.end()

    tasks.forget_notices()

    outcomes = dict(Delivery.objects.values_list("pk", "outcome"))
    assert outcomes == {ids["a"]: "", ids["b"]: "250 <b@example.net> ok"}
    assert Attempt.objects.get().words == ""


def test_who_leaves_while_a_worker_sends_gets_at_most_what_it_had_claimed(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroom.mail.claims.CHUNK", 2)
    mailing = make_mailing(*(f"{name}@example.net" for name in "abcdef"))
    rows_of_round = rounds.next_round
    calls = iter(range(9))

    def leaving_meanwhile(*args: Any) -> Round | None:
        if next(calls) == 1:
            leave(find_or_make_address("c@example.net"), everything=True)
            leave(find_or_make_address("f@example.net"), everything=True)
        return rows_of_round(*args)

    monkeypatch.setattr(sending, "next_round", leaving_meanwhile)
    while send_some(mailing.pk):
        pass

    assert sorted(server.taken) == [f"{name}@example.net" for name in "abde"]
    assert states() == {"sent": 4, "cancelled": 2}


def test_a_pause_holds_after_the_round_that_is_under_way(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroom.mail.claims.CHUNK", 2)
    mailing = make_mailing(*(f"{name}@example.net" for name in "abcdef"))
    rows_of_round, calls = rounds.next_round, iter(range(9))

    def pausing_meanwhile(*args: Any) -> Round | None:
        if next(calls) == 2:
            Mailing.objects.update(state=Mailing.State.WAITING)
        return rows_of_round(*args)

    monkeypatch.setattr(sending, "next_round", pausing_meanwhile)
    send_some(mailing.pk)

    assert len(server.taken) == 4
    assert states() == {"sent": 4, "queued": 2}


def test_a_pause_just_before_the_first_round_sends_nothing(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = make_mailing("a@example.net")

    def pausing_meanwhile() -> Post | None:
        Mailing.objects.update(state=Mailing.State.WAITING)
        return make_post()

    monkeypatch.setattr(sending, "make_post", pausing_meanwhile)
    send_some(mailing.pk)

    assert server.taken == []


def test_one_more_worker_is_called_only_if_there_is_work_for_it(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroom.mail.claims.CHUNK", 2)
    called: list[int] = []
    small = make_mailing("a@example.net", "b@example.net")
    large = make_mailing(*(f"{name}@example.net" for name in "abcdef"), key="article:2")

    send_some(small.pk, another=lambda: called.append(1))
    send_some(large.pk, another=lambda: called.append(2))

    assert called == [2]
    assert states() == {"sent": 8}


def test_a_broker_that_is_away_for_a_moment_ends_no_turn(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroom.mail.claims.CHUNK", 2)
    mailing = make_mailing(*(f"{name}@example.net" for name in "abcdef"))

    def away(_pk: int) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.send_mailing, "delay", away)
    tasks.send_mailing(mailing.pk)

    assert states() == {"sent": 6}


def test_the_processes_children_do_not_hold_a_journal() -> None:
    held = Journal("lease")

    assert not os.get_inheritable(held._file or 0)
    held.forget()

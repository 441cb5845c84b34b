"""Every confirmed subscriber is sent a published story once, whatever is killed (always true 3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article
from articles.services import (
    PublicChange,
    change_settings,
    publish,
    publish_changes,
    save_revision,
    withdraw,
)
from newsroom.mail.models import Delivery, Mailing, RenderingCarries
from newsroom.mail.sending import send_some
from newsroom.mail.sweeping import sweep as sweep_post_room
from subscriptions import services, tasks
from subscriptions.models import Due, Subscriber
from subscriptions.services import announcing, packing
from subscriptions.services.packing import Packer
from tests.conftest import Committing
from tests.makers import make_article, make_draft, make_subscriber, make_topic, make_words
from tests.subscriptions.conftest import Outbox, text_of

pytestmark = pytest.mark.django_db


def told(outbox: Outbox) -> list[str]:
    return sorted(message["To"] for message in outbox())


def edit(article: Article, **words: Any) -> None:
    assert article.newest is not None
    changed = make_words(section=article.newest.section, **words)
    save_revision(article.pk, changed, editor=None, began_from=article.newest.number)
    article.refresh_from_db()


class Killed(BaseException):
    """The process is gone: nothing catches this."""


@contextmanager
def killed_at(number: int) -> Iterator[list[str]]:
    """Die just before the n-th writing statement; gives the statements that were run."""
    done: list[str] = []

    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature.
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            if len(done) + 1 == number:
                raise Killed
            done.append(sql)
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield done


def test_only_those_confirmed_when_it_was_published_are_told(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber("yes@example.org")
    for state in ("pending", "paused", "left"):
        make_subscriber(f"{state}@example.org", state=state)
    make_subscriber("tomorrow@example.org", wants_since=timezone.now() + timedelta(days=1))

    with committing():
        make_article(announce=True)

    assert told(outbox) == ["yes@example.org"]


def test_publishing_twice_and_every_task_twice_is_one_mail(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber("yes@example.org")
    draft = make_draft()

    for _time in range(2):
        with committing():
            publish(draft.pk, editor=None)
            tasks.announce(draft.pk)
            tasks.sweep()
    send_some(Mailing.objects.get().pk)

    assert told(outbox) == ["yes@example.org"]
    assert Due.objects.count() == Delivery.objects.count() == 1


def test_the_ledger_ties_each_due_to_its_delivery(committing: Committing) -> None:
    reader = make_subscriber()

    with committing():
        article = make_article(announce=True)

    due = Due.objects.get()
    assert (due.subscriber, due.article, due.why, due.cadence) == (
        reader,
        article,
        "all",
        "at_once",
    )
    assert due.delivery == Delivery.objects.get(address=reader.address)
    assert RenderingCarries.objects.get().key == f"revision:{article.live_id}"
    assert Mailing.objects.get().key == f"article:{article.pk}"


def test_a_publication_that_rolls_back_tells_nobody(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber()
    draft = make_draft()

    with committing(), transaction.atomic():
        publish(draft.pk, editor=None)
        transaction.set_rollback(True)
    with committing():
        tasks.sweep()

    assert outbox() == []
    assert not Mailing.objects.exists()


@pytest.mark.parametrize("reason", ["not announced", "mail choice", "embargo"])
def test_a_story_not_to_be_mailed_is_not_promised(reason: str) -> None:
    make_subscriber()
    draft = make_draft()
    if reason == "mail choice":
        change_settings(draft.pk, mail_choice="none")
    if reason == "embargo":
        Article.objects.update(embargo_until=timezone.now() + timedelta(hours=1))

    publish(draft.pk, editor=None, announce=reason != "not announced")

    assert not Mailing.objects.exists()


def test_the_sweep_finds_what_a_lost_hint_left(outbox: Outbox, committing: Committing) -> None:
    make_subscriber("yes@example.org")
    make_article(announce=True)  # Its hooks do not run: the broker was away.

    with committing():
        tasks.sweep()

    assert told(outbox) == ["yes@example.org"]


def test_a_wish_made_after_the_story_does_not_bring_it_when_its_mailing_is_filled_again(
    outbox: Outbox, committing: Committing
) -> None:
    topic = make_topic()
    make_subscriber("yes@example.org")
    later = make_subscriber("later@example.org", wishes={f"topic:{make_topic().pk}": "at_once"})
    with committing():
        make_article(announce=True, topics=(topic,))
    services.set_wish(later, f"topic:{topic.pk}", "at_once")

    Mailing.objects.update(state=Mailing.State.FILLING, filled_at=None)
    with committing():
        tasks.sweep()

    assert told(outbox) == ["yes@example.org"]
    assert Due.objects.count() == 1


def test_a_sweep_says_to_the_moment_when_a_hold_ends(
    committing: Committing, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[tuple[int], datetime]] = []
    monkeypatch.setattr(tasks.announce, "apply_async", lambda pk, eta: said.append((pk, eta)))
    settings.MAIL_HOLD_MINUTES = 5
    with committing():
        article = make_article(announce=True)
    end = Mailing.objects.get().not_before
    assert end is not None

    for seconds in (60, 30, 10, 5):
        with time_machine.travel(end - timedelta(seconds=seconds), tick=False):
            tasks.sweep()

    assert said == [((article.pk,), end)]


def test_a_moment_before_the_next_sweep_is_said_when_it_is_promised(
    committing: Committing, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int]] = []
    monkeypatch.setattr(tasks.announce, "apply_async", lambda pk, eta: said.append(pk))
    with committing():
        soon = make_article(announce=True)
    settings.MAIL_HOLD_MINUTES = 1
    with committing():
        make_article(announce=True)

    assert said == [(soon.pk,)]


def test_the_first_range_is_smaller_so_that_mail_leaves_sooner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(packing, "FIRST", 2)
    monkeypatch.setattr(packing, "RANGE", 3)
    ids = [make_subscriber().pk for _n in range(7)]

    found = list(packing.ranges(Subscriber.objects.all()))

    assert found == [(ids[0], ids[1]), (ids[2], ids[4]), (ids[5], ids[6])]


def test_a_process_killed_before_any_statement_loses_and_doubles_nothing(
    outbox: Outbox, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "FIRST", 2)
    monkeypatch.setattr(packing, "RANGE", 3)
    emails = sorted(make_subscriber().address.typed for _n in range(7))
    kills = 0

    for number in count(1):
        article = make_article(announce=True)
        before = len(outbox())
        died = False
        with killed_at(number):
            try:
                services.announce(article.pk)
            except Killed:
                died = True
        with committing():
            tasks.sweep()
            sweep_post_room()

        assert sorted(message["To"] for message in outbox()[before:]) == emails
        assert Due.objects.filter(article=article, delivery__state="sent").count() == 7
        kills += died
        if not died:
            break
    assert kills > 10


def begun(article: Article, *, workers: int = 1) -> None:
    """Write all rows for it, as so many workers would at one time."""
    mailing = Mailing.objects.get()
    everyone = (1, 2**62)
    for _worker in range(workers):
        announcing._owe(Packer(mailing), article.pk, *everyone)
    for _worker in range(workers):
        announcing._pack(packing.Packer(mailing), article.pk, *everyone)


def test_two_at_the_same_work_make_one_row_each(outbox: Outbox, committing: Committing) -> None:
    for _n in range(5):
        make_subscriber()
    article = make_article(announce=True)

    with committing():
        begun(article, workers=2)
        tasks.announce(article.pk)

    assert Mailing.objects.get().renderings.count() == 1
    assert len(outbox()) == Due.objects.count() == 5


def test_whoever_leaves_while_the_rows_are_written_gets_none() -> None:
    reader = make_subscriber()
    article = make_article(announce=True)
    announcing._owe(Packer(Mailing.objects.get()), article.pk, 1, 2**62)

    services.leave(reader.pk)
    services.announce(article.pk)

    assert not Delivery.objects.exists()


def test_leaving_and_coming_back_does_not_bring_the_mail_a_second_time(
    outbox: Outbox, committing: Committing
) -> None:
    reader = make_subscriber("yes@example.org")
    with committing():
        article = make_article(announce=True)

    services.leave(reader.pk)
    services.note_return(reader.address)
    with committing():
        tasks.announce(article.pk)
        tasks.sweep()

    assert told(outbox) == ["yes@example.org"]


class TestHold:
    """Five minutes in which a mistake costs nobody a wrong mail."""

    @pytest.fixture(autouse=True)
    def hold(self, settings: Any) -> None:
        settings.MAIL_HOLD_MINUTES = 5

    @pytest.fixture
    def held(self, committing: Committing) -> Article:
        make_subscriber("yes@example.org")
        with committing():
            return make_article(announce=True, headline="As first published")

    @staticmethod
    def sweep_after(minutes: int, committing: Committing) -> None:
        later = timezone.now() + timedelta(minutes=minutes)
        with time_machine.travel(later), committing():
            tasks.sweep()

    def test_nothing_goes_out_before_its_end(
        self, held: Article, outbox: Outbox, committing: Committing
    ) -> None:
        self.sweep_after(4, committing)
        early = told(outbox)
        self.sweep_after(6, committing)

        assert (early, told(outbox)) == ([], ["yes@example.org"])

    def test_a_change_within_it_is_what_readers_get(
        self, held: Article, outbox: Outbox, committing: Committing
    ) -> None:
        edit(held, headline="As corrected")
        publish_changes(held.pk, PublicChange("typo"), editor=None)

        self.sweep_after(6, committing)

        assert [message["Subject"] for message in outbox()] == ["As corrected"]

    def test_a_change_while_the_rows_are_written_is_what_readers_get(
        self, held: Article, outbox: Outbox, committing: Committing
    ) -> None:
        begun(held)
        edit(held, headline="As corrected")
        publish_changes(held.pk, PublicChange("typo"), editor=None)

        self.sweep_after(6, committing)

        assert [message["Subject"] for message in outbox()] == ["As corrected"]

    def test_a_story_withdrawn_within_it_is_not_mailed(
        self, held: Article, outbox: Outbox, committing: Committing
    ) -> None:
        withdraw(held.pk, editor=None, note="It was wrong.")

        self.sweep_after(6, committing)

        assert outbox() == []
        assert Mailing.objects.get().state == Mailing.State.CANCELLED

    def test_withdrawn_and_published_again_it_is_mailed_once(
        self, held: Article, outbox: Outbox, committing: Committing
    ) -> None:
        withdraw(held.pk, editor=None, note="Too early.")
        self.sweep_after(6, committing)
        edit(held, headline="Once more")
        publish(held.pk, editor=None)

        self.sweep_after(4, committing)
        early = told(outbox)
        self.sweep_after(12, committing)

        assert early == []
        assert [message["Subject"] for message in outbox()] == ["Once more"]


def test_mailed_once_through_withdrawing_editing_and_a_new_address(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber("yes@example.org")
    with committing():
        article = make_article(announce=True, headline="First")

    with committing():
        withdraw(article.pk, editor=None, note="Wait.")
        edit(article, headline="Second")
        publish(article.pk, editor=None)
        change_settings(article.pk, slug="another-address")
        tasks.sweep()

    assert [message["Subject"] for message in outbox()] == ["First"]


def test_withdrawing_calls_off_what_is_queued(outbox: Outbox, committing: Committing) -> None:
    make_subscriber()
    article = make_article(announce=True)
    services.announce(article.pk)

    withdraw(article.pk, editor=None, note="It was wrong.")
    with committing():
        tasks.sweep()
        send_some(Mailing.objects.get().pk)

    assert outbox() == []
    assert Delivery.objects.get().state == Delivery.State.CANCELLED


def test_a_bare_headline_makes_a_whole_message(outbox: Outbox, committing: Committing) -> None:
    make_subscriber()

    with committing():
        make_article(announce=True, headline="Łódź: «Леопард» & 坦克\r\nBcc: eve@x.org")

    (message,) = outbox()
    assert message["Subject"] == "Łódź: «Леопард» & 坦克 Bcc: eve@x.org"
    assert message["Bcc"] is None
    assert "Łódź" in text_of(message)


def test_filling_takes_few_statements_however_many_want_it(
    django_assert_max_num_queries: Any,
) -> None:
    for _n in range(30):
        make_subscriber()
    article = make_article(announce=True)

    with django_assert_max_num_queries(80):
        services.announce(article.pk)

    assert Subscriber.objects.count() == Delivery.objects.count() == 30

"""What the desk sees of a mailing and of each of its messages, and what it may decide."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from newsroom.accounts.models import Role, User
from newsroom.desk.roles import assign_roles
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.bounces.receiving import receive
from newsroom.mail.deciding import (
    call_off,
    pause_mailing,
    send_again,
    send_on,
    take_as_sent,
    try_failed_again,
)
from newsroom.mail.desk.deliveries import history_of
from newsroom.mail.desk.progress import progress_of
from newsroom.mail.ledger import (
    add_rendering,
    erase_address,
    fill_deliveries,
    promise_letter,
    promise_mailing,
    refill_mailing,
    reopen_mailing,
    start_mailing,
)
from newsroom.mail.letters import Letter
from newsroom.mail.messages import message_id
from newsroom.mail.models import Address, Attempt, Delivery, Mailing
from newsroom.mail.sending import send_some
from newsroom.mail.sweeping import sweep
from newsroom.mail.tasks import send_mailing
from tests.mail.notices import bounce, make_sent
from tests.mail.smtp import SmtpServer
from tests.mail.test_connections import use
from tests.makers import make_staff, make_user
from tests.subscriptions.conftest import outbox  # noqa: F401 - A fixture.

pytestmark = pytest.mark.django_db
State = Delivery.State
MANY_DIGITS = "9" * 5_000  # More than Python reads.


@pytest.fixture
def editor(client: Client) -> User:
    assign_roles()
    user = make_user("editor@example.org", is_staff=True, name="Ed Itor")
    user.groups.add(Group.objects.get(name=Role.EDITOR))
    client.force_login(user)
    return user


def make_mailing(readers: int = 3, key: str = "article:1") -> Mailing:
    """A mailing whose messages are all written and of which none has left."""
    mailing = promise_mailing(key)
    rendering = add_rendering(mailing, Letter("A headline", "A story."))
    ids = [find_or_make_address(f"reader{n}@example.org").pk for n in range(readers)]
    fill_deliveries(mailing, rendering, Address.objects.filter(pk__in=ids).values("pk"))
    start_mailing(mailing.pk)
    mailing.refresh_from_db()
    return mailing


def of(mailing: Mailing) -> dict[str, int]:
    return progress_of(mailing).counts


def page(client: Client, mailing: Mailing, query: str = "") -> str:
    answer = client.get(f"/admin/mail/mailing/{mailing.pk}/change/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def doubtful(mailing: Mailing) -> Delivery:
    delivery = mailing.deliveries.order_by("pk")[0]
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.IN_DOUBT, started_at=timezone.now(), attempts=1, outcome="Connection lost."
    )
    return delivery


@pytest.mark.usefixtures("editor")
def test_a_figure_leads_to_its_messages(client: Client) -> None:
    mailing = make_mailing()
    doubtful(mailing)

    shown = page(client, mailing)

    assert '<a href="?state=in_doubt#messages">1</a>' in shown
    assert 'href="?state=failed#messages"' not in shown


class TestProgress:
    def test_it_counts_each_state_and_says_what_is_left(self) -> None:
        mailing = make_mailing(readers=10)
        rows = list(mailing.deliveries.order_by("pk"))
        now = timezone.now()
        for row, seconds in zip(rows[:4], (60, 45, 30, 0), strict=True):
            moment = now - timedelta(seconds=seconds)
            Delivery.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=moment)

        progress = progress_of(mailing)

        assert (progress.total, progress.settled, progress.waiting) == (10, 4, 6)
        assert round(progress.rate) == 4
        assert progress.minutes_left == 2

    def test_nothing_is_said_of_the_time_left_while_it_is_filled(self) -> None:
        mailing = make_mailing()
        refill_mailing(mailing.pk)
        mailing.refresh_from_db()
        Delivery.objects.filter(pk=mailing.deliveries.all()[0].pk).update(
            state=State.SENT, sent_at=timezone.now()
        )

        assert progress_of(mailing).minutes_left is None

    def test_what_left_long_ago_is_no_rate(self) -> None:
        mailing = make_mailing()
        mailing.deliveries.update(state=State.SENT, sent_at=timezone.now() - timedelta(hours=1))

        assert progress_of(mailing).rate == 0


class TestThePage:
    def test_it_shows_the_figures_and_refreshes_without_script(
        self, client: Client, editor: User
    ) -> None:
        mailing = make_mailing()
        Delivery.objects.filter(pk=doubtful(mailing).pk).update(state=State.FAILED)

        html = page(client, mailing)

        assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in html
        assert "1 of 3 messages are settled" in html
        assert "2 wait to be handed over" in html

    def test_once_done_it_stands_still(self, client: Client, editor: User) -> None:
        mailing = make_mailing(readers=1)
        Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.DONE)

        html = page(client, mailing)

        assert "http-equiv" not in html
        assert "Pause" not in html

    def test_what_needs_a_person_is_listed_first(self, client: Client, editor: User) -> None:
        mailing = make_mailing()
        delivery = doubtful(mailing)

        html = page(client, mailing)

        assert f"/admin/mail/delivery/{delivery.pk}/change/" in html
        assert "Send all again" not in html  # There is only one.
        assert "Connection lost." in html

    def test_messages_are_filtered_by_state(self, client: Client, editor: User) -> None:
        mailing = make_mailing()
        doubtful(mailing)

        html = page(client, mailing, "?state=queued")

        assert "reader1@example.org" in html
        assert "reader0@example.org" not in html

    def test_a_message_is_found_by_its_address(self, client: Client, editor: User) -> None:
        mailing = make_mailing()

        html = page(client, mailing, "?q=Reader2@EXAMPLE.org")

        assert "reader2@example.org" in html
        assert "reader1@example.org" not in html

    @pytest.mark.parametrize(
        "query",
        ["?q=nonsense", "?state=none&after=x", "?after=99999999", f"?after={MANY_DIGITS}"],
    )
    def test_an_odd_query_is_no_error(self, client: Client, editor: User, query: str) -> None:
        assert "Messages" in page(client, make_mailing(), query)

    @pytest.mark.parametrize("number", ["x", MANY_DIGITS])
    def test_what_is_no_id_names_nothing(self, client: Client, editor: User, number: str) -> None:
        mailing = make_mailing()
        doubtful(mailing)

        for what in ("mailing", "delivery"):
            assert client.get(f"/admin/mail/{what}/{number}/change/").status_code == 404
        client.post(f"/admin/mail/mailing/{mailing.pk}/settle/", {"sent": number})

        assert of(mailing)[State.IN_DOUBT] == 1

    def test_its_pages_lead_on(self, client: Client, editor: User) -> None:
        mailing = make_mailing(readers=51)
        fiftieth = mailing.deliveries.order_by("pk")[49]

        html = page(client, mailing)
        rest = page(client, mailing, f"?state=queued&after={fiftieth.pk}")

        assert f"after={fiftieth.pk}" in html
        assert rest.count('scope="row"') == 1

    def test_it_asks_as_often_for_many_as_for_one(
        self, client: Client, editor: User, django_assert_max_num_queries: Any
    ) -> None:
        mailing = make_mailing(readers=50)

        with django_assert_max_num_queries(16):
            page(client, mailing)

    @pytest.mark.parametrize("role", [Role.REPORTER, Role.MODERATOR])
    def test_who_does_not_publish_sees_none(self, client: Client, role: str) -> None:
        assign_roles()
        person = make_user(is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        client.force_login(person)
        mailing = make_mailing()

        for path in ("change/", "pause/confirm/"):
            assert client.get(f"/admin/mail/mailing/{mailing.pk}/{path}").status_code == 403
        assert client.post(f"/admin/mail/mailing/{mailing.pk}/settle/").status_code == 403


class TestAPersonsHalt:
    def test_looking_at_the_question_changes_nothing(self, client: Client, editor: User) -> None:
        mailing = make_mailing()

        for what in ("pause", "go-on", "cancel"):
            answer = client.get(f"/admin/mail/mailing/{mailing.pk}/{what}/confirm/")
            assert answer.status_code == 200
        mailing.refresh_from_db()

        assert mailing.state == Mailing.State.SENDING
        assert client.get(f"/admin/mail/mailing/{mailing.pk}/x/confirm/").status_code == 404

    @pytest.mark.parametrize(
        ("key", "sentence"),
        [
            ("article:1", "those that still wait for a reader’s digest go with the next one."),
            ("digest:2026-11-25:UTC:07", "and are in no message yet: no later digest has them."),
        ],
    )
    def test_the_question_says_what_becomes_of_stories_that_wait(
        self, client: Client, editor: User, key: str, sentence: str
    ) -> None:
        mailing = promise_mailing(key)

        asked = client.get(f"/admin/mail/mailing/{mailing.pk}/cancel/confirm/").content.decode()

        assert sentence in asked
        assert asked.count("go with the next one") == (key == "article:1")

    def test_a_paused_mailing_stays_paused_whatever_runs(
        self,
        client: Client,
        editor: User,
        outbox: Any,  # noqa: F811 - The fixture.
    ) -> None:
        mailing = make_mailing()
        client.post(f"/admin/mail/mailing/{mailing.pk}/pause/confirm/")

        sweep()
        send_mailing(mailing.pk)
        refill_mailing(mailing.pk)
        start_mailing(mailing.pk)
        sweep()
        mailing.refresh_from_db()

        assert mailing.state == Mailing.State.WAITING
        assert outbox() == []
        assert "Ed Itor. Paused it." in page(client, mailing)

    def test_the_postal_address_does_not_end_a_pause(self, settings: Any) -> None:
        settings.MAIL_STAYS_HERE = False
        mailing = make_mailing()
        pause_mailing(mailing.pk, by=make_staff())
        settings.MAIL_STAYS_HERE = True

        sweep()
        mailing.refresh_from_db()

        assert mailing.state == Mailing.State.WAITING

    def test_a_pause_takes_back_what_a_worker_has_not_begun(self) -> None:
        mailing = make_mailing()
        mailing.deliveries.update(
            state=State.CLAIMED, lease="x", leased_until=timezone.now() + timedelta(seconds=15)
        )

        pause_mailing(mailing.pk, by=make_staff())

        assert of(mailing) == {State.QUEUED: 3}

    def test_sent_on_it_goes_on_where_it_was(
        self,
        client: Client,
        editor: User,
        outbox: Any,  # noqa: F811 - The fixture.
    ) -> None:
        mailing = make_mailing()
        pause_mailing(mailing.pk, by=editor)

        client.post(f"/admin/mail/mailing/{mailing.pk}/go-on/confirm/")
        send_some(mailing.pk)

        assert len(outbox()) == 3
        assert LogEntry.objects.filter(change_message="Sent it on.", user=editor).exists()

    def test_called_off_it_sends_nothing_and_is_not_taken_up_again(
        self,
        client: Client,
        editor: User,
        outbox: Any,  # noqa: F811 - The fixture.
    ) -> None:
        mailing = make_mailing()

        client.post(f"/admin/mail/mailing/{mailing.pk}/cancel/confirm/")
        sweep()

        assert of(mailing) == {State.CANCELLED: 3}
        assert outbox() == []
        assert "Called it off: 3 messages." in page(client, mailing)

    def test_called_off_before_its_first_message_a_change_of_the_story_revives_nothing(
        self,
    ) -> None:
        mailing = promise_mailing("article:1")
        assert call_off(mailing.pk, by=make_staff())

        assert not reopen_mailing("article:1")

    def test_what_is_over_is_neither_paused_nor_called_off(self) -> None:
        mailing = make_mailing()
        Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.DONE)
        person = make_staff()

        assert not pause_mailing(mailing.pk, by=person)
        assert not call_off(mailing.pk, by=person)
        assert not send_on(mailing.pk, by=person)
        assert not LogEntry.objects.exists()

    def test_a_letter_to_one_person_is_not_paused(self) -> None:
        letter = promise_letter(
            "confirm:1",
            "reader@example.org",
            Letter("Confirm", "A link."),
            expires_at=timezone.now() + timedelta(days=1),
        )

        assert not pause_mailing(letter.mailing_id, by=make_staff())


class TestInDoubt:
    def test_a_person_says_that_it_arrived(self, client: Client, editor: User) -> None:
        mailing = make_mailing()
        delivery = doubtful(mailing)

        client.post(f"/admin/mail/mailing/{mailing.pk}/settle/", {"sent": delivery.pk})
        delivery.refresh_from_db()

        assert delivery.state == State.SENT
        history = client.get(f"/admin/mail/delivery/{delivery.pk}/change/").content.decode()
        assert "In doubt: counts as sent." in history
        assert "Ed Itor" in history

    def test_a_person_sends_it_again_under_its_old_message_id(
        self,
        client: Client,
        editor: User,
        outbox: Any,  # noqa: F811 - The fixture.
    ) -> None:
        mailing = make_mailing(readers=1)
        delivery = doubtful(mailing)
        before = message_id(delivery)

        client.post(f"/admin/mail/delivery/{delivery.pk}/settle/", {"again": "1"})
        send_some(mailing.pk)

        assert [message["Message-ID"] for message in outbox()] == [before]
        assert LogEntry.objects.get().change_message == "In doubt: sent again."

    def test_all_of_a_mailing_are_settled_at_once_and_of_no_other(
        self, client: Client, editor: User
    ) -> None:
        mailing, other = make_mailing(), make_mailing(key="article:2")
        Delivery.objects.update(state=State.IN_DOUBT)

        client.post(f"/admin/mail/mailing/{mailing.pk}/settle/", {"sent": "all"})

        assert of(mailing) == {State.SENT: 3}
        assert of(other) == {State.IN_DOUBT: 3}

    def test_a_second_click_settles_nothing_more(self, client: Client, editor: User) -> None:
        delivery = doubtful(make_mailing())
        assert take_as_sent(delivery.pk, by=editor)

        assert not send_again(delivery.pk, by=editor)
        client.post(f"/admin/mail/delivery/{delivery.pk}/settle/", {"again": "1"})
        delivery.refresh_from_db()

        assert delivery.state == State.SENT
        assert LogEntry.objects.count() == 1

    def test_nothing_is_settled_by_get(self, client: Client, editor: User) -> None:
        delivery = doubtful(make_mailing())

        assert client.get(f"/admin/mail/delivery/{delivery.pk}/settle/?sent=1").status_code == 405
        assert (
            client.get(f"/admin/mail/mailing/{delivery.mailing_id}/settle/?sent=all").status_code
            == 405
        )


def test_a_message_tells_its_whole_history(client: Client, editor: User) -> None:
    delivery = make_sent("gone@example.net")
    receive(bounce(delivery))

    html = client.get(f"/admin/mail/delivery/{delivery.pk}/change/").content.decode()

    assert "The next server took it." in html
    assert "gone for good: no such address" in html
    assert "550 5.1.1" in html
    assert message_id(delivery).strip("<>") in html


def test_a_deferred_message_says_when_it_is_tried_again(client: Client, editor: User) -> None:
    delivery = make_sent("late@example.net", state="deferred")
    moment = timezone.now() + timedelta(minutes=15)
    Delivery.objects.filter(pk=delivery.pk).update(
        not_before=moment, attempts=2, outcome="450 4.2.1 Try later"
    )

    html = client.get(f"/admin/mail/delivery/{delivery.pk}/change/").content.decode()

    assert "It is tried again." in html
    assert "Handed over: 2 attempts" in html
    assert "450 4.2.1 Try later" in html


def test_each_attempt_is_told_with_its_moment_and_the_servers_words(
    client: Client, editor: User, settings: Any
) -> None:
    settings.MAILING_MAX_AGE = timedelta(days=1)
    mailing = make_mailing(readers=1)
    said = ["450 4.2.1 Busy", "451 4.3.0 Still busy", "554 5.7.1 Relay access denied"]
    with SmtpServer({"RCPT": [*said]}, pipelining=True) as server:
        use(settings, server)
        for hour in range(4):
            with time_machine.travel(f"2026-11-25T{12 + hour}:00:00Z", tick=True):
                if hour == 3:
                    assert try_failed_again(mailing.pk, by=editor)
                send_some(mailing.pk)
    delivery = mailing.deliveries.get()

    told = [(event.what, event.words) for event in history_of(delivery)]
    html = client.get(f"/admin/mail/delivery/{delivery.pk}/change/").content.decode()

    assert [each for each in told if each[1][:3] in {"450", "451", "554"}] == [
        ("Handed over, and put off.", said[0]),
        ("Handed over, and put off.", said[1]),
        ("Handed over, and refused.", said[2]),
    ]
    assert ("The next server took it.", "250 ok") in told
    assert "25 November 2026, 13:00:" in html
    assert "451 4.3.0 Still busy" in html


def test_the_words_of_attempts_go_with_the_address() -> None:
    delivery = make_sent("late@example.net", state="deferred")
    Attempt.objects.create(delivery=delivery, state=State.DEFERRED, words="450 <late@example.net>")

    erase_address(delivery.address_id)

    assert Attempt.objects.get().words == ""


def test_the_list_names_a_mailing_by_its_subject_and_a_letter_by_its_key(
    client: Client, editor: User
) -> None:
    make_mailing()
    later = timezone.now() + timedelta(hours=1)
    promise_letter("confirm:9", "reader@example.org", Letter("Confirm", "Yes?"), expires_at=later)

    page = client.get("/admin/mail/mailing/").content.decode()

    assert "A headline<br><small>article:1</small>" in page
    assert "confirm:9" in page
    assert "Confirm<br>" not in page

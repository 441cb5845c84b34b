"""One's own page: what, how often, when; and the wishes that the whole house follows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from articles.models import Article
from newsroom.mail.leaving import leave, undo_leaving
from newsroom.mail.models import Delivery, Rendering
from newsroom.mail.services import preferences_token, promise_mailing, suppression_of
from subscriptions import services, tasks
from subscriptions.links import confirmation_link
from subscriptions.models import Due, Subscriber
from subscriptions.services import wishing
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_section,
    make_subscriber,
    make_topic,
)
from tests.subscriptions.conftest import SAME_ORIGIN, Outbox, path_in, text_of

pytestmark = pytest.mark.django_db


def path_of(subscriber: Subscriber) -> str:
    return f"/subscription/{preferences_token(subscriber.address)}/"


def typed(**said: Any) -> dict[str, Any]:
    """What the form sends when nothing under More was touched."""
    usual = {"do": "choose", "what": ["all"], "cadence": "at_once", "hour": "7", "weekday": "0"}
    return usual | said


def wishes_of(subscriber: Subscriber) -> dict[str, str]:
    return {wish.word: wish.cadence for wish in subscriber.subscriptions.standing()}


@pytest.fixture
def reader() -> Subscriber:
    return make_subscriber("ann@example.org")


class TestChoosing:
    def test_what_is_ticked_is_wished_and_what_is_not_is_left(
        self, client: Client, reader: Subscriber
    ) -> None:
        section, author = make_section(), make_author()
        make_article(bylines=(author,))
        what = [f"section:{section.pk}", f"author:{author.pk}"]

        answer = client.post(path_of(reader), typed(what=what, cadence="weekly"), follow=True)

        assert b"Saved." in answer.content
        assert wishes_of(reader) == dict.fromkeys(what, "weekly")
        assert reader.subscriptions.exclude(left_at=None).get().what == "all"

    def test_a_wish_may_have_a_rhythm_of_its_own(self, client: Client) -> None:
        topic = make_topic()
        make_article(topics=(topic,))
        word = f"topic:{topic.pk}"
        reader = make_subscriber(wishes={"all": "at_once", word: "at_once"})

        said = typed(what=["all", word], cadence="daily") | {f"rhythm-{word}": "at_once"}
        client.post(path_of(reader), said)
        page = client.get(path_of(reader)).content

        assert wishes_of(reader) == {"all": "daily", word: "at_once"}
        assert b"preferences__more" in page
        assert b" open" in page.split(b"preferences__more")[1][:20]

    def test_the_hours_are_kept(self, client: Client, reader: Subscriber) -> None:
        said = {
            "zone": "Europe/Oslo", "hour": "18", "weekday": "4", "quiet_from": "22",
            "quiet_to": "7", "daily_cap": "3", "breaking_at_once": "on",
        }  # fmt: skip

        client.post(path_of(reader), typed(**said))

        reader.refresh_from_db()
        kept = (reader.zone, reader.hour, reader.weekday, reader.quiet_from, reader.quiet_to)
        assert kept == ("Europe/Oslo", 18, 4, 22, 7)
        assert (reader.daily_cap, reader.breaking_at_once) == (3, True)

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"what": []}, "Choose at least one thing"),
            ({"what": ["topic:999"]}, "not to be had any more"),
            ({"cadence": ""}, "Choose how often"),
            ({"quiet_from": "22", "quiet_to": "7", "hour": "6"}, "Your quiet hours hold this one"),
            ({"quiet_from": "22"}, "Say both when quiet begins"),
            ({"quiet_from": "7", "quiet_to": "7"}, "no time at all"),
            ({"daily_cap": "0"}, "greater than or equal to 1"),
            ({"daily_cap": "many"}, "whole number"),
            ({"hour": "25"}, "valid choice"),
            ({"zone": "Atlantis/Poseidonis"}, "valid choice"),
        ],
    )
    def test_what_cannot_be_is_told_where_it_stands_and_changes_nothing(
        self, client: Client, reader: Subscriber, wrong: dict[str, Any], sentence: str
    ) -> None:
        before = Subscriber.objects.values().get(), wishes_of(reader)

        answer = client.post(path_of(reader), typed(**wrong))

        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert (Subscriber.objects.values().get(), wishes_of(reader)) == before

    def test_nothing_is_offered_that_readers_may_not_know_of(
        self, client: Client, reader: Subscriber
    ) -> None:
        secret, writer = make_topic("Secret exercise"), make_author("Hidden hand")
        make_draft(topics=(secret,), bylines=(writer,))

        page = client.get(path_of(reader)).content

        assert b"Secret exercise" not in page
        assert b"Hidden hand" not in page

    def test_whoever_is_not_subscribed_chooses_nothing(self, client: Client) -> None:
        left = make_subscriber(state="left")

        client.post(path_of(left), typed(cadence="weekly"))

        assert wishes_of(left) == {"all": "at_once"}


class TestWaiting:
    """What waits for a digest follows the wishes as they change."""

    @pytest.fixture
    def waiting(self) -> Subscriber:
        section = make_section()
        word = f"section:{section.pk}"
        reader = make_subscriber(wishes={"all": "weekly", word: "daily"})
        for where in (section, make_section()):
            services.announce(make_article(section=where, announce=True).pk)
        return reader

    def test_leaving_a_wish_takes_what_only_it_brought(self, waiting: Subscriber) -> None:
        services.leave_wishes(waiting, {"all"})

        due = Due.objects.get()
        assert due.why.startswith("section:")
        assert due.cadence == "daily"

    def test_a_narrower_wish_keeps_what_it_fits(self, waiting: Subscriber) -> None:
        author = Article.objects.order_by("pk").last().bylines.get()  # type: ignore[union-attr]  # There is one.
        word = f"author:{author.pk}"

        services.choose(waiting.pk, {word: "daily"})

        due = Due.objects.get()
        assert (due.why, due.cadence) == (word, "daily")

    @pytest.mark.parametrize("press", ["leave-wish", "leave"])
    def test_an_undo_brings_back_what_waited_and_nothing_twice(
        self, waiting: Subscriber, press: str, outbox: Outbox, committing: Committing,
    ) -> None:  # fmt: skip
        before = sorted(Due.objects.values_list("article", "why", "cadence"))
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            if press == "leave":
                leave(waiting.address)
            else:
                services.leave_wishes(waiting, {"all"})
            between = Due.objects.count()
        with time_machine.travel(timezone.now() + timedelta(minutes=10)):
            if press == "leave":
                undo_leaving(waiting.address)
            else:
                services.take_back(waiting, {"all"})
        after = sorted(Due.objects.values_list("article", "why", "cadence"))
        for number in range(1, 17):
            with time_machine.travel(timezone.now() + number * timedelta(hours=12)), committing():
                tasks.sweep()

        assert between < 2
        assert [set(why.split(",")) for _story, why, _cadence in after] == [
            set(why.split(",")) for _story, why, _cadence in before
        ]
        assert [row[::2] for row in after] == [row[::2] for row in before]
        assert Due.objects.filter(delivery__state="sent").count() == len(before)

    def test_what_went_out_meanwhile_does_not_wait_again(self, waiting: Subscriber) -> None:
        services.leave_wishes(waiting, {"all"})
        mailing = promise_mailing("digest:made")
        words = Rendering.objects.create(mailing=mailing, variant="all", parts={})
        made = Delivery.objects.create(mailing=mailing, rendering=words, address=waiting.address)
        gone = Due.objects.get()
        Due.objects.update(delivery=made)

        services.take_back(waiting, {"all"})

        assert Due.objects.get(pk=gone.pk).why == gone.why
        assert Due.objects.exclude(pk=gone.pk).get().why == "all"

    def test_another_rhythm_and_hour_hold_for_it_at_once(self, waiting: Subscriber) -> None:
        word = next(word for word in wishes_of(waiting) if word != "all")

        services.choose(
            waiting.pk, {"all": "daily", word: "daily"}, services.Hours(zone="Asia/Tokyo", hour=9)
        )

        dues = Due.objects.all()
        assert {due.cadence for due in dues} == {"daily"}
        assert {due.due_at.hour for due in dues} == {0}

    @pytest.mark.parametrize("press", [{"do": "pause", "days": "7"}, {"do": "leave"}])
    def test_a_pause_and_leaving_end_it(
        self, client: Client, waiting: Subscriber, press: dict[str, str],
        outbox: Outbox, committing: Committing,
    ) -> None:  # fmt: skip
        client.post(path_of(waiting), press)
        client.post(path_of(waiting), {"do": "resume"})
        with time_machine.travel(timezone.now() + timedelta(days=8)), committing():
            tasks.sweep()

        assert not Due.objects.exists()
        assert outbox() == []


class TestLeaving:
    def test_one_wish_is_left_by_one_press_and_taken_back_by_another(self, client: Client) -> None:
        topic = make_topic("Meren Strait")
        word = f"topic:{topic.pk}"
        reader = make_subscriber(wishes={"all": "daily", word: "at_once"})

        page = client.post(path_of(reader), {"do": "leave-wish", "wish": word}, follow=True)
        left = wishes_of(reader)
        client.post(path_of(reader), {"do": "take-back", "wish": word})

        assert "You have left “Topic: Meren Strait”." in page.content.decode()
        assert b"Not you? Undo" in page.content
        assert left == {"all": "daily"}
        assert wishes_of(reader) == {"all": "daily", word: "at_once"}

    def test_leaving_every_story_is_told_by_the_name_it_had_in_the_list(
        self, client: Client
    ) -> None:
        reader = make_subscriber(wishes={"all": "daily", f"topic:{make_topic().pk}": "at_once"})

        page = client.post(path_of(reader), {"do": "leave-wish", "wish": "all"}, follow=True)

        assert "You have left “Every story”." in page.content.decode()

    def test_the_last_wish_is_leaving_altogether(self, client: Client, reader: Subscriber) -> None:
        client.post(path_of(reader), {"do": "leave-wish", "wish": "all"})
        reader.refresh_from_db()
        left = reader.state
        client.post(path_of(reader), {"do": "come-back"})

        reader.refresh_from_db()
        assert (left, reader.state) == ("left", "confirmed")
        assert wishes_of(reader) == {"all": "at_once"}

    def test_a_wish_that_is_not_theirs_changes_nothing(
        self, client: Client, reader: Subscriber
    ) -> None:
        for press in ("leave-wish", "take-back"):
            for word in ("topic:1", "", "all:1", "\0"):
                answer = client.post(path_of(reader), {"do": press, "wish": word}, follow=True)
                assert answer.status_code == 200

        assert wishes_of(reader) == {"all": "at_once"}

    def test_the_link_in_a_mail_leaves_what_it_was_sent_for_and_no_more(
        self, client: Client, outbox: Outbox, committing: Committing
    ) -> None:
        topic = make_topic()
        word = f"topic:{topic.pk}"
        reader = make_subscriber(wishes={"all": "daily", word: "at_once"})
        other = make_subscriber(wishes={word: "at_once"})
        with committing():
            make_article(topics=(topic,), announce=True)
        mails = {message["To"]: path_in(message, "/unsubscribe/") for message in outbox()}
        client.post(mails[str(other)], {"List-Unsubscribe": "One-Click"})

        # The mail answered both wishes, so both are left, and with them everything.
        client.post(mails[str(reader)], {"List-Unsubscribe": "One-Click"})

        assert Subscriber.objects.filter(state="left").count() == 2

    def test_other_wishes_stand_and_an_undo_brings_the_one_back(
        self, client: Client, outbox: Outbox, committing: Committing
    ) -> None:
        section, topic = make_section(), make_topic()
        words = [f"section:{section.pk}", f"topic:{topic.pk}"]
        reader = make_subscriber(wishes=dict.fromkeys(words, "at_once"))
        with committing():
            make_article(section=section, announce=True)
        link = path_in(outbox()[0], "/unsubscribe/")

        page = client.post(link, {"List-Unsubscribe": "One-Click"})
        again = client.post(link, {"List-Unsubscribe": "One-Click"})
        left = wishes_of(reader)
        back = client.post(link, {"undo": "1"})

        assert b"Your other wishes stand" in page.content
        assert b"Your other wishes stand" in again.content
        assert left == {words[1]: "at_once"}
        assert suppression_of(reader.address) is None
        assert b"as before" in back.content
        assert wishes_of(reader) == dict.fromkeys(words, "at_once")

    def test_everything_is_left_by_the_second_press(
        self, client: Client, outbox: Outbox, committing: Committing
    ) -> None:
        section, topic = make_section(), make_topic()
        words = [f"section:{section.pk}", f"topic:{topic.pk}"]
        reader = make_subscriber(wishes=dict.fromkeys(words, "at_once"))
        with committing():
            make_article(section=section, announce=True)
        link = path_in(outbox()[0], "/unsubscribe/")

        client.post(link, {"List-Unsubscribe": "One-Click"})
        client.post(link, {"everything": "1"})

        reader.refresh_from_db()
        assert reader.state == "left"
        assert suppression_of(reader.address) == "left"

    def test_what_is_queued_for_a_wish_that_is_left_is_called_off(self) -> None:
        section = make_section()
        word = f"section:{section.pk}"
        reader = make_subscriber(wishes={"all": "daily", word: "at_once"})
        services.announce(make_article(section=section, announce=True).pk)
        services.leave_wishes(reader, {word})
        kept = Delivery.objects.get().state
        services.leave_wishes(reader, {"all"})

        assert (kept, Delivery.objects.get().state) == ("queued", "cancelled")

    def test_what_is_queued_goes_for_a_narrower_wish_that_it_fits(self) -> None:
        reader, other = make_subscriber(), make_subscriber()
        article = make_article(announce=True)
        services.announce(article.pk)

        services.choose(reader.pk, {f"section:{article.section_id}": "at_once"})
        services.choose(other.pk, {f"section:{make_section().pk}": "at_once"})

        assert Due.objects.get(subscriber=reader).why == f"section:{article.section_id}"
        states = Delivery.objects.order_by("address").values_list("state", flat=True)
        assert list(states) == ["queued", "cancelled"]

    @pytest.mark.parametrize("state", ["failed", "in_doubt"])
    def test_what_the_desk_could_send_again_is_called_off_too(
        self, monkeypatch: pytest.MonkeyPatch, state: str
    ) -> None:
        """The post room keeps what became of it, and lets nobody send it."""
        article = make_article()
        word = f"section:{article.section_id}"
        reader = make_subscriber(wishes={word: "at_once", f"topic:{make_topic().pk}": "at_once"})
        services.announce(make_article(section=article.section, announce=True).pk)
        Delivery.objects.update(state=state)
        told = list[tuple[int]]()
        monkeypatch.setattr(
            wishing, "cancel_deliveries", lambda rows, _why: told.extend(rows.values_list("pk"))
        )

        services.leave_wishes(reader, {word})

        assert told == list(Delivery.objects.values_list("pk"))
        assert Due.objects.get().why == word


class TestPausing:
    @pytest.mark.parametrize("days", ["7", "30"])
    def test_for_so_many_days(self, client: Client, reader: Subscriber, days: str) -> None:
        client.post(path_of(reader), {"do": "pause", "days": days})

        reader.refresh_from_db()
        assert reader.paused_until is not None
        assert round((reader.paused_until - timezone.now()) / timedelta(days=1)) == int(days)

    def test_until_a_day_of_the_readers_zone(self, client: Client) -> None:
        reader = make_subscriber(zone="Asia/Tokyo")

        with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC)):
            said = {"do": "pause", "days": "", "until": "2026-12-24"}
            answer = client.post(path_of(reader), said)

        reader.refresh_from_db()
        assert answer.status_code == 303
        assert reader.paused_until == datetime(2026, 12, 23, 15, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("until", "sentence"),
        [
            ("", "Choose the day"),
            ("soon", "Choose a day, such as"),
            ("2020-01-01", "Choose a day to come"),
            ("2099-01-01", "a year at most"),
        ],
    )
    def test_a_day_that_cannot_be_is_told(
        self, client: Client, reader: Subscriber, until: str, sentence: str
    ) -> None:
        said = {"do": "pause", "days": "", "until": until}

        answer = client.post(path_of(reader), said)

        reader.refresh_from_db()
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert reader.state == "confirmed"

    @pytest.mark.parametrize(
        ("zone", "until", "sentence"),
        [
            ("Asia/Tokyo", "0001-01-01", "Choose a day to come"),
            ("America/Lima", "9999-12-31", "a year at most"),
        ],
    )
    def test_nor_does_a_day_at_the_end_of_all_days_break_the_page(
        self, client: Client, zone: str, until: str, sentence: str
    ) -> None:
        reader = make_subscriber(zone=zone)

        answer = client.post(path_of(reader), {"do": "pause", "days": "", "until": until})

        assert answer.status_code == 422
        assert sentence in answer.content.decode()

    def test_today_has_begun_in_the_readers_zone_and_a_year_is_counted_there(
        self, client: Client
    ) -> None:
        reader = make_subscriber(zone="Pacific/Auckland")
        said = {"do": "pause", "days": ""}

        with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC)):
            statuses = [
                client.post(path_of(reader), said | {"until": until}).status_code
                for until in ("2026-11-26", "2027-11-28", "2027-11-27")
            ]

        assert statuses == [422, 422, 303]


class TestAsking:
    def test_what_is_chosen_with_the_address_counts_once_it_is_confirmed(
        self, client: Client, outbox: Outbox, committing: Committing
    ) -> None:
        topic = make_topic("Meren Strait")
        make_article(topics=(topic,))
        form = client.get(f"/subscribe/?topic={topic.slug}").content.decode()
        said = {"email": "ann@example.org", "what": f"topic:{topic.pk}", "cadence": "daily"}
        with committing():
            client.post("/subscribe/", said, headers=SAME_ORIGIN)
        before = wishes_of(Subscriber.objects.get())
        link = path_in(outbox()[0], "/subscribe/confirm/")
        page = client.get(link).content.decode()
        with committing():
            client.post(link)

        assert f'value="topic:{topic.pk}" checked' in form
        assert "the topic Meren Strait, daily" in page
        assert before == {}
        assert wishes_of(Subscriber.objects.get()) == {f"topic:{topic.pk}": "daily"}
        assert Subscriber.objects.get().consent_words == "2026-11-chosen"
        welcome = outbox()[1]
        assert "Topic: Meren Strait, daily" in text_of(welcome)
        assert path_in(welcome, "/subscription/")

    def test_asking_again_for_someone_subscribed_changes_nothing(
        self, client: Client, reader: Subscriber
    ) -> None:
        said = {"email": "ann@example.org", "what": "all", "cadence": "weekly"}

        client.post("/subscribe/", said, headers=SAME_ORIGIN)

        assert wishes_of(reader) == {"all": "at_once"}

    def test_a_stranger_cannot_alter_what_someone_had_who_left(self, client: Client) -> None:
        left = make_subscriber("ann@example.org", state="left", wishes={"all": "daily"})
        said = {"email": "ann@example.org", "what": "all", "cadence": "weekly"}

        client.post("/subscribe/", said, headers=SAME_ORIGIN)

        assert wishes_of(left) == {"all": "daily"}

    @pytest.mark.parametrize("query", ["?topic=nowhere", "?topic=", "?author=%00", "?section=1"])
    def test_a_link_to_what_is_not_there_shows_the_plain_form(
        self, client: Client, query: str
    ) -> None:
        answer = client.get(f"/subscribe/{query}")

        assert answer.status_code == 200
        assert b'value="all" checked' in answer.content

    def test_a_topic_that_is_not_public_yet_is_not_told_by_its_link(self, client: Client) -> None:
        secret = make_topic("Secret exercise")
        make_draft(topics=(secret,))

        assert b"Secret" not in client.get(f"/subscribe/?topic={secret.slug}").content

    @pytest.mark.parametrize("email", ["x", "ann@example.org"])
    def test_a_form_that_names_what_is_not_public_yet_is_told_nothing(
        self, client: Client, email: str
    ) -> None:
        secret, writer = make_topic("Secret exercise"), make_author("Hidden hand")
        make_draft(topics=(secret,), bylines=(writer,))
        what = [f"topic:{secret.pk}", f"author:{writer.pk}"]

        said = {"email": email, "what": what, "cadence": "daily"}
        answer = client.post("/subscribe/", said, headers=SAME_ORIGIN)

        assert answer.status_code == 422
        assert b"Secret exercise" not in answer.content
        assert b"Hidden hand" not in answer.content
        assert not Subscriber.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"what": []},
            {"what": ["topic:999"]},
            {"what": [f"topic:{'9' * 30}"]},
            {"what": [f"topic:{'9' * 5000}"]},
            {"cadence": "hourly"},
        ],
    )
    def test_a_wrong_choice_is_told_and_what_was_typed_stays(
        self, client: Client, wrong: dict[str, Any]
    ) -> None:
        said = {"email": "ann@example.org", "what": ["all"], "cadence": "daily"} | wrong

        answer = client.post("/subscribe/", said, headers=SAME_ORIGIN)

        assert answer.status_code == 422
        assert b"ann@example.org" in answer.content
        assert not Subscriber.objects.exists()

    def test_the_welcome_is_sent_once(
        self, client: Client, outbox: Outbox, committing: Committing
    ) -> None:
        pending = make_subscriber("ann@example.org", state="pending")
        path = confirmation_link(pending).removeprefix("http://localhost:8000")

        for _time in range(2):
            with committing():
                client.post(path)

        assert [message["Subject"] for message in outbox()] == ["Welcome to Newsroom"]

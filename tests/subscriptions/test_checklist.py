"""What a careful reviewer tries of sending, a test for each that no other file holds."""

import email
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from articles.models import Correction
from articles.services import PublicChange, publish_changes, save_revision
from newsroom.kit.models import Site
from newsroom.mail import tasks as post_room
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.sweeping import sweep as sweep_post_room
from subscriptions import services, tasks
from subscriptions.models import Subscriber
from tests.conftest import Committing
from tests.makers import make_article, make_subscriber, make_words
from tests.subscriptions.conftest import Outbox, html_of, text_of

pytestmark = pytest.mark.django_db
NOT_YET = 987_654_321  # An id that no row has.


@pytest.mark.parametrize(
    "task",
    [
        tasks.announce,
        tasks.pack_digest,
        tasks.correct,
        post_room.send_mailing,
        post_room.send_transactional,
    ],
)
def test_a_task_that_starts_before_the_commit_is_no_error(task: Any) -> None:
    task(NOT_YET)

    assert not Mailing.objects.exists()


def test_two_beats_in_the_minute_of_publication_make_one_announcement(
    outbox: Outbox, committing: Committing, settings: Any
) -> None:
    settings.MAIL_HOLD_MINUTES = 5
    make_subscriber()
    with committing():
        make_article(announce=True)
    later = timezone.now() + timedelta(minutes=5, seconds=1)
    with time_machine.travel(later, tick=False), committing():
        tasks.sweep()
        tasks.sweep()
        sweep_post_room()
        sweep_post_room()

    assert len(outbox()) == 1
    assert Mailing.objects.count() == Delivery.objects.count() == 1


def test_a_restored_database_mails_neither_a_story_a_digest_nor_a_correction_by_itself(
    outbox: Outbox, committing: Committing, settings: Any
) -> None:
    settings.MAIL_HOLD_MINUTES = 5
    make_subscriber()
    make_subscriber(wishes={"all": "daily"})
    article = make_article(announce=True)
    wrong_words_were_mailed(article.pk)
    services.promise_correction(Correction.objects.get().pk)

    with time_machine.travel(timezone.now() + timedelta(days=1, hours=1), tick=False):
        for _ in range(3):
            with committing():
                tasks.sweep()
                sweep_post_room()

    assert outbox() == []
    waiting = Mailing.objects.filter(state="waiting").values_list("key", flat=True)
    assert {key.partition(":")[0] for key in waiting} == {"article", "correction"}


def wrong_words_were_mailed(article_id: int) -> None:
    """The first version went to a reader, and was corrected."""
    from articles.models import Article

    article = Article.objects.get(pk=article_id)
    with_it = Mailing.objects.create(key="digest:2026-01-01:UTC:07", priority=5, state="done")
    rendering = with_it.renderings.create(parts={})
    rendering.carries.create(key=f"revision:{article.live_id}")
    Delivery.objects.create(
        mailing=with_it,
        rendering=rendering,
        address=Subscriber.objects.all()[0].address,
        state="sent",
        sent_at=timezone.now(),
    )
    words = make_words(section=article.section)
    save_revision(article.pk, words, editor=None, began_from=1)
    change = PublicChange("correction", reason="A slip.", wrong="Five.", right="Six.")
    publish_changes(article.pk, change, editor=None)


@pytest.fixture
def every_list_mail(
    tmp_path: Path, settings: Any, committing: Committing, outbox: Outbox
) -> dict[str, bytes]:
    """The raw bytes of a story, a digest and a correction of a public site, as they leave."""
    Site.objects.create(
        pk=1, name="The Dispatch", postal_address="1 Quay Street", contact_email="desk@example.org"
    )
    settings.SITE_URL = "https://www.example.org"
    settings.DEFAULT_FROM_EMAIL = "news@example.org"
    with time_machine.travel("2026-11-25T05:00Z", tick=False):
        make_subscriber("alert@example.net")
        make_subscriber("daily@example.net", wishes={"all": "daily"}, hour=7)
        with committing():
            article = make_article(announce=True, headline="Łódź: «Леопард» & танк " * 8)
    with time_machine.travel("2026-11-25T07:01Z", tick=False), committing():
        tasks.sweep()
    with time_machine.travel("2026-11-25T08:00Z", tick=False):
        words = make_words(section=article.section, headline="Right " * 30)
        save_revision(article.pk, words, editor=None, began_from=1)
        told = PublicChange("correction", reason="A slip.", wrong="ø" * 600, right="word " * 110)
        with committing():
            publish_changes(article.pk, told, editor=None)
            correction = services.promise_correction(Correction.objects.get().pk)
            tasks.correct(Correction.objects.get().pk)
    assert correction.deliveries.count() == 2
    rows = {file.name: file.read_bytes() for file in tmp_path.glob("*.eml")}
    assert len(rows) == 4
    return rows


def test_the_raw_message_of_every_list_mail_is_fit_to_travel(
    every_list_mail: dict[str, bytes],
) -> None:
    for raw in every_list_mail.values():
        message = email.message_from_bytes(raw, policy=policy.default)
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert [part.get_content_type() for part in message.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        assert message["Message-ID"].endswith("@example.org>")
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Id"] == "<stories.example.org>"
        assert message["List-Unsubscribe"].startswith("<https://www.example.org/unsubscribe/")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["Feedback-ID"]
        assert message["Reply-To"] == "desk@example.org"
        html = html_of(message)
        assert len(html.encode()) < 90_000
        assert "prefers-color-scheme: dark" in html
        assert 'href="/' not in html
        assert "http://" not in html + text_of(message)
        assert "%%" not in html + text_of(message)

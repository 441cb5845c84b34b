"""What waits to be sent leaves in the words that readers see then, however often they change."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Correction
from articles.services import PublicChange, publish_changes, save_revision, withdraw
from newsroom.mail.ledger import resume_mailing
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.sending import send_some
from newsroom.mail.sweeping import sweep as sweep_post_room
from subscriptions import services, tasks
from subscriptions.models import Due
from subscriptions.services import announcing, packing, renewing
from tests.conftest import Committing
from tests.makers import make_article, make_subscriber, make_words
from tests.subscriptions.conftest import Outbox, text_of

pytestmark = pytest.mark.django_db
MORNING, AT_SEVEN = "2026-11-25T05:00Z", "2026-11-25T07:01Z"
Packed = Callable[[], object]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(AT_SEVEN):
        yield


def edit(article: Article, headline: str, kind: str = "typo") -> None:
    """Publish the story under another headline."""
    article = Article.objects.select_related("newest").get(pk=article.pk)
    assert article.newest is not None
    words = make_words(headline=headline, section=article.section)
    save_revision(article.pk, words, editor=None, began_from=article.newest.number)
    told = ("A slip.", "Five.", "Six.") if kind != "typo" else ("",)
    publish_changes(article.pk, PublicChange(kind, *told), editor=None)


def take_back(article: Article) -> None:
    withdraw(article.pk, editor=None, note="It was wrong.")


def send_what_there_is() -> None:
    for mailing in Mailing.objects.filter(state=Mailing.State.SENDING):
        while send_some(mailing.pk):
            pass


def all_said(outbox: Outbox) -> str:
    return "".join(str(message["Subject"]) + text_of(message) for message in outbox())


@pytest.fixture
def alert(outbox: Outbox) -> tuple[Article, Packed]:
    """A story of its own, queued for three readers; and what fills its mailing once more."""
    for number in range(3):
        make_subscriber(f"reader{number}@example.org")
    article = make_article(announce=True, headline="Words 0")
    services.announce(article.pk)
    return article, lambda: services.announce(article.pk)


@pytest.fixture
def digest(outbox: Outbox) -> tuple[Article, Packed]:
    """The same for a digest that holds another story too."""
    with time_machine.travel(MORNING, tick=False):
        for number in range(3):
            make_subscriber(f"reader{number}@example.org", wishes={"all": "daily"}, hour=7)
        services.announce(make_article(announce=True, headline="Another").pk)
        article = make_article(announce=True, headline="Words 0")
        services.announce(article.pk)
    (mailing_id,) = services.promise_digests()
    services.pack_digest(mailing_id)
    return article, lambda: services.pack_digest(mailing_id)


@pytest.mark.parametrize("kind", ["alert", "digest"])
@pytest.mark.parametrize("state", ["queued", "deferred"])
def test_each_change_reaches_what_waits(
    kind: str, state: str, request: pytest.FixtureRequest, outbox: Outbox
) -> None:
    article, fill_anew = request.getfixturevalue(kind)
    Delivery.objects.update(state=state)

    for number in (1, 2, 3):
        edit(article, f"Words {number}")
        fill_anew()
    send_what_there_is()

    assert len(outbox()) == 3
    assert all("Words 3" in message["Subject"] for message in outbox())
    assert not any(f"Words {number}" in all_said(outbox) for number in (0, 1, 2))


@pytest.mark.parametrize("state", ["queued", "deferred"])
def test_a_story_changed_and_then_withdrawn_is_in_no_digest(
    state: str, digest: tuple[Article, Packed], outbox: Outbox
) -> None:
    article, fill_anew = digest
    Delivery.objects.update(state=state)

    edit(article, "Words 1")
    fill_anew()
    take_back(article)
    fill_anew()
    send_what_there_is()

    assert [message["Subject"] for message in outbox()] == ["Another"] * 3
    assert "Words" not in all_said(outbox)
    assert not Due.objects.filter(article=article).exclude(delivery=None).exists()


def test_a_change_while_the_rows_are_written_reaches_those_that_are(
    outbox: Outbox, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "FIRST", 2)
    monkeypatch.setattr(packing, "RANGE", 2)
    monkeypatch.setattr(announcing, "SECONDS", 0.0)
    for number in range(8):
        make_subscriber(f"reader{number}@example.org")
    article = make_article(announce=True, headline="Old words")
    place = services.announce_some(article.pk)
    cache.set(tasks._key(tasks.announce, article.pk), 1)  # A chain of tasks is at it.

    with committing():
        edit(article, "New words")
    while place is not None:
        place = services.announce_some(article.pk, place)
    send_what_there_is()

    assert [message["Subject"] for message in outbox()] == ["New words"] * 8


@pytest.mark.parametrize("kind", ["alert", "digest"])
def test_a_change_just_before_the_end_of_the_filling_is_not_overlooked(
    kind: str, request: pytest.FixtureRequest, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, fill_anew = request.getfixturevalue(kind)
    end, moments = renewing.Filler.end, iter(["Words 2", "Words 3"])

    def end_late(filler: renewing.Filler) -> bool:
        if headline := next(moments, ""):
            edit(article, headline)
        return end(filler)

    monkeypatch.setattr(renewing.Filler, "end", end_late)
    edit(article, "Words 1")
    fill_anew()
    send_what_there_is()

    assert ["Words 3" in message["Subject"] for message in outbox()] == [True] * 3
    assert not Mailing.objects.exclude(state=Mailing.State.DONE).exists()
    assert not Mailing.objects.filter(filled_at=None).exists()


def test_the_sweep_finishes_what_was_left_filling_with_all_rows_written(
    alert: tuple[Article, Packed], outbox: Outbox, committing: Committing
) -> None:
    Mailing.objects.update(state=Mailing.State.FILLING, filled_at=timezone.now())

    with committing():
        tasks.sweep()
        sweep_post_room()

    assert len(outbox()) == 3
    assert Mailing.objects.get().state == Mailing.State.DONE


def test_a_mailing_paused_with_old_words_goes_on_with_new_ones(
    alert: tuple[Article, Packed], outbox: Outbox, committing: Committing
) -> None:
    article, fill_anew = alert
    Mailing.objects.update(state=Mailing.State.WAITING)
    edit(article, "New words")
    fill_anew()
    assert not packing.Packer(Mailing.objects.get()).end()

    assert resume_mailing(Mailing.objects.get().pk, by_hand=True)
    with committing():
        tasks.sweep()

    assert [message["Subject"] for message in outbox()] == ["New words"] * 3


def test_a_correction_that_waits_says_what_readers_see_after_each_change(
    alert: tuple[Article, Packed], outbox: Outbox
) -> None:
    article, _fill_anew = alert
    send_what_there_is()
    edit(article, "Right 1", kind="correction")
    correction = Correction.objects.get()
    services.promise_correction(correction.pk)
    services.correct(correction.pk)

    for number in (2, 3):
        edit(article, f"Right {number}")
        services.correct(correction.pk)
    waiting = Delivery.objects.filter(mailing__key=f"correction:{correction.pk}")

    article.refresh_from_db()
    assert set(waiting.values_list("rendering__variant")) == {(f"revision:{article.live_id}",)}
    assert Mailing.objects.get(key=f"correction:{correction.pk}").state == Mailing.State.SENDING


def test_many_messages_get_other_words_in_steps_of_few_statements(
    alert: tuple[Article, Packed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "AT_ONCE", 2)
    article, _fill_anew = alert
    edit(article, "New words")
    packer = packing.Packer(Mailing.objects.get())

    with CaptureQueriesContext(
        connection,
    ) as seen:
        first = packer.renew(until=0.0)
    moved = Delivery.objects.filter(rendering__parts__subject="New words").count()

    assert (first, moved, packer.renew(until=0.0)) == (False, 2, False)
    assert packer.renew(until=0.0)  # Nothing is left.
    assert len(seen) < 40

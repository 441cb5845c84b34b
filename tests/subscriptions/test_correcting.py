"""A correction goes to exactly those who were mailed the words that were wrong."""

from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Correction, Revision
from articles.services import PublicChange, publish_changes, save_revision, withdraw
from newsroom.mail.bounces.receiving import receive
from newsroom.mail.deciding import take_as_sent
from newsroom.mail.models import Delivery, Mailing, RenderingCarries, Suppression
from newsroom.mail.sending import send_some
from newsroom.mail.services import find_or_make_address, leave, suppress
from newsroom.mail.sweeping import sweep as sweep_post_room
from subscriptions import services, tasks
from subscriptions.models import Subscriber
from subscriptions.services import correcting
from subscriptions.services.correcting import CorrectionNotMailableError, count_readers
from tests.conftest import Committing
from tests.mail.notices import bounce
from tests.makers import make_article, make_draft, make_staff, make_subscriber, make_words
from tests.subscriptions.conftest import Outbox, text_of

pytestmark = pytest.mark.django_db
State = Delivery.State


def edit(article: Article, kind: str = "correction", first: Revision | None = None) -> Revision:
    """Publish other words of the story."""
    article.refresh_from_db()
    assert article.newest is not None
    words = make_words(section=article.newest.section, headline=article.newest.headline)
    revision = save_revision(article.pk, words, editor=None, began_from=article.newest.number)
    told = {"reason": "A figure.", "wrong": "It said five.", "right": "There are six."}
    publish_changes(article.pk, PublicChange(kind, **told, first_wrong=first), editor=None)
    article.refresh_from_db()
    revision.refresh_from_db()
    return revision


def correction_of(article: Article) -> Correction:
    return Correction.objects.select_related("article", "revision").filter(article=article)[0]


def told(correction: Correction) -> list[str]:
    rows = Delivery.objects.filter(mailing__key=f"correction:{correction.pk}")
    return sorted(rows.values_list("address__typed", flat=True))


def send_the_rest() -> None:
    """What a slow machine did not send before a worker that waits for the next lost its lease."""
    for mailing in Mailing.objects.filter(state=Mailing.State.SENDING):
        while send_some(mailing.pk):
            pass


def mail(correction: Correction, committing: Committing) -> None:
    with committing():
        services.promise_correction(correction.pk)
    services.correct(correction.pk)


def test_mailed_to_a_thousand_of_whom_37_leave_and_13_bounce_950_get_the_correction(
    outbox: Outbox, committing: Committing
) -> None:
    readers = [make_subscriber(f"reader{n}@example.org") for n in range(1_000)]
    with committing():
        article = make_article(announce=True)
    send_the_rest()
    assert Delivery.objects.filter(state=State.SENT).count() == 1_000
    for reader in readers[:37]:
        leave(reader.address, everything=True)
    for reader in readers[100:113]:
        receive(bounce(Delivery.objects.get(address=reader.address)))
    make_subscriber("later@example.org")
    edit(article)
    correction = correction_of(article)
    assert count_readers(correction) == 950

    with committing():
        services.promise_correction(correction.pk)
        tasks.correct(correction.pk)
    with committing():
        tasks.correct(correction.pk)
    send_the_rest()

    spared = {str(reader) for reader in (*readers[:37], *readers[100:113])}
    sent = [message["To"] for message in outbox() if message["Subject"].startswith("Correction")]
    assert len(sent) == len(set(sent)) == 950
    assert set(sent) == {str(reader) for reader in readers} - spared


def test_only_versions_from_the_first_wrong_one_on_count(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber("early@example.org")
    with committing():
        article = make_article(announce=True)
    make_subscriber("digest@example.org", wishes={"all": "daily"}, hour=7)
    second = edit(article, "update")
    _carry(article, second, "digest@example.org")
    edit(article, first=second)

    assert count_readers(correction_of(article)) == 1
    mail(correction_of(article), committing)

    assert told(correction_of(article)) == ["digest@example.org"]


def _carry(article: Article, revision: Revision, email: str) -> None:
    """A digest with this version of the story was sent to the address."""
    mailing = services_mailing(f"digest:{timezone.now():%Y-%m-%d}:UTC:07")
    rendering = mailing.renderings.create(variant="daily:x", parts={"subject": "x"})
    RenderingCarries.objects.create(rendering=rendering, key=f"revision:{revision.pk}")
    Delivery.objects.create(
        mailing=mailing,
        rendering=rendering,
        address=Subscriber.objects.get(address__typed=email).address,
        state=State.SENT,
        sent_at=timezone.now(),
    )


def services_mailing(key: str) -> Mailing:
    return Mailing.objects.create(key=key, priority=Mailing.Priority.LIST, state="done")


def test_a_digest_that_carried_the_story_counts_like_its_own_mail(
    outbox: Outbox, committing: Committing
) -> None:
    with time_machine.travel("2026-11-25T05:00Z", tick=False):
        make_subscriber("daily@example.org", wishes={"all": "daily"}, hour=7)
        make_subscriber("once@example.org")
        with committing():
            article = make_article(announce=True)
    with time_machine.travel("2026-11-25T07:01Z", tick=False):
        with committing():
            tasks.sweep()
        assert Delivery.objects.filter(state=State.SENT).count() == 2
        edit(article)

        mail(correction_of(article), committing)

        assert told(correction_of(article)) == ["daily@example.org", "once@example.org"]


def test_who_got_the_corrected_words_or_none_is_not_told(
    outbox: Outbox, committing: Committing
) -> None:
    article = make_article()
    edit(article)
    make_subscriber("right@example.org")
    assert article.live is not None
    _carry(article, article.live, "right@example.org")
    make_subscriber("nothing@example.org")

    assert count_readers(correction_of(article)) == 0


@pytest.mark.parametrize("state", ["failed", "bounced", "cancelled", "in_doubt", "queued"])
def test_only_what_was_sent_counts(state: str, outbox: Outbox, committing: Committing) -> None:
    make_subscriber()
    with committing():
        article = make_article(announce=True)
    Delivery.objects.update(state=state)
    edit(article)

    assert count_readers(correction_of(article)) == 0


def test_who_pauses_was_suppressed_or_erased_is_not_told(
    outbox: Outbox, committing: Committing
) -> None:
    pausing, stopped, erased = (make_subscriber(f"{n}@example.org") for n in "abc")
    stays = make_subscriber("stays@example.org")
    with committing():
        article = make_article(announce=True)
    edit(article)
    services.pause(pausing.pk)
    suppress(stopped.address, Suppression.Reason.COMPLAINT)
    services.erase(erased)

    mail(correction_of(article), committing)

    assert told(correction_of(article)) == [str(stays)]


class TestWhoHasMoved:
    """To another address since the wrong words came: told there, once."""

    def test_is_told_at_the_new_address_and_not_at_the_old(
        self, outbox: Outbox, committing: Committing
    ) -> None:
        readers = [make_subscriber(f"old{n}@example.org") for n in range(3)]
        with committing():
            article = make_article(announce=True)
        move(readers[0], "new0@example.org")
        move(readers[1], "between@example.org")
        move(readers[1], "new1@example.org")
        edit(article)
        correction = correction_of(article)
        assert count_readers(correction) == 3

        with committing():
            services.promise_correction(correction.pk)
            tasks.correct(correction.pk)

        corrected = [m["To"] for m in outbox() if m["Subject"].startswith("Correction")]
        assert sorted(corrected) == ["new0@example.org", "new1@example.org", "old2@example.org"]

    def test_and_back_again_is_told_once(self, outbox: Outbox, committing: Committing) -> None:
        reader = make_subscriber("old@example.org")
        with committing():
            article = make_article(announce=True)
        move(reader, "new@example.org")
        move(reader, "old@example.org")
        edit(article)

        assert count_readers(correction_of(article)) == 1
        mail(correction_of(article), committing)

        assert told(correction_of(article)) == ["old@example.org"]

    def test_whoever_has_the_old_address_now_is_not_told(
        self, outbox: Outbox, committing: Committing
    ) -> None:
        reader = make_subscriber("desk@example.org")
        with committing():
            article = make_article(announce=True)
        move(reader, "new@example.org")
        make_subscriber("desk@example.org")
        edit(article)

        mail(correction_of(article), committing)

        assert told(correction_of(article)) == ["new@example.org"]

    def test_whoever_moved_in_where_another_left_is_not_told(
        self, outbox: Outbox, committing: Committing
    ) -> None:
        """Only who was mailed the words: the one who left was, the one who came was not."""
        before = make_subscriber("desk@example.org")
        other = make_subscriber("other@example.org", wishes={"all": "weekly"})
        with committing():
            article = make_article(announce=True)
        services.leave(before.pk)
        move(other, "desk@example.org")
        edit(article)

        assert count_readers(correction_of(article)) == 0
        move(other, "third@example.org")
        assert count_readers(correction_of(article)) == 0

    @pytest.mark.parametrize("reason", Suppression.Reason.values)
    def test_and_left_or_is_suppressed_there_is_not_told(
        self, reason: str, outbox: Outbox, committing: Committing
    ) -> None:
        readers = [make_subscriber(f"old{n}@example.org") for n in range(3)]
        with committing():
            article = make_article(announce=True)
        for number, reader in enumerate(readers):
            move(reader, f"new{number}@example.org")
        services.leave(readers[0].pk)
        readers[1].refresh_from_db()
        suppress(readers[1].address, reason)
        edit(article)

        assert count_readers(correction_of(article)) == 1
        mail(correction_of(article), committing)

        assert told(correction_of(article)) == ["new2@example.org"]

    def test_while_the_correction_waits_gets_it_there_alone(
        self, outbox: Outbox, committing: Committing
    ) -> None:
        reader = make_subscriber("old@example.org")
        with committing():
            article = make_article(announce=True)
        edit(article)
        mail(correction_of(article), committing)  # Its task to send is not run.
        assert told(correction_of(article)) == ["old@example.org"]
        move(reader, "new@example.org")

        with committing():
            sweep_post_room()

        assert [message["To"] for message in outbox()] == ["old@example.org", "new@example.org"]

    def test_after_it_came_does_not_get_it_again(
        self, outbox: Outbox, committing: Committing
    ) -> None:
        """The words of the story change while the correction is under way: filled anew."""
        reader = make_subscriber("old@example.org")
        with committing():
            article = make_article(announce=True)
        edit(article)
        correction = correction_of(article)
        with committing():
            services.promise_correction(correction.pk)
            tasks.correct(correction.pk)
        move(reader, "new@example.org")
        Mailing.objects.filter(key__startswith="correction:").update(
            state="filling", filled_at=None
        )

        with committing():
            tasks.correct(correction.pk)

        assert [message["To"] for message in outbox()] == ["old@example.org"] * 2

    def test_a_doubt_that_was_settled_later_is_theirs_who_were_there_when_it_left(
        self, outbox: Outbox, committing: Committing
    ) -> None:
        reader = make_subscriber("old@example.org")
        with committing():
            article = make_article(announce=True)
        Delivery.objects.update(state=State.IN_DOUBT, sent_at=None)
        move(reader, "new@example.org")
        take_as_sent(Delivery.objects.get().pk, by=make_staff())
        edit(article)

        mail(correction_of(article), committing)

        assert told(correction_of(article)) == ["new@example.org"]


def move(reader: Subscriber, email: str) -> None:
    """As the link in the mail to the new address does it."""
    services.move(reader, find_or_make_address(email))


def test_it_is_mailed_once_however_often_it_is_asked_for(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber()
    with committing():
        article = make_article(announce=True)
    edit(article)
    correction = correction_of(article)

    for _ in range(3):
        mail(correction, committing)
        with committing():
            tasks.correct(correction.pk)
            tasks.sweep()
            sweep_post_room()

    assert Mailing.objects.filter(key__startswith="correction:").count() == 1
    assert [m["Subject"].partition(":")[0] for m in outbox()].count("Correction") == 1


def test_the_sweep_finds_what_a_lost_hint_left(outbox: Outbox, committing: Committing) -> None:
    make_subscriber()
    with committing():
        article = make_article(announce=True)
    edit(article)
    services.promise_correction(correction_of(article).pk)  # And its task is lost.

    with committing():
        tasks.sweep()

    assert outbox()[-1]["Subject"].startswith("Correction: ")


def test_rows_are_written_in_ranges_and_each_is_found_again(
    outbox: Outbox, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        make_subscriber()
    with committing():
        article = make_article(announce=True)
    edit(article)
    correction = correction_of(article)
    services.promise_correction(correction.pk)
    monkeypatch.setattr(correcting, "RANGE", 2)
    monkeypatch.setattr(correcting, "SECONDS", 0.0)

    places, place = 0, correcting.BEGINNING
    while (next_place := services.correct_some(correction.pk, place)) is not None:
        assert next_place > place
        places, place = places + 1, next_place

    assert places == 4
    assert len(told(correction)) == 7


def test_filling_takes_few_statements_however_many_were_mailed(
    outbox: Outbox, committing: Committing
) -> None:
    for _ in range(30):
        make_subscriber()
    with committing():
        article = make_article(announce=True)
    edit(article)
    correction = correction_of(article)
    services.promise_correction(correction.pk)
    statements: list[str] = []

    def count(run: object, sql: str, *rest: object) -> object:
        statements.append(sql)
        return run(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(count):
        services.correct(correction.pk)

    inserts = [sql for sql in statements if "INSERT INTO mail_delivery" in sql]
    assert len(inserts) == 2  # One for those who have moved.
    assert len(statements) < 80
    assert len(told(correction)) == 30


class TestOnItsWay:
    """Messages with the wrong words that nobody knows to have left when the correction is filled."""

    @pytest.fixture
    def correction(self, outbox: Outbox, committing: Committing) -> Correction:
        make_subscriber("sent@example.org")
        make_subscriber("late@example.org")
        with committing():
            article = make_article(announce=True)
        send_the_rest()
        edit(article)
        return correction_of(article)

    @staticmethod
    def late() -> Delivery:
        return Delivery.objects.get(
            address__typed="late@example.org", mailing__key__startswith="article:"
        )

    def become(self, state: str, sent_at: datetime | None = None) -> None:
        Delivery.objects.filter(pk=self.late().pk).update(state=state, sent_at=sent_at)

    def sweep(self, committing: Committing) -> None:
        with committing():
            tasks.sweep()
        send_the_rest()
        sweep_post_room()

    def test_what_leaves_a_moment_later_is_corrected_too(
        self, correction: Correction, committing: Committing
    ) -> None:
        self.become(State.CLAIMED)
        mail(correction, committing)
        before = told(correction)

        self.become(State.SENT, timezone.now())
        for _ in range(3):
            self.sweep(committing)

        assert before == ["sent@example.org"]
        assert told(correction) == ["late@example.org", "sent@example.org"]
        assert Mailing.objects.get(key=f"correction:{correction.pk}").state == "done"

    def test_so_is_what_somebody_settles_as_sent_and_nothing_is_done_twice_until_then(
        self, correction: Correction, committing: Committing
    ) -> None:
        self.become(State.IN_DOUBT)
        mail(correction, committing)
        self.sweep(committing)
        with CaptureQueriesContext(connection) as idle:
            services.correct(correction.pk)

        take_as_sent(self.late().pk, by=make_staff())
        for _ in range(3):
            self.sweep(committing)

        assert not [row for row in idle if "INSERT" in row["sql"]]
        assert told(correction) == ["late@example.org", "sent@example.org"]
        assert Mailing.objects.get(key=f"correction:{correction.pk}").state == "done"

    def test_what_did_not_leave_ends_it(
        self, correction: Correction, committing: Committing
    ) -> None:
        self.become(State.IN_DOUBT)
        mail(correction, committing)
        self.sweep(committing)
        waits = Mailing.objects.get(key=f"correction:{correction.pk}").state

        self.become(State.FAILED)
        for _ in range(2):
            self.sweep(committing)

        assert told(correction) == ["sent@example.org"]
        assert waits == "sending"
        assert Mailing.objects.get(key=f"correction:{correction.pk}").state == "done"

    def test_a_change_meanwhile_sends_it_on_in_other_words(
        self, correction: Correction, committing: Committing
    ) -> None:
        self.become(State.IN_DOUBT)
        with committing():
            services.promise_correction(correction.pk)
        services.correct(correction.pk)
        edit(correction.article, kind="typo")

        services.correct(correction.pk)

        mailing = Mailing.objects.get(key=f"correction:{correction.pk}")
        live = Article.objects.get(pk=correction.article_id).live_id
        assert mailing.state == Mailing.State.SENDING
        assert mailing.deliveries.get().rendering.variant == f"revision:{live}"


def test_a_story_withdrawn_before_it_left_has_its_correction_called_off(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber()
    with committing():
        article = make_article(announce=True)
    edit(article)
    correction = correction_of(article)
    services.promise_correction(correction.pk)
    services.correct(correction.pk)
    with committing():
        withdraw(article.pk, editor=None, note="No.")
    with committing():
        tasks.sweep()
        sweep_post_room()

    assert len(outbox()) == 1
    mailing = Mailing.objects.get(key=f"correction:{correction.pk}")
    assert mailing.state == Mailing.State.CANCELLED


def test_a_later_change_goes_into_what_has_not_left(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber()
    with committing():
        article = make_article(announce=True)
    edit(article)
    correction = correction_of(article)
    services.promise_correction(correction.pk)
    services.correct(correction.pk)
    words = make_words(section=article.section, headline="Another headline")
    save_revision(article.pk, words, editor=None, began_from=2)
    with committing():
        publish_changes(article.pk, PublicChange("typo"), editor=None)

    assert outbox()[-1]["Subject"] == "Correction: Another headline"
    assert len(outbox()) == 2


def test_who_was_told_wrong_by_a_correction_hears_of_the_next(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber("once@example.org")
    with committing():
        article = make_article(announce=True)
    second = edit(article)
    first = correction_of(article)
    with committing():
        services.promise_correction(first.pk)
        tasks.correct(first.pk)
    edit(article, first=second)

    assert count_readers(correction_of(article)) == 1


def test_leaving_by_its_link_leaves_what_the_story_came_for(
    outbox: Outbox, committing: Committing
) -> None:
    reader = make_subscriber()
    with committing():
        article = make_article(announce=True)
    section = article.section
    assert section is not None
    services.set_wish(reader, f"section:{section.pk}", "daily")
    edit(article)
    correction = correction_of(article)
    mail(correction, committing)

    leave(reader.address, wish=f"correction:{correction.pk}")
    reader.refresh_from_db()

    assert reader.state == Subscriber.State.CONFIRMED
    assert [wish.word for wish in reader.subscriptions.standing()] == [f"section:{section.pk}"]


def test_a_clarification_and_a_hidden_story_are_not_mailed(committing: Committing) -> None:
    article = make_article()
    edit(article, "clarification")
    with pytest.raises(CorrectionNotMailableError, match="clarification"):
        services.promise_correction(correction_of(article).pk)
    edit(article)
    withdraw(article.pk, editor=None, note="No.")

    with pytest.raises(CorrectionNotMailableError, match="cannot see"):
        services.promise_correction(correction_of(article).pk)
    assert not Mailing.objects.exists()


def test_the_letter_says_what_was_wrong_and_what_is_right(
    outbox: Outbox, committing: Committing
) -> None:
    make_subscriber()
    with committing():
        article = make_article(announce=True, headline="Six ships")
    edit(article)
    with committing():
        services.promise_correction(correction_of(article).pk)
        tasks.correct(correction_of(article).pk)

    letter = outbox()[-1]
    text = text_of(letter)
    assert letter["Subject"] == "Correction: Six ships"
    assert "It said five." in text
    assert "There are six." in text
    assert f"{article.get_absolute_url()}history/" in text
    assert letter["List-Unsubscribe"].startswith("<http")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Id"]
    assert "%%" not in letter.as_string()


def test_a_story_never_published_has_no_correction_letter() -> None:
    from subscriptions.emails import correction_letter

    draft = make_draft()
    with pytest.raises(ValueError, match="never published"):
        correction_letter(Correction(article=draft, revision=draft.newest))


def test_its_letter_is_small_whole_and_inert_whatever_was_typed() -> None:
    from subscriptions.emails import MOST_BYTES, correction_letter

    article = make_article(headline='<script>alert("&")</script> Łódź ' * 6)
    edit(article)
    correction = correction_of(article)
    correction.wrong = "<img src=x onerror=y> & " * 25
    correction.right = "\u202eправда " * 80

    letter = correction_letter(correction)

    assert len(letter.html.encode()) < MOST_BYTES
    assert "<script" not in letter.html
    assert "<img" not in letter.html
    assert "<img src=x onerror=y> &" in " ".join(letter.text.split())
    assert "\n" not in letter.subject

"""Writing, publishing, changing and withdrawing stories."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from articles.chain import verify
from articles.errors import (
    ArticleError,
    ArticleNotReadyError,
    ChangeError,
    RevisionConflictError,
)
from articles.models import Article, Correction, Revision
from articles.services import (
    PublicChange,
    change_settings,
    create_article,
    publish,
    publish_changes,
    save_revision,
    send_for_review,
    withdraw,
)
from articles.signals import article_changed, article_published
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_photo,
    make_section,
    make_topic,
    make_words,
)

pytestmark = pytest.mark.django_db
CORRECTION = PublicChange(
    "correction", reason="A wrong figure", wrong="It said 5.", right="It is 6."
)


@contextmanager
def heard(signal: Any) -> Iterator[list[dict[str, Any]]]:
    news: list[dict[str, Any]] = []

    def listen(**facts: Any) -> None:
        news.append(facts)

    signal.connect(listen)
    yield news
    signal.disconnect(listen)


def edited(article: Article, **words: Any) -> Revision:
    assert article.newest is not None
    number = Article.objects.get(pk=article.pk).revisions.count()
    return save_revision(article.pk, make_words(**words), editor=None, began_from=number)


def test_a_draft_is_not_public() -> None:
    draft = make_draft()

    assert not Article.objects.published().exists()
    assert draft.path is None


def test_publishing_gives_the_story_its_address_once() -> None:
    draft = make_draft(headline="Łódź: «Леопард» & 坦克")

    article = publish(draft.pk, editor=None, moment=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))

    assert article.path == "2026/10/lodz-leopard"
    assert article.feed_id == f"tag:localhost,2026-10-31:story/{article.pk}"
    assert article.live_id == article.newest_id


def test_the_month_in_the_path_is_of_the_titles_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"

    article = make_article(headline="Late", moment=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))

    assert article.path == "2026/11/late"


@pytest.mark.parametrize(
    ("headline", "slug"),
    [("🚢🚢🚢", ""), ("a" * 200, "a" * 80), ("admin", "admin"), ("feed", "feed")],
)
def test_an_odd_headline_still_gets_a_sane_address(headline: str, slug: str) -> None:
    article = make_article(headline=headline)

    assert article.slug == (slug or f"story-{article.pk}")


def test_two_stories_of_one_headline_get_two_addresses() -> None:
    moment = datetime(2026, 11, 3, tzinfo=UTC)

    paths = [make_article(headline="Same", moment=moment).path for _ in range(3)]

    assert paths == ["2026/11/same", "2026/11/same-2", "2026/11/same-3"]


def test_publishing_twice_announces_once() -> None:
    draft = make_draft()

    with heard(article_published) as news:
        first = publish(draft.pk, editor=None)
        second = publish(draft.pk, editor=None)

    assert len(news) == 1
    assert first.first_published_at == second.first_published_at


def test_a_story_that_lacks_something_is_not_published_and_says_all_of_it() -> None:
    draft = make_draft(headline=" ", body="<p> </p>", bylines=())

    with pytest.raises(ArticleNotReadyError) as refusal:
        publish(draft.pk, editor=None)

    assert [field for field, _sentence in refusal.value.missing] == ["headline", "body", "bylines"]
    assert not Article.objects.published().exists()


def test_a_photo_without_description_stops_publication() -> None:
    draft = make_draft(lead_photo=make_photo(alt=""))

    with pytest.raises(ArticleNotReadyError, match="description"):
        publish(draft.pk, editor=None)


def test_publishing_writes_the_copies_that_lists_use() -> None:
    section, topic, author = make_section(), make_topic(), make_author()

    article = make_article(section=section, topics=(topic,), bylines=(author,), kind="analysis")

    assert (article.section, article.kind) == (section, "analysis")
    assert list(article.topics.all()) == [topic]
    assert list(article.bylines.all()) == [author]


def test_bylines_keep_their_order() -> None:
    authors = (make_author("Zoe"), make_author("Abe"), make_author("Max"))

    article = make_article(bylines=authors)

    assert article.live is not None
    assert [row.author for row in article.live.byline_rows.all()] == list(authors)


def test_editing_a_published_story_changes_nothing_for_readers() -> None:
    article = make_article(headline="As published")

    edited(article, headline="Not yet public")

    article.refresh_from_db()
    assert article.live is not None
    assert article.live.headline == "As published"
    assert article.has_unpublished_changes


def test_publishing_changes_puts_them_before_readers_and_tells_the_correction() -> None:
    article = make_article(headline="Wrong")
    edited(article, headline="Right")

    with heard(article_changed) as news:
        publish_changes(article.pk, CORRECTION, editor=None)
        publish_changes(article.pk, CORRECTION, editor=None)

    correction = Correction.objects.get()
    assert Article.objects.get().live.headline == "Right"  # type: ignore[union-attr]  # It is public.
    assert (correction.wrong, correction.right) == ("It said 5.", "It is 6.")
    assert correction.first_wrong is not None
    assert correction.first_wrong.number == 1
    assert len(news) == 1


@pytest.mark.parametrize("lacking", ["reason", "wrong", "right"])
def test_a_correction_must_say_what_was_wrong(lacking: str) -> None:
    article = make_article()
    edited(article, headline="Other")
    told = PublicChange(**(asdict(CORRECTION) | {lacking: " "}))

    with pytest.raises(ChangeError) as refusal:
        publish_changes(article.pk, told, editor=None)

    assert refusal.value.field == lacking


def test_a_published_revision_keeps_its_first_moment() -> None:
    article = make_article(moment=datetime(2026, 11, 1, tzinfo=UTC))
    withdraw(article.pk, editor=None, note="A mistake.")

    publish(article.pk, editor=None)

    assert article.revisions.get().published_at == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_save_from_an_older_revision_is_refused_with_the_newer_one() -> None:
    draft = make_draft(headline="First")
    save_revision(draft.pk, make_words(headline="Hers"), editor=None, began_from=1)

    with pytest.raises(RevisionConflictError) as refusal:
        save_revision(draft.pk, make_words(headline="His"), editor=None, began_from=1)

    assert refusal.value.newest.headline == "Hers"
    assert draft.revisions.count() == 2


def test_saving_the_same_words_makes_no_new_revision() -> None:
    words = make_words()
    draft = make_draft(headline="x")
    first = save_revision(draft.pk, words, editor=None, began_from=1)

    second = save_revision(draft.pk, words, editor=None, began_from=1)

    assert second == first


def test_the_text_is_cleaned_by_the_allow_list() -> None:
    draft = make_draft(body='<p onclick="x()">Keep <b>this</b><script>alert(1)</script></p>')

    assert draft.newest is not None
    assert "script" not in draft.newest.body
    assert "onclick" not in draft.newest.body
    assert "Keep" in draft.newest.body


def test_a_withdrawn_story_is_gone_and_comes_back_at_its_address_unannounced() -> None:
    article = make_article()
    path = article.path

    withdraw(article.pk, editor=None, note="Not ours to publish.")
    withdraw(article.pk, editor=None, note="Twice.")

    article.refresh_from_db()
    assert not Article.objects.published().exists()
    assert article.withdrawal_note == "Not ours to publish."
    with heard(article_published) as news:
        assert publish(article.pk, editor=None).path == path
    assert news == []


def test_withdrawing_needs_a_note_for_readers() -> None:
    article = make_article()

    with pytest.raises(ChangeError):
        withdraw(article.pk, editor=None, note=" ")


def test_what_was_never_public_cannot_be_withdrawn() -> None:
    with pytest.raises(ArticleError):
        withdraw(make_draft().pk, editor=None, note="x")


def test_the_address_of_a_public_story_stays() -> None:
    article = make_article(headline="Here")

    change_settings(article.pk, slug="elsewhere", comment_policy="closed")

    article.refresh_from_db()
    assert (article.slug, article.comment_policy) == ("here", "closed")


def test_a_draft_goes_to_review_once() -> None:
    draft = make_draft()

    send_for_review(draft.pk, editor=None)
    send_for_review(draft.pk, editor=None)

    assert Article.objects.get().state == Article.State.IN_REVIEW


def test_a_revision_is_never_altered() -> None:
    revision = make_article().live
    assert revision is not None

    revision.headline = "Quietly other"
    with pytest.raises(TypeError, match="never altered"):
        revision.save()


def test_what_publication_wrote_is_written_once() -> None:
    article = make_article()
    names = ("published_at", "change_kind", "salt", "text_digest", "chain_hash")
    first = article.revisions.values(*names).get()
    withdraw(article.pk, editor=None, note="A mistake.")

    publish(article.pk, editor=None)

    assert article.revisions.values(*names).get() == first


def test_a_note_to_the_desk_is_kept_and_is_nothing_to_publish() -> None:
    words = make_words()
    article = publish(create_article(words, editor=None).pk, editor=None)

    saved = save_revision(
        article.pk, replace(words, note="Ask the ministry."), editor=None, began_from=1
    )

    article.refresh_from_db()
    assert (saved.number, saved.note) == (2, "Ask the ministry.")
    assert not article.has_unpublished_changes
    with pytest.raises(ArticleError, match="nothing to publish"):
        publish_changes(article.pk, PublicChange("update"), editor=None)


def test_words_changed_back_to_what_readers_see_are_nothing_to_publish() -> None:
    words = make_words(topics=(make_topic(),), see_also=(make_article(),))
    article = publish(create_article(words, editor=None).pk, editor=None)
    save_revision(article.pk, replace(words, topics=()), editor=None, began_from=1)
    save_revision(article.pk, words, editor=None, began_from=2)

    with pytest.raises(ArticleError, match="nothing to publish"):
        publish_changes(article.pk, CORRECTION, editor=None)

    assert not Correction.objects.exists()
    assert Article.objects.get(pk=article.pk).live_id == article.live_id


NAMED: dict[str, Callable[[], Any]] = {
    "topics": make_topic,
    "bylines": make_author,
    "see_also": make_article,
}


@pytest.mark.parametrize("what", NAMED)
def test_a_change_of_what_the_story_names_is_a_change(what: str) -> None:
    words = make_words()
    article = publish(create_article(words, editor=None).pk, editor=None)
    other: dict[str, Any] = {what: (NAMED[what](),)}

    save_revision(article.pk, replace(words, **other), editor=None, began_from=1)

    article.refresh_from_db()
    assert article.has_unpublished_changes


def test_a_typo_moves_nothing_but_the_words() -> None:
    article = make_article(headline="Teh fleet", moment=datetime(2026, 11, 1, tzinfo=UTC))
    edited(article, headline="The fleet")

    changed = publish_changes(article.pk, PublicChange("typo"), editor=None)

    for name in ("first_published_at", "path", "feed_id", "slug"):
        assert getattr(changed, name) == getattr(article, name)
    assert changed.live is not None
    assert changed.live.headline == "The fleet"
    assert not Correction.objects.exists()


@pytest.mark.parametrize("kind", ["first", "", "rewrite"])
def test_a_change_is_of_a_kind_that_readers_know(kind: str) -> None:
    article = make_article()
    edited(article)

    with pytest.raises(ChangeError) as refusal:
        publish_changes(article.pk, PublicChange(kind), editor=None)

    assert refusal.value.field == "kind"


def test_a_correction_names_a_public_version_of_its_own_story() -> None:
    article, other = make_article(), make_article()
    edited(article)

    with pytest.raises(ChangeError) as refusal:
        publish_changes(article.pk, replace(CORRECTION, first_wrong=other.live), editor=None)

    assert refusal.value.field == "first_wrong"


def test_nothing_is_published_in_the_future() -> None:
    draft = make_draft()

    with pytest.raises(ArticleError, match="future"):
        publish(draft.pk, editor=None, moment=timezone.now() + timedelta(hours=1))

    assert Article.objects.get().state == Article.State.DRAFT


def test_a_change_is_not_older_than_what_it_changes() -> None:
    article = make_article(moment=datetime(2026, 11, 2, tzinfo=UTC))
    edited(article)

    with pytest.raises(ArticleError, match="older"):
        publish_changes(
            article.pk,
            PublicChange("update"),
            editor=None,
            moment=datetime(2026, 11, 1, tzinfo=UTC),
        )


def test_only_a_public_story_has_its_changes_published() -> None:
    with pytest.raises(ArticleError, match="published story"):
        publish_changes(make_draft().pk, PublicChange("update"), editor=None)


def test_withdrawn_edited_and_published_again_it_was_announced_once() -> None:
    draft = make_draft()
    with heard(article_published) as news, heard(article_changed) as changes:
        publish(draft.pk, editor=None)
        withdraw(draft.pk, editor=None, note="A mistake.")
        edited(draft, headline="Mended")
        publish(draft.pk, editor=None)

    article = Article.objects.published().get()
    assert article.live is not None
    assert article.live.headline == "Mended"
    assert article.live.change_kind == Revision.Change.UPDATE
    assert verify(article) == []
    assert (len(news), len(changes)) == (1, 1)


def test_a_publication_that_rolls_back_leaves_nothing(committing: Committing) -> None:
    photo = make_photo()
    draft = make_draft(lead_photo=photo)

    def fail(**facts: Any) -> None:
        raise RuntimeError("A receiver could not keep its promise.")

    article_published.connect(fail)
    try:
        with committing(), pytest.raises(RuntimeError):
            publish(draft.pk, editor=None)
    finally:
        article_published.disconnect(fail)

    assert Article.objects.get().state == Article.State.DRAFT
    assert not photo.renditions.get().public
    assert not (settings.MEDIA_DIR / photo.renditions.get().name).exists()

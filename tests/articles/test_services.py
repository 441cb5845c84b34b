"""Writing, publishing, changing and withdrawing stories."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings

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
    place_pictures,
    publish,
    publish_changes,
    save_revision,
    send_for_review,
    sweep_pictures,
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

    article = publish(draft.pk, editor=None, moment=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))

    assert article.path == "2026/11/lodz-leopard"
    assert article.feed_id == f"tag:localhost,2026-11-30:story/{article.pk}"
    assert article.live_id == article.newest_id


def test_the_month_in_the_path_is_of_the_titles_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"

    article = make_article(headline="Late", moment=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))

    assert article.path == "2026/12/late"


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


def test_the_chain_names_a_row_that_was_altered() -> None:
    article = make_article()
    edited(article, headline="Second")
    publish_changes(article.pk, PublicChange("update"), editor=None)
    assert verify(article) == []

    Revision.objects.filter(article=article, number=1).update(headline="Quietly other")

    assert verify(article) == [1]


def test_a_photo_is_public_while_a_public_story_shows_it(committing: Committing) -> None:
    photo = make_photo()
    rendition = photo.renditions.get()
    public = settings.MEDIA_DIR / rendition.name
    draft = make_draft(lead_photo=photo)
    assert not public.exists()

    with committing():
        article = publish(draft.pk, editor=None)
    assert public.exists()

    with committing():
        withdraw(article.pk, editor=None, note="Gone.")
    assert not public.exists()


def test_a_photo_stays_public_while_another_story_shows_it(committing: Committing) -> None:
    photo = make_photo()
    first, second = make_draft(lead_photo=photo), make_draft(lead_photo=photo)
    with committing():
        publish(first.pk, editor=None)
        publish(second.pk, editor=None)
        withdraw(first.pk, editor=None, note="Gone.")

    assert (settings.MEDIA_DIR / photo.renditions.get().name).exists()


def test_the_sweep_places_what_a_killed_process_left() -> None:
    photo = make_photo()
    make_article(lead_photo=photo)  # Its on_commit never runs here.
    public = settings.MEDIA_DIR / photo.renditions.get().name
    assert not public.exists()

    assert sweep_pictures() == 1
    assert sweep_pictures() == 0

    assert public.exists()
    place_pictures([photo.pk])
    assert public.exists()


def test_related_stories_share_topics_first_then_the_section() -> None:
    section, topic = make_section(), make_topic()
    story = make_article(section=section, topics=(topic,))
    by_section = make_article(section=section)
    by_topic = make_article(topics=(topic,))
    elsewhere = make_article()
    make_draft(section=section, topics=(topic,))

    related = list(Article.objects.related_to(story))

    assert related == [by_topic, by_section, elsewhere]


def test_related_stories_leave_out_what_the_text_points_to() -> None:
    pointed_at = make_article()
    story = make_article(see_also=(pointed_at,))

    assert list(Article.objects.related_to(story)) == []


def test_cards_cost_the_same_for_two_and_for_ten(django_assert_num_queries: Any) -> None:
    for _ in range(10):
        make_article(lead_photo=make_photo())

    with django_assert_num_queries(3):
        for article in Article.objects.published().newest_first().for_cards():
            assert article.live is not None
            assert article.live.lead_photo is not None
            assert article.live.lead_photo.rendition is not None
            assert list(article.bylines.all())

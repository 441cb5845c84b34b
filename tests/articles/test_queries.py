"""How stories are asked for, and what no stranger is shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Article
from articles.related import related_to
from articles.search import Query, search
from articles.services import PublicChange, publish_changes, save_revision, withdraw
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


def hidden_draft(**words: Any) -> Article:
    return make_draft(**words)


def hidden_withdrawn(**words: Any) -> Article:
    return withdraw(make_article(**words).pk, editor=None, note="A mistake.")


def hidden_embargoed(**words: Any) -> Article:
    return hide(make_article(**words), embargo_until=timezone.now() + timedelta(hours=1))


def hidden_future(**words: Any) -> Article:
    return hide(make_article(**words), first_published_at=timezone.now() + timedelta(hours=1))


def hidden_scheduled(**words: Any) -> Article:
    draft = make_draft(**words)
    return hide(draft, state="scheduled", publish_at=timezone.now() - timedelta(hours=1))


def hide(article: Article, **columns: Any) -> Article:
    Article.objects.filter(pk=article.pk).update(**columns)
    return Article.objects.get(pk=article.pk)


HIDDEN = [hidden_draft, hidden_withdrawn, hidden_embargoed, hidden_future, hidden_scheduled]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_no_hidden_story_is_published_found_or_related(hidden: Callable[..., Article]) -> None:
    section, topic = make_section(), make_topic()
    story = make_article(section=section, topics=(topic,))

    secret = hidden(headline="Secret frigate", section=section, topics=(topic,))

    assert list(Article.objects.published()) == [story]
    assert search(Query("frigate")).count == 0
    assert secret not in Article.objects.related_to(story)
    assert secret not in related_to(story)
    assert not secret.is_public


def test_topics_not_yet_published_relate_nothing() -> None:
    topic, section = make_topic(), make_section()
    story = make_article(topics=(topic,))
    by_section = make_article(section=story.section)
    other = make_article(section=section)

    save_revision(other.pk, make_words(topics=(topic,)), editor=None, began_from=1)

    assert list(Article.objects.related_to(story)) == [by_section, other]


def test_related_stories_share_most_topics_first_then_the_section_the_newest_first() -> None:
    section, one, two = make_section(), make_topic(), make_topic()
    day = datetime(2026, 11, 1, tzinfo=UTC)
    story = make_article(section=section, topics=(one, two))
    in_order = [
        make_article(topics=(one, two), moment=day),
        make_article(section=section, topics=(one,), moment=day),
        make_article(topics=(one, make_topic()), moment=day),
        make_article(section=section, moment=day + timedelta(days=1)),
        make_article(section=section, moment=day),
        make_article(moment=day),
    ]

    assert list(Article.objects.related_to(story)) == in_order


def test_related_stories_leave_out_what_the_text_points_to() -> None:
    pointed_at = make_article()
    story = make_article(see_also=(pointed_at,))

    assert list(Article.objects.related_to(story)) == []


def test_stories_of_one_moment_always_stand_in_one_order() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    stories = [make_article(moment=moment) for _ in range(3)]

    assert list(Article.objects.published().newest_first()) == stories[::-1]


def test_cards_name_authors_in_the_order_of_the_story() -> None:
    authors = [make_author("Zoe"), make_author("Abe"), make_author("Max")]
    make_article(bylines=authors)
    make_article(bylines=authors[::-1])

    cards = Article.objects.published().newest_first().for_cards()

    assert [list(card.bylines.all()) for card in cards] == [authors[::-1], authors]


def test_a_changed_byline_reaches_the_cards() -> None:
    first, second = make_author("Zoe"), make_author("Abe")
    article = make_article(bylines=(first, second))

    save_revision(article.pk, make_words(bylines=(second, first)), editor=None, began_from=1)
    publish_changes(article.pk, PublicChange("update"), editor=None)

    card = Article.objects.for_cards().get()
    assert list(card.bylines.all()) == [second, first]


@pytest.mark.parametrize("stories", [2, 10])
def test_cards_cost_the_same_for_two_and_for_ten(
    stories: int, django_assert_num_queries: Any
) -> None:
    for _ in range(stories):
        make_article(lead_photo=make_photo())

    with django_assert_num_queries(3):
        for article in Article.objects.published().newest_first().for_cards():
            assert article.live is not None
            assert article.live.lead_photo is not None
            assert article.live.lead_photo.rendition is not None
            assert article.section is not None
            assert list(article.bylines.all())


@pytest.mark.parametrize("stories", [2, 10])
def test_related_stories_cost_the_same_for_two_and_for_ten(
    stories: int, django_assert_num_queries: Any
) -> None:
    topic = make_topic()
    story = Article.objects.select_related("live").get(pk=make_article(topics=(topic,)).pk)
    for _ in range(stories):
        make_article(topics=(topic,), lead_photo=make_photo())

    with django_assert_num_queries(3):
        assert len(Article.objects.related_to(story).for_cards()) == stories

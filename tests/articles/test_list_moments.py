"""The moments beside topics and bylines: copies that lists are ordered by."""

from importlib import import_module

import pytest
from django.apps import apps

from articles.models import ArticleByline, ArticleTopic
from articles.services import PublicChange, publish_changes, save_revision
from tests.makers import make_article, make_author, make_topic, make_words

pytestmark = pytest.mark.django_db


def test_every_topic_and_byline_of_a_story_has_its_moment() -> None:
    one, two, author = make_topic(), make_topic(), make_author()
    article = make_article(topics=(one,), bylines=(author,))

    save_revision(
        article.pk, make_words(topics=(one, two), bylines=(author, make_author())),
        editor=None, began_from=1,
    )  # fmt: skip
    publish_changes(article.pk, PublicChange("update"), editor=None)

    for model, count in ((ArticleTopic, 2), (ArticleByline, 2)):
        moments = list(model.objects.values_list("first_published_at", flat=True))
        assert moments == [article.first_published_at] * count


def test_the_migration_copies_the_moments_of_stories_there_before() -> None:
    article = make_article(topics=(make_topic(),))
    for model in (ArticleTopic, ArticleByline):
        model.objects.update(first_published_at=None)

    import_module("articles.migrations.0005_list_indexes").copy_moments(apps, None)

    for model in (ArticleTopic, ArticleByline):
        assert model.objects.get().first_published_at == article.first_published_at

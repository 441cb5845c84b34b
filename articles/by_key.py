"""Public stories by their keys, for whoever has found or chosen them."""

from collections.abc import Iterable

from articles.models import Article
from articles.models.article import ArticleQuerySet
from newsroom.kit.prepared import prepared


def public_by_key(keys: tuple[int, ...]) -> dict[int, Article]:
    """Those that readers may see now, with section and lead photo and without the body."""
    return if_public(_stories(keys))


def stories_by_key(keys: tuple[int, ...]) -> ArticleQuerySet:
    """The same, whoever may see them."""
    stories = Article.objects.filter(pk__in=keys)
    return stories.select_related("live__lead_photo", "section").defer("live__body")


def if_public(stories: Iterable[Article]) -> dict[int, Article]:
    """Those of them that readers may see now, by their keys."""
    return {story.pk: story for story in stories if story.is_public}


_stories = prepared(stories_by_key)

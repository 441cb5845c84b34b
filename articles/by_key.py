"""Public stories by their keys, for whoever has found or chosen them."""

from django.db.models import QuerySet

from articles.models import Article
from newsroom.kit.prepared import prepared


def public_by_key(keys: tuple[int, ...]) -> dict[int, Article]:
    """Those that readers may see now, with section and lead photo and without the body."""
    return {story.pk: story for story in _stories(keys) if story.is_public}


@prepared
def _stories(keys: tuple[int, ...]) -> QuerySet[Article]:
    stories = Article.objects.filter(pk__in=keys)
    return stories.select_related("live__lead_photo", "section").defer("live__body")

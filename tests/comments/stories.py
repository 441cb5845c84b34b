"""A published story in a state of its own."""

from typing import Any

from articles.models import Article
from tests.makers import make_article


def make_story(**columns: Any) -> Article:
    """A published story with these columns set afterwards, whatever services would say."""
    story = make_article()
    Article.objects.filter(pk=story.pk).update(**columns)
    story.refresh_from_db()
    return story

"""Stories that come before readers by the clock."""

import logging

from django.db import transaction

from articles import shown
from articles.models import Article
from articles.search import index_stories
from articles.services.cards import refresh_card
from articles.services.placing import photos_in, refresh_pictures
from newsroom.press.services import purge

logger = logging.getLogger(__name__)


def lift_embargoes() -> int:
    """Bring stories whose embargo is over before readers; how many.

    Their pages and all that show them are purged, their pictures become public, search finds
    them. The embargo is then taken off the row: it is done with, and a second call finds none.
    Nothing is mailed.
    """
    over = Article.objects.embargo_over()
    if not over.exists():  # Asked often, and without holding the database.
        return 0
    with transaction.atomic():
        stories = list(over.select_for_update(of=("self",)).select_related("live").order_by("pk"))
        purge(set().union(*(_show(article) for article in stories)))
        Article.objects.filter(pk__in=[story.pk for story in stories]).update(embargo_until=None)
    return len(stories)


def _show(article: Article) -> set[str]:
    """The pages that show it."""
    if article.live is not None:
        refresh_pictures(photos_in([article.live]))
    refresh_card(article)
    index_stories([article])
    logger.info("embargo lifted", extra={"article_id": article.pk})
    return shown.story_returned(article)  # It may have been corrected before anybody saw it.

"""When readers were last told of a change to a story. A typing error tells them nothing."""

from django.db.models import OuterRef, QuerySet, Subquery

from articles.models import Article, Revision
from articles.story import NEWS


def with_updates(stories: QuerySet[Article]) -> QuerySet[Article]:
    """The stories, each with `updated_at`: None if nothing was told since it came out."""
    told = Revision.objects.filter(article=OuterRef("pk"), change_kind__in=NEWS)
    last = told.order_by("-published_at").values("published_at")[:1]
    return stories.annotate(updated_at=Subquery(last))

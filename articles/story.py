"""What a story's page shows, for readers and for the desk's preview alike."""

from typing import Any

from django.db.models import prefetch_related_objects

from articles.models import Article, Revision
from articles.related import related_to
from newsroom.kit.links import absolute

NEWS = (
    Revision.Change.UPDATE,
    Revision.Change.CLARIFICATION,
    Revision.Change.CORRECTION,
)  # Changes that readers are told the moment of; a typo is none.


def story_context(article: Article, revision: Revision) -> dict[str, Any]:
    """The context of `articles/detail.html`: the article as that revision says it.

    The number of queries is fixed, however much the page shows.
    """
    related = related_to(article)
    _with_pictures(revision, related)
    authors = revision.byline_rows.select_related("author")
    told = list(
        article.revisions.filter(change_kind__in=NEWS)
        .select_related("correction")
        .defer("body")
        .order_by("-published_at")
    )
    return {
        "article": article,
        "revision": revision,
        "authors": [row.author for row in authors],
        "topics": list(revision.topics.all()),
        "see_also": seen_also(revision),
        "corrections": [change.correction for change in told if hasattr(change, "correction")],
        "updated_at": told[0].published_at if told else None,
        "related": related,
        "current_section": revision.section,
        "social_image": _public_picture(revision),
    }


def seen_also(revision: Revision) -> list[Article]:
    """The public stories that the text points to, in its editor's order."""
    stories = Article.objects.published().filter(pointed_at_by__revision=revision)
    return list(
        stories.select_related("live").defer("live__body").order_by("pointed_at_by__position")
    )


def _with_pictures(revision: Revision, related: list[Article]) -> None:
    """Fetch the renditions of the lead photo and of the related stories' in one query."""
    shown = [revision, *(story.live for story in related)]
    photos = [row.lead_photo for row in shown if row is not None and row.lead_photo is not None]
    prefetch_related_objects(photos, "renditions")


def _public_picture(revision: Revision) -> str:
    """The lead photo's address for those who quote the page; none before it is public."""
    rendition = revision.lead_photo.rendition if revision.lead_photo else None
    return absolute(rendition.url) if rendition and rendition.public else ""

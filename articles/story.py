"""What a story's page shows, for readers and for the desk's preview alike."""

from typing import Any

from django.db.models import prefetch_related_objects

from articles.models import Article, Revision
from articles.pictures.making import CARD
from newsroom.kit.social import SocialImage

RELATED = 4
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
        "social_image": social_image(article, revision),
    }


def related_to(article: Article) -> list[Article]:
    """The stories below a story."""
    stories = Article.objects.related_to(article)
    return list(
        stories.select_related("live__lead_photo", "section").defer("live__body")[:RELATED]
    )


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


def social_image(article: Article, revision: Revision) -> SocialImage | None:
    """What stands beside the story where it is quoted: its photo, cut, or a drawn card."""
    photo = revision.lead_photo
    if photo is None:
        return _drawn_card(article, revision)
    rendition = photo.card or photo.rendition  # A card takes a moment longer to be made.
    if rendition is None or not rendition.public:
        return None
    return SocialImage(rendition.url, rendition.width, rendition.height, revision.photo_alt)


def _drawn_card(article: Article, revision: Revision) -> SocialImage | None:
    card = article.drawn_cards.filter(public=True).first()
    return SocialImage(card.url, *CARD, revision.headline) if card else None

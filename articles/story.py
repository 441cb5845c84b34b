"""What a story's page shows, for readers and for the desk's preview alike."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from articles.models import Article, Author, Photo, Revision, RevisionByline, RevisionPhoto, Topic
from articles.related import stories_beside
from articles.social import social_image
from articles.text import minutes_to_read, story_text
from newsroom.kit.html import plain_text
from newsroom.kit.links import absolute
from newsroom.kit.prepared import prepared

NEWS = (
    Revision.Change.UPDATE,
    Revision.Change.CLARIFICATION,
    Revision.Change.CORRECTION,
)  # Changes that readers are told the moment of; a typo is none.


def story_context(article: Article, revision: Revision) -> dict[str, Any]:
    """The context of `articles/detail.html`: the article as that revision says it.

    The number of queries is fixed, however much the page shows.
    """
    beside = stories_beside(article, revision)
    authors = [row.author for row in _bylines(revision.pk)]
    gallery = _gallery(revision.pk)
    _with_pictures(
        [
            revision.lead_photo,
            *(row.photo for row in gallery),
            *(author.portrait for author in authors),
            *(story.live.lead_photo for story in beside.related if story.live),
        ]
    )
    told = _told(article.pk)
    words = len(plain_text(revision.body).split())
    return {
        "article": article,
        "revision": revision,
        "text": story_text(revision),
        "word_count": words,
        "minutes": minutes_to_read(words),
        "authors": authors,
        "voice": voice_of(authors),
        "topics": _topics(revision.pk),
        "see_also": beside.see_also,
        "gallery": gallery,
        "corrections": [change.correction for change in told if hasattr(change, "correction")],
        "updated_at": told[0].published_at if told else None,
        "related": beside.related,
        "current_section": revision.section,
        "gallery_images": [address for row in gallery if (address := _public_picture(row.photo))],
        "share_address": absolute(article.get_absolute_url()) if article.path else "",
        "social_image": social_image(article, revision),
    }


def voice_of(authors: Iterable[Author]) -> Author | None:
    """Whose face stands beside an opinion: the first author with a portrait, else the first."""
    return min(authors, key=lambda author: author.portrait_id is None, default=None)


@prepared
def _bylines(revision: int) -> QuerySet[RevisionByline]:
    return RevisionByline.objects.filter(revision=revision).select_related("author__portrait")


@prepared
def _gallery(revision: int) -> QuerySet[RevisionPhoto]:
    return RevisionPhoto.objects.filter(revision=revision).select_related("photo")


@prepared
def _topics(revision: int) -> QuerySet[Topic]:
    return Topic.objects.filter(revision_rows__revision=revision)


@prepared
def _told(article: int) -> QuerySet[Revision]:
    """The changes that readers are told of, the newest first."""
    told = Revision.objects.filter(article=article, change_kind__in=NEWS)
    return told.select_related("correction").defer("body").order_by("-published_at")


def _with_pictures(photos: Iterable[Photo | None]) -> None:
    """Fetch the renditions of all these photos in one query."""
    prefetch_related_objects([photo for photo in photos if photo is not None], "renditions")


def _public_picture(photo: Photo) -> str:
    """A photo's address for those who quote the page; none before it is public."""
    rendition = photo.rendition
    return absolute(rendition.url) if rendition and rendition.public else ""

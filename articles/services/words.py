"""What an editor typed, and how it becomes a revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import normalize_newlines

from articles.models import (
    Article,
    Author,
    Kind,
    Photo,
    Revision,
    RevisionByline,
    RevisionPhoto,
    RevisionSeeAlso,
    Section,
    Topic,
)
from articles.models.revision import Links
from newsroom.accounts.models import User
from newsroom.kit.html import clean_html


@dataclass(frozen=True)
class GalleryPicture:
    """A photo of a gallery; empty words stand for the photo's own at publication."""

    photo: Photo
    caption: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Words:
    """All that readers would see of a story, as typed; `body` is HTML, `sources` one a line."""

    headline: str
    body: str
    section: Section
    standfirst: str = ""
    dateline: str = ""
    sources: str = ""
    kind: str = Kind.NEWS
    topics: Sequence[Topic] = ()
    bylines: Sequence[Author] = ()
    see_also: Sequence[Article] = ()
    gallery: Sequence[GalleryPicture] = ()
    lead_photo: Photo | None = None
    lead_caption: str = ""
    lead_alt: str = ""
    note: str = ""


def write_revision(article: Article, number: int, words: Words, editor: User | None) -> Revision:
    """A new row with these words; the body cleaned by the site's allow-list."""
    revision = Revision.objects.create(
        article=article,
        number=number,
        editor=editor,
        note=words.note.strip(),
        **_columns(words),
    )
    links = _links(article.pk, words)
    revision.topics.set(links.topics)
    RevisionByline.objects.bulk_create(
        RevisionByline(revision=revision, author_id=pk, position=position)
        for position, pk in enumerate(links.bylines)
    )
    RevisionSeeAlso.objects.bulk_create(
        RevisionSeeAlso(revision=revision, article_id=pk, position=position)
        for position, pk in enumerate(links.see_also)
    )
    RevisionPhoto.objects.bulk_create(
        RevisionPhoto(revision=revision, photo_id=pk, position=position, caption=caption, alt=alt)
        for position, (pk, caption, alt) in enumerate(links.gallery)
    )
    return revision


def same_words(revision: Revision, words: Words) -> bool:
    """Whether saving these words would repeat the revision, the note to the desk included.

    A caption left to the photo is the same as one that repeats it: what readers see decides.
    """
    columns = _columns(words)
    names = set(columns) - set(Revision.PHOTO_WORDS)
    beside = _links(revision.article_id, words)._replace(gallery=[])
    return (
        all(getattr(revision, name) == columns[name] for name in names)
        and revision.note == words.note.strip()
        and revision.links()._replace(gallery=[]) == beside
        and revision.captioned() == _captioned(words)
    )


def _columns(words: Words) -> dict[str, Any]:
    """What stands in the revision's own row, by the names of `Revision.WORDS`."""
    sources = [" ".join(line.split()) for line in words.sources.splitlines()]
    return {
        "headline": " ".join(words.headline.split()),
        "standfirst": normalize_newlines(words.standfirst).strip(),
        "dateline": " ".join(words.dateline.split()),
        "body": clean_html(words.body),
        "sources": "\n".join(line for line in sources if line),
        "section_id": words.section.pk,
        "kind": words.kind,
        "lead_photo_id": words.lead_photo.pk if words.lead_photo else None,
        "lead_caption": words.lead_caption.strip(),
        "lead_alt": words.lead_alt.strip(),
    }


def _captioned(words: Words) -> list[tuple[int, str, str]]:
    """As `Revision.captioned` will say them."""
    lead = (
        GalleryPicture(words.lead_photo, words.lead_caption, words.lead_alt)
        if words.lead_photo
        else None
    )
    gallery = {picture.photo.pk: picture for picture in reversed(words.gallery)}
    in_order = dict.fromkeys(picture.photo.pk for picture in words.gallery)
    return [
        (one.photo.pk, one.caption.strip() or one.photo.caption, one.alt.strip() or one.photo.alt)
        for one in [lead, *(gallery[pk] for pk in in_order)]
        if one is not None
    ]


def _links(article_id: int, words: Words) -> Links:
    """Nothing twice, and no story that points to itself."""
    pictures = {picture.photo.pk: picture for picture in reversed(words.gallery)}
    in_order = dict.fromkeys(picture.photo.pk for picture in words.gallery)
    return Links(
        {topic.pk for topic in words.topics},
        [author.pk for author in dict.fromkeys(words.bylines)],
        [other.pk for other in dict.fromkeys(words.see_also) if other.pk != article_id],
        [(pk, pictures[pk].caption.strip(), pictures[pk].alt.strip()) for pk in in_order],
    )

"""What an editor typed, and how it becomes a revision."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import normalize_newlines

from articles.models import (
    Article,
    Author,
    Kind,
    Photo,
    Revision,
    RevisionByline,
    RevisionSeeAlso,
    Section,
    Topic,
)
from newsroom.accounts.models import User
from newsroom.kit.html import clean_html


@dataclass(frozen=True)
class Words:
    """All that readers would see of a story, as typed; `body` is HTML."""

    headline: str
    body: str
    section: Section
    standfirst: str = ""
    kind: str = Kind.NEWS
    topics: Sequence[Topic] = ()
    bylines: Sequence[Author] = ()
    see_also: Sequence[Article] = ()
    lead_photo: Photo | None = None
    lead_caption: str = ""
    lead_alt: str = ""
    note: str = ""


def write_revision(article: Article, number: int, words: Words, editor: User | None) -> Revision:
    """A new row with these words; the body cleaned by the site's allow-list."""
    revision = Revision.objects.create(
        article=article,
        number=number,
        headline=" ".join(words.headline.split()),
        standfirst=normalize_newlines(words.standfirst).strip(),
        body=clean_html(words.body),
        section=words.section,
        kind=words.kind,
        lead_photo=words.lead_photo,
        lead_caption=words.lead_caption.strip(),
        lead_alt=words.lead_alt.strip(),
        editor=editor,
        note=words.note.strip(),
    )
    revision.topics.set(words.topics)
    RevisionByline.objects.bulk_create(
        RevisionByline(revision=revision, author=author, position=position)
        for position, author in enumerate(dict.fromkeys(words.bylines))
    )
    RevisionSeeAlso.objects.bulk_create(
        RevisionSeeAlso(revision=revision, article=other, position=position)
        for position, other in enumerate(dict.fromkeys(words.see_also))
        if other.pk != article.pk
    )
    return revision


def same_words(revision: Revision, words: Words) -> bool:
    """Whether saving these words would repeat the revision, the note to the desk included."""
    typed = (
        " ".join(words.headline.split()),
        normalize_newlines(words.standfirst).strip(),
        clean_html(words.body),
        words.section.pk,
        words.kind,
        words.lead_photo.pk if words.lead_photo else None,
        words.lead_caption.strip(),
        words.lead_alt.strip(),
    )
    return (
        tuple(getattr(revision, name) for name in Revision.WORDS) == typed
        and revision.note == words.note.strip()
        and revision.links() == _links(revision, words)
    )


def _links(revision: Revision, words: Words) -> tuple[set[int], list[int], list[int]]:
    return (
        {topic.pk for topic in words.topics},
        [author.pk for author in dict.fromkeys(words.bylines)],
        [other.pk for other in dict.fromkeys(words.see_also) if other.pk != revision.article_id],
    )

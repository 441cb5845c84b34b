"""The public record of a story: each version readers saw, and how it differs from the one before.

A version costs at most a comparison of its paragraphs, and one of words for each paragraph that
changed, both bounded, so that a long story with many versions still answers at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from itertools import pairwise

from django.db.models import Prefetch
from django.http import Http404
from django.utils.translation import gettext as _

from articles.differences import Changed, Line, changed_lines
from articles.models import Article, Correction, Revision, RevisionSeeAlso
from newsroom.kit.html import plain_text

PAGE = 10  # Versions.
LINK = re.compile(r"""<a\b((?:[^>"]|"[^"]*")*)>(.*?)</a>""", re.DOTALL)
HREF = re.compile(r'\bhref="([^"]*)"')


@dataclass(frozen=True)
class Part:
    """A part of the story that changed: its changed lines, or what is said of it in a sentence."""

    label: str
    lines: list[Changed] = field(default_factory=list)
    said: str = ""


@dataclass(frozen=True)
class Version:
    """One public version; `changes` from the one before. If its text was struck out, when and
    why."""

    number: int
    kind: str
    reason: str
    moment: datetime | None
    correction: Correction | None = None
    changes: list[Part] = field(default_factory=list)
    struck_out_at: datetime | None = None
    struck_out_because: str = ""
    is_first: bool = False


@dataclass(frozen=True)
class History:
    """A page of versions, the newest first; `newer` and `older` are page numbers or 0."""

    versions: list[Version]
    number: int
    newer: int
    older: int


_NAMED = Prefetch(
    "see_also_rows",
    RevisionSeeAlso.objects.select_related("article__live").defer("article__live__body"),
)


def history_of(article: Article, number: int = 1) -> History:
    """That page of the story's public versions. Raises Http404 for a page that is none."""
    public = article.revisions.filter(published_at__isnull=False).order_by("-number")
    rows = list(
        public.select_related("section", "lead_photo", "correction").prefetch_related(
            "byline_rows__author", "topics", "gallery_rows__photo", _NAMED
        )[(number - 1) * PAGE : number * PAGE + 1]
    )
    if not rows:
        raise Http404
    versions = [_version(revision, before) for revision, before in pairwise([*rows, None])]
    more = len(rows) > PAGE
    return History(versions[:PAGE], number, number - 1, number + 1 if more else 0)


def _version(revision: Revision | None, before: Revision | None) -> Version:
    if revision is None:
        raise ValueError("Only the one before may be missing.")
    compared = before is not None and not (revision.struck_out_at or before.struck_out_at)
    return Version(
        revision.number,
        _kind_of(revision),
        revision.reason,
        revision.published_at,
        getattr(revision, "correction", None),
        changes_between(before, revision) if before is not None and compared else [],
        revision.struck_out_at,
        revision.struck_out_because,
        is_first=revision.change_kind == Revision.Change.FIRST,
    )


def _kind_of(revision: Revision) -> str:
    """The kind in a word, without the sentence that explains it to editors."""
    names = {
        Revision.Change.FIRST: _("First publication"),
        Revision.Change.TYPO: _("Typing error"),
        Revision.Change.UPDATE: _("Update"),
        Revision.Change.CLARIFICATION: _("Clarification"),
        Revision.Change.CORRECTION: _("Correction"),
    }
    return names[Revision.Change(revision.change_kind)]


def changes_between(old: Revision, new: Revision) -> list[Part]:
    """The parts that read otherwise, in the order of the page."""
    return [
        *_compared(_above(old), _above(new)),
        *_photo_exchanged(old, new),
        *_compared(_below(old), _below(new)),
    ]


def _compared(before: dict[str, list[Line]], after: dict[str, list[Line]]) -> Iterator[Part]:
    for label, lines in after.items():
        if lines != before[label]:
            yield Part(label, list(changed_lines(before[label], lines)))


def _photo_exchanged(old: Revision, new: Revision) -> Iterator[Part]:
    """Another photo may have the same words."""
    if old.lead_photo_id == new.lead_photo_id:
        return
    if old.lead_photo_id is None:
        said = _("A photo was put above the text.")
    elif new.lead_photo_id is None:
        said = _("The photo above the text was taken away.")
    else:
        said = _("Another photo stands in the place of the one before.")
    yield Part(_("Photo"), said=said)


def _above(revision: Revision) -> dict[str, list[Line]]:
    return {
        _("Headline"): _lines(revision.headline),
        _("Standfirst"): _lines(revision.standfirst),
        _("Section"): _lines(str(revision.section)),
        _("Kind"): _lines(str(revision.get_kind_display())),
        _("By"): [Line(str(row.author), of=row.author_id) for row in revision.byline_rows.all()],
    }


def _below(revision: Revision) -> dict[str, list[Line]]:
    return {
        _("Caption of the photo"): _lines(revision.photo_caption),
        _("Description of the photo"): _lines(revision.photo_alt),
        _("Dateline"): _lines(revision.dateline),
        _("Text"): _lines(plain_text(revision.body)),
        _("Links in the text"): _links(revision.body),
        _("See also"): _see_also(revision),
        _("Pictures"): [
            Line(f"{row.shown_caption} ({row.shown_alt})", number, row.photo_id)
            for number, row in enumerate(revision.gallery_rows.all(), start=1)
        ],
        _("Sources"): [
            Line(source, number)
            for number, source in enumerate(revision.sources.splitlines(), start=1)
        ],
        _("Topics"): _topics(revision),
    }


def _lines(text: str) -> list[Line]:
    return [Line(line) for line in (line.strip() for line in text.splitlines()) if line]


def _links(body: str) -> list[Line]:
    """The words that lead somewhere, and where to."""
    found = (
        (plain_text(words), HREF.search(attributes)) for attributes, words in LINK.findall(body)
    )
    return [Line(f"{words} ({unescape(href[1])})") for words, href in found if href]


def _topics(revision: Revision) -> list[Line]:
    by_name = sorted(revision.topics.all(), key=lambda topic: topic.name)
    return [Line(topic.name, of=topic.pk) for topic in by_name]


def _see_also(revision: Revision) -> list[Line]:
    """By the headlines of today, as beside the text; of what left readers nothing is told."""
    hidden = _("A story that is not public")
    return [
        Line(str(row.article.live) if row.article.is_public else hidden, of=row.article_id)
        for row in revision.see_also_rows.all()
    ]

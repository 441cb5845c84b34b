"""The public record of a story: each version readers saw, and how it differs from the one before.

A version costs at most a comparison of its paragraphs, and one of words for each paragraph that
changed, so that a long story with many versions still answers at once.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise, zip_longest

from django.http import Http404
from django.utils.translation import gettext as _

from articles.differences import Piece, exchanged, pieces_of
from articles.models import Article, Correction, Revision
from newsroom.kit.html import plain_text

PAGE = 10  # Versions.
LONGEST = 600  # Words of a paragraph that are compared one by one.


@dataclass(frozen=True)
class Part:
    """A part of the story that changed, and its changed paragraphs."""

    label: str
    paragraphs: list[list[Piece]]


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


def history_of(article: Article, number: int = 1) -> History:
    """That page of the story's public versions. Raises Http404 for a page that is none."""
    public = article.revisions.filter(published_at__isnull=False).order_by("-number")
    rows = list(
        public.select_related("section", "lead_photo", "correction").prefetch_related(
            "byline_rows__author", "topics", "gallery_rows__photo"
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
    before, after = _parts(old), _parts(new)
    return [
        Part(label, list(_paragraphs(before[label], text)))
        for label, text in after.items()
        if text != before[label]
    ]


def _parts(revision: Revision) -> dict[str, str]:
    return {
        _("Headline"): revision.headline,
        _("Standfirst"): revision.standfirst,
        _("Section"): str(revision.section),
        _("Kind"): str(revision.get_kind_display()),
        _("By"): ", ".join(str(row.author) for row in revision.byline_rows.all()),
        _("Dateline"): revision.dateline,
        _("Text"): plain_text(revision.body),
        _("Sources"): numbered(revision.sources.splitlines()),
        _("Caption of the photo"): revision.photo_caption,
        _("Description of the photo"): revision.photo_alt,
        _("Pictures"): numbered(
            f"{row.shown_caption} ({row.shown_alt})" for row in revision.gallery_rows.all()
        ),
        _("Topics"): ", ".join(sorted(topic.name for topic in revision.topics.all())),
    }


def numbered(lines: Iterable[str]) -> str:
    """A line each, told by its number, as readers see them counted."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def _paragraphs(old: str, new: str) -> Iterator[list[Piece]]:
    """Each paragraph that changed; those that did not are left out."""
    olds, news = _lines(old), _lines(new)
    matcher = difflib.SequenceMatcher(a=olds, b=news, autojunk=False)
    for how, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if how != "equal":
            pairs = zip_longest(olds[a_from:a_to], news[b_from:b_to], fillvalue="")
            yield from (list(_pieces(before.split(), after.split())) for before, after in pairs)


def _lines(text: str) -> list[str]:
    return [line for line in (line.strip() for line in text.splitlines()) if line]


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    """Word by word; a paragraph of more words than anybody compares stands whole."""
    longest = max(len(before), len(after))
    return exchanged(before, after) if longest > LONGEST else pieces_of(before, after)

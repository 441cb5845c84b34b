"""Many stories in one mail."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article, Revision
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from newsroom.mail.letters import Letter
from subscriptions.bundles import Bundled
from subscriptions.emails.making import MOST_BYTES, make_letter
from subscriptions.models import Cadence, Edition
from subscriptions.reasons import reasons_of

SIZES = ("full", "short", "bare")  # With standfirsts; without; a mere list of links.


@dataclass(frozen=True)
class Entry:
    """A story of a digest, and the reasons why it is in it (none where all stories were asked)."""

    article: Article
    revision: Revision
    link: str
    names: str
    reasons: list[str]


def digest_letter(bundled: Bundled) -> Letter:
    """The stories of a bundle, the newest first, in the words of those revisions.

    Every story is in it: where the HTML would pass 90 KB each takes less room, down to its
    headline alone. Raises ValueError without a story.
    """
    entries = entries_of(bundled)
    if not entries:
        raise ValueError("A digest without a story is none.")
    for size in SIZES:
        letter = _letter(bundled, entries, size)
        if len(letter.html.encode()) <= MOST_BYTES:
            break
    return letter


def entries_of(bundled: Bundled) -> list[Entry]:
    """What the digest shows of each story."""
    why = dict(bundled.stories)
    revisions = Revision.objects.filter(pk__in=why).select_related("section", "article")
    rows = revisions.prefetch_related("byline_rows__author")
    found = sorted(rows, key=lambda row: (row.article.first_published_at, row.pk), reverse=True)
    return [
        Entry(
            row.article,
            row,
            absolute(row.article.get_absolute_url()),
            ", ".join(str(byline.author) for byline in row.byline_rows.all()),
            [] if "all" in why[row.pk] else reasons_of(why[row.pk]),
        )
        for row in found
    ]


def _letter(bundled: Bundled, entries: list[Entry], size: str) -> Letter:
    site = Site.current()
    is_weekly = bundled.cadence == Cadence.WEEKLY
    return make_letter(
        "digest",
        subject_of(entries, is_weekly=is_weekly),
        site,
        entries=entries,
        size=size,
        is_weekly=is_weekly,
        page=_page_of(bundled, entries),
    )


def subject_of(entries: list[Entry], *, is_weekly: bool) -> str:
    """The newest headline, and how many more stories there are."""
    headline = " ".join(entries[0].revision.headline.split())
    more = len(entries) - 1
    subject = headline
    if more:
        words = ngettext(
            "%(headline)s, and %(more)d more", "%(headline)s, and %(more)d more", more
        )
        subject = words % {"headline": headline, "more": more}
    return _("The week: %(subject)s") % {"subject": subject} if is_weekly else subject


def _page_of(bundled: Bundled, entries: list[Entry]) -> str:
    """Where everyone can read this very digest, if it is the general one of its day."""
    stories = {entry.article.pk for entry in entries}
    edition = Edition.objects.filter(cadence=bundled.cadence).first()
    if edition is None or set(edition.articles.values_list("pk", flat=True)) != stories:
        return ""
    return absolute(edition.get_absolute_url())

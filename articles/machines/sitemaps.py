"""Maps of the site (sitemaps.org 0.9, with Google's images): an index, a part a month, the rest.

A month's part changes only when one of its stories does, so that a crawler fetches little anew.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator

from articles.feeds.channel import legal
from articles.lists import Month, in_month, months, shown_in
from articles.models import Article, Author, Revision, Section, SitePage, Topic
from articles.story import NEWS
from articles.updates import with_updates
from newsroom.kit.links import absolute

MOST = 50_000  # Addresses in one part, by the protocol.
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
FIXED = ("front", "latest", "archives", "corrections", "pictures")
Tree = dict[str, Any]


@dataclass(frozen=True)
class Address:
    """A page or a part: its address, when it last changed if that is known, its pictures."""

    loc: str
    changed_at: datetime | None = None
    images: list[str] = field(default_factory=list)

    def tree(self) -> Tree:
        """The elements of one entry."""
        tree: Tree = {"loc": self.loc}
        if self.changed_at:
            tree["lastmod"] = moment(self.changed_at)
        if self.images:
            tree["image:image"] = [{"image:loc": image} for image in self.images]
        return tree


def index() -> str:
    """The index of all parts."""
    changed, counted = _month_changes(), months()
    parts = [Address(absolute(_pages_path(part))) for part in _parts(len(list(pages(counted))))]
    for month in counted:
        parts += [
            Address(absolute(_month_path(month.month, part)), changed.get(month.month))
            for part in _parts(month.stories)
        ]
    trees = (part.tree() for part in parts)
    return document("sitemapindex", "sitemap", trees, {"xmlns": SITEMAP})


def month_part(month: str, part: int) -> str:
    """The stories of a month such as `2026/11`, the oldest first; empty if it has no such part."""
    stories = with_updates(in_month(month)).order_by("first_published_at", "pk")
    shown = stories.select_related("live__lead_photo").defer("live__body", "live__standfirst")
    pictures = ("live__lead_photo__renditions", "live__gallery_rows__photo__renditions")
    rows = list(shown.prefetch_related(*pictures)[(part - 1) * MOST : part * MOST])
    return _urlset(_story(row) for row in rows) if rows else ""


def pages_part(part: int) -> str:
    """The pages that are no story; empty if there is no such part."""
    rows = list(pages(months()))[(part - 1) * MOST : part * MOST]
    return _urlset(rows) if rows else ""


def pages(archive: list[Month]) -> Iterator[Address]:
    """Front, lists, archive and the pages about the title: those that may be found by search."""
    public = Article.objects.published()
    yield from (Address(absolute(reverse(f"articles:{name}"))) for name in FIXED)
    topics = Topic.objects.filter(Exists(public.filter(topic_rows__topic=OuterRef("pk"))))
    authors = Author.objects.filter(Exists(public.filter(byline_rows__author=OuterRef("pk"))))
    for rows in (Section.objects.all(), topics, authors):
        yield from (Address(absolute(row.get_absolute_url())) for row in rows)
    yield from (Address(absolute(month.path)) for month in archive)
    for page in SitePage.objects.all():
        yield Address(absolute(page.get_absolute_url()), page.changed_at)


def document(root: str, entry: str, trees: Iterable[Tree], names: dict[str, str]) -> str:
    """An XML document of these entries; `names` are the namespaces."""
    out = StringIO()
    xml: Any = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement(root, names)
    for tree in trees:
        _write(xml, entry, tree)
        xml.ignorableWhitespace("\n")
    xml.endElement(root)
    xml.endDocument()
    return out.getvalue()


def moment(at: datetime) -> str:
    """As the W3C writes moments."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _write(xml: Any, name: str, value: Tree | list[Tree] | str) -> None:
    if isinstance(value, str):
        xml.addQuickElement(name, legal(value))
    elif isinstance(value, list):
        for one in value:
            _write(xml, name, one)
    else:
        xml.startElement(name, {})
        for inner, content in value.items():
            _write(xml, inner, content)
        xml.endElement(name)


def _urlset(rows: Iterable[Address]) -> str:
    trees = (row.tree() for row in rows)
    return document("urlset", "url", trees, {"xmlns": SITEMAP, "xmlns:image": IMAGE})


def _story(row: Article) -> Address:
    renditions = [shown.photo.rendition for shown in shown_in(row)]
    images = [absolute(file.url) for file in renditions if file and file.public]
    changed_at = getattr(row, "updated_at", None) or row.first_published_at
    return Address(absolute(row.get_absolute_url()), changed_at, images)


def _month_changes() -> dict[str, datetime]:
    """When a story of each month last came out or was changed for readers."""
    told = Revision.objects.filter(
        Exists(Article.objects.published().filter(pk=OuterRef("article_id"))),
        change_kind__in=(Revision.Change.FIRST, *NEWS),
    )
    by_month = told.annotate(month=Substr("article__path", 1, 7)).values_list("month")
    return dict(by_month.annotate(at=Max("published_at")).order_by())


def _parts(addresses: int) -> range:
    return range(1, max(1, -(-addresses // MOST)) + 1)


def _pages_path(part: int) -> str:
    return reverse("articles:sitemap_pages", kwargs={"part": part} if part > 1 else {})


def _month_path(month: str, part: int) -> str:
    year, number = month.split("/")
    named: dict[str, Any] = {"year": year, "month": number}
    return reverse("articles:sitemap_month", kwargs=named | ({"part": part} if part > 1 else {}))

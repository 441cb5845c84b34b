"""What shows what: the exact addresses of the pages that a fact changes, one function a fact.

Services and the desk hand the answer to `newsroom.press.services.purge` in the transaction of
the fact. An address may be named here that has no page (yet): that costs a row and no more.
Search is never stored. What a story's page does not show, such as the newest stories, does not
change it: a publication purges the lists the story is in and its own pages, however many
stories there are.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from articles.lists.months import in_month, month_path, neighbours
from articles.models import (
    Article,
    Author,
    Photo,
    RelatedPick,
    RelatedStory,
    Revision,
    Section,
    SitePage,
    Topic,
)
from articles.signals import every_page_asked, stories_shown
from newsroom.press.addresses import EVERY_PAGE

MANY = 500  # Stories; what shows on more pages begins them all anew.
FRONT = "/"
SITE_FEEDS = ("/feed/", "/feed/atom/", "/feed/json/")
SITEMAPS = ("/sitemap.xml", "/news-sitemap.xml")
PAGES_MAP = "/sitemap-pages.xml"  # Lists that have stories, and the pages about the title.
ARCHIVE = "/archive/"  # The months, and how many stories each has.
PICTURES = "/pictures/"
ROBOTS = "/robots.txt"
ON_CARDS = ("headline", "standfirst", "kind", "section_id", "lead_photo_id", "photo_alt")


# Facts about one story ---------------------------------------------------------------------


def story_published(article: Article) -> set[str]:
    """A story came before readers, for the first time or again: its own pages, its lists, and
    the stories whose text points to it."""
    live = _revisions(article.live)
    own = _own(article.path) | {ARCHIVE} | _beside_new_month(article.path)
    return own | _lists(live) | _feeds(live) | _pointing(article) | _elsewhere([article.pk])


def story_changed(article: Article, before: Revision, after: Revision) -> set[str]:
    """Other words are public: lists old and new where a card shows them, feeds in any case."""
    both = _revisions(before, after)
    pages = _own(article.path) | _feeds(both)
    if hasattr(after, "correction"):
        pages |= _with_feed("/corrections/")
    if _pictures_differ(before, after):
        pages.add(PICTURES)  # With the words they have there; its feed is among the feeds.
    if _cards_differ(before, after):
        pages |= (
            _lists(both) | _pointing(article) | _related([article.pk]) | _elsewhere([article.pk])
        )
        if article.corrections.exists():
            pages |= _with_feed("/corrections/")
    return pages


def story_withdrawn(article: Article) -> set[str]:
    """A story left: its pages, its lists, its corrections, and all that pointed to it."""
    pages = story_published(article) | _related([article.pk])
    if article.corrections.exists():
        pages |= _with_feed("/corrections/")
    return pages


def story_returned(article: Article) -> set[str]:
    """A withdrawn story is back: the same pages as when it left."""
    return story_withdrawn(article)


def story_moved(article: Article, old_path: str) -> set[str]:
    """A story has another address: what stood at the old one, and every link to it."""
    return _own(old_path) | story_withdrawn(article)


def record_changed(article: Article) -> set[str]:
    """A version's words were struck out: the public record alone shows it."""
    return {page for page in _own(article.path) if page.endswith("/history/")}


def card_changed(article: Article) -> set[str]:
    """Another card is drawn for it: its pages name it for those who quote them."""
    return _own(article.path)


def conversation_changed(article: Article) -> set[str]:
    """A comment came, went or was decided, or comments were closed: where they are read."""
    return {page for page in _own(article.path) if not page.endswith("/history/")}


def related_changed(article_ids: Iterable[int]) -> set[str]:
    """Other stories stand below these."""
    paths = Article.objects.published().filter(pk__in=article_ids).values_list("path", flat=True)
    return {f"/{path}/" for path in paths}


# Facts about what stories share ------------------------------------------------------------


def photo_changed(photo: Photo) -> set[str]:
    """A photo's words or renditions: stories that show it, their lists, the stories below which
    it stands on a card, whom it portrays."""
    leads = Article.objects.published().filter(live__lead_photo=photo)
    galleries = Article.objects.published().filter(live__gallery_rows__photo=photo)
    portrayed = Author.objects.filter(portrait=photo)
    pages = _stories(leads) | _stories(galleries.distinct())
    if EVERY_PAGE not in pages:
        pages |= _related(leads.values_list("pk", flat=True))
    return pages.union(*(author_changed(author) for author in portrayed))


def author_changed(author: Author, old_slug: str = "") -> set[str]:
    """A name, role or portrait: the author's page, every story and list that names them, and the
    records of those that ever did."""
    pages = _with_feed(author.get_absolute_url())
    if old_slug:
        pages |= _with_feed(f"/author/{old_slug}/")
    ever = Revision.objects.filter(byline_rows__author=author)
    return pages | _stories(Article.objects.published().filter(bylines=author)) | _records(ever)


def topic_changed(topic: Topic, old_slug: str = "") -> set[str]:
    """A topic's name or description: its page, every story that carries it, and the records of
    those that ever did."""
    pages = _with_feed(topic.get_absolute_url())
    if old_slug:
        pages |= _with_feed(f"/topic/{old_slug}/")
    ever = Revision.objects.filter(topics=topic)
    return pages | _stories(Article.objects.published().filter(topics=topic)) | _records(ever)


def section_changed(section: Section) -> set[str]:
    """The menu stands on every page."""
    return {EVERY_PAGE}


def site_changed() -> set[str]:
    """The title's name, publisher or menu."""
    return {EVERY_PAGE}


def site_page_changed(page: SitePage) -> set[str]:
    """One of the pages about the title."""
    return {page.get_absolute_url(), PAGES_MAP}


def front_changed() -> set[str]:
    """The editor's order of the front page, or its breaking line."""
    return {FRONT}


# All of them -------------------------------------------------------------------------------


def every_page() -> Iterator[str]:
    """Every address that may have a stored page, the most read first."""
    stories = Article.objects.published()
    yield from (FRONT, *SITE_FEEDS, *SITEMAPS, PAGES_MAP, ROBOTS)
    yield from (ARCHIVE, "/reading-list/")
    for base in ("/latest/", "/corrections/", PICTURES):
        yield from sorted(_with_feed(base))
    for page in SitePage.objects.all():
        yield page.get_absolute_url()
    for kind in (Section.objects.all(), Topic.objects.all(), Author.objects.all()):
        for row in kind.iterator():
            yield from sorted(_with_feed(row.get_absolute_url()))
    for month in stories.dates("first_published_at", "month", order="DESC"):
        yield from sorted(_with_feed(f"/archive/{month:%Y/%m}/"))
        yield f"/sitemap-{month:%Y-%m}.xml"
    answers: list[Any] = every_page_asked.send(sender=Article)
    for _room, pages in answers:
        yield from pages
    for path in stories.newest_first().values_list("path", flat=True).iterator():
        yield from sorted(_own(path))


# Parts -------------------------------------------------------------------------------------


def _own(path: str | None) -> set[str]:
    """The pages of the story at that `Article.path`."""
    if not path:
        return set()
    return {f"/{path}/{page}" for page in ("", "history/", "comments/")}


def _with_feed(base: str) -> set[str]:
    return {base, f"{base}feed/"}


def _revisions(*rows: Revision | None) -> QuerySet[Revision]:
    return Revision.objects.filter(pk__in=[row.pk for row in rows if row is not None])


def _lists(revisions: QuerySet[Revision]) -> set[str]:
    """The first pages of all lists in which stories of these words stand."""
    return {FRONT, PAGES_MAP, *_bases(revisions)}


def _feeds(revisions: QuerySet[Revision]) -> set[str]:
    """What machines read of those lists: full texts, moments, addresses."""
    months = {path[:7] for path in _paths(revisions)}
    maps = {f"/sitemap-{month.replace('/', '-')}.xml" for month in months}
    return {*SITE_FEEDS, *SITEMAPS, *maps, *(f"{base}feed/" for base in _bases(revisions))}


def _bases(revisions: QuerySet[Revision]) -> set[str]:
    sections = Section.objects.filter(pk__in=revisions.order_by().values("section"))
    topics = Topic.objects.filter(revision_rows__revision__in=revisions.order_by().values("pk"))
    authors = Author.objects.filter(byline_rows__revision__in=revisions.order_by().values("pk"))
    rows: list[Section | Topic | Author] = [*sections, *topics.distinct(), *authors.distinct()]
    bases = {row.get_absolute_url() for row in rows}
    bases |= {f"/archive/{path[:7]}/" for path in _paths(revisions)}
    if revisions.filter(Q(lead_photo__isnull=False) | Q(gallery_rows__isnull=False)).exists():
        bases.add(PICTURES)
    return {"/latest/", *bases}


def _paths(revisions: QuerySet[Revision]) -> Iterable[str]:
    paths = revisions.order_by().values_list("article__path", flat=True).distinct()
    return [path for path in paths if path]


def _cards_differ(before: Revision, after: Revision) -> bool:
    if any(getattr(before, name) != getattr(after, name) for name in ON_CARDS):
        return True
    return before.links()[:2] != after.links()[:2]


def _pictures_differ(before: Revision, after: Revision) -> bool:
    leads = before.lead_photo_id, after.lead_photo_id
    return leads[0] != leads[1] or before.captioned() != after.captioned()


def _pointing(article: Article) -> set[str]:
    """The stories whose public text points to this one, and the records of those that ever did."""
    public = Article.objects.published().order_by()
    rows = public.filter(live__see_also_rows__article=article)
    ever = Q(revisions__published_at__isnull=False, revisions__see_also_rows__article=article)
    records = public.filter(ever).distinct().values_list("path", flat=True)
    pages = {f"/{path}/" for path in rows.values_list("path", flat=True)}
    return pages | {f"/{path}/history/" for path in records}


def _related(article_ids: Iterable[int]) -> set[str]:
    """The stories below which these stand as related, chosen or picked."""
    keys = list(article_ids)
    chosen = RelatedStory.objects.filter(other__in=keys).values_list("article", flat=True)
    picked = RelatedPick.objects.filter(other__in=keys).values_list("article", flat=True)
    return related_changed({*chosen, *picked})


def _beside_new_month(path: str | None) -> set[str]:
    """The months around one whose first story came, or whose last one left: they lead to it."""
    month = (path or "")[:7]
    if not month or len(in_month(month)[:2]) > 1:
        return set()
    beside = neighbours(month)
    return {month_path(other) for other in (beside.before, beside.after) if other}


def _stories(stories: QuerySet[Article]) -> set[str]:
    """All pages that show these public stories; all there are, if these are many."""
    rows = list(stories.order_by().values_list("pk", "path", "live")[: MANY + 1])
    if len(rows) > MANY:
        return {EVERY_PAGE}
    if not rows:
        return set()
    revisions = Revision.objects.filter(pk__in=[live for _, _, live in rows])
    own = set().union(*(_own(path) for _, path, _ in rows))
    keys = [pk for pk, _, _ in rows]
    quoting = Article.objects.published().filter(live__see_also_rows__article__in=keys)
    pointing = {f"/{path}/" for path in quoting.values_list("path", flat=True)}
    return own | _lists(revisions) | _feeds(revisions) | pointing | _elsewhere(keys)


def _records(revisions: QuerySet[Revision]) -> set[str]:
    """The records of the public stories that had one of these versions before readers; all pages
    there are, if these are many."""
    public = revisions.filter(published_at__isnull=False).order_by().values("article")
    stories = Article.objects.published().filter(pk__in=public).order_by()
    paths = list(stories.values_list("path", flat=True)[: MANY + 1])
    return {EVERY_PAGE} if len(paths) > MANY else {f"/{path}/history/" for path in paths}


def _elsewhere(article_ids: Iterable[int]) -> set[str]:
    """The pages of rooms above this one on which these stories stand, as those rooms say."""
    answers: list[Any] = stories_shown.send(sender=Article, article_ids=article_ids)
    return {page for _room, pages in answers for page in pages}

"""The lists that readers and their programs may ask for, each with its title and its order."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, F, Model, OuterRef, Q, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.lists.months import in_month, month_name, month_path
from articles.lists.paging import LAST_PAGE, PAGE, Ordered
from articles.models import Article, Author, Correction, RevisionPhoto, Section, Topic
from articles.models.article import ArticleQuerySet

STORIES = PAGE
MONTH_SIZE = 50  # Lines; a month is looked through, not read.
MONTH_LAST = 400  # Pages: beyond the archive there is nothing that could go on.
TOGETHER = 5  # Other topics that a topic's page leads to.
PICTURES = 24  # Stories; with one picture each they fill rows of two, three and four.


@dataclass(frozen=True)
class Listing[Row: Model]:
    """A list: what it is called and is about, its address, its rows."""

    title: str
    about: str
    path: str
    ordered: Ordered[Row]


def section_list(section: Section) -> Listing[Article]:
    """A section's stories."""
    stories = Article.objects.published().filter(section=section)
    about = section.description or _("Every story of this section, the newest first.")
    return Listing(section.name, about, section.get_absolute_url(), _stories(stories))


def topic_list(slug: str) -> tuple[Topic, Listing[Article]]:
    """A topic and its stories.

    Raises Http404 for a topic without public stories: it may not be known yet.
    """
    topic = get_object_or_404(Topic, slug=slug)
    stories = _by(Article.objects.published().filter(topic_rows__topic=topic), "topic_rows")
    if not stories.exists():
        raise Http404
    about = topic.description or _("Every story about %(name)s, the newest first.") % {
        "name": topic.name
    }
    ordered = _stories(stories, "listed_at", "listed_pk")
    return topic, Listing(topic.name, about, topic.get_absolute_url(), ordered)


def often_with(topic: Topic, stories: list[Article]) -> list[Topic]:
    """The topics that these stories of a topic share most, at most five; one query."""
    prefetch_related_objects(stories, "topics")
    counted = Counter(other for story in stories for other in story.topics.all())
    del counted[topic]
    shared = [(-times, other.name, other) for other, times in counted.items() if times > 1]
    return [other for _times, _name, other in sorted(shared, key=lambda row: row[:2])[:TOGETHER]]


def author_list(author: Author) -> Listing[Article]:
    """What an author wrote."""
    stories = _by(Article.objects.published().filter(byline_rows__author=author), "byline_rows")
    ordered = _stories(stories, "listed_at", "listed_pk")
    about = _("Stories by %(name)s, the newest first.") % {"name": author.name}
    return Listing(author.name, about, author.get_absolute_url(), ordered)


def month_list(month: str) -> Listing[Article]:
    """The stories of a month such as `2026/11`. Raises Http404 for one without any."""
    stories = in_month(month)
    if not stories.exists():
        raise Http404
    name = month_name(month)
    about = _("Every story of %(month)s, the newest first.") % {"month": name}
    ordered = _stories(stories, size=MONTH_SIZE, last=MONTH_LAST)
    return Listing(name, about, month_path(month), ordered)


def latest_list() -> Listing[Article]:
    """Every story."""
    path, about = reverse("articles:latest"), _("Everything we publish, newest first.")
    return Listing(_("Latest stories"), about, path, _stories(Article.objects.published()))


def pictures_list() -> Listing[Article]:
    """The stories that show a photo, above their text or in a gallery."""
    gallery = Exists(RevisionPhoto.objects.filter(revision=OuterRef("live")))
    stories = Article.objects.published().filter(Q(live__lead_photo__isnull=False) | gallery)
    with_galleries = stories.prefetch_related("live__gallery_rows__photo__renditions")
    about = _("The photos of our stories, the newest first. Each leads to its story.")
    ordered = _stories(with_galleries, size=PICTURES)
    return Listing(_("Pictures"), about, reverse("articles:pictures"), ordered)


def corrections_list() -> Listing[Correction]:
    """What readers of public stories were told that was wrong, or could be misread."""
    public = Article.objects.published().filter(pk=OuterRef("article_id"))
    rows = Correction.objects.filter(Exists(public)).select_related("article__live")
    about = _(
        "What we got wrong or could be misread, and what is right. Each stands at its story too."
    )
    ordered = Ordered(
        rows.defer("article__live__body"),
        starts=Correction.objects.values_list("at", flat=True),
        beyond=lambda row: month_path((row.article.path or "")[:7]),
        moment="at",
        size=STORIES,
    )
    return Listing(_("Corrections"), about, reverse("articles:corrections"), ordered)


def _by(stories: ArticleQuerySet, rows: str) -> ArticleQuerySet:
    """Named once, the columns of the rows already joined: a filter by path would join anew."""
    return stories.alias(
        listed_at=F(f"{rows}__first_published_at"), listed_pk=F(f"{rows}__article_id")
    )


def _stories(
    stories: ArticleQuerySet,
    moment: str = "first_published_at",
    key: str = "pk",
    *,
    size: int = 0,
    last: int = 0,
) -> Ordered[Article]:
    """With all that a card shows; stories that no page reaches stand in their month."""
    return Ordered(
        stories.for_cards().defer("live__body"),
        Article.objects.once_public().values_list("first_published_at", flat=True),
        lambda story: month_path((story.path or "")[:7]),
        moment,
        key,
        size or STORIES,
        last or LAST_PAGE,
    )

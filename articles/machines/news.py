"""The news sitemap: the stories of the last 48 hours (Google's news extension 0.9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from articles.machines.sitemaps import SITEMAP, Tree, document, moment
from articles.models import Article
from newsroom.kit.links import absolute
from newsroom.kit.models import Site

WINDOW = timedelta(hours=48)
MOST = 1_000  # Stories, by the extension's rule.
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def news_sitemap(stories: Sequence[Article]) -> str:
    """Those stories; the front page alone where none is new, for no map may be empty."""
    site = Site.current()
    front: Tree = {"loc": absolute(reverse("articles:front"))}
    trees = [_tree(story, site) for story in stories] or [front]
    return document("urlset", "url", trees, {"xmlns": SITEMAP, "xmlns:news": NEWS})


def news_due_at(stories: Sequence[Article]) -> datetime | None:
    """When the oldest of them leaves it by the clock; None while it has none."""
    moments = [story.first_published_at for story in stories if story.first_published_at]
    return min(moments) + WINDOW if moments else None


def fresh_stories() -> list[Article]:
    """What stands in it, the newest first."""
    fresh = Article.objects.published().filter(first_published_at__gt=timezone.now() - WINDOW)
    return list(fresh.newest_first().select_related("live").defer("live__body")[:MOST])


def _tree(story: Article, site: Site) -> Tree:
    language = settings.LANGUAGE_CODE.partition("-")[0]
    published = story.first_published_at
    return {
        "loc": absolute(story.get_absolute_url()),
        "news:news": {
            "news:publication": {"news:name": site.name, "news:language": language},
            "news:publication_date": moment(published) if published else "",
            "news:title": story.live.headline if story.live else "",
        },
    }

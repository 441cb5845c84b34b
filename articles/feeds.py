"""The feed of the site: RSS 2.0, full text, ids that never change."""

import re
from typing import Any

from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed

from articles.models import Article
from newsroom.kit.html import clean_html
from newsroom.kit.links import absolute
from newsroom.kit.models import Site

ENTRIES = 30
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, Char.


class FullTextFeed(Rss201rev2Feed):
    """RSS with the text of each story (content module 1.0) and its writers (Dublin Core)."""

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
        }

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["full_text"])


def site_feed() -> str:
    """The newest stories. Links are of SITE_URL, whatever host was asked."""
    site = Site.current()
    feed = FullTextFeed(
        title=site.name,
        link=absolute(reverse("articles:front")),
        description=site.tagline or site.name,
        language="en",
        feed_url=absolute(reverse("articles:feed")),
    )
    stories = Article.objects.published().newest_first().select_related("live", "section")
    for story in stories.with_bylines().prefetch_related("topics")[:ENTRIES]:
        _add(feed, story)
    return str(feed.writeString("utf-8"))


def _legal(text: str) -> str:
    """Without the characters that no XML may hold: one pasted bell must not end the feed."""
    return ILLEGAL.sub("", text)


def _add(feed: FullTextFeed, story: Article) -> None:
    if story.live is None:
        return
    feed.add_item(
        title=_legal(story.live.headline),
        link=absolute(story.get_absolute_url()),
        description=_legal(story.live.standfirst),
        full_text=_legal(clean_html(story.live.body)),
        author_name=", ".join(author.name for author in story.bylines.all()),
        pubdate=story.first_published_at,
        unique_id=story.feed_id,
        unique_id_is_permalink=False,
        categories=[str(story.section), *(topic.name for topic in story.topics.all())],
    )

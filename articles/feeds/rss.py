"""RSS 2.0 as the RSS Advisory Board's profile has it."""

from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed, rfc3339_date

from articles.feeds.channel import Channel, Entry, Picture

JPEG = "image/jpeg"


class FullTextFeed(Rss201rev2Feed):
    """With the text of each story (content module 1.0), its writers (Dublin Core), its picture
    with size and words (Media RSS), and the moment of its last change (Atom)."""

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
        }

    def latest_post_date(self) -> Any:
        """From what the feed holds; Django's own would say now of an empty feed."""
        return self.feed["updated"]

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["full_text"])
        for picture in item["pictures"]:
            _add_media(handler, picture)


def as_rss(channel: Channel) -> str:
    """The feed as UTF-8 XML."""
    feed = FullTextFeed(
        title=channel.title,
        link=channel.page,
        description=channel.about,
        language=settings.LANGUAGE_CODE,
        feed_url=channel.feed,
        updated=channel.updated,
    )
    for entry in channel.entries:
        _add(feed, entry)
    return str(feed.writeString("utf-8"))


def _add(feed: FullTextFeed, entry: Entry) -> None:
    picture = entry.picture
    feed.add_item(
        title=entry.title,
        link=entry.url,
        # Read as HTML, where `<` alone could be mistaken: a plain & needs no second escape.
        description=entry.summary.replace("<", "&lt;"),
        full_text=entry.html,
        author_name=", ".join(writer.name for writer in entry.writers),
        pubdate=entry.published,
        updateddate=entry.updated,
        unique_id=entry.id,
        unique_id_is_permalink=False,
        categories=entry.categories,
        enclosures=[Enclosure(picture.url, str(picture.length), JPEG)] if picture else [],
        pictures=entry.pictures,
    )


def _add_media(handler: Any, picture: Picture) -> None:
    """A picture with what an enclosure, of which an item has one, cannot say (Media RSS 1.5.1)."""
    size = {"width": str(picture.width), "height": str(picture.height)}
    length = {"fileSize": str(picture.length)} if picture.length else {}
    handler.startElement(
        "media:content", {"url": picture.url, "type": JPEG, "medium": "image"} | size | length
    )
    if picture.caption:
        handler.addQuickElement("media:description", picture.caption, {"type": "plain"})
    if picture.credit:
        handler.addQuickElement("media:credit", picture.credit)
    handler.endElement("media:content")

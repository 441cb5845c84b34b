"""Atom 1.0 (RFC 4287)."""

from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, rfc3339_date

from articles.feeds.channel import Channel, Entry, Picture


class FullTextAtom(Atom1Feed):
    """With every author, the plain summary as text and the story as HTML."""

    def latest_post_date(self) -> Any:
        """From what the feed holds; Django's own would say now of an empty feed."""
        return self.feed["updated"]

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """In place of Django's own, which knows one author and takes every summary for HTML."""
        entry: Entry = item["entry"]
        handler.addQuickElement("id", entry.id)
        handler.addQuickElement("title", entry.title)
        handler.addQuickElement("link", "", {"rel": "alternate", "href": entry.url})
        handler.addQuickElement("published", rfc3339_date(entry.published))
        handler.addQuickElement("updated", rfc3339_date(entry.updated))
        for writer in entry.writers:
            handler.startElement("author", {})
            handler.addQuickElement("name", writer.name)
            handler.addQuickElement("uri", writer.url)
            handler.endElement("author")
        for name in entry.categories:
            handler.addQuickElement("category", "", {"term": name})
        if entry.summary:
            handler.addQuickElement("summary", entry.summary, {"type": "text"})
        handler.addQuickElement("content", entry.html, {"type": "html"})
        for picture in entry.pictures:
            handler.addQuickElement("link", "", _enclosure(picture))


def as_atom(channel: Channel) -> str:
    """The feed as UTF-8 XML."""
    feed = FullTextAtom(
        title=channel.title,
        link=channel.page,
        description=channel.about,
        subtitle=channel.about,
        language=settings.LANGUAGE_CODE,
        feed_url=channel.feed,
        feed_guid=channel.feed,
        author_name=channel.publisher.name,
        author_link=channel.publisher.url,
        updated=channel.updated,
    )
    for entry in channel.entries:
        feed.add_item(entry.title, entry.url, entry.summary, entry=entry)
    return str(feed.writeString("utf-8"))


def _enclosure(picture: Picture) -> dict[str, str]:
    """An entry may have several (RFC 4287, 4.1.3.2 and 4.2.7.2)."""
    said = {"title": picture.caption} if picture.caption else {}
    length = {"length": str(picture.length)} if picture.length else {}
    return {"rel": "enclosure", "href": picture.url, "type": "image/jpeg"} | said | length

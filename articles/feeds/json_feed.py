"""JSON Feed 1.1 (jsonfeed.org)."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from articles.feeds.channel import Channel, Entry, Picture, Writer

VERSION = "https://jsonfeed.org/version/1.1"


def as_json(channel: Channel) -> str:
    """The feed as JSON."""
    feed = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": channel.feed,
        "description": channel.about,
        "language": settings.LANGUAGE_CODE,
        "authors": [_author(channel.publisher)],
        "items": [_item(entry) for entry in channel.entries],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _item(entry: Entry) -> dict[str, Any]:
    picture = entry.picture
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "image": picture.url if picture else "",
        "date_published": _moment(entry.published),
        "date_modified": _moment(entry.updated),
        "authors": [_author(writer) for writer in entry.writers],
        "tags": list(entry.categories),
        "attachments": [_attachment(picture) for picture in entry.pictures],
    }
    return {name: value for name, value in item.items() if value not in ("", [])}


def _author(writer: Writer) -> dict[str, str]:
    return {"name": writer.name, "url": writer.url}


def _attachment(picture: Picture) -> dict[str, Any]:
    said: dict[str, Any] = {"url": picture.url, "mime_type": "image/jpeg"}
    if picture.caption:
        said["title"] = picture.caption
    if picture.length:
        said["size_in_bytes"] = picture.length
    return said


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")

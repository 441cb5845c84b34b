"""What a feed says, whatever its format. Every address is of SITE_URL; no moment is now."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, Char.
NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)  # A feed must say a moment; an empty one has none.


def legal(text: str) -> str:
    """Without the characters that no XML may hold: one pasted bell must not end the feed."""
    return ILLEGAL.sub("", text)


@dataclass(frozen=True)
class Picture:
    """A JPEG that goes with an entry: its address, size in bytes (0: unknown) and in pixels."""

    url: str
    length: int
    width: int
    height: int
    caption: str
    credit: str
    alt: str


@dataclass(frozen=True)
class Writer:
    """An author's name and page."""

    name: str
    url: str


@dataclass(frozen=True)
class Entry:
    """One story or correction. `id` never changes; `updated` does not move for a typing error."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    writers: tuple[Writer, ...] = ()
    categories: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()  # The one above the text first, then the gallery's.

    @property
    def picture(self) -> Picture | None:
        """The one for a place that has room for one."""
        return self.pictures[0] if self.pictures else None


@dataclass(frozen=True)
class Channel:
    """A feed: its title, the page it goes with, its own address, its entries, newest first."""

    title: str
    about: str
    page: str
    feed: str
    publisher: Writer
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        """When readers were last told anything that still stands in the feed."""
        return max((entry.updated for entry in self.entries), default=NOTHING_YET)

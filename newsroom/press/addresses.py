"""Which addresses have a stored page, and the names of its files.

An address that ends in a slash is kept as `_index` and the ending of its type in a folder of
that name; one that does not, such as `/robots.txt`, under its own name. No address that is
served has an underscore in it, so nobody can ask for a file by its name in the store.
"""

import re

STORABLE = re.compile(r"(?:/[a-z0-9][a-z0-9.-]*)*/?")
LONGEST = 200  # Characters of an address.
# Query parameters that others add to links to count their readers: they change nothing here.
CAMPAIGN = re.compile(
    r"(?:(?:utm_[a-z_]+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|twclid|igshid|yclid|mc_cid|mc_eid)"
    r"(?:=[^&]*)?(?:&|$))+"
)
TYPES = {
    "html": "text/html",
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "xml": "application/xml",
    "txt": "text/plain",
}
FEEDS = ("rss", "atom", "json")
FEED_PATHS = ("/feed/", "/feed/atom/", "/feed/json/")
EVERY_PAGE = "*"  # In the place of an address: whatever shows on each page has changed.


def is_storable(path: str) -> bool:
    """Whether a page at this address may be kept: plain, and without an empty or dotted part."""
    return 0 < len(path) <= LONGEST and STORABLE.fullmatch(path) is not None


def is_plain_query(query: str) -> bool:
    """Whether the query asks for no other page: it is empty, or of campaign parameters alone."""
    return not query or CAMPAIGN.fullmatch(query) is not None


def files_of(path: str) -> list[str]:
    """The names, below the store's root, that a page at this address may have, likeliest first.

    A story may be called "feed", so an address alone does not tell a feed from a page.
    """
    if not is_storable(path):
        return []
    if not path.endswith("/"):
        return [path[1:]] if ending_of(path) in TYPES else []
    endings = ("html", *FEEDS) if path.endswith(FEED_PATHS) else ("html",)
    return [f"{path[1:]}_index.{ending}" for ending in endings]


def file_for(path: str, content_type: str) -> str | None:
    """The name for a page of this type at this address; None if such a page is never stored."""
    wanted = content_type.partition(";")[0].strip()
    return next((name for name in files_of(path) if TYPES[ending_of(name)] == wanted), None)


def ending_of(name: str) -> str:
    """What stands behind the last dot: the key of the type."""
    return name.rpartition(".")[2]


def type_of(name: str) -> str:
    """The Content-Type that a file of this name is served with."""
    return f"{TYPES[ending_of(name)]}; charset=utf-8"

"""Short texts for machines and for those who look into them: robots.txt, security.txt."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from newsroom.kit.links import absolute
from newsroom.kit.models import Site

CLOSED = (
    "/admin/",
    "/accounts/",
    "/desk/",
    "/outbox/",
    "/search/",
    "/subscription/",
    "/unsubscribe/",
)
AHEAD = timedelta(days=30)  # A file about to expire is as good as expired.


def robots() -> str:
    """What machines need not ask for (RFC 9309), and where the maps are (sitemaps.org)."""
    maps = [absolute(reverse(f"articles:{name}")) for name in ("sitemap", "news_sitemap")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    return "\n".join([*lines, *(f"Sitemap: {address}" for address in maps), ""])


def security() -> str:
    """Whom to tell of a weakness (RFC 9116); empty while the title names no contact."""
    contact = Site.current().contact_email
    if not contact:
        return ""
    lines = [
        f"Contact: mailto:{contact}",
        f"Expires: {expiry(timezone.now()):%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {settings.LANGUAGE_CODE.partition('-')[0]}",
        f"Canonical: {absolute(reverse('articles:security'))}",
    ]
    return "\n".join([*lines, ""])


def expiry(now: datetime) -> datetime:
    """The first 1 January or 1 July that is a month away or more.

    So the text is the same for half a year, and never says more than seven months, less than
    the year that the RFC counsels (section 2.5.5).
    """
    years = (now.year, now.year + 1)
    days = [datetime(year, month, 1, tzinfo=UTC) for year in years for month in (1, 7)]
    return min(day for day in days if day >= now + AHEAD)

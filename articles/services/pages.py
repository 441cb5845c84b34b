"""The first texts of the six site pages."""

import re
from pathlib import Path

from articles.models import SitePage
from newsroom.kit.html import clean_html
from newsroom.kit.models import Site

FOLDER = Path(__file__).parent.parent / "first_pages"
TITLE = re.compile(r"<!-- title: (.+?) -->\s*")


def make_first_pages(site: Site) -> list[SitePage]:
    """Make the pages that are missing, filled in with what the title says of itself."""
    there = set(SitePage.objects.values_list("slug", flat=True))
    return [_make(slug, site) for slug in SitePage.Slug.values if slug not in there]


def _make(slug: str, site: Site) -> SitePage:
    text = (FOLDER / f"{slug}.html").read_text(encoding="utf-8")
    title = TITLE.match(text)
    fills = {
        "{name}": site.name,
        "{publisher}": site.publisher or site.name,
        "{postal_address}": site.postal_address or "",
        "{contact_email}": site.contact_email,
    }
    body = TITLE.sub("", text)
    for placeholder, value in fills.items():
        body = body.replace(placeholder, value)
    label = title.group(1) if title else str(SitePage.Slug(slug).label)
    return SitePage.objects.create(slug=slug, title=label, body=clean_html(body))

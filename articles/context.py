"""What the header of every page shows."""

from django.http import HttpRequest

from articles.models import Section, SitePage


def navigation(request: HttpRequest) -> dict[str, object]:
    """`sections` and `site_pages` in the owner's order; queried only where a page shows them."""
    return {"sections": Section.objects.all, "site_pages": SitePage.Slug.choices}

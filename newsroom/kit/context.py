"""What every template may show of the site."""

from django.conf import settings
from django.http import HttpRequest

from newsroom.kit.models import Site


def site(request: HttpRequest) -> dict[str, object]:
    """`this_site`: the title's row (allauth has a `site` of its own); `site_url`: scheme and
    host of its public address."""
    return {"this_site": Site.current(), "site_url": settings.SITE_URL}

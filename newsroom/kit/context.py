"""What every template may show of the site."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

from newsroom.kit.models import Site


def site(request: HttpRequest) -> dict[str, object]:
    """`this_site`: the title's row (allauth has a `site` of its own); `site_url`: scheme and
    host of its public address."""
    generation = generation_of(request)
    return {
        "this_site": site_in(generation) if generation else Site.current(),
        "site_url": settings.SITE_URL,
    }


def generation_of(request: HttpRequest) -> int:
    """The generation of pages that this one is rendered for; 0 for one of a reader's own.

    Whoever changes what stands on every page begins a new generation in the same transaction,
    so what was read in one generation need not be read again for its next page.
    """
    return int(getattr(request, "generation", 0))


@lru_cache(maxsize=2)
def site_in(generation: int) -> Site:
    """The title's row as every page of that generation shows it."""
    return Site.current()

"""What the header of every page shows."""

from functools import lru_cache

from django.http import HttpRequest

from articles.models import Section, SitePage
from newsroom.kit.context import generation_of


def navigation(request: HttpRequest) -> dict[str, object]:
    """`sections` and `site_pages` in the owner's order; queried only where a page shows them."""
    generation = generation_of(request)
    sections = sections_in(generation) if generation else Section.objects.all
    return {"sections": sections, "site_pages": SitePage.Slug.choices}


@lru_cache(maxsize=2)
def sections_in(generation: int) -> list[Section]:
    """The menu of every page of that generation."""
    return list(Section.objects.all())

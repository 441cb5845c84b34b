"""Tags of the stories' pages."""

from typing import Any

from django import template
from django.template import Context

from articles.markup import Shown, shown
from articles.models import Photo
from articles.sharing import ShareLink, share_links
from articles.structured import nodes_of

register = template.Library()


@register.simple_tag(takes_context=True)
def structured(context: Context, page: str) -> list[dict[str, Any]]:
    """What the page says of itself to machines; write it out with `data_block`."""
    shown = {str(name): value for name, value in context.flatten().items()}
    return nodes_of(page, shown)


@register.inclusion_tag("articles/_share.html")
def share(headline: str, address: str) -> dict[str, str | list[ShareLink]]:
    """How a reader passes the story at this absolute address on."""
    return {"links": share_links(headline, address), "address": address}


@register.simple_tag
def picture(photo: Photo, upto: int | None = None, *, crop: bool = False) -> Shown | None:
    """What a page writes of a photo; see `articles.markup.shown`."""
    return shown(photo, upto=upto or None, crop=bool(crop))

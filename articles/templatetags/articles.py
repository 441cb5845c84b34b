"""Filters of the stories' pages."""

import re
from typing import Any

from django import template
from django.template import Context

from articles.markup import Shown, shown
from articles.models import Photo
from articles.structured import nodes_of

register = template.Library()
TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*)(?:[^>"]|"[^"]*")*>""")
VOID = {"br", "hr", "img"}
OPENING = 3  # Paragraphs that stand before anything comes between.


@register.filter
def parted(body: str) -> list[str]:
    """The text in two, for what stands between: after the third paragraph that is in nothing
    else, if another paragraph or a heading follows it, or else at the next such place.

    A text without such a place is not parted.
    """
    depth, paragraphs = 0, 0
    for tag in TAG.finditer(body):
        closes, name = tag.groups()
        if name in VOID:
            continue
        depth += -1 if closes else 1
        if closes and depth == 0 and name == "p":
            paragraphs += 1
            rest = body[tag.end() :]
            if paragraphs >= OPENING and rest.lstrip().startswith(("<p", "<h")):
                return [body[: tag.end()], rest]
    return [body, ""]


@register.simple_tag(takes_context=True)
def structured(context: Context, page: str) -> list[dict[str, Any]]:
    """What the page says of itself to machines; write it out with `data_block`."""
    shown = {str(name): value for name, value in context.flatten().items()}
    return nodes_of(page, shown)


@register.simple_tag
def picture(photo: Photo, upto: int | None = None, *, crop: bool = False) -> Shown | None:
    """What a page writes of a photo; see `articles.markup.shown`."""
    return shown(photo, upto=upto or None, crop=bool(crop))

"""Filters of the stories' pages."""

import re

from django import template

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

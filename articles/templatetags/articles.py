"""Tags and filters of the stories' pages."""

import re

from django import template

register = template.Library()
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>")
VOID = {"br", "hr", "img"}
AFTER = 3  # Paragraphs before the aside.


@register.filter
def split_after_opening(body: str) -> list[str]:
    """The text in two: what stands before an aside, and what after it.

    It is cut after the third paragraph that stands in nothing else, and never where only a
    heading would be left behind; a shorter text is not cut.
    """
    depth, paragraphs = 0, 0
    for tag in TAG.finditer(body):
        closes, name = tag.groups()
        if name in VOID:
            continue
        depth += -1 if closes else 1
        if closes and depth == 0 and name == "p":
            paragraphs += 1
            if paragraphs == AFTER and "<p" in body[tag.end() :]:
                return [body[: tag.end()], body[tag.end() :]]
    return [body, ""]

"""Tags and filters that every room may use."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.kit.context import generation_of
from newsroom.kit.html import clean_html
from newsroom.kit.tables import TABLE, with_figures_marked, words_of_caption

register = template.Library()
TIME = '<time datetime="{}">{}</time>'
# The last paragraph of a quotation, if it begins with a dash.
SPEAKER = re.compile(r"<p>((?:—|–|―)(?:(?!</?p>).)*)</p>\s*</blockquote>", re.DOTALL)


@register.filter
def as_story(body: str) -> SafeString:
    """Stored markup as HTML, cleaned once more: the one place where it is trusted.

    Each table stands in a frame of its own that the keyboard can scroll (WCAG 2.1.1), and its
    columns of figures are marked, so that they can be aligned. The last paragraph of a
    quotation says who spoke if it begins with a dash; it becomes the footer (HTML, 4.4.4).
    """
    clean = with_figures_marked(clean_html(body))
    clean = SPEAKER.sub(r"<footer>\1</footer></blockquote>", clean)
    return SafeString(TABLE.sub(lambda table: _framed(table[0]), clean))


def _framed(table: str) -> str:
    """The table in a frame that is called as the table is."""
    name = words_of_caption(table) or _("Table")
    frame = format_html('<div class="table" role="group" aria-label="{}" tabindex="0">', name)
    return f"{frame}{table}</div>"


@register.filter
def data_block(nodes: object) -> SafeString:
    """JSON-LD that no text in it can break out of; a data block is not run (HTML, 4.12.1)."""
    block = json_script(nodes)
    return SafeString(block.replace("application/json", "application/ld+json", 1))


@register.simple_tag
def moment(at: datetime | None, *, short: bool = False) -> SafeString:
    """A moment in the title's zone, which it names; for machines in UTC (HTML, 4.5.14).

    A page has many, so this is no template. `short`: the month by three letters.
    """
    if at is None:
        return SafeString("")
    here = timezone.localtime(at)
    month = MONTHS_3[here.month].capitalize() if short else MONTHS[here.month]
    words = f"{here.day} {month} {here.year}, {here:%H:%M} {here.tzname()}"
    return format_html(TIME, at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), words)


class Kept(template.Node):
    """See `kept`."""

    def __init__(self, nodes: template.NodeList, name: str, differs: list[FilterExpression]):
        self.nodes, self.name, self.differs = nodes, name, differs

    def render(self, context: template.Context) -> SafeString:
        request = getattr(context, "request", None)  # There even where a template has `only`.
        generation = generation_of(request) if request is not None else 0
        if not generation:
            return self.nodes.render(context)
        key = (self.name, get_language(), *[value.resolve(context) for value in self.differs])
        parts = parts_in(generation)
        if key not in parts:
            parts[key] = self.nodes.render(context)
        return parts[key]


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept "header" section.pk %}...{% endkept %}`: rendered once a generation of pages.

    For what stands alike on all pages that anybody may see. It may differ by the values named
    (strings, numbers, truths: few of them), and else by nothing of the page or its reader. A
    page for one reader renders it anew.
    """
    _, name, *differs = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodes, name, [parser.compile_filter(value) for value in differs])


@lru_cache(maxsize=2)
def parts_in(generation: int) -> dict[tuple[object, ...], SafeString]:
    """What `kept` has rendered in that generation."""
    return {}

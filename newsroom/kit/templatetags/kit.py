"""Tags and filters that every room may use."""

import re

from django import template
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from newsroom.kit.html import clean_html
from newsroom.kit.tables import TABLE, with_figures_marked, words_of_caption

register = template.Library()
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

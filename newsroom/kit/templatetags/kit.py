"""Tags and filters that every room may use."""

from django import template
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from newsroom.kit.html import clean_html

register = template.Library()


@register.filter
def as_story(body: str) -> SafeString:
    """Stored markup as HTML, cleaned once more: the one place where it is trusted.

    Each table stands in a frame of its own that the keyboard can scroll (WCAG 2.1.1).
    """
    frame = format_html(
        '<div class="table" role="group" aria-label="{}" tabindex="0">', _("Table")
    )
    clean = clean_html(body)
    return SafeString(
        clean.replace("<table>", f"{frame}<table>").replace("</table>", "</table></div>")
    )


@register.filter
def data_block(nodes: object) -> SafeString:
    """JSON-LD that no text in it can break out of; a data block is not run (HTML, 4.12.1)."""
    block = json_script(nodes)
    return SafeString(block.replace("application/json", "application/ld+json", 1))

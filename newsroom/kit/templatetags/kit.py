"""Tags and filters that every room may use."""

from django import template
from django.utils.safestring import SafeString

from newsroom.kit.html import clean_html

register = template.Library()


@register.filter
def as_story(body: str) -> SafeString:
    """Stored markup as HTML, cleaned once more: the one place where it is trusted."""
    return SafeString(clean_html(body))

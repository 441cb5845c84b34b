"""From a template to a letter."""

from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string

from newsroom.kit.models import Site
from newsroom.mail.letters import Letter

MOST_BYTES = 90_000  # Gmail cuts a message's HTML off at 102 KB; the post room adds links.


def make_letter(name: str, subject: str, site: Site, **shown: Any) -> Letter:
    """Both parts from the templates of that name, the HTML dressed by mail.css."""
    context = {"subject": subject, "site": site, "site_url": settings.SITE_URL} | shown
    text = render_to_string(f"subscriptions/mail/{name}.txt", context)
    html = render_to_string(f"subscriptions/mail/{name}.html", context)
    return Letter(subject=subject, text=f"{text.strip()}\n", html=_inliner().inline(html))


@cache
def _inliner() -> css_inline.CSSInliner:
    """Sets the style sheet on each element; the rules for small and dark screens stay a sheet."""
    sheet = render_to_string("subscriptions/mail/mail.css")
    return css_inline.CSSInliner(
        extra_css=sheet, keep_at_rules=True, minify_css=True, load_remote_stylesheets=False
    )

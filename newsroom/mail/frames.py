"""A mail's HTML as a page for a frame: what it holds can do nothing here."""

import re

from django.conf import settings
from django.http import HttpResponse
from django.utils.csp import CSP

POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, settings.SITE_URL, "data:"],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
HEAD = re.compile(r"<head\b[^>]*>|<html\b[^>]*>|<!doctype[^>]*>", re.IGNORECASE)


def in_frame(html: str) -> HttpResponse:
    """The HTML part alone, inert; its links open in a tab of their own.

    Mail has its style in attributes, so that is allowed; scripts, forms and other sites are not.
    """
    place = HEAD.search(html)
    at = place.end() if place else 0
    response = HttpResponse(f'{html[:at]}<base target="_blank">{html[at:]}')
    response._csp_config = POLICY  # type: ignore[attr-defined]  # Where Django's middleware looks.
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response

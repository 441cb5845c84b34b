"""What machines ask for: the feed, what they need not crawl, the icon."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from articles.feeds import site_feed
from newsroom.press.stored import stored

CLOSED = (
    "/admin/",
    "/accounts/",
    "/desk/",
    "/outbox/",
    "/search/",
    "/subscription/",
    "/unsubscribe/",
)


@stored
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """RSS 2.0 with the full text of the newest stories."""
    return HttpResponse(site_feed(), content_type="application/rss+xml; charset=utf-8")


@stored
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What machines need not ask for (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it whatever the page says."""
    return redirect(static("newsroom/img/favicon.svg"))

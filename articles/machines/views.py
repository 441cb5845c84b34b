"""The addresses that machines ask for."""

from django.http import Http404, HttpRequest, HttpResponse

from articles.machines import icons, notices, sitemaps
from articles.machines.news import fresh_stories, news_due_at
from articles.machines.news import news_sitemap as news_text
from newsroom.kit.methods import only_read
from newsroom.press.stored import changes_at, stored

XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
A_DAY = 86_400  # Seconds.


@stored
@only_read
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of the site's maps."""
    return HttpResponse(sitemaps.index(), content_type=XML)


@only_read
def sitemap_pages(request: HttpRequest, part: str | None = None) -> HttpResponse:
    """What is no story."""
    return _or_404(sitemaps.pages_part(int(part or 1)), XML)


@only_read
def sitemap_month(
    request: HttpRequest, year: str, month: str, part: str | None = None
) -> HttpResponse:
    """A month's stories."""
    return _or_404(sitemaps.month_part(f"{year}/{month}", int(part or 1)), XML)


@stored
@only_read
def news_sitemap(request: HttpRequest) -> HttpResponse:
    """The stories of the last 48 hours."""
    stories = fresh_stories()
    return changes_at(HttpResponse(news_text(stories), content_type=XML), news_due_at(stories))


@stored
@only_read
def robots(request: HttpRequest) -> HttpResponse:
    """What machines need not ask for."""
    return HttpResponse(notices.robots(), content_type=TEXT)


@only_read
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness; 404 while the title names no contact."""
    return _or_404(notices.security(), TEXT)


@only_read
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it whatever the page says."""
    return _icon("favicon.ico", "image/x-icon")


@only_read
def touch_icon(request: HttpRequest) -> HttpResponse:
    """So do telephones."""
    return _icon("apple-touch-icon.png", "image/png")


@only_read
def manifest(request: HttpRequest) -> HttpResponse:
    """Name, colours and icons for a home screen."""
    return HttpResponse(icons.manifest(), content_type="application/manifest+json")


def _or_404(text: str, kind: str) -> HttpResponse:
    if not text:
        raise Http404
    return HttpResponse(text, content_type=kind)


def _icon(name: str, kind: str) -> HttpResponse:
    response = HttpResponse(icons.icon(name), content_type=kind)
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response

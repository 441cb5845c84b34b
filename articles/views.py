"""The pages readers see."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from articles.feeds import site_feed
from articles.front import front_page
from articles.lists import page_of
from articles.models import Article, Author, Redirect, Section, SitePage, Topic
from articles.models.article import ArticleQuerySet

RELATED = 4
FOUND = 50


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The front page: lead, seconds, most recent, a strip a section."""
    return render(request, "articles/front.html", {"front": front_page(), "here": "front"})


@require_safe
def detail(request: HttpRequest, path: str) -> HttpResponse:
    """A story; 410 with the desk's note if it was withdrawn; elsewhere if it moved."""
    stories = Article.objects.select_related(
        "section", "live", "live__section", "live__lead_photo"
    ).prefetch_related("topics", "live__byline_rows__author", "live__lead_photo__renditions")
    article = stories.published().filter(path=path).first()
    if article is None:
        return _gone_or_moved(request, path)
    return render(request, "articles/detail.html", story_context(article))


def story_context(article: Article) -> dict[str, Any]:
    """What the story's page shows, for readers and for the desk's preview alike."""
    revision = article.live or article.newest
    see_also = Article.objects.published().filter(pointed_at_by__revision=revision)
    return {
        "article": article,
        "revision": revision,
        "see_also": see_also.select_related("live").order_by("pointed_at_by__position"),
        "corrections": article.corrections.all(),
        "updated_at": last_told_change(article),
        "related": Article.objects.related_to(article).for_cards()[:RELATED],
        "here": article.section.slug if article.section else "",
    }


def last_told_change(article: Article) -> Any:
    """When readers were last told something new; None if never since first publication."""
    told = article.revisions.filter(change_kind__in=["update", "clarification", "correction"])
    return told.order_by("-published_at").values_list("published_at", flat=True).first()


def _gone_or_moved(request: HttpRequest, path: str) -> HttpResponse:
    withdrawn = Article.objects.filter(path=path, state=Article.State.WITHDRAWN).first()
    if withdrawn is not None:
        return render(request, "410.html", {"article": withdrawn}, status=410)
    moved = Redirect.objects.filter(old_path=path).select_related("article").first()
    if moved is None:
        raise Http404
    if moved.article is None:
        return HttpResponsePermanentRedirect(moved.new_path)
    if not moved.article.is_public:
        raise Http404
    return redirect(moved.article, permanent=True)


def _list(
    request: HttpRequest, stories: ArticleQuerySet, template: str, context: dict[str, Any]
) -> HttpResponse:
    page = page_of(stories, request)
    return render(request, f"articles/{template}.html", context | {"page": page})


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """A section's stories, the newest first."""
    here = get_object_or_404(Section, slug=slug)
    stories = Article.objects.published().filter(section=here)
    return _list(request, stories, "section", {"section": here, "here": slug})


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic, what it is, and its stories. A topic without public stories is nobody's business."""
    here = get_object_or_404(Topic, slug=slug)
    stories = Article.objects.published().filter(topics=here)
    if not stories.exists():
        raise Http404
    return _list(request, stories, "topic", {"topic": here})


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """Who an author is, and what they wrote."""
    here = get_object_or_404(Author.objects.select_related("portrait"), slug=slug)
    stories = Article.objects.published().filter(bylines=here)
    if not stories.exists():
        raise Http404
    return _list(request, stories, "author", {"author": here})


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Every story, the newest first."""
    return _list(request, Article.objects.published(), "latest", {})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Stories with the words in their headline."""
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:200]
    stories = Article.objects.matching(query).newest_first().for_cards() if query else None
    found = list(stories[:FOUND]) if stories is not None else []
    newest = [] if found else Article.objects.published().newest_first().for_cards()[:5]
    context = {"query": query, "found": found, "newest": newest, "most": FOUND}
    return render(request, "articles/search.html", context)


@require_safe
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the six pages about the title."""
    page = get_object_or_404(SitePage, slug=slug)
    return render(request, "articles/site_page.html", {"page": page, "here": slug})


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """RSS 2.0 with the full text of the newest stories."""
    return HttpResponse(site_feed(), content_type="application/rss+xml; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What machines need not ask for (RFC 9309)."""
    closed = ("/admin/", "/accounts/", "/outbox/", "/search/", "/subscription/", "/unsubscribe/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it whatever the page says."""
    return redirect(static("newsroom/img/icon.svg"))

"""The pages readers see."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles.front import front_page
from articles.history import history_of
from articles.lists import LAST_PAGE, number_of, page_of
from articles.models import Article, Author, Section, SitePage, Topic
from articles.models.article import ArticleQuerySet
from articles.moved import follows_moves
from articles.story import story_context
from newsroom.kit.links import absolute
from newsroom.press.stored import stored

FOUND = 50  # Headlines that one answer to a search shows.
NEWEST = 5  # Stories shown where a search has nothing to show.
LONGEST_QUERY = 200  # Characters; the box takes no more.


@stored
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The front page: lead, seconds, most recent, a strip a section."""
    return _page(request, "front", {"front": front_page()})


@stored
@require_safe
@follows_moves
def detail(request: HttpRequest, path: str) -> HttpResponse:
    """A story; 410 with the desk's note if it was withdrawn; elsewhere if it moved."""
    stories = Article.objects.published().filter(path=path)
    article = stories.select_related("live__section", "live__lead_photo", "section").first()
    if article is None or article.live is None:
        return _gone(request, path)
    return _page(request, "detail", story_context(article, article.live))


def _gone(request: HttpRequest, path: str) -> HttpResponse:
    """The desk's note where a story was withdrawn; nothing where none ever was."""
    withdrawn = Article.objects.filter(path=path, state=Article.State.WITHDRAWN)
    context = {"withdrawn": get_object_or_404(withdrawn)}
    return render(request, "410.html", context, status=410)


@stored
@require_safe
@follows_moves
def history(request: HttpRequest, path: str) -> HttpResponse:
    """The public versions of a story and what changed; 410 if the story was withdrawn."""
    article = Article.objects.published().select_related("live").filter(path=path).first()
    if article is None:
        return _gone(request, path)
    number = number_of(request.GET.get("page", "1"), LAST_PAGE)
    context = {"article": article, "history": history_of(article, number)}
    return _page(request, "history", context)


@stored
@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """A section's stories, the newest first."""
    here = get_object_or_404(Section, slug=slug)
    stories = Article.objects.published().filter(section=here)
    context = {"section": here, "current_section": here, "current_is_page": True}
    return _list(request, "section", stories, context)


@stored
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic, what it is, and its stories. One without public stories may not be known yet."""
    here = get_object_or_404(Topic, slug=slug)
    stories = Article.objects.published().filter(topics=here)
    if not stories.exists():
        raise Http404
    return _list(request, "topic", stories, {"topic": here})


@stored
@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """Who an author is, and what they wrote."""
    authors = Author.objects.select_related("portrait").prefetch_related("portrait__renditions")
    here = get_object_or_404(authors, slug=slug)
    stories = Article.objects.published().filter(bylines=here)
    return _list(request, "author", stories, {"author": here})


@stored
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Every story, the newest first."""
    return _list(request, "latest", Article.objects.published(), {})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Stories with the words in their headline."""
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_QUERY]
    stories = Article.objects.newest_first().for_cards().defer("live__body")
    found = list(stories.matching(query)[: FOUND + 1]) if query else []
    newest = [] if found else list(stories.published()[:NEWEST])
    context = {"query": query, "found": found[:FOUND], "more": len(found) > FOUND}
    return render(request, "articles/search.html", context | {"newest": newest})


@stored
@require_safe
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the six pages about the title."""
    return _page(request, "site_page", {"page": get_object_or_404(SitePage, slug=slug)})


def _list(
    request: HttpRequest, template: str, stories: ArticleQuerySet, context: dict[str, Any]
) -> HttpResponse:
    return _page(request, template, context | {"page": page_of(stories, request)})


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render with the page's own address (RFC 6596), which no query and no host can change."""
    canonical = absolute(request.path)
    return render(request, f"articles/{template}.html", {"canonical": canonical} | context)

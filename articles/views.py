"""The pages readers see."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import Truncator

from articles.front import front_page
from articles.history import history_of
from articles.lists import (
    LAST_PAGE,
    Listing,
    Page,
    archive_years,
    author_list,
    corrections_list,
    latest_list,
    month_list,
    neighbours,
    number_of,
    often_with,
    page_of,
    pictures_list,
    pictures_of,
    section_list,
    topic_list,
)
from articles.models import Article, Author, Section, SitePage
from articles.moved import follows_moves, follows_slugs
from articles.search import LAST_PAGE as LAST_FOUND
from articles.search import search as find
from articles.search.empty import instead_of
from articles.search.form import SearchForm
from articles.social import first_picture, newest_photo, portrait_of
from articles.story import story_context
from newsroom.kit.html import plain_text
from newsroom.kit.links import absolute
from newsroom.kit.methods import only_read
from newsroom.kit.prepared import prepared
from newsroom.press.stored import changes_at, stored

DESCRIPTION = 180  # Characters of a site page that describe it to those who quote it.


@stored
@only_read
def front(request: HttpRequest) -> HttpResponse:
    """The front page: lead, seconds, most recent, an opinion, a strip a section."""
    shown = front_page()
    page = _page(request, "front", {"front": shown, "sections": shown.sections})
    return changes_at(page, shown.changes_at)


@stored
@only_read
@follows_moves
def detail(request: HttpRequest, path: str) -> HttpResponse:
    """A story; 410 with the desk's note if it was withdrawn; elsewhere if it moved."""
    for article in _at(path):
        if article.is_public and article.live is not None:
            return _page(request, "detail", story_context(article, article.live))
    return _gone(request, path)


@prepared
def _at(path: str) -> QuerySet[Article]:
    stories = Article.objects.filter(path=path)
    return stories.select_related("live__section", "live__lead_photo")


def _gone(request: HttpRequest, path: str) -> HttpResponse:
    """The desk's note where a story was withdrawn; nothing where none ever was."""
    withdrawn = Article.objects.filter(path=path, state=Article.State.WITHDRAWN)
    context = {"withdrawn": get_object_or_404(withdrawn)}
    return render(request, "410.html", context, status=410)


@stored
@only_read
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
@only_read
@follows_slugs
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """A section's stories, the newest first."""
    here = get_object_or_404(Section, slug=slug)
    listing = section_list(here)
    page = page_of(listing.ordered, request)
    context = {"section": here, "current_section": here, "current_is_page": True}
    context["social_image"] = newest_photo(page.rows)
    return _list(request, "section", listing, context, page)


@stored
@only_read
@follows_slugs
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic, what it is, and its stories. One without public stories may not be known yet."""
    here, listing = topic_list(slug)
    page = page_of(listing.ordered, request)
    context = {"topic": here, "together": often_with(here, page.rows)}
    context["social_image"] = newest_photo(page.rows)
    return _list(request, "topic", listing, context, page)


@stored
@only_read
@follows_slugs
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """Who an author is, and what they wrote."""
    authors = Author.objects.select_related("portrait").prefetch_related("portrait__renditions")
    here = get_object_or_404(authors, slug=slug)
    context = {"author": here, "social_image": portrait_of(here)}
    return _list(request, "author", author_list(here), context)


@stored
@only_read
def latest(request: HttpRequest) -> HttpResponse:
    """Every story, the newest first."""
    return _list(request, "latest", latest_list(), {})


@stored
@only_read
def archive(request: HttpRequest) -> HttpResponse:
    """The months that have stories, by year."""
    return _page(request, "archive", {"years": archive_years()})


@stored
@only_read
def month(request: HttpRequest, month: str) -> HttpResponse:
    """A month's stories by day, and the months around it."""
    return _list(request, "month", month_list(month), {"neighbours": neighbours(month)})


@stored
@only_read
def corrections(request: HttpRequest) -> HttpResponse:
    """What was wrong in which story, and what is right."""
    return _list(request, "corrections", corrections_list(), {})


@stored
@only_read
def pictures(request: HttpRequest) -> HttpResponse:
    """The stories' photos; each leads to its story."""
    listing = pictures_list()
    page = page_of(listing.ordered, request)
    pictures = pictures_of(page.rows)
    context = {"pictures": pictures, "social_image": first_picture(pictures)}
    return _list(request, "pictures", listing, context, page)


@only_read
def search(request: HttpRequest) -> HttpResponse:
    """Stories that answer a question, or why there are none and what there is instead."""
    form = SearchForm(request.GET)
    page = number_of(request.GET.get("page", "1"), LAST_FOUND)
    query = form.query(page)
    results = find(query)
    if page > results.last_page:
        raise Http404
    context = {
        "query": query.words,
        "form": form,
        "results": results,
        "filters": form.filter_names(query),
        "instead": None if results.found else instead_of(form, query),
        "newer": form.address(page=page - 1) if page > 1 else "",
        "older": form.address(page=page + 1) if page < results.last_page else "",
    }
    return render(request, "articles/search.html", context)


@stored
@only_read
def reading_list(request: HttpRequest) -> HttpResponse:
    """Where a browser shows the stories that its reader saved in it; the site knows of none."""
    return _page(request, "reading_list", {})


@stored
@only_read
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the six pages about the title."""
    page = get_object_or_404(SitePage, slug=slug)
    about = Truncator(" ".join(plain_text(page.body).split())).chars(DESCRIPTION)
    return _page(request, "site_page", {"page": page, "about": about})


def _list(
    request: HttpRequest,
    template: str,
    listing: Listing[Any],
    context: dict[str, Any],
    page: Page[Any] | None = None,
) -> HttpResponse:
    """A page of a list. Each has an address of its own, without where the reader began."""
    page = page or page_of(listing.ordered, request)
    shown = {"listing": listing, "page": page, "feed_path": f"{listing.path}feed/"} | context
    if page.number > 1:
        shown["canonical"] = absolute(f"{listing.path}?page={page.number}")
    return _page(request, template, shown)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render with the page's own address (RFC 6596), which no query and no host can change."""
    canonical = absolute(request.path)
    return render(request, f"articles/{template}.html", {"canonical": canonical} | context)

"""Addresses that stories and lists once had, and everything below them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase

from articles.models import Article, Author, Redirect, Section

View = Callable[..., HttpResponseBase]


def new_path(path: str) -> str:
    """Where the story or list that was there is now, as `Article.path` says it; empty if none was.

    A story that stands at the path today wins over one that moved away from it. What was
    withdrawn still has its address, and its note there.
    """
    if Article.objects.filter(path=path).exists():
        return ""
    moved = Redirect.objects.filter(old_path=path).select_related("article").first()
    if moved is None or not _may_be_known(moved):
        return ""
    return (moved.article.path if moved.article else moved.new_path.strip("/")) or ""


def follows_moves(view: View) -> View:
    """A page of a story, found by its first argument `path`, also at the story's old addresses.

    There the answer is one redirect to the same page of the story's address: 301 (RFC 9110,
    section 15.4.2), and 308 where something was sent, so that it is sent again (15.4.9).
    """

    @wraps(view)
    def at_its_address(
        request: HttpRequest, path: str, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        try:
            response = view(request, path, *args, **kwargs)
        except Http404:
            moved = _lead_on(request, path)
            if moved is None:
                raise
            return moved
        if response.status_code == 404:
            return _lead_on(request, path) or response
        return response

    return at_its_address


def follows_slugs(view: View) -> View:
    """A page of a section, topic or author, found by `slug`, also at the slugs that it once had."""

    @wraps(view)
    def at_its_slug(request: HttpRequest, slug: str) -> HttpResponseBase:
        try:
            return view(request, slug)
        except Http404:
            kind = request.path.split("/")[1]
            moved = _lead_on(request, f"{kind}/{slug}")
            if moved is None:
                raise
            return moved

    return at_its_slug


def _lead_on(request: HttpRequest, path: str) -> HttpResponse | None:
    there, asked = new_path(path), request.resolver_match
    if not there or asked is None:
        return None
    address = f"/{there}/{request.path.removeprefix(f'/{path}/')}"
    if request.GET:
        address += f"?{request.GET.urlencode()}"
    sent = request.method not in {"GET", "HEAD"}
    return HttpResponsePermanentRedirect(address, preserve_request=sent)


def _may_be_known(moved: Redirect) -> bool:
    """Whether a stranger may hear where it leads: to nothing that was never public, or is gone."""
    if moved.article:
        return moved.article.state == Article.State.WITHDRAWN or moved.article.is_public
    kind, _, slug = moved.new_path.strip("/").partition("/")
    if kind == "topic":
        return Article.objects.published().filter(topics__slug=slug).exists()
    if kind == "section":
        return Section.objects.filter(slug=slug).exists()
    return kind != "author" or Author.objects.filter(slug=slug).exists()

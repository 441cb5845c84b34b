"""`@stored`: views whose answer to anybody is kept as a file."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation

from newsroom.press import store
from newsroom.press.addresses import file_for, is_plain_query, is_storable
from newsroom.press.headers import cache_headers, page_headers
from newsroom.press.models import PagePath, Stand
from newsroom.press.packing import Packed, best_encoding, is_match, pack

View = Callable[..., HttpResponseBase]
PATIENCE = 3.0  # Seconds that a request waits for another that renders the same page.
PORTS = {"http": "80", "https": "443"}
logger = logging.getLogger(__name__)


def stored(view: View) -> View:
    """Keep the page that this view shows to anybody, and answer with what was kept.

    Kept is a 200 to a GET or HEAD without a session, at the address that `reverse` gives,
    with no query but campaign parameters. The view is then called with a request that has
    nothing of this reader's: SITE_URL's host, no header, no cookie, no query.
    """

    @wraps(view)
    def at_the_press(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _is_for_anybody(request):
            _note_generation(request)
            return view(request, *args, **kwargs)
        with store.turn_for(request.path, PATIENCE) as turn:
            stand = PagePath.objects.stand_of(request.path)
            if turn.waited and (ready := _ready(request, stand)):
                return _answer(request, *ready)
            with translation.override(settings.LANGUAGE_CODE):
                response = view(plain_request(request, stand), *args, **kwargs)
            name = _name_of(request.path, response)
            if name is None or not isinstance(response, HttpResponse):
                asked_more = bool(request.META["QUERY_STRING"])
                return view(request, *args, **kwargs) if asked_more else response
            packed = pack(response.content)
            if turn.held:
                _keep(request.path, name, packed, stand, getattr(response, "changes_at", None))
        return _answer(request, name, packed[_best(request)])

    return at_the_press


def changes_at(response: HttpResponse, moment: datetime | None) -> HttpResponse:
    """Say that what the page shows changes by itself at that moment, unless it is None."""
    response.changes_at = moment  # type: ignore[attr-defined]  # Where `stored` looks.
    return response


def plain_request(request: HttpRequest, stand: Stand) -> WSGIRequest:
    """The same page asked for by nobody in particular, at SITE_URL, in that generation."""
    plain = WSGIRequest(plain_environ(request.path_info))
    plain.user = AnonymousUser()
    plain.resolver_match = request.resolver_match
    plain.generation = stand.generation  # type: ignore[attr-defined]  # For `kit.context`.
    return plain


def plain_environ(path: str) -> dict[str, Any]:
    """A GET of that path at SITE_URL, without a header but Host (PEP 3333)."""
    site = urlsplit(settings.SITE_URL)
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname or "",
        "SERVER_PORT": str(site.port or PORTS[site.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "REMOTE_ADDR": "",
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
    }


def _is_for_anybody(request: HttpRequest) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and not settings.DEBUG
        and is_storable(request.path)
        and is_plain_query(request.META["QUERY_STRING"])
        and request.path == _own_address(request)
    )


def _note_generation(request: HttpRequest) -> None:
    """A page that is not kept, but shows nobody's own, may use what its generation has kept."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not settings.DEBUG:
        request.generation = PagePath.objects.generation()  # type: ignore[attr-defined]  # As below.


def _own_address(request: HttpRequest) -> str:
    found = request.resolver_match
    return reverse(found.view_name, args=found.args, kwargs=found.kwargs) if found else ""


def _best(request: HttpRequest) -> str:
    return best_encoding(request.headers.get("Accept-Encoding", ""))


def _ready(request: HttpRequest, stand: Stand) -> tuple[str, Packed] | None:
    """What the one waited for has stored."""
    return store.read(stand.generation, request.path, _best(request))


def _name_of(path: str, response: HttpResponseBase) -> str | None:
    """The name to keep the answer under; None for one that is not kept."""
    if response.status_code != 200 or response.streaming or response.cookies:
        return None
    return file_for(path, response.headers.get("Content-Type", ""))


def _keep(
    path: str, name: str, packed: dict[str, Packed], stand: Stand, due_at: datetime | None
) -> None:
    """Store the page unless something it shows has changed since it was begun.

    The moment of its change is noted first: a process may die between the two.
    """
    if due_at is not None:
        PagePath.objects.set_due(path, due_at)
    try:
        with store.door() as turn:
            if turn.held and PagePath.objects.stand_of(path) == stand:
                store.write(stand.generation, name, packed)
    except OSError:
        logger.exception("page not stored", extra={"page": path})  # It is answered all the same.


def _answer(request: HttpRequest, name: str, packed: Packed) -> HttpResponse:
    """As the front would answer from the file."""
    if is_match(packed.etag, request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
        headers = cache_headers(packed.etag)
    else:
        response = HttpResponse(b"" if request.method == "HEAD" else packed.body)
        headers = page_headers(name, packed)
    for header, value in headers:
        response.headers[header] = value
    response.is_packed = True  # type: ignore[attr-defined]  # PackingMiddleware leaves it alone.
    return response

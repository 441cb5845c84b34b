"""Where a public POST may come from: the forms stand on stored pages, so no token can."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from newsroom.kit.links import LinkError, make_token, read_token

View = Callable[..., HttpResponseBase]
AGAIN_FIELD = "press-again"
AGAIN_FOR = timedelta(minutes=10)


def same_origin_post(view: View) -> View:
    """Accept the POSTs of this site's own pages (Fetch Metadata; RFC 6454 for Origin).

    Sec-Fetch-Site decides where it is sent; else Origin does. Where neither says
    anything (an old browser, a private window), the typed form is shown again with a
    token that lives ten minutes, and its second POST is accepted. Other sites are refused.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or _accepts(request):
            return view(request, *args, **kwargs)
        if _says_nothing(request):
            return _ask_again(request)
        return render(request, "kit/other_site.html", status=403)

    return csrf_exempt(guarded)


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that the request comes from a page of this very site."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _accepts(request: HttpRequest) -> bool:
    return is_same_origin(request) or (_says_nothing(request) and _has_token(request))


def _says_nothing(request: HttpRequest) -> bool:
    silent = request.headers.get("Origin") in {None, "null"}
    return silent and "Sec-Fetch-Site" not in request.headers


def _has_token(request: HttpRequest) -> bool:
    try:
        path = read_token(AGAIN_FIELD, request.POST.get(AGAIN_FIELD, ""), max_age=AGAIN_FOR)
    except LinkError:
        return False
    return path == request.path


def _ask_again(request: HttpRequest) -> HttpResponse:
    typed: QueryDict = request.POST.copy()
    typed.pop(AGAIN_FIELD, None)
    fields = [(name, value) for name, values in typed.lists() for value in values]
    context = {
        "fields": fields,
        "again": AGAIN_FIELD,
        "token": make_token(AGAIN_FIELD, request.path),
    }
    response = render(request, "kit/press_again.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response

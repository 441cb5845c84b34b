"""How pages that are one person's own are opened."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.kit.links import LinkError

View = Callable[..., HttpResponse]

door = require_http_methods(["GET", "HEAD", "POST"])


def private(view: View) -> View:
    """A page that shows what one person typed or holds the key to: kept and indexed nowhere."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return shown


def link_page(*, lives: timedelta | None = None) -> Callable[[View], View]:
    """A page behind a mailed link: the token is all it needs, and a bad one is told plainly.

    `lives`: how long the link works; None if it does not grow old.
    """

    def behind(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            try:
                return view(request, token)
            except LinkError:
                shown = {"lives": _in_words(lives) if lives else ""}
                gone = HTTPStatus.GONE
                return render(request, "subscriptions/link_dead.html", shown, status=gone)

        return csrf_exempt(door(private(opened)))

    return behind


def _in_words(span: timedelta) -> str:
    if span.days:
        return ngettext("%(n)d day", "%(n)d days", span.days) % {"n": span.days}
    minutes = span.seconds // 60
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}

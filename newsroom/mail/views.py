"""The post room's doors: leaving, and the local outbox."""

from itertools import islice
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsroom.environment import is_loopback
from newsroom.kit.client import FORWARDING_HEADERS
from newsroom.kit.links import LinkError
from newsroom.mail import outbox
from newsroom.mail.frames import in_frame
from newsroom.mail.leaving import can_undo, leave, reader_of, undo_leaving
from newsroom.mail.links import preferences_path, read_unsubscribe

SHOWN = 50
WITH_FRAME: dict[str, Any] = settings.SECURE_CSP | {"frame-src": [CSP.SELF]}


@csrf_exempt  # The token is the permission; mail programs bring no cookie (RFC 8058).
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing; POST leaves, once and without a redirect.

    Where the reader has moved since, the pages say so, and nothing that leads to the new address:
    whoever reads mail at the old one by now may be somebody else.
    """
    try:
        address, wish = read_unsubscribe(token)
    except LinkError:
        return _private(render(request, "mail/link_failed.html", status=404))
    page, keeps = "leave", False
    reader = reader_of(address, wish)
    before = address if reader != address else None
    if request.method == "POST" and "undo" in request.POST:
        page = "returned" if undo_leaving(reader, wish=wish) else "too_late"
    elif request.method == "POST":
        everything = "everything" in request.POST
        keeps = leave(reader, wish=wish, everything=everything, before=before)
        page = "left_everything" if everything else "left"
    context = {
        "address": address.typed,
        "moved": before is not None,
        "can_undo": keeps or can_undo(reader),
        "keeps": keeps,
        "choices": "" if before else preferences_path(address),
    }
    return _private(render(request, f"mail/leaving/{page}.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _only_here(request: HttpRequest) -> None:
    """The outbox is for whoever sits at this machine; for all others it does not exist."""
    forwarded = any(header in request.META for header in FORWARDING_HEADERS)
    local = is_loopback(request.META.get("REMOTE_ADDR", ""))
    if not (settings.EMBEDDED and settings.MAIL_STAYS_HERE and local) or forwarded:
        raise Http404


@require_safe
def outbox_list(request: HttpRequest) -> HttpResponse:
    """The messages of the outbox, the newest first; `?q=` looks in addresses and subjects."""
    _only_here(request)
    words = request.GET.get("q", "").strip()[:200]
    number = _page_number(request.GET.get("page", "1"))
    start = (number - 1) * SHOWN
    names = list(islice(outbox.found(words), start, start + SHOWN + 1))
    if number > 1 and not names:
        raise Http404
    context = {
        "letters": [outbox.read(name) for name in names[:SHOWN]],
        "count": len(outbox.names()),
        "words": words,
        "newer": number - 1,
        "older": number + 1 if len(names) > SHOWN else 0,
    }
    return _private(render(request, "mail/outbox.html", context))


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text)):
        raise Http404
    return int(text)


@require_safe
@csp_override(WITH_FRAME)
def outbox_letter(request: HttpRequest, name: str) -> HttpResponse:
    """One message: as HTML in a frame of its own, as text, or its source."""
    letter = _letter(request, name)
    views = [view for view in ("html", "text") if getattr(letter, view)] + ["source"]
    view = request.GET.get("view", views[0])
    if view not in views:
        raise Http404
    context = {"letter": letter, "views": views, "view": view}
    return _private(render(request, "mail/outbox_letter.html", context))


@require_safe
def outbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, inert; its links open in a tab of their own."""
    return in_frame(_letter(request, name).html)


def _letter(request: HttpRequest, name: str) -> outbox.Kept:
    _only_here(request)
    try:
        return outbox.read(name)
    except FileNotFoundError:
        raise Http404 from None

"""When the desk's door has fallen shut while somebody was writing: nothing typed is lost."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.csrf import csrf_failure as plain_refusal

from newsroom.kit.origin import is_same_origin

SECRET = "csrfmiddlewaretoken"  # noqa: S105 - The field's name.


def keep_what_was_typed(
    guarded: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Answer a form sent from our own page by someone no longer signed in with what they
    typed and a way to sign in, instead of sending them away without it."""

    @wraps(guarded)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        signed_out = not request.user.is_authenticated
        if request.method == "POST" and signed_out and is_same_origin(request):
            return _typed_again(request, signed_out=True)
        return guarded(request, *args, **kwargs)

    return view


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Signing in elsewhere changes the token that an open form holds: show the form's
    content again, with a fresh token. Only for forms of the desk sent from our own pages."""
    if request.path.startswith("/admin/") and is_same_origin(request):
        return _typed_again(request, signed_out=not request.user.is_authenticated)
    response: HttpResponse = plain_refusal(request, reason=reason)
    return response


def _typed_again(request: HttpRequest, *, signed_out: bool) -> HttpResponse:
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != SECRET
        for value in values
    ]
    context = {"fields": fields, "files": list(request.FILES), "signed_out": signed_out}
    response = render(request, "admin/typed_again.html", context, status=403)
    response["Cache-Control"] = "private, no-store"
    return response

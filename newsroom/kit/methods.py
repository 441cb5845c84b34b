"""Which methods a page answers."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponseBase]


def only_read(view: View) -> View:
    """A page that is only read: GET and HEAD; whatever else is sent gets 405 (RFC 9110, 15.5.6).

    The question of a form's token does not arise, so that it is not the token that is missed.
    """
    readable: Callable[..., Any] = require_safe(view)
    return csrf_exempt(readable)


class MethodsMiddleware:
    """Say what a page answers: to OPTIONS with 204, to what it refuses with 405 in our design.

    Views name their methods in Allow (RFC 9110, sections 9.3.7 and 10.2.1); Django's own answer
    to others has no words for whoever sent them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or "Allow" not in response:
            return response
        if request.method == "OPTIONS":
            allowed = f"{response['Allow']}, OPTIONS"
            return HttpResponse(status=204, headers={"Allow": allowed})
        refused = render(request, "405.html", status=405)
        refused["Allow"] = response["Allow"]
        return refused

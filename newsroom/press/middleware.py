"""How browsers and shared caches may keep a page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ReaderCacheMiddleware:
    """A page for nobody in particular may be kept and asked about; a person's page is theirs.

    Anonymous answers get `no-cache`: a browser keeps them and asks by ETag each time
    (RFC 9111, section 5.2.2.4). Answers to whoever carries a session are private.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
            response["Cache-Control"] = "private, no-cache" if signed_in else "no-cache"
        return response

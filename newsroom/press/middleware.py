"""How browsers and shared caches may keep a page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import set_response_etag


class ReaderCacheMiddleware:
    """A page for nobody in particular may be kept and asked about; a person's page is theirs.

    Anonymous answers get `no-cache`: a browser keeps them and asks by ETag each time
    (RFC 9111, section 5.2.2.4). Answers to whoever carries a session are private.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD" and response.status_code == 200 and not response.streaming:
            set_response_etag(
                response
            )  # Django's own middleware knows GET alone (RFC 9110, 9.3.2).
        if "Cache-Control" not in response:
            signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
            response["Cache-Control"] = "private, no-cache" if signed_in else "no-cache"
        return response

"""How browsers and shared caches may keep a page, and how it is packed."""

from collections.abc import Callable
from typing import override

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers, set_response_etag

from newsroom.press.packing import best_encoding


class PackingMiddleware(GZipMiddleware):
    """Django's own for what is not stored; a stored page is packed already."""

    @override
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if getattr(response, "is_packed", False):
            return response
        if best_encoding(request.headers.get("Accept-Encoding", ""), ["gzip", ""]) != "gzip":
            patch_vary_headers(
                response, ["Accept-Encoding"]
            )  # Django's would read `gzip;q=0` as yes.
            return response
        return super().process_response(request, response)


class ReaderCacheMiddleware:
    """A page for nobody in particular may be kept and asked about; a person's page is theirs.

    Anonymous answers get `no-cache`: a browser keeps them and asks by ETag each time
    (RFC 9111, section 5.2.2.4). Answers to whoever carries a session are private.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD" and _needs_tag(response):
            set_response_etag(
                response
            )  # Django's own middleware knows GET alone (RFC 9110, 9.3.2).
        if "Cache-Control" not in response:
            signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
            response["Cache-Control"] = "private, no-cache" if signed_in else "no-cache"
        return response


def _needs_tag(response: HttpResponseBase) -> bool:
    return response.status_code == 200 and not response.streaming and "ETag" not in response

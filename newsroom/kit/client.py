"""Who is asking: the client's network address, from trusted proxies only."""

from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

FORWARDING_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED")


class ClientMiddleware:
    """Put the client's address and scheme right before anything else reads them.

    Without TRUSTED_PROXIES forwarding headers are ignored. With networks given, and the
    peer inside one of them, the address is the last hop of X-Forwarded-For outside them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        peer = _address(request.META.get("REMOTE_ADDR", ""))
        if peer is not None and _trusts(peer):
            self._believe_proxy(request)
        return self.get_response(request)

    def _believe_proxy(self, request: HttpRequest) -> None:
        hops = [_address(hop) for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        for hop in reversed(hops):
            if hop is None:
                break  # A hop that cannot be read cannot vouch for the one before it.
            request.META["REMOTE_ADDR"] = str(hop)
            if not _trusts(hop):
                break
        if _says_https(request.META):
            request.META["wsgi.url_scheme"] = "https"
            request.environ["wsgi.url_scheme"] = "https"  # type: ignore[attr-defined]  # WSGIRequest has it.


def is_secure(environ: Mapping[str, Any]) -> bool:
    """Whether a WSGI request came over https, by itself or as a trusted proxy says."""
    if environ.get("wsgi.url_scheme") == "https":
        return True
    peer = _address(environ.get("REMOTE_ADDR", ""))
    return _says_https(environ) and peer is not None and _trusts(peer)


def _says_https(environ: Mapping[str, Any]) -> bool:
    return str(environ.get("HTTP_X_FORWARDED_PROTO", "")).strip().lower() == "https"


def _trusts(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


@cache
def _networks(named: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(network.strip()) for network in named]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.strip())
    except ValueError:
        return None


def network_of(request: HttpRequest) -> str:
    """The client's address, IPv6 cut to its /64: what a limit counts as one client."""
    address = _address(request.META.get("REMOTE_ADDR", ""))
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False).network_address)
    return str(address or "")

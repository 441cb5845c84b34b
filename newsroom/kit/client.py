"""Who is asking: the client's network address, from trusted proxies only."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

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
        self.trusted = [ip_network(network.strip()) for network in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        peer = _address(request.META.get("REMOTE_ADDR", ""))
        if peer is not None and self._trusts(peer):
            self._believe_proxy(request)
        return self.get_response(request)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.trusted)

    def _believe_proxy(self, request: HttpRequest) -> None:
        hops = [_address(hop) for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        for hop in reversed(hops):
            if hop is None:
                break  # A hop that cannot be read cannot vouch for the one before it.
            request.META["REMOTE_ADDR"] = str(hop)
            if not self._trusts(hop):
                break
        if request.META.get("HTTP_X_FORWARDED_PROTO", "").strip().lower() == "https":
            request.META["wsgi.url_scheme"] = "https"
            request.environ["wsgi.url_scheme"] = "https"  # type: ignore[attr-defined]  # WSGIRequest has it.


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

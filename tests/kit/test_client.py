"""Who is asking, with and without a proxy in front."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from newsroom.kit.client import ClientMiddleware, network_of


def seen(trusted: list[str], peer: str, forwarded: str) -> tuple[str, str]:
    """The client's network and the scheme, as the rest of the house sees them."""
    found: list[tuple[str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append((network_of(request), request.scheme or ""))
        return HttpResponse()

    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=peer)
    with override_settings(TRUSTED_PROXIES=trusted):
        ClientMiddleware(view)(request)
    return found[0]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "network", "scheme"),
    [
        ([], "203.0.113.9", "198.51.100.1", "203.0.113.9", "http"),
        (["10.0.0.0/8"], "203.0.113.9", "198.51.100.1", "203.0.113.9", "http"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1", "198.51.100.1", "https"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1", "https"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1", "https"),
        ([], "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::", "http"),
    ],
)
def test_forwarding_headers_count_from_trusted_proxies_alone(
    trusted: list[str], peer: str, forwarded: str, network: str, scheme: str
) -> None:
    assert seen(trusted, peer, forwarded) == (network, scheme)

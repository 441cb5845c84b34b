"""Where a public POST may come from."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from newsroom.kit.origin import same_origin_post

pytestmark = pytest.mark.django_db


@same_origin_post
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("accepted")


def answer(**headers: str) -> HttpResponse:
    request = RequestFactory(headers=headers).post("/form/", {"body": "typed & kept"})
    response = form(request)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200, "accepted"),
        ({"Sec-Fetch-Site": "same-site"}, 403, "another site"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "another site"),
        ({"Sec-Fetch-Site": "none"}, 403, "another site"),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403, "another site"),
        ({"Origin": "http://testserver"}, 200, "accepted"),
        ({"Origin": "https://testserver"}, 403, "another site"),
        ({"Origin": "http://elsewhere.example"}, 403, "another site"),
        ({"Origin": "null"}, 200, "typed &amp; kept"),
        ({}, 200, "typed &amp; kept"),
    ],
)
def test_the_browser_says_where_a_form_was(
    headers: dict[str, str], status: int, words: str
) -> None:
    response = answer(**headers)

    assert response.status_code == status
    assert words in response.content.decode()

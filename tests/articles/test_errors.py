"""What readers see where there is nothing to see."""

from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client

from newsroom.kit.models import Site
from tests.articles.markup import Page
from tests.makers import make_article, make_user

pytestmark = pytest.mark.django_db

IN_DESIGN = 'class="masthead"'
LONG = "x" * 10_000


@pytest.mark.parametrize(
    "path",
    [
        "/nope/", "/%00/", "/2026/11/%00/", "/%ff%fe/", "/2026/13/x/",
        "/2026/11/none/", "/section/none/", "/topic/none/", "/author/none/", "/.env",
        "/../etc/passwd", "/2026/11/../../about/", "/media/x.jpg", f"/{LONG}/",
        "/media/aaaaaaaaaaaaaaaaaaaaaaaaaa.jpg", "/desk/renditions/x.jpg", "/static/none.css",
        "/about/", "/section/%E2%80%AE/", "/2026/11/Ünï/",
    ],
)  # fmt: skip
def test_an_odd_address_is_not_found_in_the_sites_design(path: str) -> None:
    response = Client().get(path)

    html = response.content.decode()
    assert response.status_code == 404
    assert IN_DESIGN in html
    assert "There is no page here" in html
    assert Page(html).faults == []
    assert not response.cookies


@pytest.mark.parametrize("path", ["//", "//example.org/", "///latest/", "/\\example.org/", ""])
def test_slashes_too_many_lead_to_no_other_site(path: str) -> None:
    response = Client().generic("GET", "/", PATH_INFO=path)

    assert response.status_code == (200 if path == "" else 404)
    assert "Location" not in response.headers


@pytest.mark.parametrize("query", [f"q={LONG}", "%ff=%fe", "=&&&=", "page=%00", "\0"])
def test_an_odd_query_breaks_nothing(query: str) -> None:
    make_article()

    for path in ("/", "/latest/", "/search/", "/feed/"):
        assert Client().get(f"{path}?{query}").status_code in {200, 404}


def test_too_many_fields_are_refused_in_the_sites_design() -> None:
    response = Client().get("/search/?" + "a&" * 2_000)

    assert response.status_code == 400
    assert IN_DESIGN in response.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "", "localhost:99999x", "local host"])
def test_another_hosts_name_is_refused_in_the_sites_design(host: str) -> None:
    response = Client(headers={"host": host}).get("/")

    html = response.content.decode()
    assert response.status_code == 400
    assert IN_DESIGN in html
    assert "That request makes no sense here" in html
    assert "evil.example" not in html


def test_a_reader_who_is_signed_in_stays_so_where_nothing_is() -> None:
    client = Client()
    client.force_login(make_user())

    assert "Sign out" in client.get("/nope/").content.decode()


def test_a_fault_is_told_without_the_database() -> None:
    client = Client(raise_request_exception=False)
    away = mock.patch.object(Site, "current", side_effect=OperationalError("away"))

    with away, pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.handlers.exception.log_response", lambda *a, **k: None)
        response = client.get("/")

    html = response.content.decode()
    assert response.status_code == 500
    assert "Something broke here" in html
    assert "newsroom/css/site.css" in html
    assert "OperationalError" not in html
    assert Page(html).faults == []


def test_a_form_without_its_token_is_refused_in_the_sites_design() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example"})

    html = response.content.decode()
    assert response.status_code == 403
    assert "This form was open too long" in html
    assert IN_DESIGN in html


def test_a_form_from_another_site_is_refused_in_the_sites_design() -> None:
    response = Client(headers={"sec-fetch-site": "cross-site"}).post("/subscribe/", {"email": "x"})

    assert response.status_code == 403
    assert "This form came from another site" in response.content.decode()


def test_a_silent_browser_is_asked_to_press_again_and_loses_nothing() -> None:
    typed = {"email": 'ada"><b>@example.org'}

    response = Client().post("/subscribe/", typed)

    html = response.content.decode()
    assert "Please press once more" in html
    assert 'name="email" value="ada&quot;&gt;&lt;b&gt;@example.org"' in html
    assert "no-store" in response.headers["Cache-Control"]
    assert Page(html).faults == []

"""What readers see where there is nothing to see."""

from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client

from newsroom.kit.models import Site
from tests.articles.markup import Page
from tests.makers import make_article, make_topic, make_user

pytestmark = pytest.mark.django_db

IN_DESIGN = 'class="masthead"'
LONG = "x" * 10_000


@pytest.mark.parametrize(
    "path",
    [
        "/nope/", "/%00/", "/2026/11/%00/", "/%ff%fe/", "/2026/13/x/",
        "/2026/11/none/", "/section/none/", "/topic/none/", "/author/none/", "/.env",
        "/../etc/passwd", "/2026/11/../../about/", "/media/x.jpg", f"/{LONG}/",
        "/media/aaaaaaaaaaaaaaaaaaaaaaaaaa.jpg", "/desk/renditions/x.jpg", "/desk/renditions/%00",
        "/static/none.css",
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


# Methods -----------------------------------------------------------------------------------

READ_ONLY = (
    "/", "/latest/", "/archive/", "/corrections/", "/pictures/", "/search/", "/feed/",
    "/feed/atom/", "/feed/json/", "/latest/feed/", "/sitemap.xml", "/sitemap-pages.xml",
    "/news-sitemap.xml", "/robots.txt", "/favicon.ico", "/site.webmanifest",
)  # fmt: skip


def read_only() -> list[str]:
    article = make_article(topics=(make_topic(),))
    rows = (article, article.section, article.topics.get(), article.bylines.get())
    story = article.get_absolute_url()
    found = [row.get_absolute_url() for row in rows if row is not None]
    return [*READ_ONLY, *found, f"{story}history/", "/archive/" + story[1:9]]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_what_is_sent_to_a_page_that_is_only_read_is_refused_in_the_sites_design(
    method: str,
) -> None:
    for path in read_only():
        response = Client(enforce_csrf_checks=True).generic(method, path, b"a=b")

        html = response.content.decode()
        assert response.status_code == 405, path
        assert response.headers["Allow"] == "GET, HEAD"
        assert IN_DESIGN in html
        assert "Nothing can be sent to this page" in html
        assert Page(html).faults == []


def test_a_page_says_which_methods_it_answers() -> None:
    for path in read_only():
        response = Client().options(path)

        assert (response.status_code, response.content) == (204, b""), path
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    form = Client().options("/subscribe/")
    assert form.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert Client().options("/nope/").status_code == 404


def test_head_says_what_get_would_say() -> None:
    for path in read_only():
        head, get = Client().head(path), Client().get(path)

        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers == get.headers, path


# Without a database ------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/latest/", "/feed/", "/nope/", "/latest/?page=x"])
def test_a_fault_is_told_though_no_query_is_answered(path: str) -> None:
    def away(*_query: object) -> None:
        raise OperationalError("away")

    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(away), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.handlers.exception.log_response", lambda *a, **k: None)
        response = client.get(path)

    html = response.content.decode()
    assert response.status_code == 500
    assert "Something broke here" in html
    assert "away" not in html
    assert Page(html).faults == []


# Queries of every kind ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        f"page={LONG}", "page=%00", "from=%00&page=2", "page=2&from=99999999999999999999",
        "q=%00", "q=%ff%fe", f"q={LONG}", "%ff=%fe", "%00", "&&&=", "page=1&page=0",
        "q=%F0%9F%98%80", "page=%E2%80%AE",
    ],
)  # fmt: skip
def test_no_query_breaks_a_page(query: str) -> None:
    for path in read_only():
        response = Client().get(f"{path}?{query}")

        assert response.status_code in {200, 404}, path
        assert response.status_code == 200 or IN_DESIGN in response.content.decode(), path


@pytest.mark.parametrize(
    "path", ["/Latest/", "/LATEST/", "/latest//", "/SITEMAP.xml", "/latest/;x"]
)
def test_an_address_is_written_in_one_way_only(path: str) -> None:
    response = Client().get(path)

    assert response.status_code == 404
    assert IN_DESIGN in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/latest", "/archive", "/feed", "/feed/atom", "/corrections/feed"]
)
def test_a_missing_slash_is_added_and_the_query_kept(path: str) -> None:
    response = Client().get(f"{path}?page=1&utm_source=x")

    assert response.status_code == 301
    assert response.headers["Location"] == f"{path}/?page=1&utm_source=x"

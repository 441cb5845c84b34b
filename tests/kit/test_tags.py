"""Tags that every room uses: moments, and what is rendered once a generation."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import dateformat, timezone

from articles.models import Section
from newsroom.kit.models import Site
from newsroom.kit.templatetags.kit import moment
from newsroom.press.services import new_generation
from tests.makers import make_article, make_section, make_staff


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_a_moment_is_told_with_its_zone_and_for_machines_in_utc(zone: str, *, short: bool) -> None:
    form = "j M Y, H:i T" if short else "j F Y, H:i T"
    with timezone.override(zone):
        for days in range(0, 400, 13):
            at = datetime(2026, 1, 3, 23, 7, 59, tzinfo=UTC) + timedelta(days=days)

            said = moment(at, short=short)

            words = dateformat.format(timezone.localtime(at), form)
            assert said == f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{words}</time>'


def test_no_moment_is_nothing() -> None:
    assert moment(None) == ""


def asked(generation: int) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.generation = generation  # type: ignore[attr-defined]  # As the press notes it.
    return request


def rendered(generation: int, word: str, differs: object = "") -> str:
    page = engines["django"].from_string(
        '{% load kit %}{% kept "part" differs %}{{ word }}{% endkept %}'
    )
    return page.render({"word": word, "differs": differs}, asked(generation))


@pytest.mark.django_db
def test_what_is_kept_is_rendered_once_a_generation_and_for_each_value() -> None:
    assert rendered(7, "one") == rendered(7, "two") == "one"
    assert rendered(7, "two", differs=3) == "two"
    assert rendered(8, "three") == "three"


@pytest.mark.django_db
def test_a_page_for_one_reader_renders_it_anew() -> None:
    assert [rendered(0, word) for word in ("one", "two")] == ["one", "two"]


@pytest.mark.django_db
def test_headers_of_readers_and_of_the_desk_are_not_mixed(client: Client) -> None:
    new_generation()
    path = make_article().get_absolute_url()
    staff = Client()
    staff.force_login(make_staff())

    for _ in range(2):
        for query in ("", "?rendered=anew"):
            assert "Sign in" in client.get(path + query).text
            assert "Sign out" in staff.get(path + query).text


@pytest.mark.django_db
def test_a_section_is_marked_on_its_own_pages_alone(client: Client) -> None:
    new_generation()
    sea, air = make_section("Sea"), make_section("Air")

    for _ in range(2):
        for here, other in ((sea, air), (air, sea)):
            page = client.get(here.get_absolute_url()).text
            assert f'{here.get_absolute_url()}" aria-current="page"' in page
            assert f'{other.get_absolute_url()}" aria-current' not in page


@pytest.mark.django_db
def test_a_page_past_the_store_shows_a_new_name_at_once(client: Client) -> None:
    new_generation()
    assert client.get("/latest/?rendered=anew").status_code == 200
    Site.objects.update_or_create(pk=1, defaults={"name": "The Straits Gazette"})
    Section.objects.create(name="Straits", slug="straits")
    new_generation()

    page = client.get("/latest/?rendered=anew").text

    assert "The Straits Gazette" in page
    assert "/section/straits/" in page

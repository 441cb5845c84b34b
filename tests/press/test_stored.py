"""Pages kept as files: which, how they are answered, and that nothing of a reader is in them."""

import time
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve, reverse

from articles.models import Article, SitePage
from articles.services import withdraw
from newsroom.press import store
from newsroom.press.memory import Memory
from newsroom.press.models import Stand
from newsroom.press.services import new_generation, purge
from newsroom.press.stored import plain_request, stored
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_photo,
    make_section,
    make_staff,
    make_topic,
)
from tests.press.asking import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def article() -> Article:
    return make_article(headline="Seven ships", topics=(make_topic(),), lead_photo=make_photo())


# What is kept ------------------------------------------------------------------------------


def test_head_is_answered_like_get_without_the_page(site: Site, article: Article) -> None:
    path = article.get_absolute_url()
    answers = [site.get(path, method) for method in ("HEAD", "GET", "HEAD")]

    assert [answer.from_store for answer in answers] == [False, True, True]
    assert [bool(answer.body) for answer in answers] == [False, True, False]
    assert answers[0].told == answers[1].told == answers[2].told


def test_what_is_not_a_page_for_anybody_is_not_kept(site: Site, article: Article) -> None:
    gone = make_article()
    withdraw(gone.pk, editor=None, note="It was wrong.")
    story = article.get_absolute_url()
    odd = {
        "/nowhere/": 404,
        gone.get_absolute_url(): 410,
        story[:-1]: 301,
        f"{story}?page=1": 200,
        "/latest/?page=1": 200,
        "/latest/?page=2": 404,
        "/latest/?page=1&utm_source=x": 200,
        "/search/": 200,
        "/search/?q=ships": 200,
        "/favicon.ico": 200,
        "/healthz": 200,
        "/Latest/": 404,
        "//latest/": 404,
        "/latest/../latest/": 404,
    }
    for path, status in odd.items():
        for _ in range(2):
            answer = site.get(path)
            assert (answer.status, answer.from_store) == (status, False), path
    assert not [file for root in store.roots() for file in root.rglob("_index*")]


def test_a_links_campaign_is_answered_with_the_stored_page(site: Site, article: Article) -> None:
    path = article.get_absolute_url()
    first = site.get(f"{path}?utm_source=mail&utm_medium=x&fbclid=1")
    again = site.get(f"{path}?gclid=2")

    assert not first.from_store
    assert again.from_store
    assert first.body == again.body == site.get(path).body


def test_a_query_beside_a_campaign_reaches_a_moved_story(site: Site, article: Article) -> None:
    answer = site.get("/latest/?utm_source=mail&page=1")

    assert (answer.status, answer.from_store) == (200, False)


def test_whoever_has_a_session_is_answered_by_django_alone(site: Site, article: Article) -> None:
    client = Client()
    client.force_login(make_staff())
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    path = article.get_absolute_url()
    public = site.stored(path)

    own = site.get(path, cookie=f"a=b; {cookie}", if_none_match=public.headers["ETag"])

    assert (own.status, own.from_store) == (200, False)
    assert "private" in own.headers["Cache-Control"]
    assert "Cookie" in own.headers["Vary"]
    assert b"Edit this story" in own.body
    assert b"Edit this story" not in site.stored(path).body


def test_an_editors_page_is_never_kept(site: Site, article: Article) -> None:
    client = Client()
    client.force_login(make_staff())
    client.get(article.get_absolute_url())

    assert not site.get(article.get_absolute_url()).from_store


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_reach_django(site: Site, article: Article, method: str) -> None:
    path = article.get_absolute_url()
    site.stored(path)

    answer = site.get(path, method)

    assert answer.status == (204 if method == "OPTIONS" else 405)
    assert not answer.from_store


def test_another_hosts_name_is_refused_though_the_page_is_stored(site: Site) -> None:
    site.stored("/latest/")

    for host in ("evil.example", "", "localhost evil"):
        answer = site.get("/latest/", host=host)
        assert (answer.status, answer.from_store) == (400, False)


def test_nothing_is_kept_while_a_developer_works(site: Site) -> None:
    with override_settings(DEBUG=True):
        developing = Site()
        for _ in range(2):
            assert not developing.get("/latest/").from_store


def test_a_first_page_has_the_form_and_its_post_works(article: Article) -> None:
    page = Site().stored(reverse("comments:post", args=[article.path]))
    typed = {"name": "Ida", "email": "ida@example.org", "body": "Well seen."}

    client = Client(headers={"sec-fetch-site": "same-origin"})
    sent = client.post(reverse("comments:post", args=[article.path]), typed)

    assert b'<form class="comment-form__form" method="post"' in page.body
    assert b"csrf" not in page.body
    assert sent.status_code == 303


# Tags --------------------------------------------------------------------------------------


def test_whoever_has_the_page_is_told_so_by_django_and_the_front(
    site: Site, article: Article
) -> None:
    path = article.get_absolute_url()
    for accepted in ("", "gzip", "br"):
        tag = site.get(path, accept_encoding=accepted).headers["ETag"]
        for header in (tag, f"W/{tag}", f'"0-0", {tag}', "*"):
            for kept in (True, False):
                if not kept:
                    store.remove([path])
                answer = site.get(path, accept_encoding=accepted, if_none_match=header)

                assert (answer.status, answer.body) == (304, b""), header
                assert answer.from_store is kept
                assert answer.headers["ETag"] == tag
                assert answer.headers["Vary"] == "Accept-Encoding"
                assert answer.headers["Cache-Control"] == "no-cache"
                assert "Content-Type" not in answer.headers


def test_no_tag_of_one_encoding_is_taken_for_another(site: Site, article: Article) -> None:
    path = article.get_absolute_url()
    tags = {e: site.stored(path, accept_encoding=e).headers["ETag"] for e in ("", "gzip", "br")}

    for mine, tag in tags.items():
        for accepted in set(tags) - {mine}:
            assert site.get(path, accept_encoding=accepted, if_none_match=tag).status == 200


def test_a_changed_page_of_the_same_size_and_second_has_another_tag(
    site: Site, committing: Committing
) -> None:
    page = SitePage.objects.create(slug="about", title="About", body="<p>Seven.</p>")
    old = site.stored("/about/")

    with committing():
        SitePage.objects.filter(pk=page.pk).update(body="<p>Eight.</p>")
        purge(["/about/"])
    for _ in range(2):
        new = site.get("/about/", if_none_match=old.headers["ETag"])

        assert new.status == 200
        assert len(new.body) == len(old.body)
        assert b"Eight" in new.body


# Purging -----------------------------------------------------------------------------------


def test_a_purge_removes_all_three_files_from_every_root(site: Site) -> None:
    site.stored("/latest/")
    site.stored("/robots.txt")
    served = next(iter(store.roots()))
    other = served.with_name("0123456789ab-7")
    (other / "latest").mkdir(parents=True)
    for suffix in ("", ".gz", ".br"):
        (other / f"latest/_index.html{suffix}").write_bytes(b"of another release")

    purge(["/latest/", "/robots.txt"])

    assert not [file for root in store.roots() for file in root.rglob("*") if file.is_file()]
    assert not site.get("/latest/").from_store


def test_a_purge_of_one_page_leaves_the_others(site: Site) -> None:
    site.stored("/latest/")
    site.stored("/")

    purge(["/"])

    assert site.get("/latest/").from_store
    assert not site.get("/").from_store


def test_a_new_generation_leaves_no_page(site: Site, committing: Committing) -> None:
    site.stored("/latest/")

    with committing():
        new_generation()

    assert not site.get("/latest/").from_store
    assert site.get("/latest/").from_store


def test_a_page_removed_under_the_front_is_not_served_from_memory(site: Site) -> None:
    site.stored("/latest/")
    site.get("/latest/")

    store.remove(["/latest/"])

    assert not site.get("/latest/").from_store


def test_a_look_at_a_file_holds_a_millisecond_and_no_longer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.stored("/latest/")
    remembered = Memory(str(store.current()), [])
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    page = remembered.find("/latest/", "gzip")

    store.remove(["/latest/"])

    clock[0] = 100.0009
    assert remembered.find("/latest/", "gzip") is page
    clock[0] = 100.0011
    assert remembered.find("/latest/", "gzip") is None


def test_two_fronts_see_a_change_at_once(committing: Committing) -> None:
    one, other = Site(), Site()
    section = make_section(name="Sea")
    path = section.get_absolute_url()
    for site in (one, other):
        site.stored(path)

    with committing():
        make_article(section=section, headline="Seven ships", bylines=(make_author(),))

    assert b"Seven ships" in one.get(path).body
    assert b"Seven ships" in other.get(path).body
    assert other.get(path).from_store


# Views that may not be kept ----------------------------------------------------------------


def answer_of(view: Any, path: str = "/latest/") -> HttpResponse:
    request = RequestFactory(headers={"host": "localhost:8000"}).get(path)
    request.resolver_match = resolve(path)
    response = stored(view)(request)
    assert isinstance(response, HttpResponse)
    return response


def is_kept(path: str = "/latest/") -> bool:
    return store.read(0, path, "") is not None


@pytest.mark.parametrize("status", [201, 204, 301, 404, 410, 500])
def test_only_a_200_is_kept(status: int) -> None:
    assert answer_of(lambda request: HttpResponse(status=status)).status_code == status
    assert not is_kept()


def test_an_answer_with_a_cookie_is_not_kept() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("Hello.")
        response.set_cookie("who", "you")
        return response

    assert answer_of(view).content == b"Hello."
    assert not is_kept()


def test_a_view_is_asked_by_nobody_in_particular() -> None:
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(f"{request.build_absolute_uri()} {request.user}")

    assert answer_of(view, "/latest/").content == b"http://localhost:8000/latest/ AnonymousUser"
    assert dict(seen[0].headers) == {"Host": "localhost:8000"}
    assert is_kept()


def test_a_plain_request_is_of_the_sites_scheme_and_host(settings: Any) -> None:
    settings.SITE_URL = "https://www.example.org"
    settings.ALLOWED_HOSTS = ["www.example.org"]
    request = RequestFactory().get("/latest/")
    request.resolver_match = None

    plain = plain_request(request, Stand(0, 3))

    assert plain.build_absolute_uri() == "https://www.example.org/latest/"
    assert plain.is_secure()


def test_a_disk_that_is_full_costs_no_reader_a_page(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write", full)

    for _ in range(2):
        assert site.get("/latest/").status == 200
    assert "page not stored" in caplog.text

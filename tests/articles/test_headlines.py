"""Headlines that break things: each gives a sane address, and every page says it as it is."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from articles.models import Article
from newsroom.accounts.models import User
from tests.articles.markup import Page
from tests.articles.test_admin import editor, typed
from tests.makers import make_article, make_draft

__all__ = ["editor"]
pytestmark = pytest.mark.django_db

HEADLINES = {
    "Łódź: «Леопард» & 坦克": "lodz-leopard",
    "🚢🚀💥": "story-{pk}",
    "坦克": "story-{pk}",
    "admin": "admin",
    "feed": "feed",
    "history": "history",
    "comments": "comments",
    "<script>alert(1)</script> \"'& ]]>": "script-alert-1-script",
    "../../etc/passwd": "etc-passwd",
    "%00%2e%2e": "00-2e-2e",
    "{{ 7*7 }} {% load x %}": "7-7-load-x",
    "\u202eright to left\u202c": "right-to-left",
    "x" * 200: "x" * 80,
    "A " * 99: "-".join("a" * 40),
}


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_hostile_headline_gets_a_sane_address(headline: str) -> None:
    article = make_article(headline=headline)

    assert article.slug == HEADLINES[headline].format(pk=article.pk)
    assert Client().get(article.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("headline", HEADLINES)
def test_every_page_says_it_as_it_is_and_runs_nothing(headline: str) -> None:
    article = make_article(headline=headline)
    said = " ".join(headline.split())

    for path in (
        article.get_absolute_url(),
        "/",
        "/latest/",
        f"{article.get_absolute_url()}history/",
    ):
        html = Client().get(path).content.decode()
        assert escape(said) in html, path
        assert "<script>alert" not in html
        assert Page(html).faults == [], path
    feed = ET.fromstring(Client().get("/feed/").content)  # noqa: S314  # Our own.
    assert [title.text for title in feed.iterfind("channel/item/title")] == [said]


def test_the_same_headline_twice_gets_two_addresses() -> None:
    stories = [make_article(headline="The same") for _ in range(3)]

    assert [story.slug for story in stories] == ["the-same", "the-same-2", "the-same-3"]
    assert len({story.feed_id for story in stories}) == 3


def test_the_sites_own_pages_stand_where_they_stood() -> None:
    for word in ("admin", "feed", "latest", "about"):
        make_article(headline=word)

    assert Client().get("/admin/").status_code == 302
    assert Client().get("/feed/")["Content-Type"].startswith("application/rss+xml")
    assert "<h1" in Client().get("/latest/").content.decode()


def test_a_headline_of_300_characters_is_refused_at_its_field(
    client: Client, editor: User
) -> None:
    answer = client.post(reverse("admin:articles_article_add"), typed(headline="x" * 300))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "at most 200 characters" in page
    assert "x" * 300 in page
    assert not Article.objects.exists()


@pytest.mark.parametrize("headline", HEADLINES)
def test_the_desk_shows_it_too(client: Client, editor: User, headline: str) -> None:
    draft = make_draft(headline=headline)

    for name in ("change", "publish", "preview"):
        answer: Any = client.get(reverse(f"admin:articles_article_{name}", args=[draft.pk]))
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()

"""The feed that readers' programs fetch."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone

from articles.services import change_settings, publish_changes, save_revision, withdraw
from articles.services.publishing import PublicChange
from newsroom.kit.links import absolute
from tests.makers import make_article, make_author, make_draft, make_topic, make_words

pytestmark = pytest.mark.django_db

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def items(client: Client | None = None) -> list[ET.Element]:
    response = (client or Client()).get("/feed/")
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    return ET.fromstring(response.content).findall("channel/item")  # noqa: S314 - Our own feed.


def text_of(item: ET.Element, name: str) -> str:
    return item.findtext(name) or ""


def test_an_item_holds_the_whole_story() -> None:
    article = make_article(
        headline="Ships & men",
        standfirst="In short.",
        body="<p>The <em>whole</em> text.</p>",
        topics=(make_topic("Mines"),),
        bylines=(make_author("Ada Berg"), make_author("Bo Dahl")),
        moment=datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
    )

    (item,) = items()

    assert text_of(item, "title") == "Ships & men"
    assert text_of(item, "description") == "In short."
    assert text_of(item, CONTENT) == "<p>The <em>whole</em> text.</p>"
    assert text_of(item, CREATOR) == "Ada Berg, Bo Dahl"
    assert text_of(item, "pubDate") == "Fri, 20 Nov 2026 14:05:00 +0000"
    assert text_of(item, "guid") == article.feed_id
    assert "Mines" in [row.text for row in item.findall("category")]


def test_links_are_of_the_site_whatever_host_was_asked() -> None:
    article = make_article()

    (item,) = items(Client(headers={"host": "127.0.0.1"}))

    assert text_of(item, "link") == absolute(article.get_absolute_url())
    body = Client(headers={"host": "127.0.0.1"}).get("/feed/").content
    assert b"127.0.0.1" not in body


def test_the_id_of_a_story_outlives_its_headline() -> None:
    article = make_article(headline="Before")
    before = text_of(items()[0], "guid")

    save_revision(article.pk, make_words(headline="After"), editor=None, began_from=1)
    publish_changes(article.pk, PublicChange("update"), editor=None)
    change_settings(article.pk, comment_policy="closed")

    assert text_of(items()[0], "title") == "After"
    assert text_of(items()[0], "guid") == before


def test_the_newest_thirty_stand_in_it_and_no_draft() -> None:
    author, now = make_author(), timezone.now()
    make_draft(headline="Not yet")
    for n in range(32):
        make_article(headline=f"Nr {n}", bylines=(author,), moment=now - timedelta(hours=n))

    assert [text_of(item, "title") for item in items()] == [f"Nr {n}" for n in range(30)]


def test_a_program_that_has_the_newest_is_told_so() -> None:
    article = make_article()
    newest = {"if-none-match": Client().get("/feed/").headers["ETag"]}

    same = Client().get("/feed/", headers=newest)
    withdraw(article.pk, editor=None, note="Wrong.")
    changed = Client().get("/feed/", headers=newest)

    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200
    assert b"<item>" not in changed.content


def test_control_characters_do_not_break_the_feed() -> None:
    make_article(headline="Bell\x07 and \ufffe", body="<p>Form\x0cfeed</p>")

    assert len(items()) == 1

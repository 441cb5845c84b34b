"""What a change makes new: a correction its own moment, a typing error nothing."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from articles.models import Article
from articles.services import PublicChange, publish_changes, save_revision
from tests.makers import make_article, make_words

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
PUBLISHED, CHANGED = "2026-11-20T09:00:00", "2026-11-21T10:30:00"


def changed(kind: str) -> Article:
    article = make_article(moment=FIRST)
    words = make_words(section=article.section, headline="Mended")
    save_revision(article.pk, words, editor=None, began_from=1)
    told = PublicChange(kind, reason="Why.", wrong="Five.", right="Six.")
    return publish_changes(article.pk, told, editor=None, moment=LATER)


def page(article: Article) -> str:
    return Client().get(article.get_absolute_url()).content.decode()


def story_node(html: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    node: dict[str, Any] = json.loads(block)[0]
    return node


def item_of_the_feed() -> str:
    feed = Client().get("/feed/").content.decode()
    return feed[feed.index("<item>") :]


TOLD = ["update", "clarification", "correction"]


@pytest.mark.parametrize("kind", TOLD)
def test_a_change_that_readers_are_told_of_moves_the_moment_of_change_alone(kind: str) -> None:
    html = page(changed(kind))

    node = story_node(html)
    assert node["datePublished"] == f"{PUBLISHED}+00:00"
    assert node["dateModified"] == f"{CHANGED}+00:00"
    assert f'property="article:published_time" content="{PUBLISHED}Z"' in html
    assert f'property="article:modified_time" content="{CHANGED}Z"' in html
    assert "20 November 2026, 09:00 UTC" in html
    assert re.search(
        r"Updated\s+<time datetime=\"2026-11-21T10:30:00Z\">21 November 2026, 10:30 UTC<", html
    )


def test_a_typing_error_freshens_nothing() -> None:
    html = page(changed("typo"))

    assert "Mended" in html
    assert "2026-11-21" not in html
    assert "21 November" not in html
    assert "Updated" not in html
    node = story_node(html)
    assert node["dateModified"] == node["datePublished"] == f"{PUBLISHED}+00:00"
    assert "modified_time" not in html


@pytest.mark.parametrize("kind", [*TOLD, "typo"])
def test_the_feed_keeps_the_moment_of_publication_and_the_identity(kind: str) -> None:
    article = changed(kind)

    item = item_of_the_feed()

    assert "<pubDate>Fri, 20 Nov 2026 09:00:00 +0000</pubDate>" in item
    assert f'<guid isPermaLink="false">{article.feed_id}</guid>' in item
    assert "Mended" in item


def test_a_typing_error_mended_after_a_correction_keeps_the_corrections_moment() -> None:
    article = changed("correction")
    words = make_words(section=article.section, headline="Mended again")
    save_revision(article.pk, words, editor=None, began_from=2)
    publish_changes(article.pk, PublicChange("typo"), editor=None, moment=datetime.now(UTC))

    html = page(article)

    assert "Mended again" in html
    assert story_node(html)["dateModified"] == f"{CHANGED}+00:00"


@pytest.mark.parametrize("kind", [*TOLD, "typo"])
def test_the_order_of_lists_stays_as_it_was(kind: str) -> None:
    article = make_article(headline="Older", moment=FIRST)
    make_article(headline="Newer", moment=LATER)
    words = make_words(section=article.section, headline="Older mended")
    save_revision(article.pk, words, editor=None, began_from=1)
    told = PublicChange(kind, reason="Why.", wrong="Five.", right="Six.")
    publish_changes(article.pk, told, editor=None)

    html = Client().get("/latest/").content.decode()

    assert html.index("Newer") < html.index("Older mended")


def test_the_record_tells_of_every_change_the_typing_error_too() -> None:
    article = changed("typo")

    html = Client().get(f"{article.get_absolute_url()}history/").content.decode()

    assert "21 November 2026, 10:30 UTC" in html

"""The maps of the site."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import DjangoAssertNumQueries

from articles.machines.news import fresh_stories, news_due_at
from articles.models import Rendition
from articles.services import (
    GalleryPicture,
    PublicChange,
    make_first_pages,
    publish_changes,
    save_revision,
    withdraw,
)
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from tests.articles.test_queries import HIDDEN
from tests.makers import (
    make_article,
    make_author,
    make_photo,
    make_section,
    make_topic,
    make_words,
)

pytestmark = pytest.mark.django_db

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
NOVEMBER = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 20, 14, 5, tzinfo=UTC)


def tree(path: str, host: str = "localhost") -> etree._Element:
    response = Client(headers={"host": host}).get(path)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    return etree.fromstring(response.content)


def words(root: etree._Element, path: str) -> list[str]:
    return [str(element.text) for element in root.iterfind(path, NAMES)]


def locs(path: str) -> list[str]:
    return words(tree(path), "s:*/s:loc")


def parts() -> list[str]:
    return [urlsplit(address).path for address in locs("/sitemap.xml")]


def furnish() -> None:
    shared: dict[str, Any] = {
        "bylines": (make_author("Ada Berg"),),
        "topics": (make_topic("Mines"),),
    }
    make_article(moment=NOVEMBER, lead_photo=make_photo(), **shared)
    make_article(headline="Ships & <men>\x07", moment=OCTOBER, **shared)
    make_first_pages(Site.objects.create(pk=1, name="The Watch & Ward"))


def test_every_map_keeps_to_its_schema(real_material: Path) -> None:
    furnish()
    make_article(headline="Fresh & <new>\x07")
    folder = real_material / "xsd"
    index = etree.XMLSchema(etree.parse(folder / "siteindex.xsd"))
    maps = etree.XMLSchema(etree.parse(folder / "news-all.xsd"))

    index.assertValid(tree("/sitemap.xml"))
    for path in [*parts(), "/news-sitemap.xml"]:
        maps.assertValid(tree(path))


def test_the_map_of_an_empty_title_keeps_to_its_schema_too(real_material: Path) -> None:
    folder = real_material / "xsd"

    etree.XMLSchema(etree.parse(folder / "siteindex.xsd")).assertValid(tree("/sitemap.xml"))
    maps = etree.XMLSchema(etree.parse(folder / "news-all.xsd"))
    for path in [*parts(), "/news-sitemap.xml"]:
        maps.assertValid(tree(path))


def test_the_index_leads_to_a_part_a_month_and_one_for_the_rest() -> None:
    furnish()

    assert parts() == ["/sitemap-pages.xml", "/sitemap-2026-11.xml", "/sitemap-2026-10.xml"]
    assert words(tree("/sitemap.xml"), "s:sitemap/s:lastmod") == [
        "2026-11-20T14:05:00+00:00",
        "2026-10-20T14:05:00+00:00",
    ]


def test_a_month_names_its_stories_with_their_pictures() -> None:
    photos = [make_photo(), make_photo()]
    gallery = [GalleryPicture(photos[1]), GalleryPicture(photos[0])]
    article = make_article(moment=NOVEMBER, lead_photo=photos[0], gallery=gallery)

    root = tree("/sitemap-2026-11.xml")

    assert words(root, "s:url/s:loc") == [absolute(article.get_absolute_url())]
    images = [absolute(Rendition.objects.get(photo=photo).url) for photo in photos]
    assert words(root, "s:url/image:image/image:loc") == images


@pytest.mark.parametrize(("kind", "moves"), [("typo", False), ("update", True)])
def test_a_story_is_called_changed_when_readers_are_told_so(kind: str, moves: bool) -> None:  # noqa: FBT001 - A case.
    article = make_article(moment=NOVEMBER)
    save_revision(article.pk, make_words(section=article.section), editor=None, began_from=1)

    publish_changes(article.pk, PublicChange(kind), editor=None)

    for path in ("/sitemap.xml", "/sitemap-2026-11.xml"):
        (lastmod,) = words(tree(path), "s:*/s:lastmod")
        assert (lastmod != "2026-11-20T14:05:00+00:00") is moves


def test_the_part_of_pages_names_what_may_be_found() -> None:
    furnish()
    make_section("Sea", slug="sea")
    make_topic("Secret", slug="secret")
    make_author("Nobody yet", slug="nobody")

    paths = {urlsplit(address).path for address in locs("/sitemap-pages.xml")}

    assert paths >= {"/", "/latest/", "/archive/", "/archive/2026/11/", "/corrections/", "/pictures/",
                     "/about/", "/privacy/", "/section/sea/"}  # fmt: skip
    assert not paths & {"/topic/secret/", "/author/nobody/", "/search/", "/subscribe/"}
    for path in paths:
        response = Client().get(path)
        assert response.status_code == 200, path
        assert b'content="noindex' not in response.content, path


@pytest.mark.parametrize("hidden", HIDDEN)
def test_no_hidden_story_stands_on_a_map(hidden: object) -> None:
    shown = make_article(moment=OCTOBER)
    secret = hidden(headline="Secret frigate", lead_photo=make_photo())  # type: ignore[operator]  # One of the makers.

    addresses = [loc for path in [*parts(), "/news-sitemap.xml"] for loc in locs(path)]

    assert absolute(shown.get_absolute_url()) in addresses
    assert not [loc for loc in addresses if "secret" in loc or (secret.path or "none") in loc]


def test_a_month_of_more_stories_than_a_part_may_hold_is_parted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("articles.machines.sitemaps.MOST", 2)
    stories = [make_article(moment=NOVEMBER + timedelta(minutes=n)) for n in range(5)]

    months = [path for path in parts() if "pages" not in path]

    assert months == [f"/sitemap-2026-11{part}.xml" for part in ("", "-2", "-3")]
    found = [loc for path in months for loc in locs(path)]
    assert found == [absolute(story.get_absolute_url()) for story in stories]
    pages = [loc for path in parts() if "pages" in path for loc in locs(path)]
    assert absolute("/archive/2026/11/") in pages
    assert len(pages) == len(set(pages))


@pytest.mark.parametrize(
    "path",
    ["/sitemap-2026-09.xml", "/sitemap-2026-13.xml", "/sitemap-2026-11-1.xml", "/sitemap-9999-12.xml",
     "/sitemap-2026-11-2.xml", "/sitemap-2026-11-100.xml", "/sitemap-pages-2.xml", "/sitemap-2026.xml"],
)  # fmt: skip
def test_a_part_that_is_none_is_not_found(path: str) -> None:
    make_article(moment=NOVEMBER)

    assert Client().get(path).status_code == 404


def test_addresses_are_the_sites_own_whatever_host_was_asked() -> None:
    furnish()

    for path in ["/sitemap.xml", *parts(), "/news-sitemap.xml"]:
        asked = etree.tostring(tree(path, host="127.0.0.1"))
        assert asked == etree.tostring(tree(path))
        assert b"127.0.0.1" not in asked


def test_a_month_costs_the_same_for_one_story_and_for_ten(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for count in (1, 9):
        for _ in range(count):
            gallery = [GalleryPicture(make_photo())]
            make_article(moment=NOVEMBER, lead_photo=make_photo(), gallery=gallery)

        with django_assert_max_num_queries(7):
            tree("/sitemap-2026-11.xml")
        with django_assert_max_num_queries(10):
            tree("/sitemap.xml")


# News --------------------------------------------------------------------------------------


def test_the_news_map_has_the_stories_of_two_days() -> None:
    now = timezone.now()
    Site.objects.create(pk=1, name="The Watch")
    fresh = make_article(headline="Fresh", moment=now - timedelta(hours=47, minutes=59))
    make_article(headline="Old", moment=now - timedelta(hours=48, minutes=1))

    root = tree("/news-sitemap.xml")

    assert words(root, "s:url/s:loc") == [absolute(fresh.get_absolute_url())]
    assert words(root, "s:url/news:news/news:title") == ["Fresh"]
    assert words(root, ".//news:name") == ["The Watch"]
    assert words(root, ".//news:language") == ["en"]


def test_the_news_map_says_when_it_next_changes_by_the_clock() -> None:
    assert news_due_at(fresh_stories()) is None
    now = timezone.now()
    make_article(headline="Later", moment=now - timedelta(hours=1))
    make_article(headline="First", moment=now - timedelta(hours=40))

    due_at = news_due_at(fresh_stories())

    assert due_at == now + timedelta(hours=8)
    for moment, titles in ((due_at - timedelta(seconds=1), 2), (due_at, 1)):
        with time_machine.travel(moment, tick=False):
            assert len(words(tree("/news-sitemap.xml"), ".//news:title")) == titles


def test_the_news_map_holds_at_most_what_the_rule_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.machines.news.MOST", 3)
    now = timezone.now()
    for n in range(5):
        make_article(headline=f"Nr {n}", moment=now - timedelta(hours=n))

    assert words(tree("/news-sitemap.xml"), ".//news:title") == ["Nr 0", "Nr 1", "Nr 2"]


def test_a_withdrawn_story_leaves_the_maps() -> None:
    article = make_article()
    withdraw(article.pk, editor=None, note="Wrong.")

    assert words(tree("/news-sitemap.xml"), ".//news:title") == []
    assert parts() == ["/sitemap-pages.xml"]

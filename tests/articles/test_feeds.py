"""The feeds that readers' programs fetch."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, Rendition
from articles.services import (
    GalleryPicture,
    PublicChange,
    change_address,
    change_settings,
    publish_changes,
    save_revision,
    withdraw,
)
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_photo,
    make_section,
    make_topic,
    make_words,
)

pytestmark = pytest.mark.django_db

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
MEDIA = "{http://search.yahoo.com/mrss/}"
ATOM = "{http://www.w3.org/2005/Atom}"
TYPES = {
    "/feed/": "application/rss+xml; charset=utf-8",
    "/feed/atom/": "application/atom+xml; charset=utf-8",
    "/feed/json/": "application/feed+json; charset=utf-8",
}
AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)


def fetch(path: str, host: str = "localhost") -> bytes:
    response = Client(headers={"host": host}).get(path)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"] == TYPES.get(path, TYPES["/feed/"])
    content: bytes = response.content
    return content


def tree(path: str) -> ET.Element:
    return ET.fromstring(fetch(path))  # noqa: S314 - Our own feed.


def items(path: str = "/feed/") -> list[ET.Element]:
    return tree(path).findall("channel/item")


def entries() -> list[ET.Element]:
    return tree("/feed/atom/").findall(f"{ATOM}entry")


def json_items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(fetch("/feed/json/"))["items"]
    return found


def text_of(item: ET.Element, name: str) -> str:
    return item.findtext(name) or ""


def make_full_article() -> Article:
    return make_article(
        headline="Ships & men",
        standfirst="Six < seven & more.",
        body='<p>The <em>whole</em> text, as <a href="/about/">we</a> wrote it.</p>',
        section=make_section("Sea"),
        topics=(make_topic("Mines"),),
        bylines=(make_author("Ada Berg"), make_author("Bo Dahl")),
        lead_photo=make_photo(caption="A ship.", credit="Photo: A. Berg", alt='A "grey" ship.'),
        moment=AT,
    )


def change(article: Article, kind: str, **words: Any) -> None:
    number = article.revisions.count()
    told: dict[str, Any] = {}
    if kind != "typo":
        told = {"reason": "Why.", "wrong": "Six ships.", "right": "Five."}
    save_revision(
        article.pk, make_words(section=article.section, **words), editor=None, began_from=number
    )
    publish_changes(article.pk, PublicChange(kind, **told), editor=None)


# What an entry says ------------------------------------------------------------------------


def test_an_rss_item_holds_the_whole_story() -> None:
    article = make_full_article()

    (item,) = items()

    assert text_of(item, "title") == "Ships & men"
    assert text_of(item, "description") == "Six &lt; seven & more."
    assert "<p>The <em>whole</em> text" in text_of(item, CONTENT)
    assert text_of(item, CREATOR) == "Ada Berg, Bo Dahl"
    assert text_of(item, "pubDate") == "Fri, 20 Nov 2026 14:05:00 +0000"
    assert text_of(item, "guid") == article.feed_id
    assert [row.text for row in item.findall("category")] == ["Sea", "Mines"]


def test_an_atom_entry_holds_the_whole_story() -> None:
    article = make_full_article()

    (entry,) = entries()

    assert text_of(entry, f"{ATOM}title") == "Ships & men"
    assert text_of(entry, f"{ATOM}summary") == "Six < seven & more."
    assert "<p>The <em>whole</em> text" in text_of(entry, f"{ATOM}content")
    assert [row.findtext(f"{ATOM}name") for row in entry.findall(f"{ATOM}author")] == [
        "Ada Berg",
        "Bo Dahl",
    ]
    assert text_of(entry, f"{ATOM}published") == "2026-11-20T14:05:00+00:00"
    assert text_of(entry, f"{ATOM}id") == article.feed_id
    assert [row.get("term") for row in entry.findall(f"{ATOM}category")] == ["Sea", "Mines"]


def test_a_json_item_holds_the_whole_story() -> None:
    article = make_full_article()

    feed = json.loads(fetch("/feed/json/"))
    (item,) = feed["items"]

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == absolute("/feed/json/")
    assert (item["title"], item["summary"]) == ("Ships & men", "Six < seven & more.")
    assert "<p>The <em>whole</em> text" in item["content_html"]
    assert [author["name"] for author in item["authors"]] == ["Ada Berg", "Bo Dahl"]
    assert item["date_published"] == item["date_modified"] == "2026-11-20T14:05:00+00:00"
    assert (item["id"], item["tags"]) == (article.feed_id, ["Sea", "Mines"])


def test_the_picture_goes_with_each_format_as_an_absolute_jpeg() -> None:
    article = make_full_article()
    rendition = Rendition.objects.get(photo=article.live.lead_photo)  # type: ignore[union-attr]  # It is public.
    url = absolute(rendition.url)

    (item,), (entry,), (json_item,) = items(), entries(), json_items()

    enclosure = item.find("enclosure")
    assert enclosure is not None
    length = int(enclosure.attrib.pop("length"))
    assert enclosure.attrib == {"url": url, "type": "image/jpeg"}
    assert length > 100
    media = item.find(f"{MEDIA}content")
    assert media is not None
    assert (media.get("width"), media.findtext(f"{MEDIA}credit")) == ("64", "Photo: A. Berg")
    assert [link.get("href") for link in entry.findall(f"{ATOM}link[@rel='enclosure']")] == [url]
    assert json_item["image"] == url
    assert json_item["attachments"] == [
        {"url": url, "mime_type": "image/jpeg", "title": "A ship.", "size_in_bytes": length}
    ]
    figure = f'<figure><img src="{url}" width="64" height="40" alt="A &quot;grey&quot; ship.">'
    assert text_of(item, CONTENT).startswith(figure)


def test_a_gallery_goes_with_each_format_with_its_captions_and_credits() -> None:
    lead, second = make_photo(), make_photo(credit="Photo: B. Dahl", alt="A crane.")
    article = make_article(
        body="<p>The text. [1]</p>",
        sources="A report.",
        lead_photo=lead,
        gallery=[GalleryPicture(second, "The crane & the quay."), GalleryPicture(lead)],
    )
    first, other = (absolute(Rendition.objects.get(photo=photo).url) for photo in (lead, second))

    (item,), (entry,), (json_item,) = items(), entries(), json_items()

    (pictures,) = items("/pictures/feed/")
    assert text_of(pictures, CONTENT) == text_of(item, CONTENT) == json_item["content_html"]
    _text, _, after = text_of(item, CONTENT).partition("<h2>Pictures</h2>")
    gallery, _, sources = after.partition("<h2>Sources</h2>")
    caption = "<figcaption>The crane &amp; the quay. Photo: B. Dahl</figcaption>"
    assert f'src="{other}"' in gallery
    assert f'alt="A crane.">{caption}' in gallery
    assert "A report." in sources
    assert text_of(item, CONTENT).count(first) == 1
    media = item.findall(f"{MEDIA}content")
    assert [row.get("url") for row in media] == [first, other]
    assert media[1].findtext(f"{MEDIA}description") == "The crane & the quay."
    assert media[1].findtext(f"{MEDIA}credit") == "Photo: B. Dahl"
    assert len(item.findall("enclosure")) == 1
    enclosures = entry.findall(f"{ATOM}link[@rel='enclosure']")
    assert [row.get("href") for row in enclosures] == [first, other]
    assert enclosures[1].get("title") == "The crane & the quay."
    assert [row["url"] for row in json_item["attachments"]] == [first, other]
    assert json_item["image"] == first
    assert article.feed_id == json_item["id"]


def test_links_lead_to_the_site_from_anywhere_whatever_host_was_asked() -> None:
    article = make_full_article()

    for path in (*TYPES, article.section.get_absolute_url() + "feed/"):  # type: ignore[union-attr]  # It is public.
        assert fetch(path, host="127.0.0.1") == fetch(path)
        assert b"127.0.0.1" not in fetch(path)
    (item,) = items()
    assert text_of(item, "link") == absolute(article.get_absolute_url())
    assert f'<a href="{absolute("/about/")}">' in text_of(item, CONTENT)


def test_a_correction_stands_in_the_text_of_its_story() -> None:
    article = make_article(body="<p>Six.</p>")

    change(article, "correction", body="<p>Five.</p>")

    assert "What was wrong: Six ships. " in text_of(items()[0], CONTENT).replace("</strong>", "")[
        :200
    ].replace("<strong>", "")


# What never changes, and what moves --------------------------------------------------------


def ids() -> set[str]:
    return {
        text_of(items()[0], "guid"),
        text_of(entries()[0], f"{ATOM}id"),
        json_items()[0]["id"],
    }


def test_the_id_of_a_story_outlives_headline_address_and_domain(settings: Any) -> None:
    article = make_article(headline="Before")
    (before,) = ids()

    change(article, "update", headline="After")
    change_settings(article.pk, comment_policy="closed")
    change_address(article.pk, "elsewhere", editor=None)
    settings.SITE_URL = "https://other.example"

    assert text_of(items()[0], "title") == "After"
    assert text_of(items()[0], "link").startswith("https://other.example/")
    assert ids() == {before}


@pytest.mark.parametrize(
    ("kind", "moves"),
    [("typo", False), ("update", True), ("clarification", True), ("correction", True)],
)
def test_updated_moves_with_what_readers_are_told_and_not_with_a_typo(
    kind: str,
    moves: bool,  # noqa: FBT001 - A case.
) -> None:
    article = make_article(moment=AT)
    first = {
        "rss": text_of(items()[0], f"{ATOM}updated"),
        "feed": tree("/feed/").findtext("channel/lastBuildDate"),
    }

    change(article, kind, body="<p>New words.</p>")

    (item,), (entry,), (json_item,) = items(), entries(), json_items()
    assert "New words." in text_of(item, CONTENT)
    assert text_of(item, "pubDate") == "Fri, 20 Nov 2026 14:05:00 +0000"
    assert (text_of(item, f"{ATOM}updated") != first["rss"]) is moves
    assert (tree("/feed/").findtext("channel/lastBuildDate") != first["feed"]) is moves
    assert (text_of(entry, f"{ATOM}updated") != "2026-11-20T14:05:00+00:00") is moves
    assert (json_item["date_modified"] != json_item["date_published"]) is moves


@pytest.mark.parametrize(
    "path", [*TYPES, "/latest/feed/", "/corrections/feed/", "/pictures/feed/"]
)
def test_a_feed_says_the_same_at_any_time(path: str, settings: Any) -> None:
    make_full_article()
    before = fetch(path)

    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert fetch(path) == before


@pytest.mark.parametrize("path", TYPES)
def test_an_empty_feed_is_a_feed(path: str) -> None:
    parsed = feedparser.parse(fetch(path)) if "json" not in path else json.loads(fetch(path))

    assert parsed.get("bozo", False) is False
    assert (parsed.get("entries") or parsed.get("items")) in ([], None)
    assert b"2026" not in fetch(path)


@pytest.mark.parametrize("path", [*TYPES, "/latest/feed/", "/corrections/feed/"])
def test_a_program_that_has_the_newest_is_told_so(path: str) -> None:
    article = make_article(headline="Seven ships", moment=AT)
    change(article, "correction", headline="Five ships")
    etag = Client().get(path).headers["ETag"]

    same = Client().get(path, headers={"if-none-match": etag})
    withdraw(article.pk, editor=None, note="Wrong.")
    changed = Client().get(path, headers={"if-none-match": etag})

    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200
    assert b"Five ships" not in changed.content


def test_an_authors_new_name_is_not_hidden_by_an_old_date() -> None:
    author = make_author("Ada Berg")
    make_article(bylines=(author,), moment=AT)
    first = Client().get("/feed/")
    author.name = "Ada Dahl"
    author.save()

    asked = {
        "if-modified-since": first.headers.get("Last-Modified", "Wed, 25 Nov 2026 09:00:00 GMT")
    }

    assert b"Ada Dahl" in Client().get("/feed/", headers=asked).content


# Valid, and safe ---------------------------------------------------------------------------


def test_programs_read_the_feeds_without_complaint() -> None:
    article = make_full_article()
    section = article.section.get_absolute_url()  # type: ignore[union-attr]  # It is public.

    for path, version in (
        ("/feed/", "rss20"),
        ("/feed/atom/", "atom10"),
        (f"{section}feed/", "rss20"),
    ):
        parsed = feedparser.parse(fetch(path))

        assert not parsed.bozo, path
        assert parsed.version == version
        assert [link.href for link in parsed.feed.links if link.rel == "self"] == [absolute(path)]
        (entry,) = parsed.entries
        assert entry.title == "Ships & men"
        assert entry.id == article.feed_id
        assert entry.published_parsed[:5] == (2026, 11, 20, 14, 5)
        assert entry.summary in {"Six < seven & more.", "Six &lt; seven & more."}
        assert "<em>whole</em>" in entry.content[0].value
        assert entry.enclosures[0].type == "image/jpeg"


def test_an_atom_feed_has_all_that_the_standard_asks_for() -> None:
    make_full_article()
    Site.objects.create(pk=1, name="The Watch", tagline="On guard")

    root = tree("/feed/atom/")

    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):  # RFC 4287, sections 4.1.1 and 4.1.2.
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "The Watch"
    assert root.findtext(f"{ATOM}subtitle") == "On guard"
    assert text_of(root, f"{ATOM}updated") == text_of(entries()[0], f"{ATOM}updated")


def test_control_characters_do_not_break_a_feed() -> None:
    make_article(
        headline="Bell\x07 and \ufffe",
        standfirst="\x1b[0m",
        body="<p>Form\x0cfeed</p>",
        topics=(make_topic("Ri\x08ng"),),
        bylines=(make_author("Ada\x01 Berg"),),
    )
    Site.objects.create(pk=1, name="The\x02 Watch")

    assert len(items()) == len(entries()) == len(json_items()) == 1
    for path in TYPES:
        assert not set(map(chr, (*range(9), 11, 12, *range(14, 32)))) & set(fetch(path).decode())


def test_markup_in_words_is_words() -> None:
    hostile = "<script>alert(1)</script> ]]> &amp;"
    make_article(headline=hostile, standfirst=hostile, body="<p>Hi</p>")

    (item,), (entry,), (json_item,) = items(), entries(), json_items()

    assert (
        text_of(item, "title") == text_of(entry, f"{ATOM}title") == json_item["title"] == hostile
    )
    assert text_of(item, "description") == hostile.replace("<", "&lt;")
    assert b"<script>" not in fetch("/feed/") + fetch("/feed/atom/")


# Which stories -----------------------------------------------------------------------------


def test_the_newest_thirty_stand_in_it_and_no_draft() -> None:
    author, now = make_author(), timezone.now()
    make_draft(headline="Not yet")
    for n in range(32):
        make_article(headline=f"Nr {n}", bylines=(author,), moment=now - timedelta(hours=n))

    expected = [f"Nr {n}" for n in range(30)]
    assert [text_of(item, "title") for item in items()] == expected
    assert [text_of(entry, f"{ATOM}title") for entry in entries()] == expected
    assert [item["title"] for item in json_items()] == expected


def test_each_list_has_a_feed_of_what_stands_on_it() -> None:
    article = make_full_article()
    make_article(headline="Elsewhere", moment=datetime(2026, 10, 1, tzinfo=UTC))
    rows = [article.section, article.topics.get(), *article.bylines.all()]
    paths = [row.get_absolute_url() for row in rows if row is not None]

    for path in [*paths, "/archive/2026/11/", "/pictures/"]:
        channel = tree(f"{path}feed/").find("channel")

        assert channel is not None
        assert [text_of(item, "title") for item in channel.findall("item")] == ["Ships & men"]
        assert text_of(channel, "link") == absolute(path)
        assert text_of(channel, "title").endswith("| Newsroom")
        assert text_of(channel, "description")
    assert len(items("/latest/feed/")) == 2


def test_the_feed_of_corrections_lists_corrections() -> None:
    article = make_article(headline="Six ships")
    change(article, "clarification", headline="Five ships")
    change(article, "correction", headline="Four ships")

    newest, oldest = items("/corrections/feed/")

    assert text_of(newest, "title") == "Correction: Four ships"
    assert text_of(oldest, "title") == "Clarification: Four ships"
    assert text_of(newest, "link") == absolute(article.get_absolute_url())
    assert "<strong>What is right:</strong> Five." in text_of(newest, CONTENT)
    assert "<strong>What is meant:</strong> Five." in text_of(oldest, CONTENT)
    assert text_of(newest, "guid") != text_of(oldest, "guid")
    assert text_of(newest, "guid").startswith(f"{article.feed_id}/correction/")


@pytest.mark.parametrize(
    "path", ["/section/none/feed/", "/topic/none/feed/", "/author/none/feed/"]
)
def test_the_feed_of_no_list_is_not_found(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_a_page_names_its_own_feed_before_the_sites() -> None:
    article = make_full_article()
    section = article.section.get_absolute_url()  # type: ignore[union-attr]  # It is public.

    html = Client().get(section).content.decode()

    places = [
        html.index(f'type="{kind}" title="{title}" href="{path}"')
        for kind, title, path in (
            ("application/rss+xml", "Sea | Newsroom", f"{section}feed/"),
            ("application/rss+xml", "Newsroom", "/feed/"),
            ("application/atom+xml", "Newsroom", "/feed/atom/"),
            ("application/feed+json", "Newsroom", "/feed/json/"),
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("path", [*TYPES, "/topic/mines/feed/"])
def test_a_feed_costs_the_same_for_two_stories_and_for_twenty(
    path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    topic, author = make_topic("Mines", slug="mines"), make_author()
    for count in (2, 18):
        for _ in range(count):
            make_article(
                topics=(topic,),
                bylines=(author,),
                lead_photo=make_photo(),
                gallery=[GalleryPicture(make_photo())],
            )

        with django_assert_max_num_queries(13):
            fetch(path)

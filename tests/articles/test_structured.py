"""What pages say of themselves to machines."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.services import GalleryPicture, PublicChange, publish_changes, save_revision
from newsroom.kit.models import Site
from tests.makers import (
    make_article,
    make_author,
    make_photo,
    make_section,
    make_topic,
    make_words,
)
from tests.page_types import furnish, pages

pytestmark = pytest.mark.django_db

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def nodes(path: str, host: str = "localhost") -> list[dict[str, Any]]:
    html = Client().get(path, headers={"Host": host}).content.decode()
    (block,) = BLOCK.findall(html)
    found: list[dict[str, Any]] = json.loads(block)
    return found


def test_a_story_names_its_facts() -> None:
    author = make_author("Ada Berg", role="Reporter")
    article = make_article(
        headline="Hull seven is late",
        standfirst="By a year.",
        section=make_section("Sea"),
        topics=(make_topic("Frigates"),),
        bylines=(author,),
        lead_photo=make_photo(),
    )

    story, crumbs = nodes(article.get_absolute_url())

    address = f"http://localhost:8000{article.get_absolute_url()}"
    assert story["@type"] == "NewsArticle"
    assert (story["headline"], story["url"]) == ("Hull seven is late", address)
    assert story["author"][0]["name"] == "Ada Berg"
    assert story["articleSection"] == "Sea"
    (image,) = story["image"]
    assert image["url"].startswith("http://localhost:8000/media/")
    assert (image["width"], image["height"]) == (64, 40)  # Before its card is made.
    assert [item["name"] for item in crumbs["itemListElement"]][1:] == [
        "Sea",
        "Hull seven is late",
    ]


def test_a_story_names_its_sources_its_pictures_and_its_place() -> None:
    article = make_article(
        dateline="Altenhaven",
        sources="The ministry https://mod.example/a\nThe yard",
        lead_photo=make_photo(),
        gallery=[GalleryPicture(make_photo()), GalleryPicture(make_photo())],
        body=f"<p>{'word ' * 690}</p>",
    )

    story = nodes(article.get_absolute_url())[0]

    assert story["citation"] == [
        {
            "@type": "CreativeWork",
            "name": "The ministry https://mod.example/a",
            "url": "https://mod.example/a",
        },
        {"@type": "CreativeWork", "name": "The yard"},
    ]
    photo, *gallery = story["image"]
    assert len({photo["url"], *gallery}) == 3
    assert (story["dateline"], story["wordCount"], story["timeRequired"]) == (
        "Altenhaven", 690, "PT3M",
    )  # fmt: skip


def test_a_press_release_is_no_news_and_has_no_dateline() -> None:
    article = make_article(kind="press_release", dateline="Altenhaven")

    story = nodes(article.get_absolute_url())[0]

    assert story["@type"] == "Article"
    assert "dateline" not in story


@pytest.mark.parametrize(
    ("kind", "said"),
    [("opinion", "OpinionNewsArticle"), ("analysis", "AnalysisNewsArticle")],
)
def test_an_opinion_is_not_sold_as_news(kind: str, said: str) -> None:
    article = make_article(kind=kind)

    assert nodes(article.get_absolute_url())[0]["@type"] == said


@pytest.mark.parametrize(("kind", "moves"), [("typo", False), ("update", True)])
def test_a_typing_error_moves_no_date(kind: str, moves: bool) -> None:  # noqa: FBT001  # A case.
    article = make_article(moment=timezone.now() - timedelta(days=1))
    save_revision(article.pk, make_words(section=article.section), editor=None, began_from=1)
    publish_changes(article.pk, PublicChange(kind, "Why."), editor=None)

    story = nodes(article.get_absolute_url())[0]

    assert (story["dateModified"] != story["datePublished"]) is moves


def test_a_correction_is_told() -> None:
    article = make_article()
    save_revision(article.pk, make_words(section=article.section), editor=None, began_from=1)
    told = PublicChange("correction", "Why.", "Seven ships.", "Eight ships.")
    publish_changes(article.pk, told, editor=None)

    (correction,) = nodes(article.get_absolute_url())[0]["correction"]

    assert correction["text"] == "Seven ships. Eight ships."


def test_no_text_breaks_out_of_the_block() -> None:
    hostile = "</script><script>alert(1)</script> & <!-- “quoted” \\"
    article = make_article(headline=hostile)

    html = Client().get(article.get_absolute_url()).content.decode()

    assert "<script>alert" not in html
    assert nodes(article.get_absolute_url())[0]["headline"] == hostile


def test_addresses_are_the_sites_own_whatever_host_was_asked() -> None:
    Site.objects.create(pk=1, name="The Watch")

    assert nodes("/", host="127.0.0.1") == nodes("/", host="localhost")
    assert nodes("/")[0]["url"] == "http://localhost:8000/"


def test_the_desks_preview_says_nothing_to_machines(admin_client: Client) -> None:
    article = make_article()

    response = admin_client.get(f"/admin/articles/article/{article.pk}/preview/")

    html = response.content.decode()
    assert str(article) in html
    assert not BLOCK.search(html)


def test_every_page_keeps_to_the_vocabulary(real_material: Path, tmp_path: Path) -> None:
    furnish()
    checker = real_material / "schemaorg" / "sdvocab.py"
    seen = 0
    for name, response in pages():
        content: bytes = getattr(response, "content", b"")
        if not BLOCK.search(content.decode()):
            continue
        seen += 1
        page = tmp_path / "page.html"
        page.write_bytes(content)

        done = subprocess.run(  # noqa: S603  # The test's own command.
            [sys.executable, str(checker), str(page)], capture_output=True, text=True, check=True
        )

        assert done.stdout.splitlines()[:-1] == [], name
    assert seen >= 18

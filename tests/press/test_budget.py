"""What an article page weighs on the wire, without its pictures."""

import gzip
import re
from io import StringIO
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client

from articles.models import Article, Photo, Rendition
from articles.pictures.making import SAVED, WIDTHS
from articles.services import GalleryPicture, PublicChange, publish_changes, save_revision
from articles.services.renditions import new_name
from newsroom.desk.demo.texts import read_stories
from tests.makers import (
    make_article,
    make_author,
    make_comment,
    make_photo,
    make_section,
    make_words,
)

pytestmark = pytest.mark.django_db
BUDGET = 30 * 1024  # Bytes.
ASSET = re.compile(r'(?:src|href)="/static/([^"]+\.(?:css|js))"')


@pytest.fixture
def story(settings: Any, tmp_path: Path) -> Article:
    """The longest story of the demonstration, with twenty comments, and all assets packed."""
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.press.assets.AssetStorage"}
    }
    call_command("collectstatic", interactive=False, stdout=StringIO())
    longest = max((text.body for text in read_stories()), key=len)
    shared: Any = {"section": make_section("Sea"), "bylines": (make_author("Ada Berg"),)}
    for n in range(5):
        make_article(headline=f"Another headline of the usual length, number {n}", **shared)
    story = make_article(body=longest, lead_photo=make_photo(), **shared)
    for n in range(20):
        make_comment(story, body=f"Comment {n}. {longest[n * 90 : n * 90 + 300]}")
    return story


def test_an_article_page_is_three_files_of_thirty_kilobytes(story: Article) -> None:
    page = Client().get(story.get_absolute_url()).content
    assets = ASSET.findall(page.decode())
    assert sorted(name.rpartition(".")[2] for name in assets) == ["css", "js"]

    for ending, pack in (("br", brotli_at_once), ("gz", gzip.compress)):
        files = [Path(project.STATIC_ROOT, f"{name}.{ending}") for name in assets]
        weight = len(pack(page)) + sum(path.stat().st_size for path in files)
        assert weight <= BUDGET, ending


@pytest.mark.parametrize(("pictures", "ending"), [(12, "br"), (12, "gz"), (24, "br")])
def test_a_gallery_keeps_within_them_too(story: Article, pictures: int, ending: str) -> None:
    photos = [make_photo(caption=f"The crane of berth {n}, on Friday.") for n in range(pictures)]
    for photo in photos:
        make_all_sizes(photo)
    words = make_words(
        headline=story.live.headline,  # type: ignore[union-attr]  # It is published.
        body=story.live.body,  # type: ignore[union-attr]
        section=story.section,
        lead_photo=story.live.lead_photo,  # type: ignore[union-attr]
        gallery=[GalleryPicture(photo) for photo in photos],
    )
    save_revision(story.pk, words, editor=None, began_from=1)
    publish_changes(story.pk, PublicChange("typo"), editor=None)

    page = Client().get(story.get_absolute_url()).content

    files = [
        Path(project.STATIC_ROOT, f"{name}.{ending}") for name in ASSET.findall(page.decode())
    ]
    packed = brotli_at_once(page) if ending == "br" else gzip.compress(page)
    assert page.count(b'class="lightbox"') == pictures
    assert len(packed) + sum(path.stat().st_size for path in files) <= BUDGET


def make_all_sizes(photo: Photo) -> None:
    """Rows for every width and format, under names as random as the real ones."""
    for form in SAVED:
        for width in WIDTHS:
            usual = {"height": width, "name": new_name(form)}
            Rendition.objects.get_or_create(photo=photo, format=form, width=width, defaults=usual)
    photo.renditions.update(public=True)


def brotli_at_once(page: bytes) -> bytes:
    """As quickly as the page store packs a page."""
    packed: bytes = brotli.compress(page, quality=5)
    return packed

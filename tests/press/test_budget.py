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

from articles.models import Article
from newsroom.desk.demo.texts import read_stories
from tests.makers import make_article, make_author, make_comment, make_photo, make_section

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


def brotli_at_once(page: bytes) -> bytes:
    """As quickly as the page store packs a page."""
    packed: bytes = brotli.compress(page, quality=5)
    return packed

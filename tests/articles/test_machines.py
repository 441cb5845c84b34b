"""Short texts and drawings that machines ask for."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from PIL import Image

from articles.machines.icons import INK, PAPER
from articles.machines.notices import CLOSED, expiry
from newsroom.kit.models import Site
from tests.articles.markup import Page

pytestmark = pytest.mark.django_db

IMAGES = Path("newsroom/static/newsroom/img")


def lines(path: str) -> list[str]:
    response = Client().get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return response.content.decode().splitlines()


def test_robots_are_told_what_not_to_ask_for_and_where_the_maps_are() -> None:
    said = lines("/robots.txt")

    assert said[0] == "User-agent: *"
    assert [line for line in said if line.startswith("Disallow:")] == [
        f"Disallow: {path}" for path in CLOSED
    ]
    assert [line for line in said if line.startswith("Sitemap:")] == [
        "Sitemap: http://localhost:8000/sitemap.xml",
        "Sitemap: http://localhost:8000/news-sitemap.xml",
    ]


# security.txt ------------------------------------------------------------------------------


def test_whoever_finds_a_weakness_is_told_whom_to_tell() -> None:
    Site.objects.create(pk=1, contact_email="desk@example.org")

    fields = dict(line.split(": ", 1) for line in lines("/.well-known/security.txt"))

    assert fields["Contact"] == "mailto:desk@example.org"
    assert fields["Canonical"] == "http://localhost:8000/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en"
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert expires > datetime.now(UTC)


def test_a_title_without_a_contact_has_no_such_file() -> None:
    Site.objects.create(pk=1, contact_email="")

    assert Client().get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize("day", range(0, 731, 5))
def test_the_expiry_is_ahead_by_a_month_or_more_and_by_less_than_a_year(day: int) -> None:
    now = datetime(2027, 1, 1, 13, 7, tzinfo=UTC) + timedelta(days=day)

    ahead = expiry(now) - now

    assert timedelta(days=30) <= ahead <= timedelta(days=215)


def test_the_text_is_the_same_for_months() -> None:
    Site.objects.create(pk=1, contact_email="desk@example.org")
    said = set()

    for moment in (datetime(2026, 12, 3, tzinfo=UTC), datetime(2027, 5, 31, tzinfo=UTC)):
        with time_machine.travel(moment):
            said.add(tuple(lines("/.well-known/security.txt")))

    assert len(said) == 1


# Icons -------------------------------------------------------------------------------------


def test_browsers_get_an_icon_in_three_sizes_unasked() -> None:
    response = Client().get("/favicon.ico")

    icon = Image.open(io.BytesIO(response.content))
    assert response.headers["Content-Type"] == "image/x-icon"
    assert icon.format == "ICO"
    assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


@pytest.mark.parametrize(
    ("name", "size"), [("apple-touch-icon", 180), ("icon-192", 192), ("icon-512", 512)]
)
def test_the_large_icons_are_the_letter_of_the_small_one(name: str, size: int) -> None:
    with Image.open(IMAGES / f"{name}.png") as picture:
        assert picture.size == (size, size)
        pixels = picture.convert("RGB")
    ground = tuple(bytes.fromhex(INK[1:]))
    paper = tuple(bytes.fromhex(PAPER[1:]))

    assert pixels.getpixel((1, 1)) == ground
    assert pixels.getpixel((size * 9 // 32, size // 2)) == paper  # The left stem of the N.
    assert pixels.getpixel((size // 2, size // 8)) == ground


def test_telephones_find_their_icon_by_its_usual_name() -> None:
    response = Client().get("/apple-touch-icon.png")

    assert response.content == (IMAGES / "apple-touch-icon.png").read_bytes()
    assert response.headers["Content-Type"] == "image/png"


def test_the_manifest_names_the_title_and_icons_that_are_there() -> None:
    Site.objects.create(pk=1, name="The “Watch”", tagline="On guard")

    response = Client().get("/site.webmanifest")

    said = json.loads(response.content)
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert (said["name"], said["description"], said["start_url"]) == (
        "The “Watch”",
        "On guard",
        "/",
    )
    for icon in said["icons"]:
        with Image.open(IMAGES / icon["src"].rpartition("/")[2]) as picture:
            assert icon["sizes"] == f"{picture.width}x{picture.height}"


def test_the_head_names_icons_manifest_and_the_colours_of_the_style_sheet() -> None:
    head = Page(Client().get("/").content.decode())

    rels = {link["rel"]: link["href"] for link in head.all("link") if link.get("rel")}
    assert rels["manifest"] == "/site.webmanifest"
    assert rels["apple-touch-icon"] == "/static/newsroom/img/apple-touch-icon.png"
    tokens = (settings.BASE_DIR / "newsroom/static/newsroom/css/base/tokens.css").read_text()
    said = " ".join(re.findall(r"--paper: ([^;]+);", tokens))
    papers = re.findall("#[0-9a-f]{6}", said)  # By day, then by night.
    themes = [meta["content"] for meta in head.all("meta") if meta.get("name") == "theme-color"]
    assert themes == papers[:2]
    assert themes[0] == PAPER

"""What the head of every page type tells those who index and quote it."""

from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from articles.services import sweep_cards, sweep_pictures, sweep_title_pictures
from articles.services.placing import public_file
from tests.articles.markup import Page
from tests.page_types import addresses, furnish

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Head:
    """A page that answers with 200: its address, its elements, what its headers say to robots."""

    path: str
    page: Page
    robots: str

    @property
    def meta(self) -> dict[str, str]:
        """Each meta element by its name or property."""
        metas = self.page.all("meta")
        return {
            str(row.get("name") or row.get("property")): str(row.get("content")) for row in metas
        }

    @property
    def may_be_indexed(self) -> bool:
        return "noindex" not in self.robots + self.meta.get("robots", "")


def heads() -> dict[str, Head]:
    client, found = Client(), {}
    for name, path in addresses():
        response = client.get(path)
        if response.status_code == 200 and isinstance(response, HttpResponse):
            robots = response.headers.get("X-Robots-Tag", "")
            found[name] = Head(path, Page(response.content.decode()), robots)
    return found


def test_a_page_says_what_it_is_to_those_who_quote_it_or_may_not_be_indexed() -> None:
    furnish()
    indexed = {name: head for name, head in heads().items() if head.may_be_indexed}

    assert len(indexed) >= 20
    for name, head in indexed.items():
        links = head.page.all("link")
        canonical = [link["href"] for link in links if link.get("rel") == "canonical"]
        assert canonical == [f"http://localhost:8000{head.path.partition('?')[0]}"], name
        assert head.meta["og:url"] == canonical[0], name
        for property_ in ("og:type", "og:title", "og:site_name", "description"):
            assert head.meta.get(property_), (name, property_)


def test_every_page_that_may_be_indexed_has_a_picture_for_those_who_quote_it() -> None:
    furnish()
    for sweep in (sweep_pictures, sweep_cards, sweep_title_pictures):
        sweep()
    indexed = {name: head for name, head in heads().items() if head.may_be_indexed}

    assert len(indexed) >= 20
    for name, head in indexed.items():
        said = head.meta
        content, size = opened(head)
        assert (said["og:image:width"], said["og:image:height"]) == size, name
        assert said["og:image:type"] == "image/jpeg", name
        assert said["og:image:alt"].strip(), name
        if not name.startswith("story"):  # A photo is cut by a worker; see test_cards.
            assert size == ("1200", "630"), name
            assert len(content) < 300_000, name


def opened(head: Head) -> tuple[bytes, tuple[str, str]]:
    """The picture that the head names: its bytes, its width and height as the file has them."""
    file = public_file(head.meta["og:image"].removeprefix("http://localhost:8000/media/"))
    with Image.open(file, formats=["JPEG"]) as picture:
        return file.read_bytes(), (str(picture.width), str(picture.height))


def test_every_page_names_the_sites_feeds_and_manifest_once() -> None:
    furnish()
    expected = [
        ("alternate", "/feed/"),
        ("alternate", "/feed/atom/"),
        ("alternate", "/feed/json/"),
        ("manifest", "/site.webmanifest"),
    ]
    for name, head in heads().items():
        links = [(link.get("rel"), link.get("href")) for link in head.page.all("link")]

        assert [links.count(link) for link in expected] == [1, 1, 1, 1], name

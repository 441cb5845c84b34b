"""A picture of a gallery, opened large: by keyboard, without a script, and back again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from articles.models import Article, Rendition
from articles.services import GalleryPicture, add_photo, make_renditions
from tests.browsing import serve_pictures, wait_until
from tests.makers import make_article, picture_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3}
SCREEN: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
ALL_IN = "(at => [...document.querySelectorAll(at)].every(row => row.naturalWidth))"
SOURCES = "rows => rows.map(row => row.currentSrc)"
Visit = Callable[..., Any]


@pytest.fixture
def article() -> Article:
    gallery = []
    for caption in ("A quay.", "A crane.", "A hull."):
        file = picture_file(1800, 1200)
        photo = add_photo(file, caption=caption, credit="Photo: A. Berg", alt=f"{caption} Grey.")
        make_renditions(photo.pk)
        gallery.append(GalleryPicture(photo))
    body = "<p>The yard lifted the gearbox out through the hull.</p>" * 60
    return make_article(headline="Late again", body=body, gallery=gallery)


@pytest.fixture
def reading(browser: Browser, live_server: LiveServer, article: Article) -> Visit:
    """The story's page as a reader with these settings has it, scrolled to the gallery."""

    @contextmanager
    def read(**reader: Any) -> Iterator[Page]:
        with browser.new_context(base_url=live_server.url, **reader) as context:
            page = context.new_page()
            serve_pictures(page)
            page.goto("/")
            page.goto(article.get_absolute_url())
            page.locator("#picture-1").scroll_into_view_if_needed()
            page.wait_for_load_state("networkidle")
            yield page

    return read


def opened(page: Page) -> str:
    """The words below the picture that is open; empty if none is."""
    shown = page.locator(".lightbox:visible")
    return " ".join(shown.locator("figcaption").inner_text().split()) if shown.count() else ""


@pytest.mark.parametrize("window", [PHONE, SCREEN])
def test_the_keyboard_opens_a_picture_goes_on_and_comes_back_without_a_script(
    reading: Visit, window: dict[str, Any]
) -> None:
    with reading(java_script_enabled=False, **window) as page:
        page.locator("#picture-1").press("Enter")
        assert opened(page) == "1 of 3 A quay. · Photo: A. Berg"
        expect(page.locator(".lightbox:visible img")).to_be_in_viewport(ratio=1)
        page.get_by_role("link", name="Next").press("Enter")
        page.get_by_role("link", name="Next").press("Enter")
        assert opened(page).startswith("3 of 3 A hull.")
        expect(page.get_by_role("link", name="Next")).to_have_count(0)
        page.get_by_role("link", name="Previous").press("Enter")
        assert opened(page).startswith("2 of 3 A crane.")

        page.get_by_role("link", name="Back to the story").press("Enter")

        assert opened(page) == ""
        expect(page.locator("#picture-2")).to_be_focused()
        expect(page.locator("#picture-2")).to_be_in_viewport()


def test_the_browsers_own_back_leads_to_where_the_reader_was(reading: Visit) -> None:
    with reading(**PHONE) as page:
        before = page.evaluate("scrollY")
        page.locator("#picture-1").click()
        assert opened(page)

        page.go_back()

        assert opened(page) == ""
        assert page.evaluate("location.hash") == ""
        assert abs(page.evaluate("scrollY") - before) < 2


def test_what_a_script_adds_is_keys_and_one_way_out(reading: Visit) -> None:
    with reading(**SCREEN) as page:
        page.locator("#picture-1").press("Enter")
        for key, words in (("ArrowRight", "2 of 3"), ("ArrowRight", "3 of 3"),
                           ("ArrowRight", "3 of 3"), ("ArrowLeft", "2 of 3")):  # fmt: skip
            page.keyboard.press(key)
            assert opened(page).startswith(words)
        page.go_back()
        assert opened(page) == ""

        page.locator("#picture-3").press("Enter")
        page.keyboard.press("Escape")

        assert opened(page) == ""
        expect(page.locator("#picture-3")).to_be_focused()
        page.keyboard.press("ArrowLeft")
        assert opened(page) == ""


@pytest.mark.parametrize("window", [PHONE, SCREEN])
def test_a_large_picture_comes_when_it_is_opened_and_no_smaller_than_it_stood(
    reading: Visit, window: dict[str, Any]
) -> None:
    widths = {row.url: row.width for row in Rendition.objects.all()}
    with reading(**window) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        page.locator("#picture-3").scroll_into_view_if_needed()
        wait_until(page, f"{ALL_IN}('.gallery__large img')")
        inline = page.locator(".gallery__large img").evaluate_all(SOURCES)
        assert {url for url in asked if "/media/" in url} <= set(inline)

        page.locator("#picture-1").click()
        wait_until(page, f"{ALL_IN}('.lightbox:target img')")

        large = page.locator(".lightbox:visible img").evaluate_all(SOURCES)
        assert {url for url in asked if "/media/" in url} <= {*inline, *large}
        stood, opened_ = (
            widths[f"/media/{url.rpartition('/')[2]}"] for url in (inline[0], *large)
        )
        assert opened_ >= stood
        assert opened_ >= page.evaluate("Math.min(1728, innerWidth * devicePixelRatio)")


def test_behind_an_open_picture_nothing_is_reached(reading: Visit) -> None:
    with reading(**SCREEN) as page:
        page.locator("#picture-2").press("Enter")
        stops = set()

        for _ in range(12):
            page.keyboard.press("Tab")
            stops.add(page.evaluate("document.activeElement.className"))

        ways = {"lightbox__previous", "lightbox__back", "lightbox__next"}
        assert ways <= stops <= {"", *ways}


def test_paper_has_the_story_and_no_open_picture(reading: Visit) -> None:
    with reading(**SCREEN) as page:
        page.locator("#picture-1").click()
        page.emulate_media(media="print")

        assert opened(page) == ""
        expect(page.get_by_role("heading", name="Late again")).to_be_visible()
        expect(page.locator("#picture-1")).to_be_visible()

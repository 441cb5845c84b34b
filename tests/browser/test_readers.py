"""Readers who print, who use the keyboard alone, who see little, who run no script."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from articles.models import Article
from articles.services import make_first_pages
from newsroom.kit.models import Site
from tests.makers import make_article, make_author, make_photo, make_section, make_topic

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FURNITURE = (".masthead__sections", ".masthead__tools", ".masthead__menu", ".footer", ".skip-link")


@pytest.fixture
def article() -> Article:
    make_first_pages(Site.current())
    section, author, topic = make_section("Sea"), make_author("Ada Berg"), make_topic("Frigates")
    shared: Any = {"section": section, "bylines": (author,), "topics": (topic,)}
    for _ in range(5):
        make_article(lead_photo=make_photo(), **shared)
    body = "<p>The yard lifted the gearbox out through the hull on a wet morning.</p>" * 6
    return make_article(headline="Late again", body=body, lead_photo=make_photo(), **shared)


@pytest.fixture
def without_script(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        yield context.new_page()


def paths(article: Article) -> list[str]:
    rows = [article, article.section, article.topics.get(), article.bylines.get()]
    return ["/", "/latest/", "/about/", *(row.get_absolute_url() for row in rows if row)]


def test_paper_shows_the_text_and_no_furniture(
    page: Page, live_server: LiveServer, article: Article
) -> None:
    page.emulate_media(media="print", color_scheme="dark")

    for path in paths(article):
        page.goto(f"{live_server.url}{path}")

        for part in FURNITURE:
            expect(page.locator(part)).to_be_hidden()
        for form in page.locator("form").all():
            expect(form).to_be_hidden()
        expect(page.locator("main :is(h1, h2)").first).to_be_visible()
        ink = page.evaluate("getComputedStyle(document.body).color")
        assert ink == "rgb(0, 0, 0)", path


def test_nothing_moves_by_itself(page: Page, live_server: LiveServer, article: Article) -> None:
    page.emulate_media(reduced_motion="reduce")

    for path in paths(article):
        page.goto(f"{live_server.url}{path}")

        assert page.evaluate("document.getAnimations().length") == 0, path
        smooth = "getComputedStyle(document.documentElement).scrollBehavior"
        assert page.evaluate(smooth) == "auto", path


FOCUS = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  if (here === document.body) return null;
  const box = here.getBoundingClientRect();
  return {
    name: here.textContent.trim() || here.name || here.tagName,
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("width", [360, 1280])
def test_whoever_uses_the_keyboard_alone_always_sees_where_they_are(
    page: Page, live_server: LiveServer, article: Article, forced: Any, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 780})
    page.emulate_media(forced_colors=forced)

    for path in ("/", article.get_absolute_url()):
        page.goto(f"{live_server.url}{path}")
        stops = []
        for _ in range(200):
            page.keyboard.press("Tab")
            stop = page.evaluate(FOCUS)
            if stop is None:
                break
            stops.append(stop)

        assert len(stops) > 20, path
        assert [stop["name"] for stop in stops if not (stop["ring"] and stop["seen"])] == []


def test_the_menu_opens_without_a_script(
    without_script: Page, article: Article, live_server: LiveServer
) -> None:
    page = without_script
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/")

    page.locator("summary", has_text="Menu").press("Enter")
    page.locator(".menu__panel").get_by_role("link", name="Sea").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Sea")
    current = page.locator(".menu__panel [aria-current=page]")
    assert current.inner_text() == "Sea" or current.text_content() == "Sea"


def test_a_reader_without_a_script_searches_and_reads(
    without_script: Page, article: Article
) -> None:
    page = without_script
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/")

    page.locator(".masthead__tools input[name=q]").fill("late")
    page.locator(".masthead__tools button").press("Enter")
    page.get_by_role("link", name="Late again").first.click()

    expect(page.locator(".prose p").first).to_contain_text("gearbox")


def test_the_menu_says_where_one_is(page: Page, live_server: LiveServer, article: Article) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    marked = page.locator(".masthead__sections [aria-current]")

    page.goto(f"{live_server.url}{article.section.get_absolute_url()}")  # type: ignore[union-attr]  # Published.
    expect(marked).to_have_attribute("aria-current", "page")
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    expect(marked).to_have_attribute("aria-current", "true")
    page.goto(live_server.url)
    expect(marked).to_have_count(0)

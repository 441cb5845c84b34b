"""The pages as a browser lays them out."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from articles.models import Article
from articles.services import GalleryPicture, add_photo, make_first_pages
from newsroom.kit.models import Site
from tests.makers import make_article, make_author, make_section, make_topic, picture_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SENTENCE = "The yard lifted the gearbox out through the hull on a wet morning in May. "
TABLE = f"<table><tr>{'<th>Displacement</th>' * 9}</tr><tr>{'<td>4,200 t</td>' * 9}</tr></table>"


@pytest.fixture
def article() -> Article:
    make_first_pages(Site.current())
    section, author, topic = make_section("Sea"), make_author("Ada Berg"), make_topic("Frigates")
    photo = add_photo(
        picture_file(1600, 1200),
        caption="The frigate Aurelia at the fitting-out quay, with her gearbox on a barge.",
        credit="Photo: A. Berg, from the Audit Office’s report on the frigate, part two",
        alt="A ship.",
    )
    shared: dict[str, Any] = {"section": section, "bylines": (author,), "topics": (topic,)}
    pictures = [add_photo(picture_file(900, 600), caption="A quay.", alt="A.") for _ in range(4)]
    others = [make_article(lead_photo=photo, **shared) for _ in range(5)]
    return make_article(
        headline="Frigate Aurelia will miss her trials again as the gearbox goes back to its maker",
        standfirst=SENTENCE * 2,
        body=f"<p>{SENTENCE * 5} [1]</p>" * 5
        + TABLE
        + f"<blockquote><p>{SENTENCE}</p></blockquote>",
        dateline="Altenhaven",
        sources="The yard, a statement https://yard.example/a/statement/of/many/words",
        gallery=[GalleryPicture(other) for other in pictures],
        see_also=tuple(others[:2]),
        lead_photo=photo,
        **shared,
    )


def test_the_top_of_a_story_fits_the_first_thousand_pixels(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})

    page.goto(f"{live_server.url}{article.get_absolute_url()}")

    caption = page.locator(".story__photo figcaption").bounding_box()
    assert caption is not None
    assert caption["y"] + caption["height"] <= 1000


LINES = """() => {
  const text = document.querySelector('.prose > p + p').firstChild, range = document.createRange();
  const lines = []; let top = null;
  for (let i = 0; i < text.length; i++) {
    range.setStart(text, i); range.setEnd(text, i + 1);
    const y = Math.round(range.getBoundingClientRect().top);
    if (top === null || y > top + 5) { lines.push(0); top = y; }
    lines[lines.length - 1]++;
  }
  return lines.slice(0, -1);
}"""


def test_lines_hold_sixty_to_seventy_characters(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(f"{live_server.url}{article.get_absolute_url()}")

    lines = page.evaluate(LINES)

    assert 60 <= sum(lines) / len(lines) <= 70


@pytest.mark.parametrize("width", [320, 360, 640, 768, 1000, 1280])
def test_no_page_scrolls_sideways(
    page: Page, asked: list[str], article: Article, live_server: LiveServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    month = f"/archive{article.get_absolute_url()[:9]}"
    lists = ("/latest/", "/archive/", month, "/corrections/", "/pictures/")

    for path in (article.get_absolute_url(), "/", *lists, "/search/?q=frigate", "/ethics/"):
        page.goto(f"{live_server.url}{path}")

        assert page.evaluate("document.documentElement.scrollWidth") == width, path


def test_text_on_a_phone_is_sixteen_pixels_or_more(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}{article.get_absolute_url()}")

    size = page.locator(".prose > p").first.evaluate("p => getComputedStyle(p).fontSize")

    assert float(size.removesuffix("px")) >= 16


def test_nothing_moves_while_loading(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries()"
        ".forEach(entry => { window.shift += entry.value }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )

    for path in (article.get_absolute_url(), "/"):
        page.goto(f"{live_server.url}{path}")
        page.wait_for_load_state("networkidle")

        assert page.evaluate("window.shift") == 0, path


def test_a_page_asks_nobody_else_for_anything(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    for path in (article.get_absolute_url(), "/", "/latest/"):
        page.goto(f"{live_server.url}{path}")
        page.wait_for_load_state("networkidle")

    assert asked
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert page.context.cookies() == []


def test_the_menu_of_a_phone_opens_by_keyboard_and_leads_on(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 320, "height": 740})
    page.goto(live_server.url)

    for _ in range(3):  # The skip link, the name, the menu.
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sea", exact=True).first.click()

    assert page.url == f"{live_server.url}{article.section.get_absolute_url()}"  # type: ignore[union-attr]  # It is published.


def test_the_first_tab_leads_past_the_head(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    page.goto(live_server.url)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_the_keyboard_walks_through_a_gallery(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    pictures = page.locator(".gallery__large")
    pictures.first.focus()

    for _ in range(3):
        page.keyboard.press("Tab")

    expect(pictures.nth(3)).to_be_focused()
    expect(pictures.nth(3)).to_be_in_viewport(ratio=0.9)


def test_a_note_leads_to_its_source_and_back(
    page: Page, asked: list[str], article: Article, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}{article.get_absolute_url()}")

    page.locator("[role='doc-noteref']").nth(1).click()
    assert page.url.endswith("#source-1")

    page.locator("[role='doc-backlink']").nth(1).click()
    assert page.url.endswith("#cited-1-2")

"""How much of the front page is in sight, and how it stands with odd stories."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from articles.models import Kind
from articles.services import add_photo, set_breaking_line
from newsroom.desk.demo.seed import seed_demo
from tests.browsing import asked, give_cookie
from tests.makers import make_article, make_author, make_section, make_staff, picture_file

__all__ = ["asked"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IN_SIGHT = """bottom => [...document.querySelectorAll('.front .card__headline a')]
  .filter(link => link.getBoundingClientRect().bottom <= bottom).map(link => link.pathname)"""
OVERLAPS = """() => {
  const cards = [...document.querySelectorAll('.front .card')].map(c => c.getBoundingClientRect());
  return cards.filter((a, i) => cards.some((b, j) => i < j && a.left < b.right - 1
    && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)).length;
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 780)])
def test_ten_to_fourteen_stories_are_in_sight_by_the_second_screen(
    page: Page, asked: list[str], live_server: LiveServer, width: int, height: int
) -> None:
    seed_demo()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(live_server.url)

    seen = page.evaluate(IN_SIGHT, 2 * height)

    assert 10 <= len(set(seen)) <= 14
    assert len(set(seen)) == len(seen)


LONG = [
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenverordnung verzögert das Programm",
    "Минобороны подтвердило перенос испытаний сверхзвукового высотного перехватчика",
    "Short",
    "A headline of two hundred characters " + "goes on and on " * 10 + "to its end.",
    "Bundeswehrbeschaffungsamtspräsidentin weist Vorwürfe zurück",
]


@pytest.mark.parametrize("lead", ["with a photo", "without"])
@pytest.mark.parametrize("width", [320, 700, 1280])
def test_odd_stories_stand_beside_each_other_and_widen_nothing(
    page: Page, asked: list[str], live_server: LiveServer, lead: str, width: int
) -> None:
    lead_has_photo = lead == "with a photo"
    section, author = make_section("Кибербезопасность"), make_author("Ada von Hohenzollern")
    photo = add_photo(picture_file(300, 900), alt="A mast.")
    for n, headline in enumerate([*LONG, *LONG]):
        has_photo = lead_has_photo == (n % 2 == 0)
        make_article(
            headline=headline[:200],
            standfirst="" if n % 3 else f"{LONG[0]} " * 3,
            section=section,
            bylines=(author,),
            kind=Kind.OPINION if n == 8 else Kind.NEWS,
            lead_photo=photo if has_photo else None,
            moment=timezone.now() - timedelta(hours=n),
        )
    set_breaking_line("Bundeswehrbeschaffungsamtspräsidentinnen" * 3, editor=None)
    page.set_viewport_size({"width": width, "height": 780})

    page.goto(live_server.url)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(OVERLAPS) == 0
    beside = page.locator(".front__seconds").bounding_box()
    above = page.locator(".card--lead").bounding_box()
    assert beside is not None
    assert above is not None
    stands_below = beside["y"] >= above["y"] + above["height"]
    assert stands_below != (lead_has_photo and width == 1280), "A lead without photo leaves a gap."


@pytest.mark.parametrize("count", [1, 3])
def test_a_young_title_fills_its_page(
    page: Page, asked: list[str], live_server: LiveServer, count: int
) -> None:
    photo = add_photo(picture_file(1600, 1000), alt="A ship.")
    for _ in range(count):
        make_article(lead_photo=photo)
    page.set_viewport_size({"width": 1280, "height": 800})

    page.goto(live_server.url)

    lead = page.locator(".card--lead").bounding_box()
    assert lead is not None
    assert (lead["width"] > 1000) == (count == 1)
    assert page.evaluate(OVERLAPS) == 0


# The desk ----------------------------------------------------------------------------------


@pytest.fixture
def desk(page: Page, live_server: LiveServer, client: Any) -> Page:
    """The front page at the desk, with three stories, the newest first."""
    section = make_section()
    for n in range(3):
        make_article(
            headline=f"Story {n}", section=section, moment=timezone.now() - timedelta(hours=n)
        )
    client.force_login(make_staff())
    for name, value in client.cookies.items():
        give_cookie(page, name, value.value)
    page.goto(f"{live_server.url}/admin/articles/frontslot/")
    return page


def shown(page: Page) -> list[str]:
    return page.locator(".front-desk__headline").all_inner_texts()


def test_a_story_is_moved_by_the_keyboard_and_each_step_is_announced(desk: Page) -> None:
    handle = desk.get_by_role("button", name="Move Story 2")
    handle.focus()

    desk.keyboard.press("Enter")
    assert "lifted from place 3" in desk.locator("[data-said]").inner_text()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    assert "place 1 of 5" in desk.locator("[data-said]").inner_text()
    with desk.expect_navigation():
        desk.keyboard.press("Enter")

    assert shown(desk) == ["Story 2", "Story 0", "Story 1"]
    assert "“Story 2” stands in place 1." in desk.content()


def test_escape_puts_a_lifted_story_back(desk: Page) -> None:
    desk.get_by_role("button", name="Move Story 1").focus()
    for key in ("Enter", "ArrowDown", "Escape"):
        desk.keyboard.press(key)

    assert shown(desk) == ["Story 0", "Story 1", "Story 2"]
    assert "back in place 2" in desk.locator("[data-said]").inner_text()


def test_a_story_is_moved_by_dragging(desk: Page) -> None:
    with desk.expect_navigation():
        desk.locator("[data-headline='Story 2']").drag_to(desk.locator("[data-position='1']"))

    assert shown(desk)[0] == "Story 2"


def test_a_story_is_searched_for_and_placed(desk: Page) -> None:
    desk.click(".select2-selection")
    desk.keyboard.type("Story 1")
    desk.locator(".select2-results__option--highlighted", has_text="Story 1").click()
    with desk.expect_navigation():
        desk.click("text=Place it")

    assert shown(desk)[0] == "Story 1"

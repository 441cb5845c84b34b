"""Every page type, as machines look for what shuts people out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from tests.browsing import AXE, give_cookie, serve_pictures
from tests.makers import make_user
from tests.page_types import addresses, failed, furnish, sent, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[[str, Page], None]


@pytest.fixture
def views(browser: Browser, live_server: LiveServer) -> Callable[..., Any]:
    """Windows of the same browser, each with the settings of one reader."""

    @contextmanager
    def view(**settings_of_reader: Any) -> Iterator[Page]:
        with browser.new_context(base_url=live_server.url, **settings_of_reader) as context:
            page = context.new_page()
            serve_pictures(page)
            yield page

    return view


@pytest.fixture
def types(live_server: LiveServer) -> list[tuple[str, Callable[[Page], None]]]:
    """The name of each page type, and how a browser comes to it."""
    furnish()
    member = Client()
    member.force_login(make_user("member@example.org", password="a long passphrase"))
    session = member.cookies[settings.SESSION_COOKIE_NAME].value
    plain = [(name, going_to(path)) for name, path in addresses()]
    answers = [
        (name, showing(answer.content))
        for name, answer in (*sent(), *failed())
        if isinstance(answer, HttpResponse)
    ]
    private = [(name, going_to(path, session)) for name, path in signed_in()]
    gallery = dict(addresses())["story with a gallery"]
    opened = ("picture of a gallery, opened", going_to(f"{gallery}#picture-1-large"))
    return [*plain, *answers, *private, opened]


def going_to(path: str, session: str = "") -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.context.clear_cookies()
        if session:
            give_cookie(page, settings.SESSION_COOKIE_NAME, session)
        page.goto(path)

    return go


def showing(content: bytes) -> Callable[[Page], None]:
    """What a form answered, at an address of the site."""

    def answer(route: Route) -> None:
        route.fulfill(body=content, content_type="text/html; charset=utf-8")

    def show(page: Page) -> None:
        page.route("**/answered/", answer, times=1)
        page.goto("/answered/")

    return show


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_axe_finds_nothing_on_any_page_type(
    views: Callable[..., Any], types: list[Any], scheme: str, width: int
) -> None:
    found: dict[str, str] = {}

    with views(color_scheme=scheme, viewport={"width": width, "height": 780}) as page:
        for name, go in types:
            go(page)
            result = Axe().run(page, options=AXE)
            if result.violations_count:
                found[name] = result.generate_report()

    assert not found, "\n".join(f"{name}: {report}" for name, report in found.items())


# 640 pixels are a window of 1280 at a zoom of 200 % (WCAG 1.4.4), 320 one of 400 % (1.4.10).
@pytest.mark.parametrize("width", [320, 640])
def test_no_page_type_scrolls_sideways_however_large_its_letters(
    views: Callable[..., Any], types: list[Any], width: int
) -> None:
    wide: dict[str, int] = {}

    with views(viewport={"width": width, "height": 780}) as page:
        for name, go in types:
            go(page)
            seen = page.evaluate("document.documentElement.scrollWidth")
            if seen != width:
                wide[name] = seen

    assert wide == {}

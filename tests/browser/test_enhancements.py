"""What a script adds to readers' pages, and that nothing is missed without it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from articles.models import Article
from tests.makers import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NIGHT = "rgb(17, 23, 29)"
DAY = "rgb(253, 252, 250)"


@pytest.fixture
def article() -> Article:
    return make_article(headline="The <b>late</b> frigate & her gearbox")


def address(server: LiveServer, article: Article) -> str:
    return f"{server.url}{article.get_absolute_url()}"


def open_story(page: Page, server: LiveServer, article: Article) -> None:
    """A story with links to share it, whatever else stands on its page."""

    def with_links(route: Route) -> None:
        answer = route.fetch()
        html = answer.text()
        if "share__links" not in html:
            links = '<ul class="share__links"><li><a href="mailto:?">E-mail</a></li></ul>'
            html = html.replace("</h1>", f"</h1>{links}", 1)
        route.fulfill(response=answer, body=html)

    page.route(address(server, article), with_links)
    page.goto(address(server, article))


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def choose(page: Page, name: str) -> None:
    page.get_by_role("group", name="Light or dark").get_by_label(name, exact=True).check()


def test_the_device_decides_until_a_reader_chooses(page: Page, live_server: LiveServer) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(live_server.url)
    assert background(page) == NIGHT

    choose(page, "Light")
    assert background(page) == DAY
    page.goto(f"{live_server.url}/latest/")
    assert background(page) == DAY
    expect(page.get_by_label("Light", exact=True)).to_be_checked()

    choose(page, "As the device")
    assert background(page) == NIGHT


def test_the_chosen_colours_stand_at_the_first_paint(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    choose(page, "Dark")
    page.add_init_script("""
        new MutationObserver((_, watch) => {
          if (!document.body) return;
          window.first = getComputedStyle(document.documentElement).colorScheme;
          watch.disconnect();
        }).observe(document, { childList: true, subtree: true });
    """)

    page.goto(f"{live_server.url}/latest/")

    assert page.evaluate("window.first") == "dark"


def test_paper_is_white_whatever_was_chosen(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    choose(page, "Dark")

    page.emulate_media(media="print")

    assert background(page) == "rgb(255, 255, 255)"


def test_a_link_is_copied_as_others_may_open_it(
    page: Page, live_server: LiveServer, article: Article
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_story(page, live_server, article)

    page.get_by_role("button", name="Copy link").click()

    expect(page.locator(".share-tool__said")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("link[rel=canonical]").get_attribute("href")


def test_a_link_that_may_not_be_copied_is_shown(
    page: Page, live_server: LiveServer, article: Article
) -> None:
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error())")
    open_story(page, live_server, article)

    page.get_by_role("button", name="Copy link").click()

    expect(page.locator(".share-tool__said")).to_contain_text(article.get_absolute_url())


def test_a_story_is_saved_found_again_and_taken_off(
    page: Page, live_server: LiveServer, article: Article
) -> None:
    open_story(page, live_server, article)
    page.get_by_role("button", name="Save for later").click()
    expect(page.locator(".share-tool__said")).to_have_text("Saved to your reading list")

    page.goto(f"{live_server.url}/reading-list/")
    row = page.locator("[data-stories] li")
    expect(row.get_by_role("link")).to_have_text("The <b>late</b> frigate & her gearbox")
    expect(row.get_by_role("link")).to_have_attribute("href", article.get_absolute_url())
    expect(page.locator("[data-plain]")).to_be_hidden()

    row.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-empty]")).to_be_visible()
    open_story(page, live_server, article)
    expect(page.get_by_role("button", name="Save for later")).to_be_visible()


def test_a_list_is_taken_along_and_cleared(
    page: Page, live_server: LiveServer, article: Article, tmp_path: Path
) -> None:
    open_story(page, live_server, article)
    page.get_by_role("button", name="Save for later").click()
    page.goto(f"{live_server.url}/reading-list/")

    with page.expect_download() as download:
        page.get_by_role("button", name="Take the list with you").click()
    download.value.save_as(tmp_path / "list.html")
    page.get_by_role("button", name="Clear the list").click()

    taken = (tmp_path / "list.html").read_text()
    assert f'<a href="{address(live_server, article)}">' in taken
    assert "The &lt;b&gt;late&lt;/b&gt; frigate &amp; her gearbox" in taken
    expect(page.locator("[data-empty]")).to_be_visible()
    assert page.evaluate("localStorage.getItem('reading-list')") == "[]"


@pytest.mark.parametrize(
    "kept",
    [
        "nonsense",
        "null",
        "{}",
        '[{"path": "javascript:alert(1)", "headline": "Click"}]',
        '[{"path": "//elsewhere.example/", "headline": "Click"}]',
        '[{"path": "/2026/11/a-story/", "headline": {"toString": 1}}]',
        "[null, 7]",
    ],
)
def test_what_others_left_in_the_browser_does_no_harm(
    page: Page, live_server: LiveServer, kept: str
) -> None:
    faults: list[Any] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(live_server.url)
    page.evaluate(
        "kept => { localStorage.setItem('reading-list', kept); localStorage.theme = kept }", kept
    )

    page.goto(f"{live_server.url}/reading-list/")

    expect(page.locator("[data-empty]")).to_be_visible()
    expect(page.locator("[data-stories] a")).to_have_count(0)
    assert faults == []


def test_a_browser_that_keeps_nothing_says_so_and_works_on(
    page: Page, live_server: LiveServer, article: Article
) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('off') } })"
    )
    open_story(page, live_server, article)

    page.get_by_role("button", name="Save for later").click()

    expect(page.locator(".share-tool__said")).to_have_text(
        "This browser does not let us keep anything"
    )


def test_the_list_is_sent_to_nobody(page: Page, live_server: LiveServer, article: Article) -> None:
    open_story(page, live_server, article)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.get_by_role("button", name="Save for later").click()
    page.get_by_role("button", name="Take off the reading list").click()
    page.wait_for_timeout(200)

    # Pictures come as the page is scrolled to the button, and the icon when the browser likes.
    assert [url for url in asked if "/media/" not in url and "favicon" not in url] == []
    assert page.context.cookies() == []


def test_without_a_script_nothing_empty_is_shown(
    browser: Browser, live_server: LiveServer, article: Article
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/reading-list/")

    expect(page.locator("[data-plain]")).to_be_visible()
    for part in ("[data-stories]", "[data-tools]", "[data-empty]", "[data-theme-choice]"):
        expect(page.locator(part)).to_be_hidden()
    page.goto(address(live_server, article))
    expect(page.get_by_role("button", name="Save for later")).to_have_count(0)
    page.context.close()

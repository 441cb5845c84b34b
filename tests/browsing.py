"""What every test in a browser needs: the browser of this machine, and pictures served."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from threading import enumerate as enumerate_threads
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Request, Route

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


# Of WCAG 2.2, and off in axe by itself: a target has 24 pixels each way, or room around it.
# Without preloading, which asks for our style sheets at addresses of its own making.
AXE: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}, "preload": False}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Chromium as the machine has it; nothing is downloaded."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("There is no Chromium on this machine, and it must not be missing here.")
        pytest.skip("There is no Chromium on this machine; CHROMIUM names one.")
    return {"executable_path": chromium, "args": list(FLAGS)}


@pytest.fixture(scope="session", autouse=True)
def database_beside_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """The database before the server, which shares the test's connection only if it is there;
    the server before the browser, so that at the end no window still holds a connection to it;
    and in one thread with Playwright, whose event loop makes Django refuse otherwise."""
    request.getfixturevalue("django_db_setup")
    request.getfixturevalue("live_server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(autouse=True)
def every_request_answered(browser: Browser, transactional_db: None) -> Iterator[None]:
    """Before the database is emptied every window is closed, and what it asked for is over: the
    server's threads share the test's connection, and end when theirs to the browser does."""
    yield
    for context in browser.contexts:
        context.close()
    end = time.monotonic() + 60
    while any(thread.name.endswith("(process_request_thread)") for thread in enumerate_threads()):
        assert time.monotonic() < end, "A request was not answered within a minute."
        time.sleep(0.01)


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the page asked for; pictures come from the folder that the WSGI front serves."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        addresses.append(request.url)

    serve_pictures(page)
    page.on("request", note)
    return addresses


def serve_pictures(page: Page) -> None:
    """Answer for `/media/` from the public folder, as the front does before Django."""
    folder: Path = settings.MEDIA_DIR

    def serve(route: Route) -> None:
        route.fulfill(path=folder / route.request.url.rsplit("/", 1)[1])

    page.route("**/media/*", serve)


def wait_until(page: Page, script: str, *, seconds: float = 30) -> None:
    """Until the script says true in the page. Playwright's own `wait_for_function` asks from
    inside the page, whose Content-Security-Policy refuses that from the second time on."""
    end = time.monotonic() + seconds
    while not page.evaluate(script):
        assert time.monotonic() < end, f"Not true within {seconds} s: {script}"
        page.wait_for_timeout(50)


def give_cookie(page: Page, name: str, value: str) -> None:
    """As if the test's server had set it."""
    page.context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])

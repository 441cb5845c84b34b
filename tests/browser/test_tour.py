"""Draws docs/tour.md: the demo desk as it looks, on a telephone and a screen, by day and night.

Not a test: `make tour` runs it. Working pictures lie in build/tour.
"""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from articles.models import Article
from newsroom.desk.demo.seed import seed_demo
from subscriptions.services import announce, promise_announcement
from tests.browsing import serve_pictures

pytestmark = [pytest.mark.tour, pytest.mark.django_db(transaction=True)]
SIZES = ((1280, 800), (360, 780))
LARGEST = 100_000  # Bytes a picture.
TALKED_ABOUT = "Where the frigate"
STOPS = {
    "front": "Front page",
    "section": "Section",
    "story-top": "Story, its top",
    "story-end": "Story, its end",
    "404": "An address that leads nowhere",
    "mail": "A story by mail",
    "queue": "Comments that wait",
    "form": "A story at the desk",
}


def test_draw_the_tour(browser: Browser, live_server: LiveServer, outbox: Path) -> None:
    seed_demo()
    lines = (settings.DATA_DIR / "demo-accounts.txt").read_text().splitlines()
    _role, email, password = lines[0].split("\t")
    mail_the_newest()
    folder = settings.BASE_DIR / "docs" / "tour"
    folder.mkdir(exist_ok=True)
    for width, height in SIZES:
        for scheme in ("light", "dark"):
            view: Any = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
            page = browser.new_context(**view).new_page()
            serve_pictures(page)
            for stop in walk(page, live_server.url, email, password):
                page.wait_for_timeout(400)
                keep(page.screenshot(), folder / f"{stop}-{width}-{scheme}.webp")
            page.context.close()
    write_page(folder.parent / "tour.md")


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    page.goto(f"{url}/accounts/login/?next=/admin/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("form.account__form button")
    page.wait_for_url("**/admin/")


def mail_the_newest() -> None:
    """So that there is a mail to look at."""
    story = Article.objects.published().newest_first()[0]
    promise_announcement(story)
    announce(story.pk)


def walk(page: Page, url: str, email: str, password: str) -> Any:
    """Go from stop to stop; each is drawn where it is named."""
    page.goto(url)
    yield "front"
    page.goto(f"{url}/section/sea/")
    yield "section"
    page.goto(f"{url}/latest/")
    page.click(f"text={TALKED_ABOUT}")
    yield "story-top"
    page.locator("form[action*=comments]").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('form[action*=comments]').scrollIntoView()")
    yield "story-end"
    page.goto(f"{url}/nowhere/")
    yield "404"
    page.goto(f"{url}/outbox/")
    page.click(".outbox__row >> nth=0")
    yield "mail"
    sign_in(page, url, email, password)
    page.goto(f"{url}/admin/comments/comment/")
    yield "queue"
    page.goto(f"{url}/admin/articles/article/?q=frigate")
    page.click(f"text={TALKED_ABOUT}")
    page.wait_for_selector(".ProseMirror[contenteditable=true]")
    yield "form"


def keep(png: bytes, path: Path) -> None:
    """As WebP, of at most 100 KB."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in (80, 70, 60, 45, 30):
        picture.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= LARGEST:
            return
    raise ValueError(f"{path.name} is larger than {LARGEST} bytes.")


def write_page(path: Path) -> None:
    words = ["# A tour in pictures", "", "The demonstration title, drawn by `make tour`.", ""]
    for stop, title in STOPS.items():
        words += [f"## {title}", ""]
        for width, _height in SIZES:
            for scheme in ("light", "dark"):
                alt = f"{title}, {width} pixels wide, {scheme}"
                words.append(
                    f'<img src="tour/{stop}-{width}-{scheme}.webp" alt="{alt}" width="{420 if width > 600 else 180}">'
                )
        words.append("")
    path.write_text("\n".join(words))

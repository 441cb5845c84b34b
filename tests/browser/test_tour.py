"""Draws docs/tour.md: every page type as it looks, on a telephone and a screen, by day and night.

Not a test: `make tour` runs it.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.test.client import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.views.defaults import server_error
from PIL import Image
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from articles.models import Article, Kind
from articles.services import set_breaking_line
from bench import _inside
from newsroom.accounts.models import User
from newsroom.desk.demo.seed import seed_demo
from subscriptions.services import announce, promise_announcement
from tests.browsing import give_cookie, serve_pictures, wait_until
from tests.makers import make_article

pytestmark = [
    pytest.mark.tour,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(1200),
]
SIZES = ((1280, 800, 0.5), (360, 780, 0.75))  # Pixels of the window; how much smaller it is kept.
LARGEST = 40_000  # Bytes a picture.
PICTURES_ARE_IN = """() => [...document.images].every(image => {
  const box = image.getBoundingClientRect();
  return image.complete || !box.height || box.top > innerHeight || box.bottom < 0;
})"""
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}

# What the pages are called in the tour, in its order. A page whose address is missing fails.
READING = {
    "front": "Front page",
    "section": "Section",
    "topic": "Topic",
    "author": "Author",
    "latest": "Latest",
    "archive": "Archive",
    "month": "Month",
    "corrections": "Corrections",
    "pictures": "Pictures",
    "story: news": "News story",
    "story: news, without photo": "News story without a photo",
    "story: analysis": "Analysis",
    "story: analysis, without photo": "Analysis without a photo",
    "story: opinion": "Opinion",
    "story: opinion, without photo": "Opinion without a photo",
    "story: explainer": "Explainer",
    "story: explainer, without photo": "Explainer without a photo",
    "story: press_release": "Press release",
    "story: press_release, without photo": "Press release without a photo",
    "story with a correction": "Story with a correction",
    "story with a gallery": "Story with a gallery",
    "story with sources": "Story with sources",
    "history": "What changed in a story",
    "conversation": "Comments of a story",
    "search": "Search",
    "search with hits": "Search that finds",
    "search without hits": "Search that finds nothing",
    "reading list": "Reading list",
    "site page about": "Site page",
}
BELOW = {"story with a gallery": ".gallery", "story with sources": ".sources"}  # What to look at.
TAKING_PART = {
    "subscribe": "Subscribe",
    "mail me my link": "Mail me my link",
    "confirm": "Confirm",
    "preferences": "Preferences",
    "data": "Your data",
    "leave": "Leave",
    "digests": "Daily and weekly editions",
    "digest": "One edition",
    "account_login": "Sign in",
    "account_signup": "Sign up",
    "account_reset_password": "Reset the password",
    "signed in: accounts:profile": "Account",
}


@dataclass(frozen=True)
class Stop:
    """One page of the tour: its name in file names, its title, how a browser comes to it."""

    name: str
    title: str
    go: Callable[[Page], None]


def test_draw_the_tour(browser: Browser, live_server: LiveServer, outbox: Path) -> None:
    seed_demo()
    complete_kinds()
    mail_the_newest()
    set_breaking_line("Tugs reach the Aurelia off Tallow Bank", link="/latest/", editor=editor())
    folder = settings.BASE_DIR / "docs" / "tour"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    stops = [*read(), *take_part(), *answered(), *at_the_desk()]
    for width, height, scale in SIZES:
        for scheme in ("light", "dark"):
            view: Any = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
            page = browser.new_context(base_url=live_server.url, **view).new_page()
            serve_pictures(page)
            for stop in stops:
                stop.go(page)
                wait_until(page, PICTURES_ARE_IN)
                page.wait_for_timeout(100)
                keep(page.screenshot(), folder / f"{stop.name}-{width}-{scheme}.webp", scale)
            page.context.close()
    write_page(folder.parent / "tour.md", stops)


def mail_the_newest() -> None:
    """So that there is a mail to look at."""
    story = Article.objects.published().newest_first()[0]
    promise_announcement(story)
    announce(story.pk)


def editor() -> User:
    """Whose desk it is."""
    return User.objects.get(email="editor@example.org")


def complete_kinds() -> None:
    """A story of each kind with a photo and one without, long ago, where the demo has none."""
    model = Article.objects.published().filter(live__lead_photo__isnull=False)[0].live
    assert model is not None
    for kind in Kind:
        for photo in (model.lead_photo, None):
            of_kind = Article.objects.published().filter(kind=kind)
            if not of_kind.filter(live__lead_photo__isnull=photo is None).exists():
                make_article(
                    headline=f"What {'a picture' if photo else 'words alone'} can say of a fleet",
                    standfirst=model.standfirst,
                    body=model.body,
                    section=model.section,
                    kind=kind,
                    bylines=[row.author for row in model.byline_rows.all()],
                    lead_photo=photo,
                    moment=timezone.now() - timedelta(days=200),
                )


# The stops ---------------------------------------------------------------------------------


def read() -> Iterator[Stop]:
    """What readers read, and the end of a story."""
    where = {page.name: page for page in _inside.pages()}
    for name, title in READING.items():
        then = (
            f"document.querySelector('{BELOW[name]}').scrollIntoView()" if name in BELOW else "0"
        )
        yield Stop(file_name(name), title, going_to(where[name].path, then=then))
    talked_about = where["conversation"].path.removesuffix("comments/")
    below = "document.querySelector('#respond').scrollIntoView()"
    yield Stop("story-end", "The end of a story", going_to(talked_about, then=below))
    menu = "document.querySelector('details.menu').open = true"
    yield Stop("menu", "The menu of a narrow window", going_to("/latest/", then=menu))


def take_part() -> Iterator[Stop]:
    """Where readers ask for mail and sign in."""
    where = {page.name: page for page in _inside.pages()}
    for name, title in TAKING_PART.items():
        yield Stop(file_name(name), title, going_to(where[name].path, where[name].cookie))


def answered() -> Iterator[Stop]:
    """What forms answer, what a mail looks like, and what is not there."""
    post: Callable[..., Any] = Client(headers=SAME_ORIGIN).post
    asked = post("/subscribe/", {"email": "new@example.org"}, follow=True)
    yield Stop("after-subscribing", "After subscribing", showing(asked))
    story = Article.objects.published().filter(comment_policy="open")[0]
    typed = {"name": "Ida", "email": "ida@example.org", "body": "Well seen, and well drawn."}
    sent = post(reverse("comments:post", args=[story.path]), typed, follow=True)
    yield Stop("comment-sent", "A comment was sent", showing(sent))
    yield Stop("mail", "A story by mail", read_mail)
    yield Stop("404", "An address that leads nowhere", going_to("/nowhere/"))
    withdrawn = Article.objects.filter(state="withdrawn")[0]
    yield Stop("410", "A withdrawn story", going_to(withdrawn.get_absolute_url()))
    failed = server_error(RequestFactory().get("/"))
    yield Stop("500", "When something failed", showing(failed))


def at_the_desk() -> Iterator[Stop]:
    """The desk, as an editor sees it."""
    cookie = _inside.session_of("editor@example.org")
    yield Stop("desk", "The desk", going_to("/admin/", cookie))
    yield Stop(
        "desk-front", "The front page at the desk", going_to("/admin/articles/frontslot/", cookie)
    )
    yield Stop("queue", "Comments that wait", going_to("/admin/comments/comment/", cookie))
    story = Article.objects.published().newest_first()[0]
    form = reverse("admin:articles_article_change", args=[story.pk])
    yield Stop("form", "A story at the desk", going_to(form, cookie))


def going_to(path: str, cookie: str = "", *, then: str = "0") -> Callable[[Page], None]:
    """Go there, as whoever the session cookie is of; then run a line of script."""

    def go(page: Page) -> None:
        page.context.clear_cookies()
        if cookie:
            name, _equals, value = cookie.partition("=")
            give_cookie(page, name, value)
        page.goto(path)
        page.evaluate(then)

    return go


def showing(response: HttpResponse) -> Callable[[Page], None]:
    """What the site answered to what a form sent."""

    def answer(route: Route) -> None:
        route.fulfill(body=response.content, content_type="text/html; charset=utf-8")

    def show(page: Page) -> None:
        page.context.clear_cookies()
        page.route("**/answered/", answer, times=1)
        page.goto("/answered/")

    return show


def read_mail(page: Page) -> None:
    page.goto("/outbox/")
    page.locator(".outbox__row", has_text="gearbox").first.click()
    page.wait_for_load_state("networkidle")


def file_name(name: str) -> str:
    return name.replace("signed in: ", "").replace(":", "").replace(",", "").replace(" ", "-")


# The pictures ------------------------------------------------------------------------------


def keep(png: bytes, path: Path, scale: float) -> None:
    """Smaller, as WebP, of at most 40 KB."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    size = (round(picture.width * scale), round(picture.height * scale))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    for quality in (75, 65, 50, 35):
        small.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= LARGEST:
            return
    raise ValueError(f"{path.name} is larger than {LARGEST} bytes.")


def write_page(path: Path, stops: list[Stop]) -> None:
    words = [
        "# A tour in pictures", "",
        "The demonstration title, drawn by `make tour`: each page type as a screen and a telephone"
        " show it first, by day and by night.", "",
    ]  # fmt: skip
    for stop in stops:
        words += [f"## {stop.title}", ""]
        for width, _height, _scale in SIZES:
            for scheme in ("light", "dark"):
                alt = f"{stop.title}, {width} pixels wide, {scheme}"
                shown = 420 if width > 600 else 180
                words.append(
                    f'<img src="tour/{stop.name}-{width}-{scheme}.webp" alt="{alt}" width="{shown}">'
                )
        words.append("")
    path.write_text("\n".join(words), encoding="utf-8")

"""The desk's pages of mail, as an editor's browser shows them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from newsroom.mail.models import Delivery, Mailing
from tests.browsing import give_cookie
from tests.mail.test_mailing_page import make_mailing
from tests.makers import make_draft, make_photo, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = 12_000  # Milliseconds: two turns of five seconds, and some.


@pytest.fixture
def session() -> str:
    """An administrator's, who sees every button."""
    client = Client()
    client.force_login(make_staff())
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def go(live_server: LiveServer, session: str) -> Callable[[Page, str], None]:
    """Open a path of the desk, signed in."""

    def open_page(page: Page, path: str) -> None:
        give_cookie(page, settings.SESSION_COOKIE_NAME, session)
        page.goto(f"{live_server.url}{path}")

    return open_page


def under_way() -> Mailing:
    """A mailing of which nothing has left, and that no worker takes."""
    mailing = make_mailing()
    mailing.deliveries.update(state="queued", sent_at=None, started_at=None, attempts=0)
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.SENDING)
    return mailing


def fail_one(mailing: Mailing) -> None:
    pk = mailing.deliveries.filter(state="queued").order_by("pk").values_list("pk", flat=True)[0]
    Delivery.objects.filter(pk=pk).update(state="failed", outcome="550 no")


def failed(page: Page) -> Any:
    return page.locator("dl dd").nth(2)


def test_the_figures_renew_themselves_and_what_was_typed_stays(
    page: Page, go: Callable[[Page, str], None]
) -> None:
    mailing = under_way()
    go(page, f"/admin/mail/mailing/{mailing.pk}/change/")
    expect(failed(page)).to_have_text("0")
    page.get_by_label("A whole address").fill("half typed")

    fail_one(mailing)

    expect(failed(page)).to_have_text("1", timeout=SOON)
    expect(page.get_by_label("A whole address")).to_have_value("half typed")


def test_once_it_is_over_the_page_says_so_and_its_buttons_go(
    page: Page, go: Callable[[Page, str], None]
) -> None:
    mailing = under_way()
    go(page, f"/admin/mail/mailing/{mailing.pk}/change/")
    expect(page.get_by_role("link", name="Pause…")).to_be_visible()

    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.DONE)

    expect(page.get_by_role("link", name="Pause…")).to_have_count(0, timeout=SOON)


def test_without_script_the_page_renews_itself(
    browser: Browser, go: Callable[[Page, str], None]
) -> None:
    mailing = under_way()
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        go(page, f"/admin/mail/mailing/{mailing.pk}/change/")
        expect(failed(page)).to_have_text("0")

        fail_one(mailing)

        expect(failed(page)).to_have_text("1", timeout=SOON)


def test_the_mail_is_shown_in_its_frame_with_a_picture_not_yet_public(
    page: Page, go: Callable[[Page, str], None]
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    draft = make_draft(headline="The late frigate", lead_photo=make_photo())

    go(page, f"/admin/articles/article/{draft.pk}/publish/")

    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="The late frigate")).to_be_visible()
    picture = frame.get_by_role("img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    assert said == []

"""Every page of the desk, as its people see it: for everyone, and on a phone."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from articles.models import Article, Photo, SitePage
from articles.services import PublicChange, publish_changes, save_revision
from articles.services.drafts import newest_of
from comments.models import Comment
from newsroom.mail.models import Mailing
from newsroom.mail.services import suppress
from subscriptions.models import Import
from subscriptions.services import go_on
from tests.articles.test_admin import typed
from tests.articles.test_title_pictures import ORDER
from tests.browser.test_every_page import showing
from tests.browsing import AXE, give_cookie, serve_pictures, wait_until
from tests.mail.test_mailing_page import doubtful, make_mailing
from tests.makers import (
    make_article,
    make_draft,
    make_section,
    make_staff,
    make_subscriber,
    make_words,
)
from tests.subscriptions.test_import_desk import CONSENT, bring

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Django labels its search field with a picture and its text alternative; axe takes such a label
# for none where the field has a description, too.
DESK = AXE | {"rules": AXE["rules"] | {"label-title-only": {"enabled": False}}}
CORRECTION = PublicChange("correction", reason="A slip.", wrong="Five.", right="Six.")
LIST = "email\nann@example.org\nbob@example.org\nnobody\nann@example.org\n"

# What of the focused thing lies under the bar of buttons, in pixels; the bar itself is no cover.
COVERED = """() => {
  const bar = document.querySelector(".story-form__buttons"), it = document.activeElement;
  if (bar.contains(it) || getComputedStyle(bar).position !== "fixed") return 0;
  return Math.max(0, it.getBoundingClientRect().bottom - bar.getBoundingClientRect().top);
}"""
EDITOR_IS_READY = """() =>
  document.querySelectorAll("textarea[data-django-prose-editor-configurable]").length ===
  document.querySelectorAll(".prose-editor [aria-disabled='true'][data-name='history:undo']").length
"""
CARET = """() => {
  const bar = document.querySelector(".story-form__buttons").getBoundingClientRect();
  return bar.top - getSelection().getRangeAt(0).getBoundingClientRect().bottom;
}"""


@pytest.fixture
def staff() -> Client:
    """An administrator, who sees every button."""
    client = Client()
    client.force_login(make_staff())
    return client


def desk_pages(staff: Client) -> dict[str, str]:
    """The address of every page of the desk, each with something on it, by its name."""
    call_command("seed_demo", verbosity=0)
    return {
        "today": reverse("admin:index"),
        "this site": reverse("admin:this_site"),
        "front places": reverse("admin:articles_frontslot_changelist"),
        **_lists(),
        **_stories(),
        **_mail(),
        **_readers(staff),
    }


def _lists() -> dict[str, str]:
    """Django's lists, and the form of a row of each."""
    rows = ("accounts_user", "articles_photo", "articles_section", "articles_topic",
            "articles_author", "articles_sitepage", "articles_correction", "comments_comment",
            "comments_listedword", "mail_address", "mail_suppression")  # fmt: skip
    alone = ("accounts_invitation", "articles_article", "comments_moderationdecision",
             "mail_bouncenotice", "mail_delivery", "mail_mailing", "subscriptions_import",
             "subscriptions_subscriber")  # fmt: skip
    suppress(make_subscriber().address, "complaint", evidence="The reader said so.")
    found = {f"list of {name}": reverse(f"admin:{name}_changelist") for name in (*rows, *alone)}
    photo, page = Photo.objects.all()[0], SitePage.objects.all()[0]
    comment = Comment.objects.waiting()[0]
    return found | {
        "photo": reverse("admin:articles_photo_change", args=[photo.pk]),
        "photo upload": reverse("admin:articles_photo_add"),
        "author": reverse("admin:articles_author_add"),
        "site page": reverse("admin:articles_sitepage_change", args=[page.pk]),
        "comment": reverse("admin:comments_comment_change", args=[comment.pk]),
        "listed word": reverse("admin:comments_listedword_add"),
        "invitation": reverse("admin:accounts_invitation_add"),
    }


def _stories() -> dict[str, str]:
    """A story's form in each state, the steps of a story, the mail of a correction."""
    public = Article.objects.published()
    gallery = public.filter(live__gallery_rows__isnull=False)[0]
    changed = public.filter(live__lead_photo__isnull=False, corrections=None)[0]
    section = gallery.section
    _save(changed, "Corrected.")
    publish_changes(changed.pk, CORRECTION, editor=None)
    _save(changed, "Not yet public.")
    mailed = make_article(section=section, announce=True)
    _save(mailed, "Corrected.")
    publish_changes(mailed.pk, CORRECTION, editor=None)
    draft = make_draft(section=section, lead_photo=Photo.objects.all()[0])
    empty = make_draft(section=section, headline="", body="")
    return {
        **_steps(changed),
        "publish": reverse("admin:articles_article_publish", args=[draft.pk]),
        "publish: not ready": reverse("admin:articles_article_publish", args=[empty.pk]),
        "preview": reverse("admin:articles_article_preview", args=[draft.pk]),
        "story: new": reverse("admin:articles_article_add"),
        "story: draft": reverse("admin:articles_article_change", args=[draft.pk]),
        "story: public": reverse("admin:articles_article_change", args=[changed.pk]),
        "story: gallery": reverse("admin:articles_article_change", args=[gallery.pk]),
        "correction mail": reverse("admin:correction_mail", args=[mailed.corrections.get().pk]),
        "correction mail: to nobody": reverse(
            "admin:correction_mail", args=[changed.corrections.get().pk]
        ),
    }


def _steps(story: Article) -> dict[str, str]:
    names = ("publish", "changes", "withdraw", "address", "strike_out", "related")
    return {
        f"step: {name}": reverse(f"admin:articles_article_{name}", args=[story.pk])
        for name in names
    }


def _save(story: Article, text: str) -> None:
    """Another revision, under a headline as long as they come."""
    newest = newest_of(Article.objects.get(pk=story.pk))
    headline = "A headline as long as they come, if not longer " * 3
    words = make_words(headline=headline, body=f"<p>{text}</p>", section=newest.section)
    save_revision(story.pk, words, editor=None, began_from=newest.number)


def answers(staff: Client) -> dict[str, bytes]:
    """What forms of the desk answer when they are not taken."""
    story = Article.objects.published().filter(live__lead_photo__isnull=False)[0]
    change = reverse("admin:articles_article_change", args=[story.pk])
    _save(story, "Theirs.")
    forms: dict[str, tuple[str, dict[str, Any]]] = {
        "story: refused": (reverse("admin:articles_article_add"), {"headline": ""}),
        "story: conflict": (change, typed(headline="Mine", began_from=1)),
        "import: refused": (reverse("admin:subscriptions_import_add"), {"confirm": "on"}),
        "photo: refused": (reverse("admin:articles_photo_add"), {}),
        "this site: refused": (reverse("admin:this_site"), ORDER),
    }
    return {name: staff.post(path, fields).content for name, (path, fields) in forms.items()}


def _mail() -> dict[str, str]:
    """A mailing under way with a message in doubt, what may be decided of it, the message."""
    mailing = make_mailing(key="article:9999")
    mailing.deliveries.update(state="queued", sent_at=None, started_at=None, attempts=0)
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.SENDING)
    delivery = doubtful(mailing)
    paused = make_mailing(key="article:9998")
    moment = {"stopped_at": timezone.now()}
    Mailing.objects.filter(pk=paused.pk).update(state=Mailing.State.WAITING, **moment)
    ways = {"pause": mailing, "cancel": mailing, "go-on": paused}
    return {
        f"mailing: {what}": reverse("admin:mail_mailing_decide", args=[of.pk, what])
        for what, of in ways.items()
    } | {
        "mailing: paused": reverse("admin:mail_mailing_change", args=[paused.pk]),
        "mailing": reverse("admin:mail_mailing_change", args=[mailing.pk]),
        "mailing: in doubt": reverse("admin:mail_mailing_change", args=[mailing.pk])
        + "?state=in_doubt",
        "delivery": reverse("admin:mail_delivery_change", args=[delivery.pk]),
        "mail address": reverse("admin:mail_address_change", args=[delivery.address_id]),
    }


def _readers(staff: Client) -> dict[str, str]:
    """Subscribers: one with a history, lists brought in, numbers, the way out."""
    person = make_subscriber()
    suppress(person.address, "complaint", evidence="The reader said so.")
    done = bring(staff, text=LIST, **CONSENT)
    staff.post(done, {"do": "bring-in"})
    go_on(Import.objects.latest("pk").pk)
    return {
        "subscriber": reverse("admin:subscriptions_subscriber_change", args=[person.pk]),
        "import": reverse("admin:subscriptions_import_add"),
        "import: dry run": bring(staff, text=LIST),
        "import: report": done,
        "export": reverse("admin:subscriptions_subscriber_export"),
        "numbers": reverse("admin:subscriptions_subscriber_numbers"),
    }


def everything(staff: Client) -> dict[str, Callable[[Page], object]]:
    """How a window comes to each page of the desk, and to each answer."""
    pages = {name: partial(Page.goto, url=path) for name, path in desk_pages(staff).items()}
    return pages | {name: showing(content) for name, content in answers(staff).items()}


@pytest.fixture
def desk(
    browser: Browser, live_server: LiveServer, staff: Client
) -> Iterator[Callable[..., Page]]:
    """Windows in which an administrator is signed in."""
    windows: list[BrowserContext] = []

    def sit_down(**view: Any) -> Page:
        windows.append(browser.new_context(base_url=live_server.url, **view))
        page = windows[-1].new_page()
        name = settings.SESSION_COOKIE_NAME
        give_cookie(page, name, staff.cookies[name].value)
        serve_pictures(page)
        return page

    yield sit_down
    for window in windows:
        window.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_every_page_of_the_desk_is_for_everyone(
    desk: Callable[..., Page], staff: Client, scheme: str, width: int
) -> None:
    found: dict[str, str] = {}
    page = desk(color_scheme=scheme, viewport={"width": width, "height": 780})

    for name, go in everything(staff).items():
        go(page)
        wait_until(page, EDITOR_IS_READY)
        result = Axe().run(page, options=DESK)
        if result.violations_count:
            found[name] = result.generate_report()
        if (seen := page.evaluate("document.documentElement.scrollWidth")) != width:
            found[f"{name}, sideways"] = str(seen)

    assert not found, "\n".join(f"{name}: {report}" for name, report in found.items())


@pytest.fixture
def phone(desk: Callable[..., Page]) -> Page:
    """A story's empty form on a phone."""
    make_section()
    page = desk(viewport={"width": 360, "height": 640})
    page.goto(reverse("admin:articles_article_add"))
    return page


def test_on_a_phone_the_buttons_stay_in_sight_and_cover_no_focus(phone: Page) -> None:
    save = phone.get_by_role("button", name="Save draft")
    expect(save).to_be_in_viewport(ratio=1)
    covered: dict[str, float] = {}

    for _ in range(80):
        phone.keyboard.press("Tab")
        if save.evaluate("button => button === document.activeElement"):
            break
        if not phone.evaluate("document.activeElement.matches('.tiptap')"):
            covered[phone.evaluate("document.activeElement.outerHTML")] = phone.evaluate(COVERED)

    expect(save).to_be_focused()
    assert len(covered) > 20
    assert {what: pixels for what, pixels in covered.items() if pixels} == {}


def test_the_line_that_is_written_stays_above_the_buttons(phone: Page) -> None:
    phone.get_by_role("textbox", name="Text", exact=True).click()

    for number in range(40):
        phone.keyboard.type(f"Line {number}")
        phone.keyboard.press("Enter")
    phone.keyboard.type("The last")

    assert phone.evaluate(CARET) > 0
    expect(phone.get_by_role("button", name="Save draft")).to_be_in_viewport(ratio=1)


def test_the_end_of_the_form_can_be_read_above_the_buttons(phone: Page) -> None:
    phone.evaluate("scrollTo(0, document.documentElement.scrollHeight)")

    phone.locator("#id_note").focus()

    assert phone.evaluate(COVERED) == 0


def test_in_a_low_window_the_buttons_stand_in_their_place(desk: Callable[..., Page]) -> None:
    make_section()
    page = desk(viewport={"width": 320, "height": 256})  # 1280 by 1024 pixels at 400 %.

    page.goto(reverse("admin:articles_article_add"))

    expect(page.get_by_role("button", name="Save draft")).not_to_be_in_viewport()


def test_what_scripts_draw_bears_the_name_of_its_field(phone: Page) -> None:
    expect(phone.get_by_role("textbox", name="Text", exact=True)).to_be_visible()
    expect(phone.get_by_role("combobox", name="Byline 2")).to_be_visible()

    expect(phone.get_by_role("button", name="undo")).to_be_disabled()

    phone.get_by_role("textbox", name="Text", exact=True).type("Seven")
    expect(phone.get_by_role("button", name="undo")).to_be_enabled()

    phone.get_by_role("combobox", name="Byline 2").click()

    expect(phone.get_by_role("searchbox", name="Byline 2")).to_be_focused()


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_no_word_of_the_buttons_is_cut_on_a_small_phone(
    desk: Callable[..., Page], state: str
) -> None:
    draft = make_draft()
    Article.objects.filter(pk=draft.pk).update(state=state)
    page = desk(viewport={"width": 320, "height": 568})

    page.goto(reverse("admin:articles_article_change", args=[draft.pk]))

    buttons = page.locator(".story-form__buttons > *")
    assert buttons.count() == 4
    for button in buttons.all():
        expect(button).to_be_in_viewport(ratio=1)
        assert button.evaluate("it => it.scrollWidth <= it.clientWidth")

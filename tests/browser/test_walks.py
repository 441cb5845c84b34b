"""The main walks of the house, in a real browser."""

import io
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from articles.models import Article
from articles.services import make_first_pages
from newsroom.accounts.models import User
from newsroom.kit.models import Site
from tests.browsing import AXE, serve_pictures
from tests.makers import make_article, make_author, make_section, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "grey-heron-1882"


@pytest.fixture(autouse=True)
def title() -> None:
    make_first_pages(
        Site.objects.create(pk=1, name="The Gazette", contact_email="desk@example.org")
    )


def make_desk(role: str, email: str) -> User:
    user = make_user(email, password=PASSWORD, is_staff=True, name=f"The {role}")
    user.groups.add(Group.objects.get(name=role))
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def sign_in(page: Page, server: LiveServer, email: str, then: str) -> None:
    page.goto(f"{server.url}/accounts/login/?next={then}")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("form.account__form button")
    page.wait_for_url(f"**{then}")


def picture() -> FilePayload:
    content = io.BytesIO()
    Image.new("RGB", (1200, 800), "teal").save(content, "JPEG")
    return {"name": "ship.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def new_story(page: Page, server: LiveServer, headline: str) -> None:
    page.goto(f"{server.url}/admin/articles/article/add/")
    page.fill("#id_headline", headline)
    page.select_option("#id_section", index=1)
    page.click(".ProseMirror[contenteditable=true]")


def saved() -> str:
    article = Article.objects.get()
    assert article.newest is not None
    return article.newest.body


def test_an_editor_publishes_a_reader_subscribes_reads_comments_and_leaves(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    make_section("Sea")
    editor = make_desk("editor", "editor@example.org")
    make_author("Ada Berg", user=editor)
    serve_pictures(page)

    # The reader asks for mail and confirms by the button.
    page.goto(f"{live_server.url}/subscribe/")
    page.fill("main input[name=email]", "reader@example.org")
    page.click("main form button")
    page.goto(f"{live_server.url}/outbox/")
    page.click(".outbox__row")
    link = page.frame_locator("iframe").locator("a[href*='/confirm/']").first
    page.goto(here(link.get_attribute("href"), live_server))
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("You are subscribed")
    assert context.cookies() == []

    # The editor writes, adds a photo and publishes.
    desk = page.context.browser.new_context().new_page()  # type: ignore[union-attr]  # There is a browser.
    serve_pictures(desk)
    sign_in(desk, live_server, "editor@example.org", "/admin/")
    new_story(desk, live_server, "The walk works")
    desk.keyboard.type("Two words.")
    desk.set_input_files("#id_new_photo", files=[picture()])
    desk.fill("#id_lead_caption", "A ship at the quay")
    desk.fill("#id_lead_alt", "A grey ship")
    desk.click("input[name=_publish]")
    desk.click("input[value='Publish now']")
    expect(desk.locator("body")).to_contain_text("Readers see revision 1")
    assert saved() == "<p>Two words.</p>"

    # The reader gets it by mail, once, and reads it.
    page.goto(f"{live_server.url}/outbox/?q=walk")
    expect(page.locator(".outbox__row")).to_have_count(1)
    page.click(".outbox__row")
    leave = page.frame_locator("iframe").locator("a[href*='/unsubscribe/']").first
    leave_link = here(leave.get_attribute("href"), live_server)
    page.goto(live_server.url)
    page.click("text=The walk works")
    expect(page.locator("main img").first).to_have_attribute("alt", "A grey ship")

    # A comment waits, and is public once it is approved.
    page.fill("textarea[name=body]", "I walked too.")
    page.fill("form[action*=comments] input[name=name]", "Walker")
    page.fill("form[action*=comments] input[name=email]", "walker@example.org")
    page.click("text=Post comment")
    expect(page.locator("main")).to_contain_text("waits for a moderator")
    story = Article.objects.get().get_absolute_url()
    page.goto(f"{live_server.url}{story}")
    expect(page.locator("main")).not_to_contain_text("I walked too.")
    desk.goto(f"{live_server.url}/admin/comments/comment/")
    desk.locator("tr", has_text="I walked too").get_by_role("button", name="Approve").first.click()
    page.goto(f"{live_server.url}{story}")
    expect(page.locator("main")).to_contain_text("I walked too.")

    # One press leaves.
    page.goto(leave_link)
    page.locator("main form button").first.click()
    expect(page.locator("h1")).to_have_text("You have left")
    assert context.cookies() == []
    desk.context.close()


def here(link: str | None, server: LiveServer) -> str:
    """The mailed link on the test's own server."""
    assert link is not None
    return f"{server.url}/{link.split('/', 3)[3]}"


CLIPBOARD = {
    "Word": (
        """<html><head><style>p.MsoNormal{mso-style-parent:""}</style></head><body>
        <h1 style='mso-outline-level:1'>A heading<o:p></o:p></h1>
        <p class=MsoNormal>Plain, <b>bold</b>, <i>italic</i> and
        <a href="https://example.org/">a link</a>.<o:p></o:p></p>
        <p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span
        style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span>One</p>
        <p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span
        style='mso-list:Ignore'>o<span>&nbsp;</span></span>One below</p>
        <p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span
        style='mso-list:Ignore'>·<span>&nbsp;</span></span>Two</p>
        <table class=MsoTableGrid style='border:none'><tr><td width=200><p class=MsoNormal>Cell</p>
        </td></tr></table></body></html>""",
        ["<h2>A heading</h2>", "<strong>bold</strong>", "<em>italic</em>", "<ul><li><p>One</p><ul><li><p>One below</p></li></ul></li><li><p>Two</p></li></ul>", "<td", "Cell"],
    ),
    "Google Docs": (
        """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1b2c">
        <h2 dir="ltr" style="line-height:1.38"><span style="font-size:16pt">A heading</span></h2>
        <p dir="ltr"><span style="font-weight:400">Plain, </span><span
        style="font-weight:700">bold</span><span>, </span><span style="font-style:italic">italic</span>
        <a href="https://example.org/"><span style="color:#1155cc">a link</span></a></p>
        <ol><li dir="ltr" style="list-style-type:decimal"><p dir="ltr" role="presentation"><span>One</span></p></li></ol>
        <table><tbody><tr><td><p dir="ltr"><span>Cell</span></p></td></tr></tbody></table></b>""",
        ["<h2>A heading</h2>", "<strong>bold</strong>", "<em>italic</em>", "<ol><li><p>One</p></li></ol>", "Cell"],
    ),
    "LibreOffice": (
        """<html><head><meta name="generator" content="LibreOffice"/><style>td p{margin:0}</style></head>
        <body lang="en-GB"><h1 class="western">A heading</h1><p style="margin-bottom:0.1in">Plain,
        <b>bold</b>, <i>italic</i> and <a href="https://example.org/"><font color="#000080"><u>a link</u></font></a></p>
        <ul><li><p>One</p></li></ul><table width="100%" cellpadding="4"><caption>What it
        costs</caption><tr valign="top"><td><p>Cell</p></td></tr></table>
        </body></html>""",
        ["<h2>A heading</h2>", "<strong>bold</strong>", "<em>italic</em>", "<ul><li><p>One</p></li></ul>", "<table><caption>What it costs</caption>", "Cell"],
    ),
}  # fmt: skip
PASTE = """html => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector(".ProseMirror[contenteditable=true]").dispatchEvent(event);
}"""


@pytest.mark.parametrize("program", CLIPBOARD)
def test_what_a_word_processor_pastes_keeps_its_structure_and_nothing_else(
    page: Page, live_server: LiveServer, program: str
) -> None:
    make_section("Sea")
    make_desk("editor", "editor@example.org")
    html, kept = CLIPBOARD[program]
    sign_in(page, live_server, "editor@example.org", "/admin/")
    new_story(page, live_server, "Pasted")

    page.evaluate(PASTE, html)
    page.click("input[name=_save]")
    expect(page.locator("body")).to_contain_text("Saved.")

    body = saved()
    for part in [*kept, '<a href="https://example.org/"', "a link"]:
        assert part in body, (part, body)
    for rest in (
        "style=",
        "class=",
        "<span",
        "<font",
        "mso",
        "docs-internal",
        "&nbsp;",
        "<h1",
        "·",
    ):
        assert rest not in body


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/subscribe/", "/outbox/", "/accounts/login/", "/accounts/signup/", "/search/?q=x", "/nowhere/", "/about/"])  # fmt: skip
def test_no_page_breaks_a_rule_of_access(
    page: Page, live_server: LiveServer, path: str, scheme: Any
) -> None:
    make_article(headline="A story")
    page.emulate_media(color_scheme=scheme)

    page.goto(f"{live_server.url}{path}")

    assert Axe().run(page, options=AXE).response["violations"] == []

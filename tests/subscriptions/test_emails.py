"""The messages: good to read as text and as HTML, and fit for every mail program."""

import json
import re
from email.message import EmailMessage
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from articles.models import Article
from newsroom.kit.html import plain_text
from newsroom.kit.models import Site
from newsroom.mail.letters import Letter
from newsroom.mail.services import find_or_make_address
from subscriptions import emails
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_photo,
    make_section,
    make_subscriber,
    make_topic,
)
from tests.subscriptions.conftest import Outbox, html_of, text_of

pytestmark = pytest.mark.django_db

LONG_HEADLINE = "Ministry " * 20 + "speaks"
BODY = (
    '<p>The <a href="/2026/01/other/">other story</a> and <a href="https://example.org/a?b=1&amp;c=2">'
    "a page</a>. 100 &lt; 200.</p><h2>Heading</h2><ul><li>One</li><li>Two</li></ul>"
)


@pytest.fixture(autouse=True)
def site() -> Site:
    return Site.objects.create(
        pk=1,
        name="The Dispatch",
        tagline="News of the strait",
        publisher="Dispatch Ltd",
        postal_address="4 Harbour Row\nPort Selwick",
        contact_email="desk@example.org",
    )


def story(**words: Any) -> Article:
    return make_article(
        **({"body": BODY, "headline": "A story", "standfirst": "In short."} | words)
    )


@pytest.fixture
def sent(outbox: Outbox, committing: Committing) -> EmailMessage:
    make_subscriber("Ann@example.org")
    with committing():
        story(announce=True, headline=LONG_HEADLINE, lead_photo=make_photo())
    return outbox()[0]


class Page(HTMLParser):
    """What a reader of the HTML would count."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_the_raw_message_is_fit_to_travel(sent: EmailMessage, tmp_path: Path) -> None:
    (file,) = tmp_path.glob("*.eml")
    raw = file.read_bytes()

    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    assert sent["Message-ID"].endswith("@localhost>")
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["List-Id"] == "<stories.localhost>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Reply-To"] == "desk@example.org"
    assert sent["To"] == "Ann@example.org"


def test_the_link_for_one_click_stands_in_the_head_as_it_is(
    sent: EmailMessage, tmp_path: Path
) -> None:
    (file,) = tmp_path.glob("*.eml")

    found = re.findall(
        rb"(?m)^List-Unsubscribe: <(http://localhost:8000/unsubscribe/\S+)>\r$", file.read_bytes()
    )

    assert len(found) == 1
    assert found[0].decode() in html_of(sent)


@pytest.mark.parametrize("length", range(66, 82))
def test_a_subject_of_any_length_begins_on_its_line(
    outbox: Outbox, committing: Committing, tmp_path: Path, length: int
) -> None:
    headline = ("word " * 40)[: length - 1] + "s"
    make_subscriber()

    with committing():
        make_article(announce=True, headline=headline)

    (message,) = outbox()
    (file,) = tmp_path.glob("*.eml")
    assert message["Subject"] == headline
    assert b"\r\nSubject: word" in file.read_bytes()


def test_the_text_part_tells_the_whole_story(sent: EmailMessage) -> None:
    text = text_of(sent)

    for part in (
        "In short.",
        "The other story [1] and a page [2]. 100 < 200.",
        "Heading\n=======",
        "- One\n- Two",
        "[1] http://localhost:8000/2026/01/other/",
        "[2] https://example.org/a?b=1&c=2",
        "Dispatch Ltd\n4 Harbour Row\nPort Selwick",
        "/unsubscribe/",
        "/subscription/",
    ):
        assert part in text
    wide = [line for line in text.splitlines() if len(line) > 72 and "http" not in line]
    assert wide == []
    assert "%%" not in text
    assert "&amp;" not in text


def test_the_html_part_needs_nothing_but_itself_and_its_picture(sent: EmailMessage) -> None:
    html = html_of(sent)
    page = Page(html)

    assert all(
        (link["href"] or "").startswith(("http://localhost:8000/", "https://example.org/"))
        for link in page.all("a")
    )
    (picture,) = page.all("img")
    assert (picture["src"] or "").startswith("http://localhost:8000/media/")
    assert picture["alt"] == "A grey ship."
    assert picture["width"]
    assert picture["height"]
    assert not page.all("script")
    assert not page.all("link")
    assert "http-equiv" not in html
    assert "%%" not in html


def test_the_foot_says_who_why_and_how_to_leave(sent: EmailMessage) -> None:
    html = html_of(sent)

    for part in (
        "Dispatch Ltd",
        "4 Harbour Row",
        "You get this because",
        "/unsubscribe/",
        "/subscription/",
    ):
        assert part in html


def test_it_is_dressed_for_dark_and_small_screens_and_without_style_sheets(
    sent: EmailMessage,
) -> None:
    html = html_of(sent)
    page = Page(html)

    assert {"name": "color-scheme", "content": "light dark"} in page.all("meta")
    assert "@media (prefers-color-scheme: dark)" in html
    assert "@media (max-width: 480px)" in html
    (heading,) = page.all("h1")
    assert "font-size:30px" in (heading["style"] or "").replace(": ", ":")
    assert {table.get("role") for table in page.all("table")} == {"presentation"}


def test_the_preview_line_is_the_standfirst_not_the_masthead(sent: EmailMessage) -> None:
    html = html_of(sent)

    assert html.index("In short.") < html.index("The Dispatch</a>")


def test_a_story_too_long_for_gmail_is_cut_at_a_block_with_a_way_on() -> None:
    paragraphs = "".join(f"<p>Paragraph {n}: {'long words ' * 40}</p>" for n in range(400))

    letter = emails.article_letter(story(body=paragraphs))

    assert len(letter.html.encode()) <= emails.MOST_BYTES
    assert "Read on" in letter.html
    assert "Read on:" in letter.text
    assert "Paragraph 0" in letter.html
    assert "Paragraph 399" not in letter.html
    assert letter.html.count("<p") == letter.html.count("</p>")


def test_a_story_that_is_one_endless_block_still_makes_a_mail() -> None:
    letter = emails.article_letter(story(body=f"<p>{'word ' * 40_000}</p>"))

    assert len(letter.html.encode()) <= emails.MOST_BYTES
    assert "Read on" in letter.html
    assert "In short." in letter.html


def test_a_long_real_story_goes_out_whole() -> None:
    paragraphs = "".join(f"<p>Paragraph {n}: {'long words ' * 40}</p>" for n in range(100))

    letter = emails.article_letter(story(body=paragraphs))

    assert "Paragraph 99" in letter.html
    assert "Read and discuss on The Dispatch" in letter.html


def test_dateline_and_sources_are_mailed_and_links_are_numbered_after_the_sources() -> None:
    article = story(
        body='<p>Two sail [1], says <a href="https://l.example/">the list</a>.</p>',
        dateline="Altenhaven",
        sources="The ministry, a statement https://mod.example/a\nThe yard",
    )

    letter = emails.article_letter(article)

    assert "Altenhaven — Two sail [1], says the list [3]." in " ".join(letter.text.split())
    assert "[1] The ministry, a statement https://mod.example/a\n[2] The yard" in letter.text
    assert "[3] https://l.example/" in letter.text
    assert "Altenhaven — Two sail [1]" in letter.html
    assert re.search(r'<a href="https://mod.example/a"[^>]*>mod.example/a</a>', letter.html)


def test_a_story_that_is_cut_leaves_its_sources_where_its_end_is() -> None:
    letter = emails.article_letter(story(body="<p>word [1]</p>" * 9000, sources="The yard"))

    assert "The yard" not in letter.text + letter.html
    assert "Read on" in letter.html


def test_what_was_typed_is_inert_in_the_html() -> None:
    letter = emails.article_letter(
        story(
            headline="<script>alert(1)</script> & %%UNSUBSCRIBE",
            standfirst="<img src=x onerror=alert(1)>",
            body='<p onclick="x">Text<script>alert(1)</script></p>',
        )
    )

    assert "<script" not in letter.html
    assert "<img" not in letter.html
    assert "onclick" not in letter.html
    assert "&lt;script&gt;" in letter.html


def test_without_picture_standfirst_tagline_or_address_nothing_is_missing(site: Site) -> None:
    site.tagline = site.publisher = site.postal_address = ""
    site.save()

    letter = emails.article_letter(story(standfirst=""))

    assert "None" not in letter.html + letter.text
    assert "<img" not in letter.html
    assert "\n\n\n\n" not in letter.text


@pytest.mark.parametrize("make", ["confirmation", "already_subscribed", "link_to_choices"])
def test_each_letter_has_one_link_to_press_in_both_parts(make: str) -> None:
    subscriber = make_subscriber("bob@example.org")
    letters: dict[str, Letter] = {
        "confirmation": emails.confirmation(subscriber),
        "already_subscribed": emails.already_subscribed(subscriber),
        "link_to_choices": emails.link_to_choices(subscriber.address),
    }
    letter = letters[make]

    links = set(re.findall(r"http://localhost:8000/subscri\S+/", letter.text))

    assert len(links) == 1
    assert links.pop() in letter.html
    assert "The Dispatch" in letter.subject
    assert "Dispatch Ltd\n4 Harbour Row\nPort Selwick" in letter.text
    assert "bob@example.org" not in letter.html + letter.text
    assert all(len(line) <= 72 for line in letter.text.splitlines() if "http" not in line)


def test_the_letter_to_confirm_is_true_whatever_was_asked_for() -> None:
    asked = [[f"topic:{make_topic().pk}", "weekly"]]
    letter = emails.confirmation(make_subscriber(state="pending", asked=asked))

    for part in (letter.text, letter.html):
        assert "each new story" not in part
        assert "If you did not ask, do nothing" in part


def test_the_mails_of_a_demonstration_say_so(site: Site) -> None:
    before = emails.article_letter(story())
    site.demo = True
    site.save()

    after = emails.article_letter(story())

    assert "Demonstration." not in before.text + before.html
    assert "Demonstration. All countries are invented." in after.text
    assert "Demonstration. All countries are invented." in after.html


def test_a_story_never_published_has_no_letter() -> None:
    with pytest.raises(ValueError, match="never published"):
        emails.article_letter(Article())


def test_asking_and_confirming_need_no_database_beyond_the_site(
    django_assert_max_num_queries: Any,
) -> None:
    subscriber = make_subscriber("bob@example.org", state="pending")
    find_or_make_address("other@example.org")

    with django_assert_max_num_queries(1):
        emails.confirmation(subscriber)


def test_real_stories_make_mails_that_lose_no_word(real_material: Path) -> None:
    lines = (real_material / "articles" / "dvids_full.jsonl").read_text().splitlines()
    section, author = make_section(), make_author()

    for line in lines[:12]:
        told = json.loads(line)
        body = "".join(f"<p>{escape(part)}</p>" for part in told["body"].split("\n\n"))
        headline = told["title"][:200]
        article = make_article(headline=headline, body=body, section=section, bylines=(author,))
        letter = emails.article_letter(article)

        assert " ".join(plain_text(article.live.body).split()) in " ".join(letter.text.split())  # type: ignore[union-attr]  # It is published.
        assert len(letter.html.encode()) <= emails.MOST_BYTES
        assert all(len(row) <= 72 for row in letter.text.splitlines() if " " in row)

"""What strangers type is inert everywhere: on the page, in the form, in the admin, in mail."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from articles.models import Article
from comments.emails import comments_wait
from comments.models import Comment
from tests.comments.conftest import Post
from tests.makers import make_comment, make_staff

NAUGHTY = ("strings/blns.json", "strings/owasp_xss_filter_evasion.json")
OURS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "<svg/onload=alert(1)>", "\"><script>alert(1)</script>", "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>", "{{ settings.SECRET_KEY }}", "{% load x %}",
    "]]><script>", "<!--", "\u202egnp.exe", "%00<b>",
]  # fmt: skip


class Page(HTMLParser):
    """Counts what an attack would add: elements, handlers, addresses that run."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.bad: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        for name, value in attrs:
            runs = name in {"href", "src", "action"} and (value or "").strip().lower().startswith(
                ("javascript:", "data:", "vbscript:")
            )
            if name.startswith("on") or name == "style" or runs:
                self.bad.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text += data


def strings(folder: Path) -> Iterator[str]:
    yield from OURS
    for file in NAUGHTY:
        yield from json.loads((folder / file).read_text(encoding="utf-8"))


def in_database(text: str) -> str:
    """As a row could hold it that came by another way than the form; NUL no database takes."""
    return text.replace("\x00", "")


@pytest.fixture
def naughty(real_material: Path, story: Article) -> list[str]:
    """Every string published raw, past the form, as body, name and website."""
    texts = [in_database(text) for text in strings(real_material)]
    for text in texts:
        make_comment(story, body=text, name=text[:80], website=text[:200])
    return texts


def expected(naughty: list[str], page: Page) -> None:
    assert page.bad == []
    assert len(naughty) > 600


def test_the_conversation_shows_them_as_words(
    client: Client, story: Article, naughty: list[str]
) -> None:
    harmless = Page(client.get(f"/{story.path}/comments/").text)
    pages = [Page(client.get(f"/{story.path}/comments/?page={n}").text) for n in (1, 2, 3, 4)]

    for page in pages:
        expected(naughty, page)
        assert page.elements.count("script") == harmless.elements.count("script") == 1
        assert set(page.elements) <= set(harmless.elements) | {"nav", "br"}
    everything = "".join(page.text for page in pages)
    assert "<script>alert(1)</script>" in everything


def test_the_queue_and_the_page_of_a_comment_show_them_as_words(
    client: Client, story: Article, naughty: list[str]
) -> None:
    client.force_login(make_staff())
    empty = Page(client.get("/admin/comments/comment/?state=spam").text)
    scripts = empty.elements.count("script")

    for number in range(1, 5):
        page = Page(client.get(f"/admin/comments/comment/?state=published&p={number}").text)
        expected(naughty, page)
        assert (
            page.elements.count("script") <= scripts + 1
        )  # actions.js of a list that is not empty.
    for comment in Comment.objects.all()[:20]:
        expected(naughty, Page(client.get(f"/admin/comments/comment/{comment.pk}/change/").text))


def test_the_form_gives_them_back_as_words(post: Post, real_material: Path) -> None:
    for text in list(strings(real_material))[::5]:
        response = post(body=text, name=text, website=text, email="")

        page = Page(response.text)
        assert response.status_code == 422
        assert page.bad == []
        assert page.elements.count("script") == 1, "The site's own, in the head."


def test_what_comes_in_by_the_form_is_shown_whole_and_inert(
    client: Client, post: Post, real_material: Path
) -> None:
    client.force_login(make_staff(name="Anna"))  # Not limited, and published at once.

    for text in list(strings(real_material))[::5]:
        assert post(body=text).status_code in {303, 422}  # 422: nothing in it can be seen.

    assert Comment.objects.count() > 100
    for body in Comment.objects.values_list("body", flat=True):
        assert not set(body) & set("\x00\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff")


@pytest.mark.django_db
def test_the_letter_to_moderators_holds_nothing_that_a_stranger_wrote(
    story: Article, naughty: list[str]
) -> None:
    Comment.objects.update(state=Comment.State.PENDING, name="Stranger", body="Strange words")

    letter: Any = comments_wait(Comment.objects.waiting().count())

    for part in (letter.subject, letter.text, letter.html):
        assert "Strange" not in part

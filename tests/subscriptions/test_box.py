"""The form as it stands on stored pages."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client

from subscriptions.consent import WORDS
from tests.makers import make_article, make_author, make_section, make_topic, make_user

pytestmark = pytest.mark.django_db


def box(html: str) -> str:
    found = re.search(r'<aside class="subscribe".*?</aside>', html, re.DOTALL)
    assert found is not None
    return found[0]


def test_the_box_on_a_story_is_the_same_for_everyone(client: Client) -> None:
    article = make_article()
    stranger = box(client.get(article.get_absolute_url()).content.decode())
    no_cookie = client.cookies == {}

    client.force_login(make_user())
    signed_in = box(client.get(article.get_absolute_url()).content.decode())

    assert no_cookie
    assert signed_in == stranger
    assert "csrf" not in stranger
    assert f'value="{article.get_absolute_url()}"' in stranger
    assert "Discover more from Newsroom" in stranger
    assert "Subscribe to get the latest posts sent to your email." in stranger


def test_the_form_page_is_for_nobody_in_particular(client: Client) -> None:
    answer = client.get("/subscribe/")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"
    assert client.cookies == {}
    assert answer.text.count("<script") == 1, "The same for everybody."


def test_words_that_readers_agreed_to_are_never_altered() -> None:
    """Add a version to WORDS, and its digest here; leave the others as they are."""
    digests = {
        version: hashlib.sha256(str(words).encode()).hexdigest()[:16]
        for version, words in WORDS.items()
    }

    assert digests == {
        "2026-11": "d8cc880f0a3cd056",
        "2026-11-chosen": "7a39bddbdc5d505f",
        "2026-11-listed": "1fed70b4c74fb75c",
    }


def test_the_words_stand_beside_the_form(client: Client) -> None:
    chosen = client.get("/subscribe/").content.decode()
    story = client.get(make_article().get_absolute_url()).content.decode()

    assert str(WORDS["2026-11-chosen"]) in chosen
    assert str(WORDS["2026-11"]) in box(story)


@pytest.mark.parametrize(
    ("make", "query", "words"),
    [
        (make_topic, "topic", "Subscribe to this topic"),
        (make_section, "section", "Get Sea by e-mail"),
        (make_author, "author", "Get stories by Sea by e-mail"),
    ],
)
def test_a_section_topic_or_author_leads_to_the_form_with_it_ticked(
    client: Client, make: Callable[..., Any], query: str, words: str
) -> None:
    thing = make("Sea")
    make_article(**{"section": {"section": thing}, "topic": {"topics": (thing,)}}.get(
        query, {"bylines": (thing,)}
    ))  # fmt: skip
    link = Template("{% load subscriptions %}{% follow_link thing %}")

    html = link.render(Context({"thing": thing}))
    page = client.get(f"/subscribe/?{query}={thing.slug}").content.decode()

    assert words in html
    assert f'href="/subscribe/?{query}={thing.slug}"' in html
    assert f'value="{query}:{thing.pk}" checked' in page
    assert 'value="all" checked' not in page


def test_a_page_takes_few_queries(client: Client, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(10):  # type: ignore[operator]  # A fixture of pytest-django.
        client.get("/subscribe/")

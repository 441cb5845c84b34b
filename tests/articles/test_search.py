"""What a search answers."""

import pytest
from django.test import Client

from articles.views import FOUND
from tests.makers import make_article, make_author, make_section

pytestmark = pytest.mark.django_db


def ask(query: str) -> str:
    response = Client().get("/search/", query_params={"q": query})
    assert response.status_code == 200
    return response.content.decode()


def test_every_word_must_stand_in_the_headline() -> None:
    make_article(headline="Frigate late again")
    make_article(headline="Frigate on time")

    html = ask("  late FRIGATE ")

    assert "Frigate late again" in html
    assert "Frigate on time" not in html
    assert "1 headline has all the words" in html


def test_the_question_stands_in_the_box_and_is_inert() -> None:
    html = ask('"><script>alert(1)</script>')

    assert "<script>" not in html
    assert html.count("<script") == 1, "The site's own, in the head."
    assert 'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in html


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("", "Type some words of a headline."), ("zeppelin", "No headline has all the words")],
)
def test_an_empty_answer_says_so_and_offers_the_newest(query: str, sentence: str) -> None:
    make_article(headline="Frigate late again")

    html = ask(query)

    assert sentence in html
    assert "Frigate late again" in html


def test_a_search_in_an_empty_title_says_so() -> None:
    assert "Nothing is published yet." in ask("frigate")


def test_a_wide_search_says_that_it_shows_only_the_newest() -> None:
    author, section = make_author(), make_section()
    for n in range(FOUND + 1):
        make_article(headline=f"Frigate {n}", bylines=(author,), section=section)

    html = ask("frigate")

    assert f"More than {FOUND} headlines" in html
    assert html.count('class="card card--list"') == FOUND


@pytest.mark.parametrize("query", ["\0", "%", "_", "'", "\\", "a" * 10_000, "é́", "\ud7ff", "🚢"])
def test_odd_questions_are_answered(query: str) -> None:
    make_article(headline="Frigate late again")

    assert "Frigate late again" in ask(query)


def test_a_search_is_not_for_search_engines() -> None:
    assert '<meta name="robots" content="noindex">' in ask("frigate")
    assert b"Disallow: /search/" in Client().get("/robots.txt").content

"""A story's text as readers get it."""

import re
from typing import Any

import pytest
from django.test import Client

from articles.models import Revision
from articles.text import (
    full_text,
    minutes_to_read,
    numbers_in,
    parted,
    sources_of,
    story_text,
    with_dateline,
)
from tests.articles.markup import Page
from tests.makers import make_article, make_photo

pytestmark = pytest.mark.django_db

SOURCES = "Ministry of Defence, a statement, 3 March 2026 https://mod.example/a?b=1&c=2.\nThe yard"


def page_of(**words: Any) -> str:
    article = make_article(**words)
    html = Client().get(article.get_absolute_url()).content.decode()
    assert Page(html).faults == []
    return html


def text_of(body: str, sources: str = SOURCES, dateline: str = "") -> str:
    text = story_text(Revision(body=body, sources=sources, dateline=dateline))
    return text.opening + text.rest


# Notes -------------------------------------------------------------------------------------


def test_a_number_leads_to_its_source_and_the_source_back() -> None:
    html = page_of(body="<p>Two ships sail [1].</p><p>One stays [2].</p>", sources=SOURCES)

    assert 'sail<sup class="note"><a id="cited-1" href="#source-1" role="doc-noteref"' in html
    assert '<li id="source-2">' in html
    assert 'href="#cited-2" role="doc-backlink"' in html


def test_a_source_named_twice_leads_back_to_both_places() -> None:
    html = page_of(body="<p>One [1].</p><p>Two [1].</p>", sources=SOURCES)

    for place in ("cited-1", "cited-1-2"):
        assert f'id="{place}"' in html
        assert f'href="#{place}"' in html
    labels = re.findall(r'aria-label="(Back to [^"]*)"', html)
    assert len(labels) == len(set(labels)) == 2


def test_notes_are_counted_through_the_whole_text_whatever_stands_between() -> None:
    five = "".join(f"<p>Paragraph {n} [1].</p>" for n in range(5))

    html = page_of(body=five, sources=SOURCES, see_also=(make_article(),))

    assert html.index('id="cited-1-3"') < html.index("See also") < html.index('id="cited-1-4"')


@pytest.mark.parametrize("note", ["[3]", "[0]", "[1a]", "[]", "[2026]", "[-1]", "[01]"])
def test_a_number_without_a_source_stays_text(note: str) -> None:
    assert text_of(f"<p>As said {note}.</p>") == f"<p>As said {note}.</p>"


def test_a_number_inside_a_link_stays_text() -> None:
    html = text_of('<p><a href="https://x.example/">the list [1]</a> says [1]</p>')

    assert "the list [1]</a>" in html
    assert html.count("doc-noteref") == 1


def test_a_number_in_an_attribute_is_left_alone() -> None:
    html = text_of('<p><a href="https://x.example/?q=[1]" title="[1]">here</a></p>')

    assert "doc-noteref" not in html


def test_a_story_without_sources_is_as_it_was_typed() -> None:
    assert text_of("<p>A list [1].</p>", sources="") == "<p>A list [1].</p>"
    assert "Sources" not in page_of(body="<p>A list [1].</p>")


# Sources -----------------------------------------------------------------------------------


def test_an_address_in_a_source_is_a_link_and_its_full_stop_is_not() -> None:
    html = page_of(sources=SOURCES)

    address = "https://mod.example/a?b=1&amp;c=2"
    assert f'<a href="{address}" rel="noopener">mod.example/a?b=1&amp;c=2</a>.' in html


@pytest.mark.parametrize(
    "line", ["javascript:alert(1)", "<script>alert(1)</script>", "<a href='javascript:x'>x</a>"]
)
def test_what_stands_in_a_source_is_inert(line: str) -> None:
    html = page_of(sources=line)

    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_a_source_tells_its_words_from_its_address() -> None:
    source = sources_of(Revision(sources="See https://a.example/x/, and http://b.example"))[0]

    assert source.address == "https://a.example/x/"
    assert source.parts == [
        ("See ", ""),
        ("a.example/x", "https://a.example/x/"),
        (", and ", ""),
        ("b.example", "http://b.example"),
    ]


def test_the_numbers_of_a_text_are_those_readers_see() -> None:
    assert numbers_in('<p>One [1], two&nbsp;[2] and <a href="/[9]">[3]</a>.</p>') == {1, 2, 3}


# Dateline ----------------------------------------------------------------------------------


def test_a_dateline_opens_the_first_paragraph() -> None:
    html = page_of(body="<p>Two ships sail.</p>", dateline="Altenhaven")

    assert '<p><span class="dateline">Altenhaven</span> — Two ships sail.</p>' in html


def test_a_dateline_stands_above_a_text_that_opens_otherwise() -> None:
    html = with_dateline("<h2>Who</h2><p>Two.</p>", "<b>")

    assert html == '<p><span class="dateline">&lt;b&gt;</span></p><h2>Who</h2><p>Two.</p>'


# Quotations --------------------------------------------------------------------------------


def test_a_quotation_that_repeats_the_text_is_for_the_eye_alone() -> None:
    body = "<p>“We stopped because we do not know why,” she said.</p>"
    quote = "<blockquote><p>“We stopped because we do not know why”</p><p>— B. G.</p></blockquote>"

    html = text_of(body + quote)

    assert '<div class="pull-quote" aria-hidden="true"><p>“We stopped' in html
    assert "<footer>— B. G.</footer></div>" in html


@pytest.mark.parametrize(
    "quote",
    ["<p>Said nowhere else</p>", '<p><a href="https://x.example/">One two</a></p>', "<p></p>"],
)
def test_any_other_quotation_stays_one(quote: str) -> None:
    html = text_of(f"<p>One two three.</p><blockquote>{quote}</blockquote>")

    assert "pull-quote" not in html


# In two ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("<p>1</p><p>2</p><p>3</p><p>4</p>", 3),
        ("<p>1</p><p>2</p><p>3</p><ul><li><p>a</p></li></ul><p>4</p><p>5</p>", None),
        ("<p>1</p><p>2</p>", None),
        ("<blockquote><p>1</p><p>2</p><p>3</p></blockquote><p>4</p>", None),
    ],
)
def test_a_text_is_parted_after_its_third_free_paragraph(body: str, place: int | None) -> None:
    opening, rest = parted(body)

    assert opening + rest == body
    if place is not None:
        assert opening.count("<p>") == place


# Elsewhere ---------------------------------------------------------------------------------


def test_a_feed_has_the_dateline_the_numbers_and_the_sources_at_its_end() -> None:
    revision = Revision(body="<p>Sail [1].</p>", dateline="Altenhaven", sources="The yard <b>")

    assert full_text(revision) == (
        "<p>Altenhaven — Sail [1].</p><h2>Sources</h2><ol><li>The yard &lt;b&gt;</li></ol>"
    )


def test_the_feed_of_the_site_carries_it() -> None:
    make_article(body="<p>Sail [1].</p>", sources="The yard https://y.example/")

    feed = Client().get("/feed/").content.decode()

    assert "&lt;h2&gt;Sources&lt;/h2&gt;" in feed
    assert '&lt;a href="https://y.example/"&gt;y.example&lt;/a&gt;' in feed


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (100, 1), (344, 1), (346, 2), (2300, 10)])
def test_the_time_to_read_is_at_least_a_minute(words: int, minutes: int) -> None:
    assert minutes_to_read(words) == minutes


def test_the_time_to_read_is_said() -> None:
    assert "2 minutes to read" in page_of(body=f"<p>{'word ' * 460}</p>", lead_photo=make_photo())

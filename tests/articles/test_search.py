"""The search page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article, SearchStem, SearchWord
from articles.search.asking import PAGE
from articles.services import withdraw
from tests.articles.markup import Page
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_photo,
    make_section,
    make_topic,
)

pytestmark = pytest.mark.django_db


def ask(query: str = "", **parameters: Any) -> str:
    response = Client().get("/search/", query_params={"q": query, **parameters})
    assert response.status_code == 200
    return response.content.decode()


def status_of(html: str) -> str:
    found = re.search(r'role="status">(.*?)</p>', html, re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


def headlines(html: str) -> list[str]:
    found = re.findall(r'card__headline"><a href="[^"]*">(.*?)</a>', html, re.DOTALL)
    return [" ".join(re.sub("</?mark>", "", headline).split()) for headline in found]


def test_the_answer_counts_names_and_marks() -> None:
    make_article(headline="Frigate late again", standfirst="Two frigates & a tender.")
    make_article(headline="Tender on time")

    html = ask("  FRIGATE ")

    assert status_of(html) == "1 story found."
    assert "<mark>Frigate</mark> late again" in html
    assert "Two <mark>frigates</mark> &amp; a tender." in html
    assert "Tender on time" not in html


def test_the_body_is_quoted_where_it_answers_and_its_html_is_not() -> None:
    make_article(
        headline="Yard",
        standfirst="Late.",
        body="<p>1 &lt; 2 &amp;amp; &lt;script&gt; a <strong>frigate</strong>.</p>",
    )

    html = ask("frigate")

    assert "1 &lt; 2 &amp;amp; &lt;script&gt; a <mark>frigate</mark>." in html
    assert "<script>" not in html


def test_the_question_stands_in_the_boxes_and_is_inert() -> None:
    make_article(headline="Script alert 1")

    html = ask('"><script>alert(1)</script>')

    assert "<script>" not in html
    assert html.count('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"') == 3
    assert Page(html).faults == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Type some words that the story has."),
        ("zeppelin", "No story has what you asked for: zeppelin."),
        ("-frigate", "Add a word that the story must have; what it must not have is not enough."),
        ("%", "There is no word in that. Type some words that the story has."),
    ],
)
def test_an_empty_answer_says_why_and_offers_the_newest(query: str, sentence: str) -> None:
    make_article(headline="Frigate late again")

    html = ask(query)

    assert status_of(html) == sentence
    assert headlines(html) == ["Frigate late again"]


def test_a_search_in_an_empty_title_says_so() -> None:
    assert "Nothing is published yet." in ask("frigate")


def test_an_empty_answer_names_the_filter_and_the_count_without_it() -> None:
    sea, land = make_section("Sea"), make_section("Land")
    for n in range(3):
        make_article(headline=f"Frigate {n}", section=sea)
    make_article(headline="Tank", section=land, kind="opinion")

    html = ask("frigate", section=land.slug, sort="date")

    assert status_of(html) == "No story in “Land” has what you asked for: frigate."
    offered = re.search(r'href="\?q=frigate&amp;sort=date">(.*?)</li>', html, re.DOTALL)
    assert offered is not None
    assert "Search without “Land”" in offered[1]
    assert "3 stories" in offered[1]


def test_each_filter_that_alone_empties_the_answer_is_named() -> None:
    sea, land = make_section("Sea"), make_section("Land")
    make_article(headline="Frigate", section=sea, kind="opinion")
    make_article(headline="Frigate", section=land, kind="news")

    html = ask("frigate", section=sea.slug, kind="news")

    assert "Search without “Sea”" in html
    assert "Search without “News”" in html


def test_filters_that_only_together_empty_the_answer_are_lifted_together() -> None:
    sea, land = make_section("Sea"), make_section("Land")
    make_article(headline="Frigate", section=sea, kind="opinion")
    make_article(headline="Tank", section=land, kind="news")

    html = ask("frigate", section=land.slug, kind="news")

    assert "Search without any filter" in html
    assert 'href="?q=frigate"' in html


def test_a_filter_that_hides_nothing_is_not_blamed() -> None:
    make_draft(headline="Frigate")
    land = make_article(headline="Tank").section
    assert land is not None

    assert "Search without" not in ask("frigate", section=land.slug)


def test_the_nearest_spelling_that_has_hits_is_offered() -> None:
    make_article(headline="Frigate late again")
    make_article(headline="Frigates on time")

    html = ask("frigaet time")

    assert "Did you mean “frigate time”?" in html
    assert 'href="?q=frigate+time"' in html
    assert "1 story" in html


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rfigate", "frigate"), ("figate", "frigate"), ("frigatte", "frigate"), ("xrigate", "frigate"),
        ("fregatte", "frigate"), ("budjet", "budget"), ('"late frigaet"', '"late frigate"'),
        ("frigaet -budget", "frigate -budget"), ("lat frigate", "late frigate"), ("łodx", "lodz"),
    ],
)  # fmt: skip
def test_slips_are_understood(typed: str, meant: str) -> None:
    make_article(headline="The late frigate of Łódź")
    make_article(headline="A budget")

    html = ask(typed)

    assert f"Did you mean “{meant.replace('"', '&quot;')}”?" in html


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("goverment", "government"), ("comander", "commander"), ("amunition", "ammunition"),
        ("internatonal", "international"), ("operatonal", "operational"),
        ("developmnet", "development"), ("negotations", "negotiations"),
    ],
)  # fmt: skip
def test_long_words_are_offered_though_short_ones_share_their_stem(typed: str, meant: str) -> None:
    make_article(headline="They govern, command, operate, develop and negotiate")
    make_article(headline="Munition of Comaer, a frigate", body="<p>Intern. Amunitia.</p>")
    for _ in range(2):
        make_article(
            headline="International operational government",
            body="<p>The commander’s ammunition, frigates, development and negotiations.</p>",
        )

    assert f"Did you mean “{meant}”?" in ask(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("firgate tendre", "frigate tender"), ("miltary frigte", "military frigate"),
        ("miltary firgate tendre", "military frigate tender"), ("tendr -late firgate", "tender -late frigate"),
        ("tendr frigates lost", None), ("firgate xylophone", None), ("firgate mintary", "frigate minitary"),
    ],
)  # fmt: skip
def test_several_misspelt_words_are_understood(typed: str, meant: str | None) -> None:
    for _ in range(10):
        make_article(headline="A military frigate tender")
    make_article(headline="Minitary frigate")

    said = re.search("Did you mean “(.*?)”", ask(typed))

    assert (said and said[1]) == meant


def test_a_slip_that_some_story_has_too_is_understood() -> None:
    make_article(headline="The miltary mistyped")
    for _ in range(10):
        make_article(headline="A military frigate")

    assert "Did you mean “military frigate”?" in ask("miltary frigte")


def test_a_spelling_is_offered_with_the_same_filters_or_else_without_them() -> None:
    land, sea = make_section("Land"), make_section("Sea")
    make_article(headline="Frigates late again", section=sea)
    make_article(headline="Brigades march", section=land)

    on_land = ask("brigadse", section=land.slug)
    at_sea = ask("frigatse", section=land.slug)

    assert f'href="?q=brigades&amp;section={land.slug}">Did you mean “brigades”?' in on_land
    assert "Without any filter:" not in on_land
    assert 'href="?q=frigates">Did you mean “frigates”?' in at_sea
    assert "Without any filter:" in at_sea


@pytest.mark.parametrize("typed", ["zzzzzz", "12345", "-frigaet", "frigaet zzzzzz"])
def test_no_spelling_is_offered_that_has_no_hits(typed: str) -> None:
    make_article(headline="Frigate late again")

    assert "Did you mean" not in ask(typed)


def test_no_spelling_is_offered_from_what_is_not_public() -> None:
    make_draft(headline="Frigate")
    withdraw(make_article(headline="Destroyer").pk, editor=None, note="Wrong.")
    hidden = make_article(headline="Corvette")
    Article.objects.filter(pk=hidden.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    SearchWord.objects.create(word="frigate", stories=1)

    for typed in ("frigaet", "destroyr", "corvete"):
        assert "Did you mean" not in ask(typed)


def test_an_empty_answer_never_counts_what_is_not_public() -> None:
    sea, land = make_section("Sea"), make_section("Land")
    hidden = make_article(headline="Frigate", section=sea)
    make_article(headline="Tank", section=land)
    Article.objects.filter(pk=hidden.pk).update(embargo_until=timezone.now() + timedelta(hours=1))

    html = ask("frigate", section=land.slug)

    assert "Search without" not in html


def test_only_topics_of_public_stories_are_to_choose_from() -> None:
    make_article(topics=(make_topic("Mines", kind="equipment"),))
    make_draft(topics=(make_topic("Secret missile"),))

    html = ask()

    assert '<optgroup label="Equipment">' in html
    assert "Mines" in html
    assert "Secret missile" not in html
    assert "Secret missile" not in ask("x", topic=make_topic("Secret missile 2").slug)


def test_filters_keep_what_was_chosen() -> None:
    topic, section = make_topic("Mines"), make_section("Sea")
    make_article(headline="Frigate", section=section, topics=(topic,), kind="opinion")

    html = ask("frigate", section=section.slug, topic=topic.slug, kind="opinion", within="week")

    assert headlines(html) == ["Frigate"]
    for value in (section.slug, topic.slug, "opinion", "week"):
        assert re.search(rf'<option value="{value}"\s+selected', html), value


@pytest.mark.parametrize(
    ("within", "days", "found"),
    [("day", 0, True), ("day", 2, False), ("week", 6, True), ("week", 8, False),
     ("month", 30, True), ("month", 33, False), ("year", 360, True), ("year", 370, False)],
)  # fmt: skip
def test_time_is_a_filter(*, within: str, days: int, found: bool) -> None:
    make_article(headline="Frigate", moment=timezone.now() - timedelta(days=days, hours=1))

    assert (status_of(ask("frigate", within=within)) == "1 story found.") is found


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [("2026-11-01", "2026-11-01", True), ("2026-11-02", "", False), ("", "2026-10-31", False),
     ("2026-11-01", "", True), ("", "2026-11-01", True), ("", "9999-12-31", True), ("0001-01-01", "", True)],
)  # fmt: skip
def test_days_are_whole_and_both_are_meant(*, since: str, until: str, found: bool) -> None:
    make_article(headline="Frigate", moment=datetime(2026, 11, 1, 23, 59, tzinfo=UTC))

    html = ask("frigate", since=since, until=until)

    assert (status_of(html) == "1 story found.") is found


@pytest.mark.parametrize("zone", ["Europe/Oslo", "America/New_York", "Pacific/Kiritimati"])
def test_the_first_and_the_last_day_that_there_is_can_be_asked_for(
    zone: str, settings: Any
) -> None:
    settings.TIME_ZONE = zone
    make_article(headline="Frigate")

    for words in ("", "frigate"):
        for since, until in [("0001-01-01", ""), ("", "9999-12-31")]:
            assert headlines(ask(words, since=since, until=until)) == ["Frigate"]
        for since, until in [("9999-12-31", ""), ("", "0001-01-01")]:
            assert status_of(ask(words, since=since, until=until)) != "1 story found."


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"until": "2026-13-40"}, "Enter a valid date."),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "This day is before the first."),
        ({"kind": "novel"}, "Select a valid choice."),
        ({"section": "nowhere"}, "Select a valid choice."),
        ({"topic": "nothing"}, "Select a valid choice."),
        ({"within": "never"}, "Select a valid choice."),
        ({"sort": "size"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    parameters: dict[str, str], sentence: str
) -> None:
    make_article(headline="Frigate", moment=datetime(2026, 11, 3, tzinfo=UTC))

    html = ask("frigate", **parameters)

    assert sentence in html
    assert 'aria-invalid="true"' in html
    assert Page(html).faults == []


def test_a_box_for_days_holds_a_day_or_nothing() -> None:
    make_article(headline="Frigate")

    html = ask("frigate", since="03/11/2026", until="soon")

    assert 'name="since" value="2026-11-03"' in html
    assert "soon" not in html


def test_pages_lead_on_and_back_with_the_whole_question() -> None:
    author, section = make_author(), make_section("Sea")
    for n in range(PAGE + 1):
        make_article(headline=f"Frigate {n}", bylines=(author,), section=section)

    first = ask("frigate", section=section.slug)
    second = ask("frigate", section=section.slug, page=2)

    assert f'rel="next" href="?q=frigate&amp;section={section.slug}&amp;page=2"' in first
    assert f'rel="prev" href="?q=frigate&amp;section={section.slug}&amp;page=1"' in second
    assert 'rel="next"' not in second
    assert sorted(headlines(first) + headlines(second)) == sorted(
        f"Frigate {n}" for n in range(PAGE + 1)
    )


@pytest.mark.parametrize("page", ["abc", "0", "-1", "99999", "2", "21", ""])
def test_a_page_that_is_none_is_not_found(page: str) -> None:
    make_article(headline="Frigate")

    response = Client().get("/search/", query_params={"q": "frigate", "page": page})

    assert response.status_code == 404


@pytest.mark.parametrize(
    "query", ["\0", "%", "_", "'", "\\", "a" * 10_000, "é́", "\ud7ff", "🚢", '"', "(", "☃" * 500]
)
def test_odd_questions_are_answered(query: str) -> None:
    make_article(headline="Frigate late again")

    assert "Frigate late again" in ask(query, section="%00", since=query[:50])


def test_bad_bytes_in_the_address_are_answered() -> None:
    assert Client().get("/search/?q=%ff%fe%00&section=%c3&page=1").status_code == 200


def test_a_search_is_not_for_search_engines() -> None:
    assert '<meta name="robots" content="noindex">' in ask("frigate")
    assert b"Disallow: /search/" in Client().get("/robots.txt").content


def test_a_search_changes_nothing_and_sets_no_cookie() -> None:
    make_article(headline="Frigate")
    before = list(SearchStem.objects.values())

    response = Client().get("/search/?q=frigate")

    assert not response.cookies
    assert list(SearchStem.objects.values()) == before
    assert Client().post("/search/", {"q": "frigate"}).status_code == 405


@pytest.mark.parametrize("query", ["frigate", "zeppelin"])
def test_the_page_takes_as_many_queries_for_two_stories_as_for_twelve(
    query: str, django_assert_max_num_queries: Any
) -> None:
    topic = make_topic()
    for _ in range(2):
        for n in range(6):
            make_article(headline=f"Frigate {n}", topics=(topic,))

        with django_assert_max_num_queries(16):
            ask(query)


def test_pictures_of_twelve_stories_take_as_many_queries_as_those_of_two(
    django_assert_max_num_queries: Any,
) -> None:
    for n in range(12):
        make_article(headline=f"Frigate {n}", lead_photo=make_photo())

    with django_assert_max_num_queries(16):
        assert "<img" in ask("frigate")


def test_whoever_wrote_a_story_is_named_in_the_order_of_its_bylines() -> None:
    second, first = make_author("Ada Berg"), make_author("Zoe Holm")
    make_article(headline="Frigate late", bylines=(first, second))
    make_article(headline="Frigate on time", bylines=(second,))

    lines = re.findall(r'card__by">\s*<span>(.*?)</span>', ask("frigate"), re.DOTALL)

    assert [" ".join(line.split()) for line in lines] == ["Ada Berg", "Zoe Holm and Ada Berg"]


def test_every_control_has_a_label() -> None:
    html = ask("frigate")

    controls = re.findall(r'<(?:select|input)[^>]*id="([^"]+)"', html)
    assert len(controls) == 8
    for control in controls:
        assert f'for="{control}"' in html

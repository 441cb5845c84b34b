"""What both databases must answer alike; the suite runs on either."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.models import Article, Author, SearchDue, SearchStem, SearchText, SearchWord, Topic
from articles.search import Query, count, index_stories, search, sweep
from articles.search.asking import MOST, PAGE
from articles.search.vocabulary import recount
from articles.services import PublicChange, publish, publish_changes, save_revision, withdraw
from tests.articles.test_queries import HIDDEN, hidden_withdrawn
from tests.articles.test_shown import edit
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_section,
    make_topic,
    make_words,
)

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 1, tzinfo=UTC)


def ask(words: str, **query: Any) -> list[Article]:
    return [found.article for found in search(Query(words, **query)).found]


@pytest.mark.parametrize(
    "words",
    [
        "late frigate", "  FRIGATE   late ", "frigates", "lated", '"late frigate"', "lodz", "ŁÓDŹ",
        "Łódź", "strasse", "the", "the late", "F16", "f-16s", "F 16", "frigate,late", "Berg",
        "deploying", "minehunters", "frigate -destroyer", '"late frigate" -"frigate late"',
        "o'brien", "norway", "5 g", "frigate:", "(frigate)", "frigate*", "late late",
    ],
)  # fmt: skip
def test_a_story_is_found_by_its_words_in_any_form(words: str) -> None:
    article = make_article(
        headline="The late frigate of Łódź",
        standfirst="Norway’s F-16s are no O’Brien’s.",
        body="<p>It deployed in the Große <strong>Straße</strong> with 5G.</p>",
        topics=(make_topic("Minehunter"),),
        bylines=(make_author("Ada Berg"),),
    )
    make_article(headline="Another thing")

    assert ask(words) == [article]


@pytest.mark.parametrize(
    "words",
    [
        "frig", "late budget", '"frigate late"', "frigate -late", "-frigate", "%", "_", "\\", "'", '"',
        "\0", "☃" * 500, "-", "--", "*", "frigate AND", "frigate NEAR", "headline:frigate x",
        "NOT frigate", "frigate OR budget", "^frigate^budget", "{}", "🚢", "é́", "\ud7ff", '-"late"',
        "strong", "p", "end0column", '"frigate it"',
    ],
)  # fmt: skip
def test_what_a_story_does_not_have_does_not_find_it(words: str) -> None:
    make_article(headline="The late frigate", body="<p>It <strong>deployed</strong>.</p>")

    assert ask(words) == []


@pytest.mark.parametrize("words", ["and", "or", "not", "near", "AND OR NOT NEAR", '"and or"'])
def test_what_engines_take_for_operators_are_words(words: str) -> None:
    article = make_article(headline="And or not near")

    assert ask(words) == [article]


def test_the_headline_comes_first_then_what_stands_above_the_text() -> None:
    filler = "<p>" + "Nothing of the kind. " * 30 + "</p>"
    body = make_article(body=f"<p>A frigate.</p>{filler}")
    standfirst = make_article(standfirst="A frigate.", body=filler)
    older, newer = (
        make_article(headline="Frigate", body=filler, moment=DAY + timedelta(days=n))
        for n in (0, 1)
    )

    assert ask("frigate") == [newer, older, standfirst, body]


def test_an_older_story_that_is_closer_comes_before_more_newer_ones_than_can_be_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("articles.search.asking.MOST", 3)
    filler = "Nothing of the kind. " * 30
    whole = make_article(body=f"<p>{'The frigate is late. ' * 30}</p>", moment=DAY)
    newer = [
        make_article(body=f"<p>A frigate. {filler}</p>", moment=DAY + timedelta(days=n))
        for n in range(1, 6)
    ]

    results = search(Query("frigate"))

    assert [found.article for found in results.found] == [whole, newer[4], newer[3]]
    assert (results.count, results.more) == (3, True)
    monkeypatch.setattr("articles.search.asking.WEIGHED", 5)  # Beyond that the newest alone.
    assert ask("frigate") == newer[:1:-1]


def test_a_story_with_the_telling_word_alone_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.search.asking.COMMON", 3)  # Ships are too many to be weighed.
    ships = ("The frigate is a ship.", "A frigate, a frigate, a ship.", "A ship.", "A ship.")
    newest, closest, *_ = (
        make_article(body=f"<p>{body}</p>", moment=DAY - timedelta(days=2 * n))
        for n, body in enumerate(ships)
    )
    make_article(body="<p>The frigate.</p>", moment=DAY - timedelta(days=1))

    assert ask("frigate ship") == [closest, newest]


@pytest.mark.parametrize("looked_at", [1, 5, 200])
def test_words_that_many_stories_have_find_the_newest_however_far_back(
    monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr("articles.search.asking.COMMON", 0)  # None is weighed.
    monkeypatch.setattr("articles.search.postgresql.LOOKED_AT", looked_at)
    section = make_section()

    def at(day: int, **given: Any) -> Article:
        return make_article(moment=DAY + timedelta(days=day), **given)

    old = at(0, headline="A frigate sails", section=section)
    text = [
        at(day, body="<p>Of a frigate. It sails.</p>", section=section) for day in range(1, 13)
    ]
    at(13, body="<p>A frigate sails and sinks.</p>")
    at(14, body="<p>Of a frigate.</p>", section=section)
    new = at(15, headline="Sailing frigates", section=section)

    expected = [new, old, *reversed(text)]
    assert ask("frigate sails -sinks") == expected[:PAGE]
    assert ask("frigate sails -sinks", page=2) == expected[PAGE:]
    assert ask("frigate sails", section=section, until=DAY + timedelta(days=4)) == [
        old, *text[2::-1],
    ]  # fmt: skip
    assert ask("frigate sails", newest_first=True, section=section)[:3] == [new, *text[:9:-1]]
    assert count(Query("frigate sails -sinks")) == (len(expected), False)


def test_the_newest_come_first_if_asked() -> None:
    newer = make_article(body="<p>A frigate.</p>", moment=DAY + timedelta(days=1))
    older = make_article(headline="Frigate", moment=DAY)

    assert ask("frigate", newest_first=True) == [newer, older]


def test_stories_of_before_1970_are_found_too() -> None:
    old = make_article(headline="Frigate", moment=datetime(1912, 4, 15, 2, 20, tzinfo=UTC))

    assert ask("frigate") == [old]
    assert ask("frigate", until=datetime(1913, 1, 1, tzinfo=UTC)) == [old]


def test_filters_narrow_the_answer() -> None:
    section, topic = make_section(), make_topic()
    story = make_article(
        headline="Frigate", section=section, topics=(topic,), kind="opinion", moment=DAY
    )
    make_article(headline="Frigate", moment=DAY - timedelta(days=30))

    assert ask("frigate", section=section) == [story]
    assert ask("frigate", topic=topic) == [story]
    assert ask("frigate", kind="opinion") == [story]
    assert ask("frigate", since=DAY) == [story]
    assert ask("frigate", since=DAY, until=DAY) == []
    assert ask("", section=section) == [story]
    assert ask("", since=DAY - timedelta(days=1)) == [story]
    assert ask("-budget", section=section) == []
    assert count(Query("frigate", section=section, kind="news")) == (0, False)
    assert count(Query("frigate")) == (2, False)


def test_pages_show_every_story_once() -> None:
    author, section = make_author(), make_section()
    stories = {
        make_article(headline=f"Frigate {n}", bylines=(author,), section=section).pk
        for n in range(PAGE + 3)
    }

    pages = [ask("frigate", page=1), ask("frigate", page=2), ask("frigate", page=3)]

    assert [len(page) for page in pages] == [PAGE, 3, 0]
    assert {story.pk for page in pages for story in page} == stories
    assert search(Query("frigate")).last_page == 2


def test_a_wide_answer_is_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.search.asking.MOST", 4)
    author, section = make_author(), make_section()
    stories = [
        make_article(headline=f"{'Frigate' if n < 3 else 'Ship'} {n}", body="<p>A frigate.</p>",
            bylines=(author,), section=section)
        for n in range(6)
    ]  # fmt: skip

    results = search(Query("frigate"))

    assert MOST == 200
    assert (results.count, results.more) == (4, True)
    assert [found.article for found in results.found[:3]] == stories[2::-1]
    assert len(results.found) == 4


@pytest.mark.parametrize("hidden", HIDDEN)
def test_nothing_hidden_is_found_or_counted(hidden: Callable[..., Article]) -> None:
    section, topic = make_section(), make_topic("Secret topic")
    hidden(headline="Secret frigate", section=section, topics=(topic,))

    for words in ("frigate", "secret", ""):
        query = Query(words, section=section)
        assert search(query).count == 0
        assert search(Query(words, topic=topic)).count == 0
        assert count(query) == (0, False)
    assert ask("frigate", newest_first=True) == []


def test_words_not_yet_published_are_not_found() -> None:
    article = make_article(headline="Known frigate")

    save_revision(article.pk, make_words(headline="Secret destroyer"), editor=None, began_from=1)

    assert ask("destroyer") == []
    assert ask("frigate") == [article]


def test_a_change_is_found_with_its_publication_and_the_old_words_are_not() -> None:
    article = make_article(headline="Known frigate")
    save_revision(article.pk, make_words(headline="Known destroyer"), editor=None, began_from=1)

    publish_changes(article.pk, PublicChange("update"), editor=None)

    assert ask("destroyer") == [article]
    assert ask("frigate") == []


def test_a_withdrawn_story_comes_back_with_its_words() -> None:
    article = hidden_withdrawn(headline="Known frigate")
    assert not SearchStem.objects.filter(stem="frigat", stories__gt=0).exists()

    publish(article.pk, editor=None)

    assert ask("frigate") == [article]
    assert SearchStem.objects.get(stem="frigat").stories == 1


def test_deleting_a_row_takes_it_out_of_the_index() -> None:
    article = make_article(headline="Known frigate")
    row = SearchText.objects.get(article=article)
    SearchText.objects.all().delete()

    SearchText.objects.create(
        place=row.place, article=article, headline="destroy", body="", text=""
    )

    assert ask("frigate") == []
    assert ask("destroyers") == [article]


def test_publishing_counts_each_word_once_a_story() -> None:
    make_article(headline="Frigates and a frigate")
    two = make_article(headline="The frigates")

    assert counted("frigat") == (2, {"frigate": 1, "frigates": 2})
    withdraw(two.pk, editor=None, note="Wrong.")
    assert counted("frigat") == (1, {"frigate": 1, "frigates": 1})


def counted(stem: str) -> tuple[int, dict[str, int]]:
    """How many stories have the stem, and how many each word that begins with it."""
    words = SearchWord.objects.filter(word__startswith=stem, stories__gt=0)
    return SearchStem.objects.get(stem=stem).stories, dict(words.values_list("word", "stories"))


def test_words_are_counted_from_all_that_is_indexed_and_numbers_are_not() -> None:
    make_article(
        headline="Frigates", standfirst="Łódź’s F-16s", body="<p>The <b>Straße</b>, a 2nd.</p>",
        topics=(make_topic("Mines"),), bylines=(make_author("Ada O’Brien"),),
    )  # fmt: skip

    assert dict(SearchWord.objects.values_list("word", "stories")) == dict.fromkeys(
        ["frigates", "lodz", "the", "strasse", "nd", "mines", "ada", "obrien"], 1
    )


def test_what_an_older_version_indexed_is_counted_when_it_is_indexed_anew() -> None:
    article = make_article(headline="Known frigate", body="<p>Late.</p>")
    SearchText.objects.update(above="")  # As the migration leaves it.
    SearchWord.objects.all().delete()
    recount()
    assert not SearchWord.objects.filter(word="late").exists()

    index_stories([article])

    assert SearchWord.objects.get(word="late").stories == 1
    assert SearchWord.objects.get(word="frigate").stories == 1


def test_indexing_again_changes_nothing() -> None:
    article = make_article(headline="Known frigate")
    SearchText.objects.update(related_at=timezone.now())
    before = list(SearchText.objects.values()), list(SearchStem.objects.values())

    index_stories([article])

    assert (list(SearchText.objects.values()), list(SearchStem.objects.values())) == before


def test_the_sweep_indexes_what_was_public_before_and_forgets_what_is_not() -> None:
    article, gone = make_article(headline="Known frigate"), make_article(headline="Frigate")
    SearchText.objects.filter(article=article).delete()
    Article.objects.filter(pk=gone.pk).update(state="draft")

    assert sweep() == 2

    assert ask("frigate") == [article]
    assert list(SearchText.objects.values_list("article", flat=True)) == [article.pk]
    assert sweep() == 0


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_a_new_name_of_a_topic_or_author_is_found_and_the_old_one_is_not(
    at_once: int, monkeypatch: pytest.MonkeyPatch, committing: Committing
) -> None:
    monkeypatch.setattr("articles.search.index.BATCH", at_once)
    topic, author = make_topic("Frigates"), make_author("Ada Berg")
    stories = {make_article(topics=(topic,), bylines=(author,)).pk for _ in range(3)}
    gone = make_article(topics=(topic,), bylines=(author,))
    withdraw(gone.pk, editor=None, note="Wrong.")

    with committing():
        edit(Topic, topic, name="Corvettes")
        edit(Author, author, name="Ada Tal")

    for old, new in [("frigate", "corvettes"), ("berg", "tal")]:
        assert ask(old) == []
        assert {story.pk for story in ask(new)} == stories
    assert not SearchStem.objects.filter(stem__in=["frigat", "berg"], stories__gt=0).exists()
    assert not SearchDue.objects.exists()


def test_a_story_that_is_withdrawn_before_its_turn_is_not_indexed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("articles.search.index.BATCH", 1)
    topic = make_topic("Frigates")
    stories = [make_article(topics=(topic,)) for _ in range(2)]
    edit(Topic, topic, name="Corvettes")

    withdraw(stories[0].pk, editor=None, note="Wrong.")
    sweep()

    assert ask("corvette") == [stories[1]]
    assert SearchText.objects.count() == 1


@pytest.mark.parametrize("whole", [[], ["--whole"]])
def test_rebuilding_mends_whatever_was_broken(
    whole: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    article = make_article(headline="Known frigate")
    make_draft(headline="Secret frigate")
    SearchText.objects.update(headline="noth")
    SearchStem.objects.filter(stem="frigat").update(stories=70)
    SearchStem.objects.create(stem="gone", stories=3)
    SearchWord.objects.create(word="gone", stories=3)

    call_command("rebuild_search", *whole)

    assert "Stories indexed: 1." in capsys.readouterr().out
    assert ask("frigate") == [article]
    assert counted("frigat") == (1, {"frigate": 1})
    assert not SearchStem.objects.filter(stem="gone").exists()
    assert not SearchWord.objects.filter(word="gone").exists()


def test_recounting_says_what_the_texts_say() -> None:
    make_article(headline="Known frigate")
    tables = (SearchStem, SearchWord)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    for table in tables:
        table.objects.filter(pk="known").delete()
        table.objects.filter(pk__startswith="frigat").update(stories=-2)

    recount()

    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_a_text_of_any_length_is_indexed() -> None:
    words = " ".join(f"w{chr(97 + n % 26)}{n}" for n in range(60_000))
    article = make_article(headline="Long", body=f"<p>{words} {'x' * 3_000} {'é' * 3_000}</p>")

    assert ask("long wa0") == [article]


@pytest.mark.parametrize("stories", [2, 12])
def test_an_answer_takes_as_many_queries_for_two_stories_as_for_twelve(
    stories: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(stories):
        make_article(headline=f"Frigate {n}")

    with django_assert_max_num_queries(8):
        search(Query("frigate"))


@pytest.mark.parametrize("newer", [0, 1, 5])
def test_stories_behind_newer_ones_that_a_filter_hides_are_found(
    newer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.search.asking.MOST", 1)  # The index is asked for two.
    ships, tanks = make_section(), make_section()
    wanted = [
        make_article(headline="Budget", section=ships, moment=DAY + timedelta(hours=n))
        for n in range(3)
    ]
    for number in range(newer):
        make_article(headline="Budget", section=tanks, moment=DAY + timedelta(days=1 + number))

    results = search(Query("budget", section=ships))

    assert [found.article for found in results.found] == wanted[:1:-1]
    assert (results.count, results.more) == (1, True)
